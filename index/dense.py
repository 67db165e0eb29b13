"""Dense search: exact inner products over all passages' vectors, by FAISS, in a file derived from the store.

The file is a FAISS index, readable by ``faiss.read_index``, followed by the `Fingerprint` of what it was
built from (JSON, its length as u32 little-endian, and the magic bytes). A file that is missing, cut short,
changed in any bit or built from another state of the store is built again, never used.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import faiss
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.embedding import Vectors
from index.reads import PassageIds

# FAISS changes its classes while it is imported, which its type hints do not show.
_faiss: Any = faiss
_MAGIC: Final = b"HDPFAISS"
_TAIL: Final = struct.Struct("<I8s")
# Two vectors that are the same can differ in the last bits of their products, depending on their place in
# FAISS's blocks; rounded, they tie, and ties break by id.
_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The state of a store that a file of vectors belongs to.

    Attributes:
        identity: random name given to the index when it was made.
        generation: the store's generation that the vectors were read at.
        encoder: the model that made the vectors.
        dimension: their length.
    """

    identity: str
    generation: int
    encoder: str
    dimension: int


class DenseIndex:
    """Vectors in memory with their passages' ids, searched exactly. Does not change; see `updated`."""

    def __init__(self, labelled: faiss.IndexIDMap) -> None:
        """Take a FAISS ``IndexIDMap`` over an ``IndexFlatIP``, ids ascending; see also `build`."""
        self._labelled: Any = labelled
        self._flat = _faiss.downcast_index(self._labelled.index)
        self.ids: PassageIds = _faiss.vector_to_array(self._labelled.id_map)

    @classmethod
    def build(cls, ids: PassageIds, vectors: Vectors) -> Self:
        """The index of ids, int64 (n,), ascending, and unit vectors, float32 (n, dimension)."""
        labelled = _faiss.IndexIDMap(_faiss.IndexFlatIP(vectors.shape[1]))
        labelled.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(labelled)

    def to_bytes(self) -> NDArray[np.uint8]:
        """FAISS's own serialised form, uint8."""
        serialised: NDArray[np.uint8] = _faiss.serialize_index(self._labelled)
        return serialised

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self.ids)

    @property
    def vectors(self) -> Vectors:
        """The vectors, float32 (n, dimension), in the order of `ids`; a view, not to be written to."""
        size, dimension = self._flat.ntotal, self._flat.d
        if not size:
            return np.empty((0, dimension), dtype=np.float32)
        view: Vectors = _faiss.rev_swig_ptr(self._flat.get_xb(), size * dimension).reshape(size, dimension)
        return view

    def search(
        self, vector: NDArray[np.float32], limit: int, allowed: PassageIds | None = None
    ) -> list[tuple[int, float]]:
        """The passages nearest to a unit vector, as (passage id, cosine), best first, ties by id.

        Args:
            vector: float32 (dimension,).
            limit: how many passages at most.
            allowed: ids of the only passages to consider; None for all.
        """
        places = None if allowed is None else self._places(allowed)
        limit = min(limit, len(self) if places is None else len(places))
        if limit <= 0:
            return []
        parameters = None
        if places is not None:
            parameters = _faiss.SearchParameters(sel=_faiss.IDSelectorBitmap(_bitmap(places, len(self))))
        products, found = self._flat.search(vector.reshape(1, -1), limit, params=parameters)
        scored = zip(self.ids[found[0]].tolist(), _cosines(products[0]), strict=True)
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))

    def scores_for(self, vector: NDArray[np.float32], ids: Iterable[int]) -> dict[int, float]:
        """Cosines of a unit vector, float32 (dimension,), with given passages; unknown ids are left out."""
        places = self._places(np.fromiter(ids, dtype=np.int64))
        products = self.vectors[places] @ vector
        return dict(zip(self.ids[places].tolist(), _cosines(products), strict=True))

    def updated(self, ids: PassageIds, new_ids: PassageIds, new_vectors: Vectors) -> Self:
        """The index of the passages ``ids``, ascending, of which ``new_ids``, the last, are not yet here.

        A passage id always means the same vector, so what is here need not be read again.
        """
        kept = self._places(ids)
        vectors = np.concatenate([self.vectors[kept], new_vectors])
        return self.build(np.concatenate([self.ids[kept], new_ids]), vectors)

    def _places(self, ids: PassageIds) -> NDArray[np.int64]:
        """Where the ids stand, those that are here."""
        places = np.searchsorted(self.ids, ids)
        inside = places < len(self.ids)
        found: NDArray[np.int64] = places[inside][self.ids[places[inside]] == ids[inside]]
        return found


def write_dense(index: DenseIndex, path: Path, fingerprint: Fingerprint) -> None:
    """Write the file in one step: whoever opens ``path`` finds the earlier file or the whole new one.

    Does nothing while another process is writing the same file.

    Raises:
        OSError: the folder cannot be written to, or is full.
    """
    body = index.to_bytes().data
    told = {**asdict(fingerprint), "sha256": hashlib.sha256(body).hexdigest()}
    tail = json.dumps(told).encode()
    new = path.with_name(f"{path.name}.new")
    try:
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=0):
            with new.open("wb") as file:
                file.write(body)
                file.write(tail + _TAIL.pack(len(tail), _MAGIC))
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, path)
    except Timeout:
        return


def read_dense(path: Path, fingerprint: Fingerprint) -> DenseIndex | None:
    """The vectors in the file, or None unless it is whole and belongs to this state of the store."""
    try:
        content = np.memmap(path, dtype=np.uint8, mode="r")
        size, magic = _TAIL.unpack(content[-_TAIL.size :].tobytes())
        body, tail = np.split(content[: -_TAIL.size], [-size])
        told = json.loads(tail.tobytes())
    except (OSError, ValueError, struct.error):
        return None
    expected = asdict(fingerprint)
    if magic != _MAGIC or not isinstance(told, dict) or {key: told.get(key) for key in expected} != expected:
        return None
    if hashlib.sha256(body.data).hexdigest() != told.get("sha256"):
        return None
    try:
        return DenseIndex(_faiss.deserialize_index(body))
    except RuntimeError:  # another version of FAISS wrote it
        return None


def _bitmap(places: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    chosen = np.zeros(size, dtype=np.bool_)
    chosen[places] = True
    return np.packbits(chosen, bitorder="little")


def _cosines(products: NDArray[np.float32]) -> list[float]:
    rounded: list[float] = np.round(np.clip(products, -1.0, 1.0).astype(np.float64), _DECIMALS).tolist()
    return rounded
