"""A question in, an answer with citations out; knows nothing of pages and reports."""
