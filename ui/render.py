"""Answers as HTML. Pure functions; whatever comes from an article or a visitor passes `escape`."""

from typing import Final

from rag.chatbot import Stage
from rag.question import MAX_CHARACTERS
from rag.records import Answer, Citation, Reason
from ui.conversation import KEPT_TURNS, Problem, Session, Turn
from ui.escaping import byline, escape, safe_link
from ui.page_strings import STRINGS, PageLanguage, PageStrings, written_date, written_number

# Longer answers (clauses, sentences) are set smaller than names and numbers.
_SHORT_ANSWER: Final = 60
_LONG_ANSWER: Final = 160
# Calibrated probabilities from which the words change.
_HIGH: Final = 0.85
_FAIR: Final = 0.65


def transcript(session: Session) -> str:
    """The whole conversation, oldest first, with a line that tells screen readers what happens."""
    words = STRINGS[session.language]
    turns = "".join(_turn(turn, session) for turn in session.turns)
    dropped = session.asked > len(session.turns)
    tools = (
        f'<div class="tools">{_deed("export", words.export)}{_deed("fresh", words.new_conversation)}</div>'
    )
    note = f'<p class="note">{words.limit_note.format(count=KEPT_TURNS)}</p>' if dropped else ""
    status = _status(session.turns[-1], session.language) if session.turns else ""
    return (
        f'<div class="turns" role="group" aria-label="{words.conversation}" data-last="{session.asked}">'
        f"{tools}{note}{turns}</div>"
        f'<p class="unseen" role="status">{status}</p>'
    )


def _deed(event: str, label: str) -> str:
    return f'<button type="button" class="deed" data-event="{event}">{label}</button>'


def _status(turn: Turn, language: PageLanguage) -> str:
    words = STRINGS[language]
    if isinstance(turn.outcome, Stage):
        return _step_words(words)[turn.outcome]
    if isinstance(turn.outcome, Problem):
        return problem_words(turn.outcome, language)
    if turn.outcome.text is None:
        return words.not_in_articles
    return f"{escape(turn.outcome.text)}. {_confidence_words(turn.outcome.confidence, words)}"


def _turn(turn: Turn, session: Session) -> str:
    if isinstance(turn.outcome, Stage):
        body = _steps(turn.outcome, STRINGS[session.language])
    elif isinstance(turn.outcome, Problem):
        body = _problem(turn, turn.outcome, session.language)
    elif turn.outcome.text is None:
        body = _abstention(turn, turn.outcome, session)
    else:
        body = _answer(turn, turn.outcome, turn.outcome.text, session)
    return (
        f'<section class="turn" data-turn="{turn.number}">'
        f'<h2 class="question" dir="auto">{escape(turn.question)}</h2>{body}</section>'
    )


def _answer(turn: Turn, answer: Answer, text: str, session: Session) -> str:
    words = STRINGS[session.language]
    best = answer.citations[0]
    sentence = (
        "" if best.quote == best.context else f'<p class="sentence" dir="auto">{_in_sentence(best)}</p>'
    )
    return (
        f'<p class="answer {_size(text)}" dir="auto">{escape(text)}</p>{sentence}'
        f"{_confidence(answer.confidence, words)}"
        f"{_citations(turn, answer.citations, 0, session)}"
        f"{_alternatives(turn, answer, session)}"
        f'<div class="deeds">{_copy(best, session.language)}{_retry(turn, words)}</div>'
    )


def _abstention(turn: Turn, answer: Answer, session: Session) -> str:
    words = STRINGS[session.language]
    empty = answer.reason is Reason.EMPTY_INDEX
    title = words.empty_index_title if empty else words.not_in_articles
    text = words.empty_index_text if empty else words.nothing_found_text
    closest = ""
    if answer.closest:
        text = words.not_in_articles_text
        items = "".join(_near(turn, citation, i, session) for i, citation in enumerate(answer.closest))
        closest = f'<h3 class="label">{words.closest}</h3><ol class="near">{items}</ol>'
    return (
        f'<p class="answer none">{title}</p><p class="quiet">{text}</p>{closest}'
        f'<div class="deeds">{_retry(turn, words)}</div>'
    )


def _near(turn: Turn, citation: Citation, index: int, session: Session) -> str:
    return (
        f"<li>{_cite_button(turn, citation, index, session)}"
        f'<p class="excerpt" dir="auto">{escape(citation.quote)}</p></li>'
    )


def _citations(turn: Turn, citations: tuple[Citation, ...], first: int, session: Session) -> str:
    items = "".join(
        f"<li>{_cite_button(turn, citation, first + i, session)}</li>" for i, citation in enumerate(citations)
    )
    label = STRINGS[session.language].citations
    return f'<ol class="citations" aria-label="{label}">{items}</ol>'


