"""``hoidap add`` and ``sync``: articles into the index, told line by line, with a bar on a terminal."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from index.config import BUILTIN_ENCODER, IndexConfig
from index.errors import IndexMismatchError, IndexMissingError, LoadError
from ui.commands.boundary import FAILED, INTERRUPTED
from ui.commands.options import EncoderOption, IndexOption, index_directory
from ui.console import complain, note, one_line, say

if TYPE_CHECKING:
    from index.article_index import ArticleIndex
    from index.embedding import Encoder
    from index.sync import Outcome

_LINKS: Final = ("http://", "https://")


def add(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH-or-URL", help="Files, and folders with all below them.")
    ],
    index: IndexOption = None,
    encoder: EncoderOption = None,
) -> None:
    """Add articles to the index, or update them.

    What is in the index already and has not changed is left alone.
    """
    from index.loading import find_files
    from index.sync import add as add_files
    from ui.indexing_bar import IndexingBar

    named = [Path(path) for path in paths]
    if not any(path.startswith(_LINKS) or file.exists() for path, file in zip(paths, named, strict=True)):
        raise LoadError(", ".join(str(path) for path in named) + ": no such file or folder")
    opened, model = open_for_adding(index_directory(index), encoder)
    with opened, IndexingBar(sum(1 for _ in find_files(named))) as bar:
        _report(opened, add_files(opened, named, model, progress=bar.encoded), bar.settled)


def sync(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder that the index is to equal.")],
    index: IndexOption = None,
    encoder: EncoderOption = None,
) -> None:
    """Make the index equal a folder: add, update, and remove what is gone."""
    from index.loading import find_files
    from index.sync import sync as sync_folder
    from ui.indexing_bar import IndexingBar

    if not folder.is_dir():
        raise LoadError(f"{folder} is not a folder: `hoidap sync` needs one")
    opened, model = open_for_adding(index_directory(index), encoder)
    with opened, IndexingBar(sum(1 for _ in find_files([folder]))) as bar:
        _report(opened, sync_folder(opened, folder, model, progress=bar.encoded), bar.settled)


def outcome_line(outcome: "Outcome") -> str:
    """One outcome as it is told: what, where, and the title or the reason."""
    path, detail = one_line(outcome.path), one_line(outcome.detail)
    told = detail if path in detail else f"{path}  {detail}".rstrip()
    return f"{outcome.status:<10} {told}"


def summary_line(counts: Counter[str]) -> str:
    """How many articles or files ended in each way: "3 added, 1 failed"."""
    return ", ".join(f"{number:,} {status}" for status, number in counts.items()) or "nothing to do"


def _report(
    opened: "ArticleIndex", outcomes: "Iterable[Outcome]", settled: "Callable[[Outcome], None]"
) -> None:
    """Tell each outcome as it comes, then their number. An interrupted run leaves an index in order.

    Raises:
        typer.Exit: with 1 if nothing but failures came of it, with 130 after Ctrl-C.
    """
    counts: Counter[str] = Counter()
    try:
        for outcome in outcomes:
            counts[outcome.status] += 1
            settled(outcome)
            say(outcome_line(outcome))
            sys.stdout.flush()
    except KeyboardInterrupt as error:
        opened.write_vectors()
        complain(
            f"stopped by Ctrl-C ({summary_line(counts)}): that stays, the same command goes on from there"
        )
        raise typer.Exit(INTERRUPTED) from error
    say(summary_line(counts))
    useful = sum(counts.values()) - counts["failed"] - counts["skipped"]
    if counts["failed"] and not useful:
        raise typer.Exit(FAILED)


def open_for_adding(directory: Path, encoder: str | None) -> "tuple[ArticleIndex, Encoder]":
    """The index in a folder with its encoder; a new one if there is none.

    Args:
        directory: the index's folder.
        encoder: the encoder asked for, or None for the index's own or, if it is new, the embedded one.

    Raises:
        IndexMismatchError: there is one, made with another encoder than the one asked for.
    """
    from index.article_index import ArticleIndex
    from index.models.encoders import open_encoder

    try:
        opened = ArticleIndex.open(directory)
    except IndexMissingError:
        model = open_encoder(encoder or BUILTIN_ENCODER, note)
        return ArticleIndex.create(directory, config_for(model)), model
    made_with = opened.config.encoder
    if encoder in (None, made_with):
        return opened, open_encoder(made_with, note)
    opened.close()
    raise IndexMismatchError(
        f"the index in {directory} was made with the encoder {made_with!r}, not {encoder!r}: "
        "leave --encoder out, or choose another --index for a new index"
    )


def config_for(encoder: "Encoder") -> IndexConfig:
    """What a new index with this encoder is made with; a passage and its title fit into one input."""
    longest = min(IndexConfig().passage_tokens, encoder.max_tokens // 2)
    return IndexConfig(encoder=encoder.name, dimension=encoder.dimension, passage_tokens=longest)
