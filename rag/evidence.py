"""What speaks for a candidate besides the reader: does its place agree with what was asked?

Every answer has to be about the entity, the year and the kind of thing in the question; a reader alone
takes the right kind of figure about the wrong province. All functions are pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from index.text import fold_accents, syllables
from rag.question import ENGLISH_FUNCTION_WORDS
from rag.records import Question

_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER: Final = re.compile(r"\d+(?:[.,/-]\d+)*")
_CAPITALISED: Final = re.compile(r"[^\W\d_]+(?:[&-][^\W\d_]+)*")

# Words that begin a Vietnamese or English question with a capital letter without being a name.
_OPENERS: Final = ENGLISH_FUNCTION_WORDS | frozenset(
    fold_accents(word)
    for word in """ai bao bà bí bộ bởi các cái chi chủ chương có con còn cơ công cuộc cục dân do dự đâu đây để
    đến điều đó doanh đoàn đơn đợt đồng động được giá giám giải gì giữa hai hãng hãy họ hội huyện khi kế khu
    không kể làm lần lễ loài loại lúc lý mấy mỗi một mục mùa mức năm nếu ngày nghị nguồn người nguyên nhà nhân
    nhiệm nhờ những nơi nước ông phó phường phần quận quyết sau sân số sở sự tại tác tàu tên thế theo thành
    tháng thời thủ thứ thị thì tiền tỉnh tính tới tổng tòa trận trên trong trung trước trường trưởng từ tỷ ủy
    ước vào về vì việc viện vị vùng với vụ xã xin""".split()
)

_DIGIT_OR_NUMERAL: Final = re.compile(
    r"\d|\b(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|trăm|nghìn|ngàn|vạn|triệu|tỷ|nửa|đầu|nhất|nhì|tư)\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"\d|\b(?:sáng|trưa|chiều|tối|đêm|ngày|tháng|năm|quý|tuần|thế kỷ|hôm|mùa|đầu|cuối|giữa|sau|trước)\b"
    r"|\b(?:rằm|mùng)\b",
    re.IGNORECASE,
)

# What a question asks for, told by its question words (searched in its folded, lower-case form).
_ASKS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "time",
        re.compile(
            r"\b(?:khi nao|bao gio|luc nao|may gio|when"
            r"|(?:nam|ngay|thang|quy|tuan|thoi diem|thoi gian|the ky|hom|buoi) nao"
            r"|(?:what|which) (?:year|date|day|month|time|century))\b"
        ),
    ),
    (
        "number",
        re.compile(
            r"\b(?:bao nhieu|thu may|hang may|may (?!gio)\w+|hang bao|vi tri (?:nao|may)|xep thu"
            r"|how (?:many|much|far|long|old|large|high)"
            r"|what (?:\w+ ){0,2}(?:rank|percentage|percent|share|number|score)|what share)\b"
        ),
    ),
    ("person", re.compile(r"\b(?:ai|nguoi nao|vi nao|ong nao|ba nao|who|whom|whose)\b")),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of one candidate, all about 0 to 1 except ``margin``; what `rag.calibration` weighs.

    Attributes:
        margin: the reader's score of the span minus its score for "no answer", squashed to (-1, 1).
        dense: cosine of question and passage.
        coverage: share of the question's information that BM25 finds in the passage.
        lead: how far the passage's retrieval score is behind the best passage's (0 is the best).
        names: share of the question's names that stand in the passage or its title.
        years: 1 if the question's years stand in the candidate's sentence or the title, 0.5 if only in
            the passage, 0 if not at all; 1 if the question names none.
        numbers: the same for its other figures, without the half.
        kind: 1 if the span is of the kind asked for (number, time, person), 0 if not, 0.5 if unknown.
        local: share of the question's distinct syllables that stand in the sentence or the title.
        agreed: share of the other passages read that gave the same words.
        english: 1 for a question in English, whose passages look less alike for the same relevance.
        unaccented: 1 for a question without accents, likewise.
    """

    margin: float
    dense: float
    coverage: float
    lead: float
    names: float
    years: float
    numbers: float
    kind: float
    local: float
    agreed: float
    english: float
    unaccented: float

    def values(self) -> tuple[float, ...]:
        """The features in the order of `FEATURES`."""
        return tuple(getattr(self, name) for name in FEATURES)


