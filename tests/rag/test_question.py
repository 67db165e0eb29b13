import pytest

from index.errors import UserInputError
from rag.question import MAX_CHARACTERS, analyse, detect_language, search_terms


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Năm 2022 Quảng Ninh xếp thứ mấy?", "vi"),
        ("nam 2022 quang ninh xep thu may", "vi-unaccented"),
        ("ai la chu tich tinh", "vi-unaccented"),
        ("What rank did Quảng Ninh reach in 2022?", "en"),
        ("what rank did quang ninh reach", "en"),
        ("Who chairs the People's Committee of Nghệ An?", "en"),
        # Foreign names do not make a Vietnamese question English.
        ("Real Madrid và Manchester United gặp nhau ở đâu?", "vi"),
        # "the", "an", "do" are Vietnamese syllables too.
        ("the nao la an toan thong tin do", "vi-unaccented"),
    ],
)
def test_the_language_is_told_by_words_not_by_names(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_decomposed_text_and_odd_spaces_are_folded() -> None:
    question = analyse("  Tha\u0301i\u00a0Bi\u0300nh \u200bxếp\n thứ mấy? ")
    assert question.text == "Thái Bình xếp thứ mấy?"
    assert question.terms == ("thái", "bình", "xếp", "thứ", "mấy")


def test_terms_keep_accents_only_where_the_field_has_them() -> None:
    assert search_terms("Đà Nẵng đạt 8/63", "vi") == ("đà", "nẵng", "đạt", "8", "63")
    assert search_terms("da nang dat 8/63", "vi-unaccented") == ("da", "nang", "dat", "8", "63")


def test_english_function_words_are_not_searched_for() -> None:
    assert search_terms("What was the rank of Đà Nẵng in 2022?", "en") == ("rank", "da", "nang", "2022")


def test_an_english_question_of_function_words_alone_keeps_them() -> None:
    assert search_terms("Who was it?", "en") == ("who", "was", "it")


@pytest.mark.parametrize("text", ["", "   ", "\u200b\ufeff", "?!…", "🙂"])
def test_an_empty_question_is_refused(text: str) -> None:
    with pytest.raises(UserInputError, match="question is empty"):
        analyse(text)


def test_a_ten_megabyte_question_is_refused_with_its_length() -> None:
    with pytest.raises(UserInputError, match=r"10,000,000 characters, at most 2,000"):
        analyse("a" * 10_000_000)


def test_the_longest_allowed_question_is_read() -> None:
    assert len(analyse("a" * MAX_CHARACTERS).text) == MAX_CHARACTERS
