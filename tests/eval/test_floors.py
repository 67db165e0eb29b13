"""The small fixed part of the battery that fails when the answers get worse."""

import pytest

from eval.floors import below, fixed_part, floors_of, measure, read_floors


def test_the_fixed_part_has_every_language_and_unanswerable_questions() -> None:
    questions = fixed_part().questions
    assert 60 <= len(questions) <= 70
    assert {question.lang for question in questions} == {"vi", "en", "vi-unaccented"}
    assert sum(not question.answerable for question in questions) >= 10


def test_a_measure_below_its_floor_or_missing_is_told() -> None:
    assert below({"em": 50.0, "verbatim": 1.0}, {"em": 50.0, "verbatim": 1.0}) == []
    assert below({"em": 49.9}, {"em": 50.0, "f1": 1.0}) == [
        "em is 49.900, its floor is 50.000",
        "f1 is nan, its floor is 1.000",
    ]


def test_floors_leave_a_margin_but_none_for_verbatim_quotes() -> None:
    assert floors_of({"em": 50.0, "recall@1": 0.9, "auroc": 0.01, "verbatim": 1.0}) == {
        "em": 47.0,
        "recall@1": 0.87,
        "auroc": 0.0,
        "verbatim": 1.0,
    }


@pytest.mark.model
def test_no_measure_is_below_its_recorded_floor() -> None:
    reader, values = measure()
    floors = read_floors(reader)
    assert floors, f"no floors are recorded for the reader {reader!r}: run python -m eval.floors"
    assert below(values, floors) == []