def _cite_button(turn: Turn, citation: Citation, index: int, session: Session) -> str:
    words = STRINGS[session.language]
    name = words.open_citation.format(number=index + 1, title=citation.title)
    view = session.view
    current = view is not None and (view.turn, view.index) == (turn.number, index)
    line = byline(citation.source, None, citation.published, session.language)
    return (
        f'<button type="button" class="cite" data-event="cite" data-value="{turn.number}-{index}"'
        f' aria-label="{escape(name)}"{" aria-current=true" if current else ""}>'
        f'<span class="number">{index + 1}</span>'
        f'<span class="cited"><bdi class="title">{escape(citation.title)}</bdi>'
        f'<span class="byline">{line}</span></span></button>'
    )


def _alternatives(turn: Turn, answer: Answer, session: Session) -> str:
    if not answer.alternatives:
        return ""
    words = STRINGS[session.language]
    first, items = len(answer.citations), ""
    for other in answer.alternatives:
        items += (
            f'<li><p class="other" dir="auto">{escape(other.text)}</p>{_confidence(other.confidence, words)}'
            f"{_citations(turn, other.citations, first, session)}</li>"
        )
        first += len(other.citations)
    summary = words.others.format(count=len(answer.alternatives))
    return f'<details class="others"><summary>{summary}</summary><ul>{items}</ul></details>'


def _in_sentence(citation: Citation) -> str:
    start = citation.start - citation.context_start
    end = citation.end - citation.context_start
    before, quote, after = citation.context[:start], citation.context[start:end], citation.context[end:]
    return f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"


def _confidence_words(confidence: float, words: PageStrings) -> str:
    if confidence >= _HIGH:
        return words.confidence_high
    return words.confidence_fair if confidence >= _FAIR else words.confidence_low


def _confidence(confidence: float, words: PageStrings) -> str:
    percent = round(100 * confidence)
    label = words.confidence_label.format(percent=percent)
    return (
        f'<p class="confidence"><span class="bar" role="img" aria-label="{label}" title="{label}">'
        f'<span style="width:{percent}%"></span></span>{_confidence_words(confidence, words)}</p>'
    )


def _size(text: str) -> str:
    if len(text) <= _SHORT_ANSWER:
        return "short"
    return "middle" if len(text) <= _LONG_ANSWER else "long"


def citation_line(citation: Citation, language: PageLanguage) -> str:
    """A quote with where it stands, as plain text to paste."""
    day = None if citation.published is None else written_date(citation.published, language)
    place = [citation.title, citation.source, day, safe_link(citation.url)]
    return f"“{citation.quote}” ({', '.join(part for part in place if part)})"


def _copy(citation: Citation, language: PageLanguage) -> str:
    words = STRINGS[language]
    return (
        f'<button type="button" class="deed" data-copy="{escape(citation_line(citation, language))}"'
        f' data-done="{words.copied}">{words.copy}</button>'
    )


def _retry(turn: Turn, words: PageStrings) -> str:
    return (
        f'<button type="button" class="deed" data-event="ask" data-value="{escape(turn.question)}">'
        f"{words.retry}</button>"
    )


def _step_words(words: PageStrings) -> dict[Stage, str]:
    return {
        Stage.ANALYSE: words.step_analyse,
        Stage.RETRIEVE: words.step_retrieve,
        Stage.READ: words.step_read,
    }


def _steps(stage: Stage, words: PageStrings) -> str:
    steps = _step_words(words)
    reached = list(steps).index(stage)
    items = "".join(
        f'<li class="{"done" if place < reached else "now"}">{text}</li>'
        for place, text in enumerate(steps.values())
        if place <= reached
    )
    return f'<ol class="steps">{items}</ol><div class="deeds">{_deed("stop", words.stop)}</div>'


def problem_words(problem: Problem, language: PageLanguage) -> str:
    """What the page says of a question without an answer, as text."""
    words = STRINGS[language]
    told = {
        Problem.EMPTY: words.question_empty,
        Problem.LONG: words.question_long.format(limit=written_number(MAX_CHARACTERS, language)),
        Problem.BUSY: words.busy,
        Problem.FAILED: words.failed,
        Problem.STOPPED: words.stopped,
    }
    return told[problem]


def _problem(turn: Turn, problem: Problem, language: PageLanguage) -> str:
    again = problem in (Problem.BUSY, Problem.FAILED, Problem.STOPPED)
    retry = f'<div class="deeds">{_retry(turn, STRINGS[language])}</div>' if again else ""
    return f'<p class="problem">{problem_words(problem, language)}</p>{retry}'
