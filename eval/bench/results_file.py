"""``RESULTS.md``: generated blocks between markers, and whatever people write around them.

A block is replaced as a whole when its section is run; everything outside the blocks is left alone.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).resolve().parents[1] / "RESULTS.md"
_OPENING: Final = """# Results

Written by `make bench` (`python -m eval.bench`). The blocks between the markers are generated, each with
the commit and the machine it was measured on; what stands outside them is written by hand and kept. Values
in brackets are 95 % bootstrap intervals over the questions.

## Notes

"""


def replaced(text: str, section: str, lines: Sequence[str]) -> str:
    """The file's text with a section's block replaced, or put at the end if it has none."""
    begin, end = f"<!-- begin {section} -->", f"<!-- end {section} -->"
    block = "\n".join([begin, *lines, end])
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda match: block, text, count=1)
    return f"{text.rstrip()}\n\n{block}\n"


def write_section(section: str, lines: Sequence[str], path: Path = RESULTS) -> None:
    """Put a section's lines into the file, which is made if it is not there."""
    text = path.read_text(encoding="utf-8") if path.exists() else _OPENING
    path.write_text(replaced(text, section, lines), encoding="utf-8")