FEATURES: Final = tuple(field.name for field in fields(Evidence))


def question_names(text: str) -> tuple[str, ...]:
    """The names in a question: runs of capitalised words, folded to lower case without accents.

    A capital that only opens the question is not a name: "Năm 2022 Quảng Ninh xếp thứ mấy?" has the one
    name "quang ninh"; a question typed in lower case has none.
    """
    names: list[str] = []
    run: list[str] = []
    last_end = 0
    for match in _CAPITALISED.finditer(text):
        word = match.group()
        adjacent = not text[last_end : match.start()].strip()
        last_end = match.end()
        opener = not names and not run and fold_accents(word).lower() in _OPENERS and not word.isupper()
        capital = word[0].isupper() and not opener
        if run and not (capital and adjacent):
            names.append(" ".join(run))
            run = []
        if capital:
            run.append(fold_accents(word).lower())
    if run:
        names.append(" ".join(run))
    return tuple(dict.fromkeys(names))


def name_agreement(names: tuple[str, ...], text: str) -> float:
    """Share of ``names`` (from `question_names`) that stand in ``text``, on whole syllables; 1 if none."""
    if not names:
        return 1.0
    folded = _padded(text)
    return sum(f" {' '.join(syllables(name))} " in folded for name in names) / len(names)


def year_agreement(question: str, sentence: str, passage: str) -> float:
    """1, 0.5 or 0 as `Evidence.years` says; ``sentence`` comes with the title."""
    years = set(_YEAR.findall(question))
    if not years or years <= set(_YEAR.findall(sentence)):
        return 1.0
    return 0.5 if years <= set(_YEAR.findall(passage)) else 0.0


def number_agreement(question: str, passage: str) -> float:
    """Share of the question's figures other than years that stand in ``passage``; 1 if it has none."""
    figures = {figure for figure in _NUMBER.findall(question) if not _YEAR.fullmatch(figure)}
    if not figures:
        return 1.0
    return len(figures & set(_NUMBER.findall(passage))) / len(figures)


def asked_kind(question: str) -> str | None:
    """The kind that the question's words ask for: "time", "number" or "person"; None if they do not say."""
    folded = fold_accents(question).lower()
    return next((kind for kind, pattern in _ASKS if pattern.search(folded)), None)


def kind_agreement(kind: str | None, span: str) -> float:
    """Whether the span can be what was asked for: 1 or 0, and 0.5 where that cannot be told."""
    if kind is None:
        return 0.5
    if kind == "number":
        return float(bool(_DIGIT_OR_NUMERAL.search(span)))
    if kind == "time":
        return float(bool(_TIME.search(span)))
    return float(any(word[:1].isupper() for word in span.split()))


def local_coverage(question: Question, sentence: str, weights: Mapping[str, float]) -> float:
    """Share of the question's syllables, weighted by rarity, that stand in ``sentence`` (with the title).

    Args:
        question: what was asked.
        sentence: the text to search, folded or not as the question's terms are.
        weights: inverse document frequency of each term; a missing one counts as 1.
    """
    accented = question.language == "vi"
    present = set(syllables(sentence if accented else fold_accents(sentence)))
    terms = dict.fromkeys(question.terms)
    total = sum(weights.get(term, 1.0) for term in terms)
    return sum(weights.get(term, 1.0) for term in terms if term in present) / total if total else 0.0


def _padded(text: str) -> str:
    return f" {' '.join(syllables(fold_accents(text)))} "
