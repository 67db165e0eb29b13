"""What the tests of the page share: HTML taken apart, and answers made by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

import pytest

from index.records import Article
from index.sentences import sentence_around
from rag.records import Citation

VOID = {"br", "img", "input", "meta", "link", "hr"}


@dataclass
class Element:
    """An element with its attributes and all the text inside it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Parsed:
    """The elements of a piece of HTML in the order of their start tags, and its whole text."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements by tag and attributes (``class_`` asks for one of the classes)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and all(_has(e, *pair) for pair in wanted.items())]


def _has(element: Element, name: str, value: str) -> bool:
    found = element.attributes.get(name) or ""
    return value in found.split() if name == "class" else value == found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parsed = Parsed()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.parsed.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1].tag == tag, f"</{tag}> closes nothing"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.parsed.text += data
        for element in self.open:
            element.text += data


def parse_html(html: str) -> Parsed:
    """Take HTML apart; elements that are not closed in order fail."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert not parser.open, f"<{parser.open[-1].tag}> is not closed"
    return parser.parsed


@pytest.fixture
def parse() -> Callable[[str], Parsed]:
    return parse_html


def make_citation(article: Article, quote: str, score: float = 0.9) -> Citation:
    """The citation of a quote's first occurrence."""
    start = article.text.index(quote)
    left, right = sentence_around(article.text, start, start + len(quote))
    return Citation(
        article_id=article.id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        path=article.path,
        start=start,
        end=start + len(quote),
        quote=quote,
        context=article.text[left:right],
        context_start=left,
        score=score,
    )


@pytest.fixture
def cite() -> Callable[..., Citation]:
    return make_citation


@pytest.fixture
def article() -> Article:
    return Article(
        id="0123456789ab",
        title="Sông Lam lên hạng",
        text="Tỉnh Sông Lam xếp thứ 24. Năm trước tỉnh xếp thứ 33.\n\nĐường còn dài.",
        source="Báo Sông Lam",
        author="Minh An",
        published=date(2024, 7, 5),
        url="https://example.vn/a?b=1&c=2",
        path="/srv/articles/song-lam.txt",
    )


@pytest.fixture
def hostile() -> Article:
    """Markup of every kind in every place that an article has."""
    return Article(
        id="ba9876543210",
        title='<img src=x onerror=alert(1)>"><script>alert(2)</script> ![x](http://evil.example/t.png)',
        text="Mở đầu <script>alert(3)</script> ${alert(4)} {{alert(5)}} `x`.\n"
        "Giữa <svg/onload=alert(6)> là 42% & <b>hết</b> [a](javascript:alert(7)) ![y](http://evil.example/b.png)\n"
        "</div></article></textarea><iframe src=javascript:alert(8)></iframe>",
        source='"><img src=http://evil.example/s.png>',
        author="' onmouseover='alert(9)",
        published=date(2024, 1, 2),
        url="javascript:alert(10)",
        path="/srv/<img src=x>.txt",
    )
