"""Articles in, searchable passages out; knows nothing of questions."""
