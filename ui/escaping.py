"""The one way by which text from articles and visitors becomes HTML."""

import html
import re
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from ui.page_strings import PageLanguage, written_date

_NOT_IN_UTF8: Final = re.compile("[\x00\ud800-\udfff]")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")


def escape(text: str) -> str:
    """Text as HTML text or as a quoted attribute's value, character for character.

    What HTML or UTF-8 cannot hold (NUL, lone surrogates) becomes U+FFFD, one for one.
    """
    held = _NOT_IN_UTF8.sub("\N{REPLACEMENT CHARACTER}", text)
    return html.escape(held, quote=True).replace("\r", "&#13;")


def safe_link(url: str | None) -> str | None:
    """The link if it is http or https with a host, else None."""
    if url is None or _CONTROL.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def byline(source: str | None, author: str | None, published: date | None, language: PageLanguage) -> str:
    """Source, author and date in one line of HTML, what is unknown left out."""
    parts = [escape(part) for part in (source, author) if part]
    if published is not None:
        day = written_date(published, language)
        parts.append(f'<time datetime="{published.isoformat()}">{day}</time>')
    return '<span class="dot" aria-hidden="true"> · </span>'.join(f"<bdi>{part}</bdi>" for part in parts)
