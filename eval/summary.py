"""A run's measures: every part of DESIGN's JSON object, each value with its interval, and breakdowns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from eval import selective
from eval.measures import normalise_vietnamese
from eval.ranking import RETRIEVAL_MEASURES, judged, score_rankings
from eval.records import Mode, Run
from eval.resampling import Estimate, Indices, estimates, mean_estimate, percentile_estimates
from eval.scoring import Judged, judge_run

Part = Mapping[str, Estimate | None]

CALIBRATION_BINS: Final = 10
_CURVE: Final[Mapping[str, Callable[[selective.RiskCoverage], float]]] = {
    "coverage_at_80": lambda curve: selective.coverage_at(curve, 0.8),
    "coverage_at_90": lambda curve: selective.coverage_at(curve, 0.9),
    "aurc": selective.area_under_risk,
}


@dataclass(frozen=True, slots=True)
class Group:
    """The means over the questions of one language or kind; None where the run does not cover it."""

    name: str
    n: int
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Summary:
    """The measures of a run; a part that its mode or set does not cover is None.

    Attributes:
        answers: percent, over the answerable questions.
        abstention, retrieval, citations: shares in [0, 1].
        latency: milliseconds; "p50" and "p95" of whole questions, "retrieve p50" and so on of stages.
        curve: the risk-coverage curve, None without answers.
        bins: the reliability diagram.
    """

    set_name: str
    mode: Mode
    n: int
    retrieval: Part | None
    answers: Part | None
    abstention: Part | None
    citations: Part | None
    latency: Part | None
    by_lang: tuple[Group, ...]
    by_kind: tuple[Group, ...]
    curve: selective.RiskCoverage | None
    bins: tuple[selective.Bin, ...]


def summarise(run: Run) -> Summary:
    """Compute every measure of a run."""
    rows = judge_run(run, answers=run.info.mode is not Mode.RETRIEVAL)
    known = [row for row in rows if row.vietnamese is not None]
    confidence, right = _candidates(known)
    return Summary(
        set_name=run.info.set_name,
        mode=run.info.mode,
        n=len(rows),
        retrieval=_retrieval(rows) if run.info.mode is not Mode.READER else None,
        answers=_answers(known),
        abstention=_abstention(known),
        citations=_citations(known) if run.info.mode is Mode.END_TO_END else None,
        latency=_latency(rows),
        by_lang=_groups(rows, lambda row: row.question.lang),
        by_kind=_groups(rows, lambda row: row.question.kind),
        curve=selective.risk_coverage(confidence, right) if known else None,
        bins=selective.reliability(confidence, right, CALIBRATION_BINS) if known else (),
    )


def _retrieval(rows: Sequence[Judged]) -> Part | None:
    values = score_rankings([row.question for row in rows], [row.outcome for row in rows])
    if not any(judged(row.question) for row in rows):
        return None
    found = {name: mean_estimate(np.array(values[name])) for name in RETRIEVAL_MEASURES}
    asked = [row for row in rows if row.question.answerable]
    for depth in (1, 5):
        held = np.array([float(holds_answer(row, depth)) for row in asked])
        found[f"answer@{depth}"] = mean_estimate(held)
    return found


def holds_answer(row: Judged, depth: int) -> bool:
    """Whether an accepted answer stands in one of the first ``depth`` passages (at most 5 are kept)."""
    wanted = [_padded(answer) for answer in row.question.answers or ()]
    texts = [_padded(passage.text) for passage in row.outcome.passages[:depth]]
    return any(answer in text for answer in wanted for text in texts)


@lru_cache(maxsize=4096)
def _padded(text: str) -> str:
    """Normalised, with a space at both ends, so that only whole words are found in it."""
    return f" {normalise_vietnamese(text)} "


def answer_values(rows: Sequence[Judged]) -> dict[str, list[float]]:
    """EM and F1 in both normalisations, 0 to 1, of each answerable question."""
    scored = [row for row in rows if row.question.answerable and row.vietnamese and row.squad]
    return {
        "em": [row.vietnamese.exact for row in scored if row.vietnamese],
        "f1": [row.vietnamese.f1 for row in scored if row.vietnamese],
        "em_squad": [row.squad.exact for row in scored if row.squad],
        "f1_squad": [row.squad.f1 for row in scored if row.squad],
    }


def _answers(rows: Sequence[Judged]) -> Part | None:
    values = answer_values(rows)
    if not values["em"]:
        return None
    return {name: mean_estimate(np.array(found), 100.0) for name, found in values.items()}


def _candidates(rows: Sequence[Judged]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return (
        np.array([row.outcome.confidence for row in rows], dtype=np.float64),
        np.array([row.candidate_right for row in rows], dtype=np.bool_),
    )


def _abstention(rows: Sequence[Judged]) -> Part | None:
    if not rows:
        return None
    confidence, right = _candidates(rows)
    said = np.array([row.outcome.answer is None for row in rows])
    true = np.array([not row.question.answerable for row in rows])
    names = ("no_answer_precision", "no_answer_recall", "auroc", *_CURVE, "ece")

    def values(at: Indices) -> tuple[float | None, ...]:
        curve = selective.risk_coverage(confidence[at], right[at])
        return (
            *selective.precision_recall(said[at], true[at]),
            selective.auroc(confidence[at], right[at]),
            *(measure(curve) for measure in _CURVE.values()),
            selective.calibration_error(confidence[at], right[at], CALIBRATION_BINS),
        )

    found: dict[str, Estimate | None] = dict(zip(names, estimates(len(rows), values), strict=True))
    if not true.any():
        found["no_answer_precision"] = None
    found["accuracy"] = mean_estimate(np.array([float(row.right) for row in rows]))
    found["answered"] = mean_estimate(1.0 - said)
    return found


def _citations(rows: Sequence[Judged]) -> Part | None:
    given = [row for row in rows if row.outcome.citations and row.outcome.answer is not None]
    if not given:
        return None
    articles = [
        float(row.outcome.citations[0].document in dict(row.question.relevant))
        for row in given
        if row.question.answerable and row.question.relevant
    ]
    verbatim = [float(cited.verbatim) for row in given for cited in row.outcome.citations]
    return {
        "article_accuracy": mean_estimate(np.array(articles)),
        "verbatim": mean_estimate(np.array(verbatim)),
    }


def _latency(rows: Sequence[Judged]) -> Part | None:
    stages: dict[str, list[float]] = {}
    for row in rows:
        for stage, milliseconds in row.outcome.milliseconds:
            stages.setdefault(stage, []).append(milliseconds)
    if not stages.get("total"):
        return None
    found: dict[str, Estimate | None] = {}
    for stage in sorted(stages, key=lambda name: name != "total"):
        names = ("p50", "p95") if stage == "total" else (f"{stage} p50", f"{stage} p95")
        found |= dict(zip(names, percentile_estimates(np.array(stages[stage]), (50, 95)), strict=True))
    return found


def _groups(rows: Sequence[Judged], name_of: Callable[[Judged], str | None]) -> tuple[Group, ...]:
    names = sorted({name for row in rows if (name := name_of(row)) is not None})
    return tuple(_group(name, [row for row in rows if name_of(row) == name]) for name in names)


def _group(name: str, rows: Sequence[Judged]) -> Group:
    ranked = score_rankings([row.question for row in rows], [row.outcome for row in rows])
    known = [row for row in rows if row.vietnamese is not None]
    has_ranking = any(row.outcome.ranking for row in rows)
    values: dict[str, float | None] = {
        measure: _mean(found, 100.0) for measure, found in answer_values(known).items()
    }
    values["accuracy"] = _mean([float(row.right) for row in known])
    values["answered"] = _mean([float(row.outcome.answer is not None) for row in known])
    values["recall@1"] = _mean(ranked["recall@1"]) if has_ranking else None
    values["mrr@10"] = _mean(ranked["mrr@10"]) if has_ranking else None
    return Group(name, len(rows), values)


def _mean(values: Sequence[float], scale: float = 1.0) -> float | None:
    return scale * sum(values) / len(values) if values else None
