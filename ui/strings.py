"""The words around an answer, in Vietnamese and English.

The answer itself is the article's; only what the program says of it is here. The other commands speak
English. The page has a table of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rag.records import Language, Reason
from ui.page_strings import PageLanguage

# An answer of at least this probability is called so; see `Strings.confidence`.
_VERY_SURE: Final = 0.8
_FAIRLY_SURE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Strings:
    """What is said around an answer in one language.

    Attributes:
        very_sure: said of an answer whose probability is at least 0.8.
        fairly_sure: at least 0.5.
        unsure: less than that.
        reasons: why there is no answer.
        closest: above the passages nearest to a question without an answer.
        also: above the further places that give the same answer.
        others: above the other answers.
        greeting: at the start of an interactive session.
    """

    very_sure: str
    fairly_sure: str
    unsure: str
    reasons: Mapping[Reason, str]
    closest: str
    also: str
    others: str
    greeting: str

    def confidence(self, probability: float) -> str:
        """A probability in words and percent: "fairly sure (62%)".

        Args:
            probability: in [0, 1].
        """
        grades = ((_VERY_SURE, self.very_sure), (_FAIRLY_SURE, self.fairly_sure))
        word = next((said for least, said in grades if probability >= least), self.unsure)
        return f"{word} ({probability:.0%})"


VI: Final = Strings(
    very_sure="rất chắc chắn",
    fairly_sure="khá chắc chắn",
    unsure="chưa chắc chắn",
    reasons=MappingProxyType(
        {
            Reason.NOT_IN_ARTICLES: "Không có trong các bài viết này.",
            Reason.NOTHING_FOUND: "Không có trong các bài viết này: không đoạn nào hợp với câu hỏi.",
            Reason.EMPTY_INDEX: "Chưa có bài viết nào: hãy thêm bằng `hoidap add`.",
        }
    ),
    closest="Những đoạn gần nhất:",
    also="Cũng có trong:",
    others="Câu trả lời khác:",
    greeting="Gõ câu hỏi rồi nhấn Enter; gõ exit, Ctrl-D hoặc Ctrl-C để thoát.",
)
EN: Final = Strings(
    very_sure="very sure",
    fairly_sure="fairly sure",
    unsure="not sure",
    reasons=MappingProxyType(
        {
            Reason.NOT_IN_ARTICLES: "Not in these articles.",
            Reason.NOTHING_FOUND: "Not in these articles: no passage fits the question.",
            Reason.EMPTY_INDEX: "There are no articles yet: add some with `hoidap add`.",
        }
    ),
    closest="The closest passages:",
    also="Also in:",
    others="Other answers:",
    greeting="Type a question and press Enter; exit, Ctrl-D or Ctrl-C leaves.",
)


TABLES: Final[Mapping[PageLanguage, Strings]] = MappingProxyType({"vi": VI, "en": EN})


def answer_language(language: Language) -> PageLanguage:
    """The language to speak of an answer in: English to an English question, else Vietnamese."""
    return "en" if language == "en" else "vi"
