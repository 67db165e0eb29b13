"""Both languages say everything, and say it in their own words."""

from dataclasses import fields

import pytest

from rag.records import Language, Reason
from ui.strings import EN, TABLES, VI, Strings, answer_language


@pytest.mark.parametrize("table", [VI, EN])
def test_every_string_is_there(table: Strings) -> None:
    for field in fields(Strings):
        assert getattr(table, field.name)


@pytest.mark.parametrize("table", [VI, EN])
def test_every_reason_has_words(table: Strings) -> None:
    assert set(table.reasons) == set(Reason)
    assert all(table.reasons.values())


def test_no_string_is_the_same_in_both_languages() -> None:
    for field in fields(Strings):
        assert getattr(VI, field.name) != getattr(EN, field.name)
    for reason in Reason:
        assert VI.reasons[reason] != EN.reasons[reason]


def test_a_withheld_answer_is_said_in_the_fixed_words() -> None:
    assert VI.reasons[Reason.NOT_IN_ARTICLES].startswith("Không có trong các bài viết này")
    assert EN.reasons[Reason.NOT_IN_ARTICLES].startswith("Not in these articles")


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (1.0, "very sure (100%)"),
        (0.8, "very sure (80%)"),
        (0.79, "fairly sure (79%)"),
        (0.5, "fairly sure (50%)"),
        (0.49, "not sure (49%)"),
        (0.0, "not sure (0%)"),
    ],
)
def test_a_probability_is_told_in_words_and_percent(probability: float, said: str) -> None:
    assert EN.confidence(probability) == said


@pytest.mark.parametrize(("language", "spoken"), [("en", "en"), ("vi", "vi"), ("vi-unaccented", "vi")])
def test_an_answer_is_told_in_the_question_s_language(language: Language, spoken: str) -> None:
    assert answer_language(language) == spoken
    assert set(TABLES) == {"vi", "en"}
