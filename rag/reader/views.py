"""What a training question is turned into each time it is drawn: itself, varied, or without answer.

Every function is pure given its random generator, so that a run can be continued exactly.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.text import fold_accents
from rag.reader.data import Example
from rag.reader.lexical import WrongPassages
from rag.reader.wording import levels, question_type

PROVINCES: Final = frozenset(
    (
        "An Giang|Bà Rịa – Vũng Tàu|Bạc Liêu|Bắc Giang|Bắc Kạn|Bắc Ninh|Bến Tre|Bình Dương|Bình Định|"
        "Bình Phước|Bình Thuận|Cà Mau|Cao Bằng|Cần Thơ|Đà Nẵng|Đắk Lắk|Đắk Nông|Điện Biên|Đồng Nai|"
        "Đồng Tháp|Gia Lai|Hà Giang|Hà Nam|Hà Nội|Hà Tĩnh|Hải Dương|Hải Phòng|Hậu Giang|Hòa Bình|"
        "Hưng Yên|Khánh Hòa|Kiên Giang|Kon Tum|Lai Châu|Lạng Sơn|Lào Cai|Lâm Đồng|Long An|Nam Định|"
        "Nghệ An|Ninh Bình|Ninh Thuận|Phú Thọ|Phú Yên|Quảng Bình|Quảng Nam|Quảng Ngãi|Quảng Ninh|"
        "Quảng Trị|Sóc Trăng|Sơn La|Tây Ninh|Thái Bình|Thái Nguyên|Thanh Hóa|Thừa Thiên Huế|Tiền Giang|"
        "Trà Vinh|Tuyên Quang|Vĩnh Long|Vĩnh Phúc|Yên Bái"
    ).split("|")
)
_YEAR: Final = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_WORD: Final = re.compile(r"\w+")
JOINED_LIMIT: Final = 1400
TRIES: Final = 6


@dataclass(frozen=True)
class Chances:
    """How often a drawn question is changed; each in [0, 1].

    The first four apply to answerable questions and exclude each other: asked of a random other
    passage, of the most alike wrong passage, about another name or year, under another title. The
    others vary any question: accents stripped, title left out, a second passage before or after.
    """

    random: float = 0.0
    alike: float = 0.0
    renamed: float = 0.0
    retitled: float = 0.0
    unaccented: float = 0.0
    untitled: float = 0.0
    joined: float = 0.0


def names_in(text: str) -> list[str]:
    """Capitalised words in a row; one alone at the very start is taken for an ordinary word."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        if not match[0][0].isupper():
            continue
        if found and text[found[-1][1] : match.start()] == " ":
            found[-1] = (found[-1][0], match.end())
        else:
            found.append(match.span())
    return [text[a:b] for a, b in found if a or " " in text[a:b]]


class Views:
    """Makes views of one source's questions; holds its passages, names and lexical statistics."""

    def __init__(self, examples: Sequence[Example], chances: Chances, level: float = 0.0) -> None:
        self.examples, self.chances = examples, chances
        self.levels = levels(examples, level) if level else {}
        self.answered: dict[str, list[Example]] = defaultdict(list)
        for example in examples if level else ():
            if example.answers:
                self.answered[question_type(example.question, example.lang)].append(example)
        self.wrong = WrongPassages([(e.title, e.context) for e in examples])
        self.names: dict[int, list[str]] = defaultdict(list)
        for name in sorted({name for e in examples for name in names_in(e.question) if " " in name}):
            self.names[name.count(" ")].append(name)

    def view(self, example: Example, rng: random.Random) -> Example:
        """One view of ``example``; its id is kept."""
        if self.levels:
            example = self._levelled(example, rng)
        elif example.answers:
            example = self._without_answer(example, rng, rng.random()) or example
        return self._varied(example, rng)

    def _levelled(self, example: Example, rng: random.Random) -> Example:
        asked = question_type(example.question, example.lang)
        if not example.answers:
            return rng.choice(self.answered[asked]) if rng.random() < self.levels[asked].replaced else example
        if rng.random() >= self.levels[asked].turned:
            return example
        weights = self.chances
        total = weights.random + weights.alike + weights.renamed + weights.retitled
        tries = (self._without_answer(example, rng, rng.random() * total) for _ in range(TRIES))
        return next((found for found in tries if found), example)

    def _without_answer(self, example: Example, rng: random.Random, draw: float) -> Example | None:
        chances = self.chances
        if (draw := draw - chances.random) < 0:
            return self.moved_at_random(example, rng)
        if (draw := draw - chances.alike) < 0:
            return self.moved_to_alike(example, rng)
        if (draw := draw - chances.renamed) < 0:
            return self.renamed(example, rng)
        return self.retitled(example, rng) if draw < chances.retitled else None

    def moved_at_random(self, example: Example, rng: random.Random) -> Example | None:
        """The question asked of a random passage; None if that has one of the answers' texts."""
        other = rng.choice(self.examples)
        if any(text.casefold() in other.context.casefold() for text in example.texts):
            return None
        return replace(example, title=other.title, context=other.context, answers=())

    def moved_to_alike(self, example: Example, rng: random.Random) -> Example | None:
        """The question asked of one of the three passages most alike that do not answer it."""
        places = self.wrong.best(example, 3)
        if not places:
            return None
        title, context = rng.choice(places)
        return replace(example, title=title, context=context, answers=())

    def renamed(self, example: Example, rng: random.Random) -> Example | None:
        """The question about a name or year that its passage and title do not have."""
        known = f"{example.title}\n{example.context}"
        names = [name for name in names_in(example.question) if " " in name and name in known]
        swaps = [(name, other) for name in names for other in self._others(name)]
        swaps += [(y, str(int(y) + d)) for y in _YEAR.findall(example.question) for d in (-2, -1, 1, 2)]
        swaps = [(old, new) for old, new in swaps if old in known and new not in known]
        if not swaps:
            return None
        old = rng.choice(sorted({old for old, _ in swaps}))
        new = rng.choice([new for name, new in swaps if name == old])
        return replace(example, question=example.question.replace(old, new), answers=())

    def _others(self, name: str) -> Iterator[str]:
        yield from sorted(PROVINCES) if name in PROVINCES else self.names[name.count(" ")]

    def retitled(self, example: Example, rng: random.Random) -> Example | None:
        """Another passage's title, if the question names what only the title tells."""
        told = [n for n in names_in(example.question) if n in example.title and n not in example.context]
        other = rng.choice(self.examples).title
        if not told or not other or any(name in other for name in told):
            return None
        return replace(example, title=other, answers=())

    def _varied(self, example: Example, rng: random.Random) -> Example:
        unaccented, untitled, joined = (rng.random() for _ in range(3))
        if unaccented < self.chances.unaccented and example.lang == "vi":
            example = replace(example, question=fold_accents(example.question))
        if untitled < self.chances.untitled and example.answers and example.title:
            example = replace(example, title="")
        if joined < self.chances.joined:
            example = joined_with(example, rng.choice(self.examples), rng)
        return example


def joined_with(example: Example, other: Example, rng: random.Random) -> Example:
    """Put ``other``'s passage before or after the example's, unless that makes it very long."""
    before = rng.random() < 0.5
    long = len(other.context) + len(example.context) > JOINED_LIMIT
    if long or any(text.casefold() in other.context.casefold() for text in example.texts):
        return example
    if not before:
        return replace(example, context=f"{example.context}\n{other.context}")
    shift = len(other.context) + 1
    answers = tuple((a + shift, b + shift) for a, b in example.answers)
    return replace(example, context=f"{other.context}\n{example.context}", answers=answers)
