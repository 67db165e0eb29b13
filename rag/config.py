"""What applies to each question: how much is retrieved and read, and when an answer is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from rag.records import Language


@dataclass(frozen=True, slots=True)
class Fusion:
    """How lexical and dense evidence become one score: ``dense + lexical * coverage``.

    ``coverage`` is BM25 divided by the sum of the inverse document frequencies of the question's terms:
    unlike a z-score it does not depend on what else was retrieved, and unlike plain BM25 it does not let
    one rare word carry an English question.
    """

    lexical: float
    unaccented: bool


# Fitted on the project's own questions over its own passages (not on a test set); see eval/RESULTS.md.
FUSION: Final[Mapping[Language, Fusion]] = MappingProxyType(
    {
        "vi": Fusion(lexical=0.4, unaccented=False),
        "vi-unaccented": Fusion(lexical=1.0, unaccented=True),
        "en": Fusion(lexical=0.2, unaccented=True),
    }
)


@dataclass(frozen=True, slots=True)
class RagConfig:
    """Settings of a question.

    Attributes:
        top_k: passages that are read.
        candidates: passages that each of the two searches contributes before fusion.
        alternatives: other answers shown at most.
        closest: passages shown when there is no answer.
        threshold: least confidence of an answer that is given; None takes the reader's own.
    """

    top_k: int = 5
    candidates: int = 60
    alternatives: int = 3
    closest: int = 3
    threshold: float | None = None
    fusion: Mapping[Language, Fusion] = field(default_factory=lambda: FUSION)
