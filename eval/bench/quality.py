"""The sections that measure answers: each runs sets and shows their measures side by side."""

from collections.abc import Sequence
from pathlib import Path

from eval.bench.setting import SAMPLE, Setting, index_of, unaccented, xquad, xquad_english
from eval.json_form import parts
from eval.opening import Progress, Request
from eval.records import Mode, QASet
from eval.resampling import Estimate
from eval.run import run_set
from eval.summary import Summary, summarise
from eval.text_form import group_table, markdown_table, measure_name, shown


def sample(setting: Setting) -> list[str]:
    """The sample set, end to end."""
    found = setting.load(SAMPLE / "sample.jsonl")
    with index_of([SAMPLE / "articles"]) as directory:
        summary = run(setting, found, Mode.END_TO_END, directory)
    return [*table([("sample set", summary)]), *breakdowns(summary)]


def provinces(setting: Setting) -> list[str]:
    """47 questions over five real articles that nothing was fitted on, end to end."""
    found = setting.load(setting.outside("eval", "provinces.dev.jsonl"))
    with index_of([setting.outside("articles")]) as directory:
        summary = run(setting, found, Mode.END_TO_END, directory)
    return [*table([("provinces", summary)]), *breakdowns(summary)]


def retrieval(setting: Setting) -> list[str]:
    """XQuAD's 240 Vietnamese paragraphs searched with Vietnamese, English and unaccented questions."""
    return _side_by_side(setting, Mode.RETRIEVAL)


def reader(setting: Setting) -> list[str]:
    """Each question read over its own paragraph (SQuAD 1.1's task: always answered)."""
    return _side_by_side(setting, Mode.READER)


def end_to_end(setting: Setting) -> list[str]:
    """The same questions asked of all 240 paragraphs, abstention allowed."""
    return _side_by_side(setting, Mode.END_TO_END)


def _side_by_side(setting: Setting, mode: Mode) -> list[str]:
    vietnamese = xquad(setting)
    sets = [
        ("Vietnamese", vietnamese),
        ("English", xquad_english(setting)),
        ("unaccented", unaccented(vietnamese)),
    ]
    return table([(name, run(setting, found, mode, Path())) for name, found in sets])


def run(setting: Setting, found: QASet, mode: Mode, directory: Path) -> Summary:
    """Run a set and summarise it."""
    setting.say(f"{found.name}, {mode}: {len(found.questions)} questions")
    request = Request(found, mode, directory, setting.reader)
    finished, _ = run_set(request, Progress(say=setting.say))
    return summarise(finished)


def table(columns: Sequence[tuple[str, Summary]]) -> list[str]:
    """The measures of several runs, one a column, with their intervals."""
    keys: dict[tuple[str, str], None] = {}
    for _, summary in columns:
        for part, measures in parts(summary).items():
            keys |= dict.fromkeys((part, key) for key, found in (measures or {}).items() if found)
    heading = ["measure", *(f"{name} ({summary.n})" for name, summary in columns)]
    rows = [
        [measure_name(key), *(_cell(key, (parts(summary)[part] or {}).get(key)) for _, summary in columns)]
        for part, key in keys
    ]
    return markdown_table(heading, rows)


def _cell(key: str, found: Estimate | None) -> str:
    if found is None:
        return "–"
    return f"{shown(key, found.value)} ({shown(key, found.low)} to {shown(key, found.high)})"


def breakdowns(summary: Summary) -> list[str]:
    """The run's means by language and by kind of question."""
    lines: list[str] = []
    for title, groups in (("language", summary.by_lang), ("kind", summary.by_kind)):
        if groups:
            lines += ["", *markdown_table(*group_table(title, groups))]
    return lines
