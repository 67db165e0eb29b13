"""What is baked into an index when it is made, and where indexes and models live on disk."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import platformdirs

SCHEMA_VERSION: Final = 1
BUILTIN_ENCODER: Final = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """Choices that every passage and vector of one index shares; stored in it and checked when it opens.

    Attributes:
        encoder: name, hub name or path of the embedding model.
        dimension: length of its vectors.
        passage_tokens: longest passage, in the encoder's tokens.
        overlap_tokens: tokens that neighbouring passages may share.
    """

    encoder: str = BUILTIN_ENCODER
    dimension: int = 384
    passage_tokens: int = 192
    overlap_tokens: int = 0
    schema_version: int = SCHEMA_VERSION

    def to_dict(self) -> dict[str, str | int]:
        """The form stored in the index."""
        return asdict(self)


def default_index_directory() -> Path:
    """``$HOIDAP_INDEX``, else the platform's user data folder."""
    chosen = os.environ.get("HOIDAP_INDEX")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("hoidap", appauthor=False)) / "index"


def model_cache_directory() -> Path:
    """``$HOIDAP_CACHE``, else the platform's user cache folder: where built models are kept."""
    chosen = os.environ.get("HOIDAP_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("hoidap", appauthor=False))
