"""A conversation as Markdown, with its citations, in which nothing quoted is markup."""

import re
from typing import Final

from rag.chatbot import Stage
from rag.records import Citation
from ui.conversation import Problem, Session, Turn
from ui.escaping import safe_link
from ui.page_strings import STRINGS, PageLanguage, written_date
from ui.render import problem_words

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")
_SPACE: Final = re.compile(r"\s+")


def markdown(session: Session) -> str:
    """The whole conversation."""
    title = STRINGS[session.language].export_title
    return "\n\n".join([f"# {title}", *(_turn(turn, session.language) for turn in session.turns)]) + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it is: one line, every character that could be markup escaped."""
    return _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", text).strip())


def _turn(turn: Turn, language: PageLanguage) -> str:
    heading = f"## {plain(turn.question)}"
    words = STRINGS[language]
    if isinstance(turn.outcome, Problem):
        return f"{heading}\n\n{plain(problem_words(turn.outcome, language))}"
    if isinstance(turn.outcome, Stage):
        return f"{heading}\n\n{plain(words.step_read)}"
    answer = turn.outcome
    if answer.text is None:
        lines = [f"**{plain(words.not_in_articles)}**"]
        if answer.closest:
            lines += [f"{plain(words.closest)}:", _listed(answer.closest, language)]
        return "\n\n".join([heading, *lines])
    confidence = words.confidence_label.format(percent=round(100 * answer.confidence))
    return "\n\n".join(
        [
            heading,
            f"**{plain(answer.text)}**",
            f"> {plain(answer.citations[0].context)}",
            plain(confidence),
            _listed(answer.citations, language),
        ]
    )


def _listed(citations: tuple[Citation, ...], language: PageLanguage) -> str:
    return "\n".join(f"{i}. {_citation(citation, language)}" for i, citation in enumerate(citations, start=1))


def _citation(citation: Citation, language: PageLanguage) -> str:
    day = None if citation.published is None else written_date(citation.published, language)
    link = safe_link(citation.url)
    parts = [
        f"“{plain(citation.quote)}”",
        plain(citation.title),
        plain(citation.source or ""),
        plain(day or ""),
    ]
    # A link in angle brackets may hold anything but spaces and angle brackets; the rest is percent-encoded.
    if link is not None:
        parts.append(f"<{link.replace('<', '%3C').replace('>', '%3E')}>")
    return ", ".join(part for part in parts if part)
