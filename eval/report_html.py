"""A run as one HTML page that needs no network. Every text goes through `html.escape` before it is markup."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from eval.charts import latency_histogram, reliability_diagram, risk_coverage_chart
from eval.json_form import parts
from eval.records import Cited, Mode, Retrieved, Run
from eval.scoring import Judged
from eval.summary import Summary
from eval.text_form import PART_NAMES, group_table, interval, measure_name, shown
from eval.verdicts import Verdict, first_relevant_rank, verdict, worst_first

_TEMPLATE: Final = Path(__file__).with_name("templates") / "report.html"
_SHOWN_CHARACTERS: Final = 420
_STATES: Final = (("", "All"), ("wrong", "Wrong"), ("declined", "No answer"), ("right", "Right"))
# What stands large at the top, where the run has it.
_KEYS: Final = (
    ("answers", "em"),
    ("answers", "f1"),
    ("retrieval", "recall@1"),
    ("retrieval", "mrr@10"),
    ("abstention", "no_answer_recall"),
    ("abstention", "coverage_at_80"),
    ("latency_ms", "p50"),
)


def report_page(run: Run, summary: Summary, rows: Sequence[Judged]) -> str:
    """The page's HTML.

    Args:
        run: the run.
        summary: its measures.
        rows: its questions, judged.
    """
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    heading = f"{summary.set_name}, {summary.mode}"
    return template.substitute(
        title=escape(f"hoidap: {heading}"),
        heading=escape(heading),
        about=_about(run),
        key=_key_figures(summary),
        measures=_measures(summary),
        charts=_charts(summary, rows),
        breakdowns=_breakdowns(summary),
        filters="".join(_filter(state, name) for state, name in _STATES),
        questions="\n".join(_question(row, summary.mode) for row in worst_first(rows)),
    )


def _about(run: Run) -> str:
    info = run.info
    told = [f"{info.n} questions"]
    if info.reader:
        told.append(f"reader {info.reader}")
    told += [f"encoder {info.encoder}", f"hoidap {info.version}", info.machine, info.started]
    if info.peak_bytes:
        told.append(f"{info.peak_bytes / 2**20:.0f} MiB of memory at most")
    return escape(" · ".join(told))


def _key_figures(summary: Summary) -> str:
    found = []
    for part, key in _KEYS:
        measured = (parts(summary)[part] or {}).get(key)
        if measured is not None:
            name = "Half of the questions within" if key == "p50" else measure_name(key)
            unit = " ms" if key == "p50" else ""
            found.append(f"<div><b>{shown(key, measured.value)}{unit}</b><span>{escape(name)}</span></div>")
    return "".join(found)


def _measures(summary: Summary) -> str:
    lines = []
    for name, part in parts(summary).items():
        if part is None:
            continue
        lines.append(f'<tr class="part"><td colspan="3">{escape(PART_NAMES[name])}</td></tr>')
        lines += [
            f"<tr><td>{escape(measure_name(key))}</td><td>{shown(key, found.value)}</td>"
            f'<td class="between">{interval(key, found)}</td></tr>'
            for key, found in part.items()
            if found is not None
        ]
    return "\n".join(lines)


def _charts(summary: Summary, rows: Sequence[Judged]) -> str:
    figures = []
    if summary.bins:
        figures.append(
            (
                "Reliability",
                "how often answers of each confidence are right",
                reliability_diagram(summary.bins),
            )
        )
    if summary.curve is not None:
        chart = risk_coverage_chart(summary.curve, _operating_point(rows))
        figures.append(
            ("Risk and coverage", "answer fewer questions, be wrong less often; the dot is as set", chart)
        )
    times = [row.outcome.total for row in rows if row.outcome.total]
    if times:
        figures.append(("Latency", "how many questions took how long", latency_histogram(times)))
    drawn = "".join(
        f"<figure><figcaption><b>{name}</b>: {what}</figcaption>{chart}</figure>"
        for name, what, chart in figures
    )
    return f'<section><h2>Charts</h2><div class="charts">{drawn}</div></section>' if drawn else ""


def _operating_point(rows: Sequence[Judged]) -> tuple[float, float] | None:
    given = [row for row in rows if row.outcome.answer is not None]
    if not given:
        return None
    return len(given) / len(rows), sum(not row.right for row in given) / len(given)


def _breakdowns(summary: Summary) -> str:
    return "".join(
        f'<section><h2>By {title}</h2><div class="wide">{_table(*group_table(title, groups))}</div></section>'
        for title, groups in (("language", summary.by_lang), ("kind", summary.by_kind))
        if groups
    )


def _table(heading: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heading)
    lines = ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in table]
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _filter(state: str, name: str) -> str:
    return (
        f'<button type="button" data-state="{state}" aria-pressed="{str(not state).lower()}">{name}</button>'
    )


def _question(row: Judged, mode: Mode) -> str:
    state, expected = verdict(row), _expected(row)
    told = f'data-id="{escape(row.question.id)}" data-expected="{escape(expected)}"'
    lang = row.question.lang.partition("-")[0]
    return (
        f'<details data-state="{state}" {told}>'
        f'<summary><span class="state {state}">{_state_name(state, row)}</span>'
        f'<span class="ask" lang="{escape(lang)}">{escape(row.question.question)}</span>'
        f'<span class="score">{_score(row)}</span>'
        f'<span class="given" lang="vi">{_given(row)}</span></summary>'
        f'<div class="body"><dl>{_facts(row, expected, mode)}</dl>{_passages(row)}</div></details>'
    )


def _state_name(state: Verdict, row: Judged) -> str:
    if state is Verdict.RIGHT and row.vietnamese is not None and row.outcome.answer is None:
        return "Right, none"
    return {Verdict.RIGHT: "Right", Verdict.WRONG: "Wrong", Verdict.DECLINED: "No answer"}[state]


def _expected(row: Judged) -> str:
    if row.question.answers is None:
        return ", ".join(name for name, _ in row.question.relevant)
    return " | ".join(row.question.answers) or "no answer"


def _given(row: Judged) -> str:
    if row.vietnamese is None:
        rank = first_relevant_rank(row)
        return f"right document at rank {rank}" if rank else "right document not found"
    return escape(row.outcome.answer or "no answer given")


def _score(row: Judged) -> str:
    if row.vietnamese is None:
        return ""
    return f"F1 {row.vietnamese.f1:.2f} · {row.outcome.confidence:.2f}"


def _facts(row: Judged, expected: str, mode: Mode) -> str:
    outcome = row.outcome
    facts = [("Id", escape(row.question.id)), ("Expected", f'<span lang="vi">{escape(expected)}</span>')]
    if mode is not Mode.RETRIEVAL:
        facts.append(("Given", f'<span lang="vi">{_given(row)}</span>'))
        if outcome.answer is None and outcome.best is not None:
            facts.append(("Turned down", f'<span lang="vi">{escape(outcome.best)}</span>'))
        facts.append(("Confidence", f"{outcome.confidence:.3f}"))
    facts += [("Citation", _citation(cited)) for cited in outcome.citations[:3]]
    if row.question.relevant:
        facts.append(("Article", escape(", ".join(name for name, _ in row.question.relevant))))
    if row.question.kind:
        facts.append(("Kind", escape(row.question.kind)))
    times = " · ".join(f"{escape(stage)} {value:.0f}" for stage, value in outcome.milliseconds)
    facts.append(("Milliseconds", times or "–"))
    return "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)


def _citation(cited: Cited) -> str:
    before, quote, after = cited.context.partition(cited.quote)
    warning = "" if cited.verbatim else " <b>not verbatim</b>"
    return (
        f'<span lang="vi">{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}</span>'
        f'<span class="source">{_source(cited.title, cited.document)}, '
        f"characters {cited.start} to {cited.end}{warning}</span>"
    )


def _passages(row: Judged) -> str:
    wanted = dict(row.question.relevant)
    items = "".join(_passage(passage, passage.document in wanted) for passage in row.outcome.passages)
    return f'<ol class="passages">{items}</ol>' if items else ""


def _passage(passage: Retrieved, wanted: bool) -> str:
    text = passage.text
    cut = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS].rsplit(" ", 1)[0] + " …"
    classes = ' class="wanted"' if wanted else ""
    return (
        f'<li{classes}><span class="source">{_source(passage.title, passage.document)} · '
        f"{passage.score:.3f}</span>"
        f'<span lang="vi">{escape(cut)}</span></li>'
    )


def _source(title: str, document: str) -> str:
    return escape(" · ".join(part for part in (title, document) if part))
