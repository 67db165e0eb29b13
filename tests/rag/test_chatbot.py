"""The whole question side on a small index, with the real embedding model."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.errors import IndexMissingError, UserInputError
from index.models.encoders import open_encoder
from index.records import Article
from index.sync import add_articles
from rag.chatbot import Chatbot, Stage
from rag.records import Filters, Reason

pytestmark = pytest.mark.model

RANKS = (
    ("bg", "Bắc Giang công bố kết quả chuyển đổi số", "Năm 2022, Bắc Giang xếp thứ 12/63 về chỉ số DTI."),
    ("sl", "Sơn La tổng kết chuyển đổi số", "Năm 2022, Sơn La xếp thứ 41/63 về chỉ số DTI."),
    ("ct", "Cần Thơ họp báo về lúa gạo", "Vụ đông xuân, nông dân Cần Thơ thu hoạch 71.000 ha lúa."),
)


@pytest.fixture(scope="module")
def chatbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    folder = tmp_path_factory.mktemp("index")
    with ArticleIndex.create(folder, IndexConfig()) as index:
        articles = [
            Article(identity, title, text, source="Báo A", published=date(2023, 7, day))
            for day, (identity, title, text) in enumerate(RANKS, start=1)
        ]
        for _ in add_articles(index, articles, open_encoder()):
            pass
    with Chatbot.open(folder, reader="sentence") as opened:
        yield opened


@pytest.mark.parametrize(
    "question",
    [
        "Năm 2022 Bắc Giang xếp thứ mấy về DTI?",
        "nam 2022 bac giang xep thu may ve dti",
        "What DTI rank did Bắc Giang reach in 2022?",
    ],
)
def test_a_question_finds_the_province_asked_for_in_all_three_writings(
    chatbot: Chatbot, question: str
) -> None:
    (citation, *_) = chatbot.ask(question).citations
    assert citation.article_id == "bg"
    assert "12/63" in citation.quote
    article = chatbot.article("bg")
    assert article.text[citation.start : citation.end] == citation.quote


def test_what_no_article_tells_is_not_answered(chatbot: Chatbot) -> None:
    answer = chatbot.ask("Ai phát minh ra bóng đèn điện?")
    assert answer.abstained
    assert answer.reason is Reason.NOT_IN_ARTICLES
    assert answer.closest


def test_filters_that_leave_nothing_say_so(chatbot: Chatbot) -> None:
    answer = chatbot.ask("Sơn La xếp thứ mấy?", Filters(after=date(2030, 1, 1)))
    assert answer.reason is Reason.NOTHING_FOUND


def test_stages_are_told_in_their_order_and_timed(chatbot: Chatbot) -> None:
    stages: list[Stage] = []
    answer = chatbot.ask("Sơn La xếp thứ mấy?", progress=stages.append)
    assert stages == [Stage.ANALYSE, Stage.RETRIEVE, Stage.READ]
    parts = answer.timings.analyse + answer.timings.retrieve + answer.timings.read
    assert answer.timings.total == pytest.approx(parts, rel=1e-6)


def test_top_k_below_one_is_refused(chatbot: Chatbot) -> None:
    with pytest.raises(UserInputError, match="--top-k is 0"):
        chatbot.ask("Sơn La?", top_k=0)


def test_an_unknown_article_is_one_clear_line(chatbot: Chatbot) -> None:
    with pytest.raises(UserInputError, match="no article 'zz' in the index"):
        chatbot.article("zz")


def test_an_empty_index_says_that_it_is_empty(tmp_path: Path) -> None:
    ArticleIndex.create(tmp_path, IndexConfig()).close()
    with Chatbot.open(tmp_path, reader="sentence") as empty:
        assert empty.ask("Sơn La xếp thứ mấy?").reason is Reason.EMPTY_INDEX


def test_a_missing_index_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="hoidap add"):
        Chatbot.open(tmp_path / "none")
