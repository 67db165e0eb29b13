"""What every section of the battery is given, and the sets that several of them use."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from eval.datasets import first_questions, load_set
from eval.records import QASet
from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.embedding import Encoder
from index.errors import UserInputError
from index.models.encoders import open_encoder
from index.sync import Status, add
from index.text import fold_accents

ROOT: Final = Path(__file__).resolve().parents[2]
SAMPLE: Final = ROOT / "eval" / "sets" / "sample"


@dataclass(frozen=True, slots=True)
class Setting:
    """How the battery is run.

    Attributes:
        shared: folder with ``articles``, ``eval`` and ``mrc``, which are not part of the project.
        reader: name or path of the reader; None takes the best one installed.
        limit: questions of each set; None for all.
        say: told what is being done.
    """

    shared: Path
    reader: str | None
    limit: int | None
    say: Callable[[str], None]

    def load(self, path: Path) -> QASet:
        """A set, cut to the limit."""
        return first_questions(load_set(path), self.limit)

    def outside(self, *parts: str) -> Path:
        """A file or folder of the shared data.

        Raises:
            UserInputError: it is not there.
        """
        path = self.shared.joinpath(*parts)
        if not path.exists():
            raise UserInputError(f"{path} is not there: give the folder that holds it with --shared")
        return path


def xquad(setting: Setting) -> QASet:
    """XQuAD-vi: 1,190 Vietnamese questions over 240 paragraphs."""
    return replace(setting.load(setting.outside("mrc", "test.xquad.vi.json")), name="XQuAD-vi")


def xquad_english(setting: Setting) -> QASet:
    """The same questions in English over the same Vietnamese paragraphs."""
    found = setting.load(setting.outside("mrc", "test.xquad.en-question.vi-context.json"))
    return replace(found, name="XQuAD en over vi")


def unaccented(found: QASet) -> QASet:
    """The set with its questions written without accents; the documents keep theirs."""
    questions = tuple(
        replace(question, question=fold_accents(question.question), lang="vi-unaccented")
        for question in found.questions
    )
    digest = hashlib.sha256(f"unaccented {found.digest}".encode()).hexdigest()
    return replace(found, name=f"{found.name} unaccented", digest=digest, questions=questions)


@contextmanager
def index_of(paths: list[Path], encoder: Encoder | None = None) -> Iterator[Path]:
    """A temporary index of files and folders.

    Raises:
        UserInputError: an article could not be added.
    """
    chosen = open_encoder() if encoder is None else encoder
    config = IndexConfig(encoder=chosen.name, dimension=chosen.dimension)
    with tempfile.TemporaryDirectory(prefix="hoidap-bench-") as folder:
        with ArticleIndex.create(Path(folder), config) as index:
            for outcome in add(index, paths, chosen):
                if outcome.status is Status.FAILED:
                    raise UserInputError(f"{outcome.path} cannot be added: {outcome.detail}")
        yield Path(folder)
