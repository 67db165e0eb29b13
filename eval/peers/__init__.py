"""Other ways to answer the same questions, measured like ours; installed in an environment of their own."""
