"""The embedding models: the embedded default, and any other of sentence-transformers."""
