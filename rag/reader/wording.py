"""What a training question asks for by its wording, and levelling of how often that has an answer.

Writers of unanswerable questions fall back on "how many": in our sets half of those have no answer, but
hardly one "why" question. A reader would learn the words. So draws are levelled: every type of question
has no answer equally often.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from index.text import fold_accents
from rag.reader.data import Example

_TYPES: Final = {
    "quantity": "bao nhiêu|mấy|bao lâu|phần trăm|how (?:many|much|long|old|far|tall|high)|what percentage",
    "time": "(?:năm|ngày|tháng|khi|lúc|hôm) nào|bao giờ|when|(?:what|which) (?:year|date|day|time)",
    "reason": "vì sao|tại sao|nhờ đâu|do đâu|nguyên nhân|why",
    "person": "ai|who|whom|whose",
    "place": "ở đâu|nơi nào|chỗ nào|tại đâu|từ đâu|where",
    "manner": "thế nào|cách nào|ra sao|làm sao|how",
}
_PATTERNS: Final = {name: re.compile(rf"\b(?:{words})\b") for name, words in _TYPES.items()}
_FOLDED: Final = {name: re.compile(rf"\b(?:{fold_accents(words)})\b") for name, words in _TYPES.items()}
OTHER: Final = "thing"


def question_type(question: str, lang: str) -> str:
    """``quantity``, ``time``, ``reason``, ``person``, ``place``, ``manner`` or ``thing``."""
    patterns = _FOLDED if lang == "vi-unaccented" else _PATTERNS
    text = question.lower()
    return next((name for name, pattern in patterns.items() if pattern.search(text)), OTHER)


@dataclass(frozen=True)
class Level:
    """For one type of question, how draws are changed to reach the wanted share without answer.

    Attributes:
        turned: chance that an answerable question is made one without answer.
        replaced: chance that one without answer is replaced by an answerable one of its type.
    """

    turned: float
    replaced: float


def levels(examples: Sequence[Example], share: float) -> dict[str, Level]:
    """What makes each type's share of questions without answer equal to ``share``.

    With a share of p before: p + turned (1 - p) = share, or p (1 - replaced) = share.
    """
    every = Counter(question_type(e.question, e.lang) for e in examples)
    none = Counter(question_type(e.question, e.lang) for e in examples if not e.answers)
    return {name: _level(none[name] / count, share) for name, count in every.items()}


def _level(before: float, share: float) -> Level:
    if before > share:
        return Level(0.0, 1 - share / before if before < 1 else 0.0)
    return Level((share - before) / (1 - before) if before < 1 else 0.0, 0.0)
