import pytest

from rag.reader.data import Example
from rag.reader.wording import levels, question_type


@pytest.mark.parametrize(
    ("question", "lang", "wanted"),
    [
        ("Tỉnh đứng thứ mấy?", "vi", "quantity"),
        ("tinh dung thu may", "vi-unaccented", "quantity"),
        ("Máy bay nào rơi?", "vi", "thing"),
        ("Vì sao giá tăng?", "vi", "reason"),
        ("Ai ký quyết định?", "vi", "person"),
        ("How many people came?", "en", "quantity"),
        ("How did it end?", "en", "manner"),
        ("In what year was it built?", "en", "time"),
        ("khi nao khai mac", "vi-unaccented", "time"),
    ],
)
def test_the_type_of_a_question_is_in_its_words(question: str, lang: str, wanted: str) -> None:
    assert question_type(question, lang) == wanted


def asked(question: str, answered: bool) -> Example:
    return Example("", "vi", "", "", question, "abc", ((0, 1),) if answered else ())


def test_levels_bring_each_type_to_the_wanted_share() -> None:
    examples = [asked("Có mấy?", i % 2 == 0) for i in range(8)] + [asked("Vì sao?", i > 0) for i in range(10)]
    found = levels(examples, 0.4)
    # 4 of 8 without answer: 0.5 (1 - replaced) = 0.4; 1 of 10: 0.1 + 0.9 turned = 0.4
    assert (found["quantity"].turned, found["quantity"].replaced) == (0.0, pytest.approx(0.2))
    assert (found["reason"].turned, found["reason"].replaced) == (pytest.approx(1 / 3), 0.0)


def test_a_type_that_never_has_an_answer_cannot_be_levelled() -> None:
    assert levels([asked("Ai?", False)], 0.4)["person"].replaced == 0.0
