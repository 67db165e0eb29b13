"""Load what a run asks: a chatbot over an index, or a reader alone."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from eval.asking import Ask, NameOf, Searched, Subject, ask_end_to_end, ask_reader, ask_retrieval
from eval.contexts import article_id_of, index_documents
from eval.records import QA, Document, Mode, QASet
from index.article_index import ArticleIndex
from index.config import BUILTIN_ENCODER
from index.errors import SetError
from index.models.encoders import open_encoder
from index.rows import ArticleSummary
from index.store import Store
from index.text import nfc
from rag import calibration
from rag.chatbot import Chatbot
from rag.config import RagConfig
from rag.reader.loading import default_reader, open_reader


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be run.

    Attributes:
        index: the index to ask; a set that brings its own documents does not need it.
        reader: name or path; None takes the best one installed.
        folder: where the run is kept; None keeps it in the cache folder, so that it can be gone on with.
    """

    questions: QASet
    mode: Mode
    index: Path
    reader: str | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told how far it is: ``say`` a line, ``count`` questions done and of how many."""

    say: Callable[[str], None] = lambda line: None
    count: Callable[[int, int], None] = lambda done, total: None


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything loaded: how to ask, which questions, and what tells this run from others."""

    ask: Ask
    questions: tuple[QA, ...]
    reader: str
    encoder: str
    threshold: float
    fingerprint: str


def open_request(request: Request, progress: Progress, stack: ExitStack) -> Opened:
    """Load what a request needs; ``stack`` closes it.

    Raises:
        HoidapError: set, index or models cannot be used, or the set does not judge what the mode gives.
    """
    if request.mode is not Mode.RETRIEVAL and all(qa.answers is None for qa in request.questions.questions):
        raise SetError(f"{request.questions.name} judges retrieval only: run it with --mode retrieval")
    if request.mode is Mode.READER:
        return _open_reader(request, progress)
    directory, names = _index_of(request, progress)

    def name_of(article: str) -> str:
        return names.get(article, article)

    if request.mode is Mode.RETRIEVAL:
        return _open_retrieval(request, directory, name_of, progress, stack)
    bot = stack.enter_context(Chatbot.open(directory, request.reader, progress=progress.say))
    subject = Subject.of(bot, calibration.load(bot.reader.name), name_of)
    return Opened(
        ask=ask_end_to_end(subject),
        questions=request.questions.questions,
        reader=bot.reader.name,
        encoder=bot.encoder.name,
        threshold=subject.threshold,
        fingerprint=_index_state(directory),
    )


def _index_of(request: Request, progress: Progress) -> tuple[Path, dict[str, str]]:
    """The index to ask, and its documents' names by article id."""
    documents = request.questions.documents
    if documents:
        names = {article_id_of(document): document.name for document in documents}
        return index_documents(documents, progress.say), names
    names = file_names(request.index)
    check_articles(request.questions.questions, set(names.values()), request.index)
    return request.index, names


def _open_retrieval(
    request: Request, directory: Path, name_of: NameOf, progress: Progress, stack: ExitStack
) -> Opened:
    index = stack.enter_context(ArticleIndex.open(directory))
    encoder = open_encoder(index.config.encoder, progress.say)
    return Opened(
        ask=ask_retrieval(Searched(index, encoder, RagConfig(), name_of)),
        questions=request.questions.questions,
        reader="",
        encoder=encoder.name,
        threshold=0.0,
        fingerprint=_index_state(directory),
    )


def _open_reader(request: Request, progress: Progress) -> Opened:
    if request.questions.documents:
        documents = {document.name: document for document in request.questions.documents}
        state = ""
    else:
        documents = _articles_by_file(request.index)
        check_articles(request.questions.questions, set(documents), request.index)
        state = _index_state(request.index)
    questions = tuple(question for question in request.questions.questions if question.relevant)
    if not questions:
        raise SetError(
            f"{request.questions.name} names no articles, which reader mode reads: use another --mode"
        )
    encoder = open_encoder(BUILTIN_ENCODER, progress.say)
    reader = open_reader(request.reader or default_reader(), encoder, lambda question: {}, progress.say)
    ask = ask_reader(reader, documents, request.questions.judges_abstention)
    return Opened(ask, questions, reader.name, encoder.name, 0.5, state)


def file_names(directory: Path) -> dict[str, str]:
    """The file name of each article in an index (its link where it has no file), by article id."""
    with Store.open(directory) as store:
        return {found.id: _file_name(found) for found in store.articles()}


def _file_name(article: ArticleSummary) -> str:
    return nfc(Path(article.path).name) if article.path else article.url or article.id


def check_articles(questions: Sequence[QA], names: set[str], directory: Path) -> None:
    """Make sure that the set asks about articles that are there.

    Raises:
        SetError: some are not in the index.
    """
    wanted = dict.fromkeys(name for question in questions for name, _ in question.relevant)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise SetError(
            f"{len(missing)} of the set's {len(wanted)} articles are not in the index {directory} "
            f"(the first: {missing[0]}): add them with `hoidap add PATH --index {directory}`"
        )


def _articles_by_file(directory: Path) -> dict[str, Document]:
    names = file_names(directory)
    with Store.open(directory) as store:
        found = [(name, store.article(article_id)) for article_id, name in names.items()]
    return {name: Document(name, article.title, article.text) for name, article in found if article}


def _index_state(directory: Path) -> str:
    with Store.open(directory) as store:
        return f"{store.identity}-{store.generation()}"
