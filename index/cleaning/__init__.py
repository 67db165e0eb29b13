"""Cleaning of raw copies: the article and nothing but the article, nothing of it lost."""

from index.cleaning.pipeline import SEPARATOR, Cleaned, clean, title_from_name

__all__ = ["SEPARATOR", "Cleaned", "clean", "title_from_name"]
