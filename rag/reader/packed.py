"""The released reader in one small file: int8 matrices, float16 for the rest (safetensors, no torch).

Names are those of a transformers ``BertModel`` under ``m.`` and of the span head, ``h.weight`` and
``h.bias`` (rows start and end). A matrix of int8 has its row scales under its name with ``.scale``.
The word embeddings are the backbone's and are not in the file.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from index.errors import ModelError

SCALE: Final = ".scale"
LARGEST: Final = 127


@dataclass(frozen=True)
class Provenance:
    """Where released weights come from.

    Attributes:
        recipe: SHA-256 of the recipe as run.
        data: file names with the first 12 digits of their SHA-256.
        date: ISO date of the export.
        f1: on held-out passages, in percent, after packing.
        f1_unpacked: the same before.
    """

    recipe: str
    data: tuple[str, ...]
    date: str
    f1: float
    f1_unpacked: float


@dataclass(frozen=True)
class ReaderWeights:
    """All tensors as stored, by name (see `pack`), and their provenance."""

    packed: Mapping[str, NDArray[np.int8] | NDArray[np.float16]]
    provenance: Provenance

    @cached_property
    def tensors(self) -> Mapping[str, NDArray[np.float32]]:
        """The same in float32, unpacked."""
        return unpack(self.packed)


def quantise(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Symmetric int8 with one scale a row (output channel).

    Args:
        matrix: (outputs, inputs).

    Returns:
        int8 of the same shape, and float16 scales (outputs,); value = int8 * scale.
    """
    # Rounded up, so that the row's largest value still fits after the scale's own rounding.
    scales = (np.abs(matrix).max(axis=1) / LARGEST).astype(np.float16)
    scales = np.maximum(np.nextafter(scales, np.float16(np.inf)), np.finfo(np.float16).tiny)
    whole = np.rint(matrix / scales.astype(np.float32)[:, None])
    return whole.clip(-LARGEST, LARGEST).astype(np.int8), scales


def pack(tensors: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.int8] | NDArray[np.float16]]:
    """Quantise the layers' matrices; embeddings, norms, biases and head become float16."""
    packed: dict[str, NDArray[np.int8] | NDArray[np.float16]] = {}
    for name, tensor in tensors.items():
        if tensor.ndim == 2 and ".layer." in name:
            packed[name], packed[name + SCALE] = quantise(tensor)
        else:
            packed[name] = tensor.astype(np.float16)
    return packed


def unpack(packed: Mapping[str, NDArray[np.int8] | NDArray[np.float16]]) -> dict[str, NDArray[np.float32]]:
    """Undo ``pack``, all in float32."""
    return {
        name: tensor.astype(np.float32) * packed[name + SCALE].astype(np.float32)[:, None]
        if tensor.dtype == np.int8
        else tensor.astype(np.float32)
        for name, tensor in packed.items()
        if not name.endswith(SCALE)
    }


def save_reader(
    path: Path, packed: Mapping[str, NDArray[np.int8] | NDArray[np.float16]], provenance: Provenance
) -> None:
    """Write the file, replacing an older one only when it is whole."""
    unfinished = path.with_suffix(".tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(dict(packed), unfinished, {"provenance": json.dumps(asdict(provenance), ensure_ascii=False)})
    unfinished.replace(path)


def load_reader(path: Path) -> ReaderWeights:
    """Read a released reader.

    Raises:
        ModelError: the file is missing, damaged, or not a released reader.
    """
    try:
        with safe_open(path, "np") as file:
            entry = json.loads((file.metadata() or {})["provenance"])
            packed = {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"{path} is not a packed reader: {error!r}; reinstall hoidap") from error
    return ReaderWeights(packed, Provenance(**{**entry, "data": tuple(entry["data"])}))
