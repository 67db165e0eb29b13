"""`ui.page_strings`: both tables complete, with the same blanks to fill."""

from dataclasses import fields
from datetime import date
from string import Formatter

import pytest

from ui.page_strings import ENGLISH, VIETNAMESE, PageStrings, page_language, written_date, written_number


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", [field.name for field in fields(PageStrings)])
def test_both_languages_say_it_with_the_same_blanks(name: str) -> None:
    vietnamese, english = getattr(VIETNAMESE, name), getattr(ENGLISH, name)
    assert vietnamese.strip() and english.strip()
    assert blanks(vietnamese) == blanks(english)
    assert vietnamese != english
    assert not set("<>&") & set(vietnamese + english)


@pytest.mark.parametrize(
    ("value", "language"),
    [("en", "en"), ("vi", "vi"), (None, "vi"), ("fr", "vi"), ({"a": 1}, "vi"), (7, "vi")],
)
def test_a_language_that_is_not_ours_is_vietnamese(value: object, language: str) -> None:
    assert page_language(value) == language


def test_dates_and_numbers_are_written_as_the_language_does() -> None:
    assert written_date(date(2024, 7, 5), "vi") == "05/07/2024"
    assert written_date(date(2024, 7, 5), "en") == "5 July 2024"
    assert written_number(1250000, "vi") == "1.250.000"
    assert written_number(1250000, "en") == "1,250,000"
    assert written_number(30, "vi") == "30"
