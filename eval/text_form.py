"""Measures in words and figures, for a terminal and for Markdown. Only here are numbers rounded."""

from collections.abc import Mapping, Sequence
from typing import Final

from eval.json_form import parts
from eval.records import Run
from eval.resampling import Estimate
from eval.summary import Group, Summary

PART_NAMES: Final[Mapping[str, str]] = {
    "retrieval": "Retrieval",
    "answers": "Answers",
    "abstention": "Abstention and confidence",
    "citations": "Citations",
    "latency_ms": "Latency",
}
MEASURE_NAMES: Final[Mapping[str, str]] = {
    "recall@1": "Recall@1",
    "recall@5": "Recall@5",
    "recall@10": "Recall@10",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
    "answer@1": "An answer stands in the first passage",
    "answer@5": "An answer stands in the first 5 passages",
    "em": "Exact match",
    "f1": "F1",
    "em_squad": "Exact match, SQuAD's normalisation",
    "f1_squad": "F1, SQuAD's normalisation",
    "no_answer_precision": "“No answer” is right (precision)",
    "no_answer_recall": "Unanswerable questions declined (recall)",
    "auroc": "AUROC of confidence",
    "coverage_at_80": "Coverage at 80 % accuracy",
    "coverage_at_90": "Coverage at 90 % accuracy",
    "aurc": "Area under risk–coverage",
    "ece": "Calibration error (ECE)",
    "accuracy": "Right outcomes of all questions",
    "answered": "Questions answered",
    "article_accuracy": "Cited the right article",
    "verbatim": "Quotes verbatim",
}
# For the headings of wide tables.
SHORT_NAMES: Final[Mapping[str, str]] = {
    "em": "EM",
    "f1": "F1",
    "em_squad": "EM (SQuAD)",
    "f1_squad": "F1 (SQuAD)",
    "accuracy": "right",
    "answered": "answered",
    "recall@1": "Recall@1",
    "mrr@10": "MRR@10",
}
# Shares that read best as percent; AUROC and areas stay numbers.
_PERCENT: Final = frozenset(
    "answer@1 answer@5 no_answer_precision no_answer_recall coverage_at_80 coverage_at_90 accuracy answered "
    "article_accuracy verbatim".split()
)
_ALREADY_PERCENT: Final = frozenset({"em", "f1", "em_squad", "f1_squad"})


def measure_name(key: str) -> str:
    """What a measure is called in a report; latencies are called as they are ("retrieve p95")."""
    return MEASURE_NAMES.get(key, f"{key} (ms)")


def shown(key: str, value: float | None) -> str:
    """A measure's value as text, with its unit; a dash where there is none."""
    if value is None:
        return "–"
    if key in _ALREADY_PERCENT:
        return f"{value:.1f}"
    if key in _PERCENT:
        return f"{100 * value:.1f} %"
    return f"{value:.3f}" if key in MEASURE_NAMES else f"{value:.0f}"


def interval(key: str, found: Estimate | None) -> str:
    """The 95 % interval as text; empty where there is none."""
    return "" if found is None else f"{shown(key, found.low)} to {shown(key, found.high)}"


def rows(summary: Summary) -> list[tuple[str, str, str, str]]:
    """Every measure that the run covers: part, measure, value, interval."""
    return [
        (PART_NAMES[name], measure_name(key), shown(key, found.value), interval(key, found))
        for name, part in parts(summary).items()
        if part is not None
        for key, found in part.items()
        if found is not None
    ]


def summary_lines(run: Run, summary: Summary) -> list[str]:
    """The summary for a terminal, one measure a line with its 95 % interval."""
    lines = [f"{summary.set_name}, {summary.mode}: {summary.n} questions{_models(run)}"]
    last = ""
    for part, name, value, between in rows(summary):
        if part != last:
            lines += ["", part]
            last = part
        lines.append(f"  {name:<42}{value:>9}   {between}".rstrip())
    if run.info.peak_bytes:
        lines += ["", f"Memory of the whole process: {run.info.peak_bytes / 2**20:.0f} MiB at most"]
    return lines


def _models(run: Run) -> str:
    return f" (reader {run.info.reader})" if run.info.reader else ""


def markdown_table(heading: Sequence[str], table: Sequence[Sequence[str]]) -> list[str]:
    """A table; cells must not hold line breaks, and their bars are escaped."""
    lines = [heading, ["---"] * len(heading), *table]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def group_table(title: str, groups: Sequence[Group]) -> tuple[list[str], list[list[str]]]:
    """A breakdown as heading and rows, with the columns that any group has a value in."""
    keys = [
        key for key in (groups[0].values if groups else ()) if any(g.values[key] is not None for g in groups)
    ]
    heading = [title, "questions", *(SHORT_NAMES[key] for key in keys)]
    return heading, [[g.name, str(g.n), *(shown(key, g.values[key]) for key in keys)] for g in groups]
