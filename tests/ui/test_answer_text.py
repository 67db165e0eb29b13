"""An answer in a terminal: the words, their sentence, where they stand, how sure, what else."""

from datetime import date

from rag.records import Alternative, Answer, Citation, Question, Reason
from ui.answer_text import answer_lines, citation_line

SENTENCE = "Năm 2022, Thái Nguyên xếp thứ 8/63 cả nước."
CITATION = Citation(
    article_id="aaaaaaaaaaaa",
    title="Chuyển đổi số\x1b[2J",
    source="Báo mẫu",
    published=date(2023, 7, 5),
    url=None,
    path="/bai/a.txt",
    start=130,
    end=134,
    quote="8/63",
    context=SENTENCE,
    context_start=100,
    score=0.9,
)
SECOND = Citation(
    "b" * 12, "Bài khác", None, None, "https://vi.example/b", None, 0, 4, "8/63", "8/63", 0, 0.5
)
THIRD = Citation("c" * 12, "Bài ba", None, None, None, None, 0, 2, "12", "12", 0, 0.25)
VIETNAMESE = Question("Thái Nguyên xếp thứ mấy?", "vi", ("thái",))
ENGLISH = Question("What was the rank?", "en", ("rank",))


def told(answer: Answer, *, styled: bool = False) -> list[str]:
    return [line.plain for line in answer_lines(answer, styled=styled)]


def test_a_vietnamese_question_is_answered_in_vietnamese_words() -> None:
    other = Alternative("12", 0.25, (THIRD,))
    assert told(Answer(VIETNAMESE, "8/63", 0.9, (CITATION, SECOND), (other,))) == [
        "8/63",
        "",
        "Năm 2022, Thái Nguyên xếp thứ «8/63» cả nước.",
        "",
        "Chuyển đổi số\ufffd[2J · Báo mẫu · 05/07/2023 · /bai/a.txt",
        "rất chắc chắn (90%)",
        "",
        "Cũng có trong:",
        "  - Bài khác · https://vi.example/b",
        "",
        "Câu trả lời khác:",
        "  - 12 — chưa chắc chắn (25%)\n    Bài ba",
    ]


def test_an_english_question_is_answered_in_english_words() -> None:
    lines = told(Answer(ENGLISH, "8/63", 0.6, (CITATION,)))
    assert lines[-2:] == [
        "Chuyển đổi số\ufffd[2J · Báo mẫu · 5 July 2023 · /bai/a.txt",
        "fairly sure (60%)",
    ]


def test_a_terminal_with_styles_marks_the_quote_without_adding_characters() -> None:
    lines = list(answer_lines(Answer(VIETNAMESE, "8/63", 0.9, (CITATION,)), styled=True))
    sentence = lines[2]
    assert sentence.plain == SENTENCE
    assert [(sentence.plain[span.start : span.end], span.style) for span in sentence.spans] == [
        ("8/63", "bold underline")
    ]


def test_a_quote_that_is_its_whole_sentence_is_not_told_twice() -> None:
    assert told(Answer(VIETNAMESE, "8/63", 0.9, (SECOND,)))[:3] == [
        "8/63",
        "",
        "Bài khác · https://vi.example/b",
    ]


def test_a_withheld_answer_shows_the_closest_passages_shortened() -> None:
    long = Citation("d" * 12, "Dài", None, None, None, "/d", 0, 9, "x" * 9, "từ " * 200, 0, 0.0)
    lines = told(Answer(VIETNAMESE, None, 0.1, reason=Reason.NOT_IN_ARTICLES, closest=(long, THIRD)))
    assert lines == [
        "Không có trong các bài viết này.",
        "",
        "Những đoạn gần nhất:",
        f"  - {('từ ' * 100)[:299]}…\n    Dài · /d",
        "  - 12\n    Bài ba",
    ]


def test_an_english_question_without_an_answer_is_told_so_in_english() -> None:
    assert told(Answer(ENGLISH, None, 0.1, reason=Reason.NOT_IN_ARTICLES)) == ["Not in these articles."]


def test_a_citation_tells_only_what_the_article_gives() -> None:
    assert citation_line(THIRD, "vi") == "Bài ba"
    assert citation_line(SECOND, "en") == "Bài khác · https://vi.example/b"
