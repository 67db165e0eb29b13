"""Measuring hoidap: Q&A sets, runs, measures, reports, comparisons and the benchmark battery."""
