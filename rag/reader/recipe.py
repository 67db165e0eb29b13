"""The training recipe: which data in which share, in which phases, at which rates (``recipe.toml``)."""

import hashlib
import tomllib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from index.errors import UserInputError
from rag.reader.views import Chances


@dataclass(frozen=True)
class Source:
    """Files drawn from together.

    Attributes:
        files: paths relative to the recipe's folder, or absolute.
        share: weight among the phase's sources.
        first: only so many questions from the start of each file; 0 for all.
        held_out_every: every so many-th passage is kept for validation; 0 for none.
        level: share of questions without answer that every type of question is brought to; 0 for none.
            The first four chances are then weights.
        chances: how the drawn questions are changed.
    """

    name: str
    files: tuple[str, ...]
    share: float
    first: int = 0
    held_out_every: int = 0
    level: float = 0.0
    chances: Chances = field(default=Chances())


@dataclass(frozen=True)
class Phase:
    """A stretch of training.

    Attributes:
        steps: optimiser steps.
        rate: learning rate after ``warmup`` steps of linear rise.
        decay: from the end of the warm-up, whether the rate falls linearly to 0 or stays.
    """

    name: str
    steps: int
    rate: float
    warmup: int
    decay: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Recipe:
    """All that decides the weights, besides the code.

    Attributes:
        init: ``backbone``, or a safetensors file with a reader's weights.
        batch: windows a step.
        pool: steps whose windows are drawn, and sorted by length, together.
    """

    folder: Path
    init: str
    seed: int
    batch: int
    pool: int
    max_tokens: int
    weight_decay: float
    clip: float
    phases: tuple[Phase, ...]

    def files(self, source: Source) -> list[Path]:
        """The source's files."""
        return [self.folder / name for name in source.files]

    def digest(self, phases: int) -> str:
        """SHA-256 over everything that decides the weights at a step of the last of the first ``phases``.

        The last phase, if without decay, may be made longer or shorter while it runs.
        """
        done = self.phases[:phases]
        if done and not done[-1].decay:
            done = (*done[:-1], replace(done[-1], steps=0))
        plain = asdict(replace(self, folder=Path(), phases=done))
        return hashlib.sha256(repr(plain).encode()).hexdigest()


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        UserInputError: it is not TOML, or has a wrong or missing entry.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        sources = {name: _source(name, entry) for name, entry in content.pop("source").items()}
        phases = tuple(_phase(entry, sources) for entry in content.pop("phase"))
        return Recipe(folder=path.parent, phases=phases, **content)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UserInputError(f"{path} is not a training recipe: {error!r}") from error


def _source(name: str, entry: dict[str, Any]) -> Source:
    files, chances = tuple(entry.pop("files")), Chances(**entry.pop("chances", {}))
    return Source(name=name, files=files, share=0.0, chances=chances, **entry)


def _phase(entry: dict[str, Any], sources: dict[str, Source]) -> Phase:
    chosen = tuple(replace(sources[name], share=share) for name, share in entry.pop("shares").items())
    return Phase(sources=chosen, **entry)
