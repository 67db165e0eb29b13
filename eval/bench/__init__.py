"""The benchmark battery: ``python -m eval.bench`` runs it and rewrites ``eval/RESULTS.md``."""
