"""Readers: what points at the answer in a passage, and the recipe that trains the default one."""
