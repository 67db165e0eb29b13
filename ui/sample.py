"""The articles and questions that hoidap brings along, for the first look at an empty index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePath
from typing import Final

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.errors import IndexMissingError
from index.models.encoders import open_encoder
from index.rows import ArticleSummary
from index.sync import Status, add
from ui.page_strings import PageLanguage


@dataclass(frozen=True, slots=True)
class Example:
    """A question about one of the sample articles, in the languages of the page."""

    file: str
    vi: str
    en: str

    def text(self, language: PageLanguage) -> str:
        """The question in a language."""
        return self.en if language == "en" else self.vi


# The last one cannot be answered, on purpose: a visitor sees early that the page says so.
EXAMPLES: Final = (
    Example(
        "quang-ninh-dti-2022.txt",
        "Quảng Ninh xếp thứ mấy về chỉ số DTI năm 2022?",
        "What DTI rank did Quảng Ninh reach in 2022?",
    ),
    Example(
        "ret-dam-thang-1-2024.txt",
        "Nhiệt độ thấp nhất ở Mộc Châu sáng 23/1/2024 là bao nhiêu?",
        "What was the lowest temperature in Mộc Châu on 23 January 2024?",
    ),
    Example(
        "quang-ninh-du-lich-2023.txt",
        "Ai là Giám đốc Sở Du lịch Quảng Ninh?",
        "Who is the director of the Quảng Ninh tourism department?",
    ),
    Example(
        "can-tho-dti-2022.txt",
        "Năm 2023, Cần Thơ xếp hạng mấy về DTI?",
        "What DTI rank did Cần Thơ have in 2023?",
    ),
)


def sample_directory() -> Path:
    """Where the sample articles lie."""
    return Path(str(resources.files("eval") / "sets" / "sample" / "articles"))


def examples(articles: Sequence[ArticleSummary], language: PageLanguage) -> tuple[str, ...]:
    """The example questions whose sample article is in the index."""
    files = {PurePath(article.path).name for article in articles if article.path}
    return tuple(example.text(language) for example in EXAMPLES if example.file in files)


def fill_if_empty(directory: Path, progress: Callable[[str], None]) -> int:
    """Add the sample articles to an index that is missing or has no articles.

    Args:
        directory: the index.
        progress: told what happens, line by line.

    Returns:
        How many articles were added.

    Raises:
        IndexError_: the index cannot be made or used.
        ModelError: the embedding model cannot be built.
    """
    try:
        index = ArticleIndex.open(directory)
    except IndexMissingError:
        index = ArticleIndex.create(directory, IndexConfig())
    with index:
        if index.store.articles():
            return 0
        progress(f"The index in {directory} is empty: adding the sample articles")
        encoder = open_encoder(index.config.encoder, progress)
        outcomes = list(add(index, [sample_directory()], encoder, progress=_counted(progress)))
    added = sum(outcome.status is Status.ADDED for outcome in outcomes)
    progress(f"Added {added} sample articles; add your own with `hoidap add PATH...`")
    return added


def _counted(progress: Callable[[str], None]) -> Callable[[int, int], None]:
    """Lines of how far the encoding is, at most one for each batch."""

    def tell(encoded: int, found: int) -> None:
        progress(f"Encoded {encoded} of {found} passages")

    return tell
