"""Bytes to text: finds the encoding, Vietnamese ones first, and brings the text into one form."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from charset_normalizer import from_bytes

from index.text import nfc

# What is not text at all, by the bytes it begins with.
_MAGIC: Final = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"ID3", "a sound file"),
)
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# TCVN3, the encoding of the ABC fonts (".VnTime"): one byte a letter. The bytes 0x80 to 0x9F, where it has
# nothing, hold Windows punctuation. Its capitals with tone marks are the same bytes in another font.
_TCVN3_LETTERS: Final = (
    "\xa0ĂÂÊÔƠƯĐăâêôơưđ\xaf"
    "\u0300\u0309\u0303\u0301\u0323àảãáạ\xbaằẳẵắ\xbf"
    "\xc0\xc1\xc2\xc3\xc4\xc5ặầẩẫấậè\xcdẻẽ"
    "éẹềểễếệìỉ\xd9\xda\xdbĩíịò"
    "\xe0ỏõóọồổỗốộờởỡớợù"
    "\xf0ủũúụừửữứựỳỷỹýỵ\xff"
)
_TCVN3: Final = {code: letter for code, letter in enumerate(_TCVN3_LETTERS, start=0xA0)}

_TONES: Final = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SYLLABLE: Final = re.compile(
    r"(?:ngh?|gh|gi|kh|ch|nh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    r"(?:[iyuư]?[eêaăâoôơuưiy]|i[êe]|y[êe]|uyê|oo|[ou][aăâeêơôy]|ươ|uô|uâ|uya)"
    r"(?:ch|nh|ng|[cmnptiouy])?"
)
_WORD: Final = re.compile(r"[^\s.,;:!?()\[\]{}\"'“”‘’…/|–—«»*&+=<>-]+")
# A text counts as Vietnamese if at least this share of its words with letters beyond ASCII are syllables.
_VIETNAMESE: Final = 0.6
# Any bytes at all are letters in these; text in them is known by its mark or its zero bytes.
_NOT_GUESSED: Final = ["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_7"]
# A guess for another language is believed if at least this share of its characters is text.
_PLAUSIBLE: Final = 0.95
# Characters looked at; more would only cost time.
_SAMPLE: Final = 100_000
# One damaged character in so many does not spoil a UTF-8 file.
_DAMAGED: Final = 1_000

# Removed: marks without width or for direction, soft hyphens, control characters. Joiners stay before
# emoji and before letters of the scripts that need them.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc]"
    "|[\u200c\u200d](?![\u0600-\u1cff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])"
    "|[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_LINE_END: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACE: Final = re.compile("[\t\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def kind_of_binary(data: bytes) -> str | None:
    """What a file is if it is plainly no text, by its first bytes."""
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def decode(data: bytes) -> str | None:
    """The text of a file in UTF-8, UTF-16, Windows-1258, TCVN3 or another encoding; None if there is none.

    A byte order mark decides. Without one, valid UTF-8 is UTF-8; of the others the one in which most words
    are Vietnamese syllables is taken, and if none is, what charset-normalizer finds, if that looks like
    text.
    """
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if marked:
        return _try(data, marked)
    if b"\0" in data:
        return _utf16_without_mark(data)
    text = _try(data, "utf-8")
    return text if text is not None else _legacy(data)


def normalise(text: str) -> str:
    r"""The text in NFC with ``\n`` as line end, plain spaces, and nothing invisible.

    It is called before any offset is taken, so all offsets count what is left here.
    """
    text = _LINE_END.sub("\n", text)
    return nfc(_SPACE.sub(" ", _INVISIBLE.sub("", text)))


def vietnamese_share(text: str) -> float:
    """Share of the words with letters beyond ASCII that are Vietnamese syllables; 0 if there are none."""
    words = [word for word in _WORD.findall(text[:_SAMPLE]) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 0.0


def _is_syllable(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word.lower())
    toneless = nfc(_TONES.sub("", decomposed, count=1))
    return _SYLLABLE.fullmatch(toneless) is not None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 text has a zero byte in every ASCII character; anything else with zero bytes is no text."""
    candidates = [_try(data, "utf-16-le"), _try(data, "utf-16-be")]
    texts = [text for text in candidates if text is not None and "\0" not in text]
    best = max(texts, key=_ascii_share, default=None)
    return best if best is not None and _ascii_share(best) > 0.3 and _is_plausible(best) else None


def _ascii_share(text: str) -> float:
    sample = text[:_SAMPLE]
    return sum(character.isascii() for character in sample) / max(len(sample), 1)


def _legacy(data: bytes) -> str | None:
    """The text in the best of the Vietnamese encodings, else in the one that charset-normalizer finds."""
    scored = [(vietnamese_share(text), text) for text in _vietnamese_candidates(data)]
    share, text = max(scored, key=lambda candidate: candidate[0], default=(0.0, ""))
    if share >= _VIETNAMESE:
        return text
    found = from_bytes(data[:_SAMPLE], cp_exclusion=_NOT_GUESSED).best()
    guess = _try(data, found.encoding) if found else None
    return guess if guess is not None and _is_plausible(guess) else None


def _vietnamese_candidates(data: bytes) -> Iterator[str]:
    damaged = data.decode("utf-8", errors="replace")
    if damaged.count("\ufffd") * _DAMAGED <= max(len(damaged), _DAMAGED):
        yield damaged
    windows = _try(data, "cp1258")
    if windows is not None:
        yield nfc(windows)
    # Latin-1 gives each byte its own number, which the table then turns into letters.
    punctuation = _try(bytes(byte for byte in set(data) if 0x80 <= byte < 0xA0), "cp1252")
    if punctuation is not None:
        low = {ord(character.encode("cp1252")): character for character in punctuation}
        yield nfc(data.decode("latin-1").translate(_TCVN3 | low))


def _is_plausible(text: str) -> bool:
    """Whether nearly all characters are letters, figures, punctuation or spaces, as in no random bytes."""
    sample = text[:_SAMPLE]
    common = sum(character.isspace() or unicodedata.category(character)[0] in "LNP" for character in sample)
    return common >= _PLAUSIBLE * len(sample)
