"""Reports of a run in its folder: ``report.html``, ``report.md``, ``report.json``."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from eval.json_form import full
from eval.records import Mode, Run
from eval.report_html import report_page
from eval.scoring import Judged, judge_run
from eval.selective import Bin
from eval.summary import Summary
from eval.text_form import group_table, markdown_table
from eval.text_form import rows as measure_rows
from eval.verdicts import first_relevant_rank, verdict, worst_first

_BIN_HEADING: Final = ("Confidence", "Questions", "Mean confidence", "Share right")
_QUESTION_HEADING: Final = ("Verdict", "Id", "Question", "Expected", "Given", "Confidence", "Cited")


def write_reports(folder: Path, run: Run, summary: Summary) -> Path:
    """Write the three forms.

    Returns:
        The HTML page.
    """
    judged = judge_run(run, run.info.mode is not Mode.RETRIEVAL)
    (folder / "report.json").write_text(report_json(run, summary, judged), encoding="utf-8")
    (folder / "report.md").write_text(report_markdown(run, summary, judged), encoding="utf-8")
    page = folder / "report.html"
    page.write_text(report_page(run, summary, judged), encoding="utf-8")
    return page


def report_json(run: Run, summary: Summary, judged: Sequence[Judged]) -> str:
    """Every measure with its interval, and every question with what came back."""
    found = {
        "run": asdict(run.info),
        **full(summary),
        "questions": [_row(row) for row in worst_first(judged)],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _row(row: Judged) -> dict[str, Any]:
    scores = None if row.vietnamese is None else asdict(row.vietnamese)
    return {
        "verdict": str(verdict(row)),
        "score": scores,
        "expected": row.question.answers,
        "relevant": [name for name, _ in row.question.relevant],
        "question": row.question.question,
        "lang": row.question.lang,
        "kind": row.question.kind,
        **asdict(row.outcome),
    }


def report_markdown(run: Run, summary: Summary, judged: Sequence[Judged]) -> str:
    """The measures, the breakdowns, and every question on a line, wrong ones first."""
    info = run.info
    reader = f"reader {info.reader}, " if info.reader else ""
    about = f"{info.n} questions, {reader}encoder {info.encoder}, hoidap {info.version}"
    lines = [f"# {summary.set_name}, {summary.mode}", "", f"{about}, {info.machine}, {info.started}"]
    lines += _section("Measures", ("Part", "Measure", "Value", "95 % interval"), measure_rows(summary))
    for title, groups in (("language", summary.by_lang), ("kind", summary.by_kind)):
        lines += _section(f"By {title}", *group_table(title, groups))
    lines += _section("Reliability", _BIN_HEADING, [_bin(found) for found in summary.bins])
    lines += _section("Questions", _QUESTION_HEADING, [_line(row) for row in worst_first(judged)])
    return "\n".join(lines) + "\n"


def _section(title: str, heading: Sequence[str], table: Sequence[Sequence[str]]) -> list[str]:
    return ["", f"## {title}", "", *markdown_table(heading, table)] if table else []


def _bin(found: Bin) -> tuple[str, ...]:
    values = f"{found.confidence:.3f}", f"{found.accuracy:.3f}"
    return (f"{found.low:.1f} to {found.high:.1f}", str(found.count), *values)


def _line(row: Judged) -> tuple[str, ...]:
    outcome = row.outcome
    if row.vietnamese is None:
        rank = first_relevant_rank(row)
        given, expected = f"rank {rank}" if rank else "not found", [name for name, _ in row.question.relevant]
    else:
        given, expected = outcome.answer or "no answer", list(row.question.answers or ("no answer",))
    cited = outcome.citations[0].document if outcome.citations else ""
    cells = (row.question.id, row.question.question, "; ".join(expected), given)
    return (
        str(verdict(row)),
        *(" ".join(cell.split()) for cell in cells),
        f"{outcome.confidence:.2f}",
        cited,
    )
