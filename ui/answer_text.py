"""An answer as a person reads it in a terminal, in the language of the question."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from rag.records import Answer, Citation
from ui.console import marked, one_line
from ui.page_strings import PageLanguage, written_date
from ui.strings import TABLES, answer_language

# Longest stretch of a closest passage that is shown, in characters.
_SHOWN: Final = 300


def answer_lines(answer: Answer, *, styled: bool) -> Iterator[Text]:
    """The lines that tell an answer, or why there is none.

    Args:
        answer: what to tell.
        styled: whether the terminal shows bold text; if not, quotes are set in «…».
    """
    if answer.abstained:
        yield from _withheld_lines(answer)
    else:
        yield from _given_lines(answer, styled=styled)


def citation_line(citation: Citation, language: PageLanguage) -> str:
    """Title, source, date and place of a citation, those that the article gives."""
    day = None if citation.published is None else written_date(citation.published, language)
    parts = (citation.title, citation.source, day, citation.path or citation.url)
    return " · ".join(one_line(part) for part in parts if part)


def _given_lines(answer: Answer, *, styled: bool) -> Iterator[Text]:
    language = answer_language(answer.question.language)
    strings = TABLES[language]
    first, *further = answer.citations
    yield Text(one_line(first.quote), style="bold")
    if first.context != first.quote:
        yield Text()
        start = first.start - first.context_start
        yield marked(first.context, start, start + len(first.quote), styled=styled)
    yield Text()
    yield Text(citation_line(first, language), style="cyan")
    yield Text(strings.confidence(answer.confidence), style="dim")
    yield from _items(strings.also, [citation_line(citation, language) for citation in further])
    others = [
        f"{one_line(other.text)} — {strings.confidence(other.confidence)}\n"
        f"    {citation_line(other.citations[0], language)}"
        for other in answer.alternatives
    ]
    yield from _items(strings.others, others)


def _withheld_lines(answer: Answer) -> Iterator[Text]:
    language = answer_language(answer.question.language)
    strings = TABLES[language]
    if answer.reason is not None:
        yield Text(strings.reasons[answer.reason], style="bold")
    closest = [
        f"{_shortened(one_line(citation.context))}\n    {citation_line(citation, language)}"
        for citation in answer.closest
    ]
    yield from _items(strings.closest, closest)


def _items(heading: str, items: Sequence[str]) -> Iterator[Text]:
    if items:
        yield Text()
        yield Text(heading)
        for item in items:
            yield Text(f"  - {item}")


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"
