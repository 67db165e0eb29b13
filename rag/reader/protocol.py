"""The seam between retrieval and answering: anything that can point at answers in passages."""

from collections.abc import Sequence
from typing import Protocol

from index.records import Hit
from rag.records import Question, Reading


class Reader(Protocol):
    """Finds candidate answers in retrieved passages."""

    @property
    def name(self) -> str:
        """What ``doctor`` and reports call it."""
        ...

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Read ``hits`` (best first) and return candidate spans on one score scale."""
        ...
