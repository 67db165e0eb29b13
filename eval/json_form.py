"""A summary as the JSON object that ``hoidap eval --json`` prints, and a fuller one for reports."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from eval.summary import Group, Part, Summary

# The parts and measures that DESIGN fixes; reports hold more.
_CONTRACT: Final[Mapping[str, tuple[str, ...]]] = {
    "retrieval": ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"),
    "answers": ("em", "f1", "em_squad", "f1_squad"),
    "abstention": ("no_answer_precision", "no_answer_recall", "auroc", "coverage_at_80", "ece"),
    "citations": ("article_accuracy", "verbatim"),
    "latency_ms": ("p50", "p95"),
}


def parts(summary: Summary) -> dict[str, Part | None]:
    """The parts by the names of the JSON object."""
    return {
        "retrieval": summary.retrieval,
        "answers": summary.answers,
        "abstention": summary.abstention,
        "citations": summary.citations,
        "latency_ms": summary.latency,
    }


def contract(summary: Summary) -> dict[str, Any]:
    """The object of ``--json``: exactly the fixed keys; what the run does not cover is null."""
    found: dict[str, Any] = {"set": summary.set_name, "mode": str(summary.mode), "n": summary.n}
    for name, part in parts(summary).items():
        found[name] = None if part is None else {key: _value(part, key) for key in _CONTRACT[name]}
    found["by"] = {"lang": _by(summary.by_lang), "kind": _by(summary.by_kind)}
    return found


def full(summary: Summary) -> dict[str, Any]:
    """The fixed keys with every measure and its 95 % interval: ``{"value", "low", "high"}``."""
    found = contract(summary)
    for name, part in parts(summary).items():
        found[name] = None if part is None else {key: _with_interval(part, key) for key in part}
    if summary.curve is not None:
        curve = summary.curve
        found["risk_coverage"] = {
            "threshold": curve.threshold.tolist(),
            "coverage": curve.coverage.tolist(),
            "risk": curve.risk.tolist(),
        }
    found["reliability"] = [
        {
            "low": b.low,
            "high": b.high,
            "count": b.count,
            "confidence": b.confidence,
            "accuracy": b.accuracy,
        }
        for b in summary.bins
    ]
    return found


def _value(part: Part, key: str) -> float | None:
    found = part.get(key)
    return None if found is None else found.value


def _with_interval(part: Part, key: str) -> dict[str, float] | None:
    found = part[key]
    return None if found is None else {"value": found.value, "low": found.low, "high": found.high}


def _by(groups: Sequence[Group]) -> dict[str, dict[str, Any]] | None:
    return {group.name: {"n": group.n, **group.values} for group in groups} or None
