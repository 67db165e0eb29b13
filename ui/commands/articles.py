"""``hoidap list``, ``show`` and ``remove``: the articles that are in the index."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from index.errors import UserInputError
from ui.commands.options import IndexOption, JsonOption, argument_text, index_directory
from ui.console import counted, one_line, print_json, say, stdout, visible
from ui.json_form import article_json, summary_json

if TYPE_CHECKING:
    from index.records import Article
    from index.rows import ArticleSummary
    from index.store import Store

_HEADINGS: Final = ("id", "title", "date", "source", "passages")

IdOrPath = Annotated[
    str, typer.Argument(metavar="ID-or-PATH", help="An id that `hoidap list` shows, or a file.")
]


def list_articles(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """List the articles in the index.

    A table on a terminal, else tab-separated lines: id, title, date, source, passages.
    """
    with _store(index) as store:
        articles = store.articles()
    if as_json:
        print_json([summary_json(article) for article in articles])
    elif sys.stdout.isatty():
        _print_table(articles)
    else:
        for article in articles:
            say("\t".join(_cells(article)))


def show(
    article: IdOrPath,
    index: IndexOption = None,
    as_json: JsonOption = False,
    dropped: Annotated[
        bool, typer.Option("--dropped", help="Also show what cleaning left out, and why.")
    ] = False,
) -> None:
    """Show an article with its cleaned text."""
    with _store(index) as store:
        first, *others = ids_of(store, article)
        if others:
            ids = ", ".join([first, *others])
            raise UserInputError(f"{argument_text(article)} holds several articles, name one of them: {ids}")
        found = article_of(store, first)
    if as_json:
        print_json(article_json(found))
    else:
        _print_article(found, with_dropped=dropped)


def remove(
    articles: Annotated[list[str], typer.Argument(metavar="ID-or-PATH", help="Ids or files.")],
    index: IndexOption = None,
) -> None:
    """Remove articles from the index; files stay."""
    from index.article_index import ArticleIndex

    with ArticleIndex.open(index_directory(index)) as opened:
        store = opened.store
        ids = {number: None for name in articles for number in ids_of(store, name)}
        for number in ids:
            title = article_of(store, number).title
            store.remove(number)
            say(f"removed    {number}  {one_line(title)}")
        opened.write_vectors()


def ids_of(store: "Store", name: str) -> list[str]:
    """The ids of the articles that an id or the path of a file names.

    Raises:
        UserInputError: there is none.
    """
    text = argument_text(name)
    ids = [text] if store.article(text) is not None else store.ids_at(str(Path(name).expanduser().resolve()))
    if not ids:
        raise UserInputError(f"there is no article {text!r} in {store.directory}: `hoidap list` shows them")
    return ids


def article_of(store: "Store", article_id: str) -> "Article":
    """The article with this id.

    Raises:
        UserInputError: another process has just removed it.
    """
    article = store.article(article_id)
    if article is None:
        raise UserInputError(
            f"there is no article {article_id!r} in {store.directory}: `hoidap list` shows them"
        )
    return article


def _store(index: Path | None) -> "Store":
    from index.store import Store

    return Store.open(index_directory(index))


def _cells(article: "ArticleSummary") -> tuple[str, ...]:
    day = "" if article.published is None else article.published.isoformat()
    return (article.id, one_line(article.title), day, one_line(article.source or ""), str(article.passages))


def _print_table(articles: "list[ArticleSummary]") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        table.add_column(
            heading, justify="right" if heading == "passages" else "left", no_wrap=heading != "title"
        )
    for article in articles:
        table.add_row(*_cells(article))
    stdout().print(table)
    say(counted(len(articles), "article"))


def _print_article(article: "Article", *, with_dropped: bool) -> None:
    details = {
        "id": article.id,
        "source": article.source,
        "author": article.author,
        "published": None if article.published is None else article.published.isoformat(),
        "url": article.url,
        "path": article.path,
    }
    stdout().print(one_line(article.title), style="bold")
    for name, value in details.items():
        if value:
            say(f"{name + ':':<11}{one_line(value)}")
    say(f"\n{visible(article.text)}")
    if with_dropped:
        say(f"\nleft out by cleaning: {len(article.dropped)}")
        for piece in article.dropped:
            say(f"  [{piece.rule}] {one_line(piece.text)}")
