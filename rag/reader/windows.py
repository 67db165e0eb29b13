"""Question and passage as the reader's input: ``<s> question </s></s> title passage </s>``, cut to size.

Training and reading share this module, so that both see the same tokens. It needs no torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

BOS, EOS, PAD = 0, 2, 1
MAX_TOKENS: Final = 288
OVERLAP: Final = 96
MAX_QUESTION: Final = 64
MAX_TITLE: Final = 48


@dataclass(frozen=True)
class PassageTokens:
    """A passage's tokens, apart from its title's.

    Attributes:
        title: the title's token ids, at most ``MAX_TITLE``.
        ids: int32 of shape (n,), the passage's token ids.
        spans: int32 of shape (n, 2), the characters ``[start, end)`` of the passage that each token
            stands for, without the white space before it.
    """

    title: tuple[int, ...]
    ids: NDArray[np.int32]
    spans: NDArray[np.int32]


@dataclass(frozen=True)
class Window:
    """One input of the reader.

    Attributes:
        ids: int32 of shape (n,), all token ids from ``<s>`` to the last ``</s>``.
        first: where the passage's tokens begin; they end before the last ``</s>``.
        spans: int32 of shape (n - first - 1, 2), the passage's characters of each of its tokens.
    """

    ids: NDArray[np.int32]
    first: int
    spans: NDArray[np.int32]


def encode_questions(tokenizer: Tokenizer, questions: Sequence[str]) -> list[tuple[int, ...]]:
    """Token ids of each question without special tokens, at most ``MAX_QUESTION``."""
    found = tokenizer.encode_batch(list(questions), add_special_tokens=False)
    return [tuple(encoding.ids[:MAX_QUESTION]) for encoding in found]


def encode_passages(tokenizer: Tokenizer, passages: Sequence[tuple[str, str]]) -> list[PassageTokens]:
    """Tokenise (title, text) pairs; an empty title takes no token."""
    joined = [f"{title}\n{text}" if title else text for title, text in passages]
    found = tokenizer.encode_batch(joined, add_special_tokens=False)
    return [
        _split(encoding, whole, len(title) + 1 if title else 0)
        for encoding, whole, (title, _) in zip(found, joined, passages, strict=True)
    ]


def _split(encoding: Encoding, whole: str, text_from: int) -> PassageTokens:
    # Metaspace counts the space before a word as the word's own first character.
    spans = [(a + (a < b and whole[a].isspace()), b) for a, b in encoding.offsets]
    cut = next((i for i, (_, end) in enumerate(spans) if end > text_from), len(spans))
    return PassageTokens(
        tuple(encoding.ids[: min(cut, MAX_TITLE)]),
        np.array(encoding.ids[cut:], dtype=np.int32),
        (np.array(spans[cut:], dtype=np.int32).reshape(-1, 2) - text_from).clip(min=0),
    )


def cut_windows(
    question: tuple[int, ...],
    passage: PassageTokens,
    max_tokens: int = MAX_TOKENS,
    overlap: int = OVERLAP,
) -> list[Window]:
    """Cut a passage into windows that overlap by ``overlap`` tokens, each with question and title.

    The last window is moved back to be full. A passage without tokens gives no window.
    """
    head = np.array([BOS, *question, EOS, EOS, *passage.title], dtype=np.int32)
    room = max_tokens - len(head) - 1
    last = max(0, len(passage.ids) - room)
    begins = [*range(0, last, max(1, room - overlap)), last] if len(passage.ids) else []
    return [_window(head, passage, begin, begin + room) for begin in begins]


def _window(head: NDArray[np.int32], passage: PassageTokens, begin: int, end: int) -> Window:
    tail = np.array([EOS], dtype=np.int32)
    ids = np.concatenate([head, passage.ids[begin:end], tail])
    return Window(ids, len(head), passage.spans[begin:end])


def locate(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """Positions in ``window.ids`` of the first and last token of characters ``[start, end)``.

    Returns:
        None if the window does not hold them all.
    """
    touched = np.flatnonzero((window.spans[:, 1] > start) & (window.spans[:, 0] < end))
    if not len(touched):
        return None
    first, last = int(touched[0]), int(touched[-1])
    if window.spans[first, 0] > start or window.spans[last, 1] < end:
        return None
    return window.first + first, window.first + last
