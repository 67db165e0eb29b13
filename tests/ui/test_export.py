"""`ui.export`: a conversation as Markdown in which nothing quoted is markup."""

from index.records import Article
from rag.question import analyse
from rag.records import Answer, Reason
from tests.ui.conftest import make_citation
from ui.conversation import Problem, Session, began, reached
from ui.export import markdown, plain


def test_holds_questions_answers_and_citations(article: Article) -> None:
    answer = Answer(analyse("Xếp thứ mấy?"), "thứ 24", 0.93, (make_citation(article, "thứ 24"),))
    assert markdown(reached(began(Session(), "Xếp thứ mấy?"), answer)) == (
        "# Hỏi đáp với các bài viết\n\n"
        "## Xếp thứ mấy?\n\n"
        "**thứ 24**\n\n"
        "> Tỉnh Sông Lam xếp thứ 24\\.\n\n"
        "Độ tin cậy 93%\n\n"
        "1. “thứ 24”, Sông Lam lên hạng, Báo Sông Lam, 05/07/2024, <https://example.vn/a?b=1&c=2>\n"
    )


def test_says_that_there_is_no_answer_and_what_was_closest(article: Article) -> None:
    near = make_citation(article, "Đường còn dài.")
    answer = Answer(analyse("Who?"), None, 0.1, reason=Reason.NOT_IN_ARTICLES, closest=(near,))
    text = markdown(reached(began(Session(language="en"), "Who?"), answer))
    assert (
        "**Not in these articles**\n\nThe closest passages, not an answer:\n\n1. “Đường còn dài\\.”" in text
    )


def test_says_what_went_wrong() -> None:
    assert "Đã dừng\\." in markdown(reached(began(Session(), "a?"), Problem.STOPPED))


def test_escapes_whatever_could_be_markup() -> None:
    assert plain("![x](http://a/b.png) <img>\n# *a* _b_ `c` | & 1.") == (
        "\\!\\[x\\]\\(http://a/b\\.png\\) \\<img\\> \\# \\*a\\* \\_b\\_ \\`c\\` \\| \\& 1\\."
    )


def test_keeps_an_unsafe_link_out(hostile: Article) -> None:
    answer = Answer(analyse("a?"), "42%", 0.9, (make_citation(hostile, "42%"),))
    text = markdown(reached(began(Session(), "a?"), answer))
    assert "alert(10)" not in text
    assert "<img" not in text.replace("\\<img", "")
    assert "![" not in text.replace("\\!\\[", "")
