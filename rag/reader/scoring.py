"""SQuAD's exact match and F1, and the area under the ROC curve of answerability.

Training watches itself by these; ``eval`` measures the whole chatbot with its own.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

_ARTICLES: Final = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """SQuAD 1.1's ``normalize_answer``: lower case, no punctuation, no English articles, single spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, accepted: Sequence[str]) -> float:
    """1.0 if the normalised answer is one of the accepted."""
    return float(normalise(answer) in {normalise(text) for text in accepted})


def f1(answer: str, accepted: Sequence[str]) -> float:
    """The best token F1 against the accepted answers, in [0, 1]."""
    return max((_f1(normalise(answer).split(), normalise(text).split()) for text in accepted), default=0.0)


def _f1(found: list[str], wanted: list[str]) -> float:
    same = (Counter(found) & Counter(wanted)).total()
    return 2 * same / (len(found) + len(wanted)) if same else 0.0


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Chance that a positive scores above a negative, ties counting half; nan without both.

    By the rank sum (Hanley & McNeil 1982).
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    yes, no = int(truth.sum()), int((~truth).sum())
    if not yes or not no:
        return float("nan")
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[truth].sum() - yes * (yes + 1) / 2) / (yes * no))
