import random

import pytest

from rag.reader.data import Example
from rag.reader.views import Chances, Views, joined_with, names_in

HAI_PHONG = "Năm 2022, thành phố đạt 0,66 điểm, đứng thứ 8. Ông Vũ Đại Nghĩa công bố."
CAN_THO = "Năm 2022, thành phố đạt 0,61 điểm, đứng thứ 12. Bà Lê Thị Hoa công bố."
ASKED = "Hải Phòng đứng thứ mấy năm 2022?"


def example(title: str, question: str, context: str, *answers: str, lang: str = "vi") -> Example:
    places = tuple((context.index(a), context.index(a) + len(a)) for a in answers)
    return Example(question, lang, "", title, question, context, places)


@pytest.fixture
def views() -> Views:
    examples = [
        example("Hải Phòng xếp hạng 8", ASKED, HAI_PHONG, "thứ 8"),
        example("Cần Thơ xếp hạng 12", "Cần Thơ đứng thứ mấy năm 2022?", CAN_THO, "thứ 12"),
        example("Bút bi", "Bút bi có gì?", "Viên bi nhỏ lăn trong ổ.", "Viên bi nhỏ"),
    ]
    return Views(examples, Chances())


@pytest.fixture
def rng() -> random.Random:
    return random.Random(1)


def test_names_are_runs_of_capitalised_words_and_not_a_lone_first_word() -> None:
    assert names_in("Năm nào ông Vũ Đại Nghĩa đến Huế?") == ["Vũ Đại Nghĩa", "Huế"]
    assert names_in("Hải Phòng đứng thứ mấy?") == ["Hải Phòng"]
    assert names_in("Sở TT&TT, Hà Nội") == ["Sở TT", "TT", "Hà Nội"]


def test_without_chances_a_question_stays_itself(views: Views, rng: random.Random) -> None:
    assert all(views.view(e, rng) is e for e in views.examples)


def test_the_most_alike_wrong_passage_is_about_another_city(views: Views, rng: random.Random) -> None:
    moved = views.moved_to_alike(views.examples[0], rng)
    assert moved is not None
    assert (moved.title, moved.context, moved.answers) == ("Cần Thơ xếp hạng 12", CAN_THO, ())
    assert moved.question == ASKED


def test_a_passage_that_has_the_answers_text_is_no_negative(rng: random.Random) -> None:
    same = example("Huế", "?", "Huế cũng đứng thứ 8.", "thứ 8")
    first = example("Hải Phòng xếp hạng 8", ASKED, HAI_PHONG, "thứ 8")
    views = Views([first, same], Chances())
    assert views.moved_to_alike(first, rng) is None
    assert views.moved_at_random(same, rng) is None


def test_a_question_that_any_passage_could_answer_is_no_negative(rng: random.Random) -> None:
    vague = example("Cần Thơ xếp hạng 12", "thành phố đứng thứ mấy?", CAN_THO, "thứ 12")
    views = Views([vague, example("", "?", HAI_PHONG, "thứ 8")], Chances())
    assert views.moved_to_alike(vague, rng) is None


def test_a_renamed_question_asks_for_a_name_or_year_that_its_passage_lacks(views: Views) -> None:
    found = {views.renamed(views.examples[0], random.Random(seed)) for seed in range(40)}
    questions = {view.question for view in found if view is not None}
    assert all(view is not None and view.answers == () for view in found)
    assert "Hải Phòng đứng thứ mấy năm 2021?" in questions
    assert any("Hải Phòng" not in question and "năm 2022" in question for question in questions)
    assert ASKED not in questions


def test_a_new_title_makes_a_negative_only_if_the_title_held_the_name(views: Views) -> None:
    found = {views.retitled(views.examples[0], random.Random(seed)) for seed in range(20)} - {None}
    assert {view.title for view in found if view} == {"Cần Thơ xếp hạng 12", "Bút bi"}
    told_in_text = example("Tin", "Vũ Đại Nghĩa làm gì?", HAI_PHONG, "công bố")
    assert all(views.retitled(told_in_text, random.Random(seed)) is None for seed in range(20))


def test_joining_moves_the_answer_with_its_passage() -> None:
    own = example("t", "?", "đứng thứ 8", "thứ 8")
    other = example("u", "?", "Bút bi.", "Bút")
    joined = {joined_with(own, other, random.Random(seed)) for seed in range(20)}
    assert {(e.context, e.answers) for e in joined} == {
        ("đứng thứ 8\nBút bi.", ((5, 10),)),
        ("Bút bi.\nđứng thứ 8", ((13, 18),)),
    }


def test_a_passage_that_would_answer_too_is_not_joined() -> None:
    own = example("t", "?", "đứng thứ 8", "thứ 8")
    assert joined_with(own, example("u", "?", "Thứ 8 là Huế."), random.Random(1)) is own


def test_accents_are_stripped_from_vietnamese_questions_only() -> None:
    examples = [example("", "Ở đâu?", "Ở Huế", "Huế"), example("", "Où?", "Ở Huế", "Huế", lang="fr")]
    views = Views(examples, Chances(unaccented=1.0))
    assert [views.view(e, random.Random(1)).question for e in examples] == ["O dau?", "Où?"]
    assert views.view(examples[0], random.Random(1)).context == "Ở Huế"


def test_levelled_draws_answer_every_type_of_question_equally_often() -> None:
    answered = [example("", f"Vì sao Đông {i} đi?", f"Vì mưa {i}.", f"mưa {i}") for i in range(60)]
    plain = [example("", f"Có mấy Nam {i}?", f"Có {i} Nam.", f"{i}") for i in range(20)]
    none = [example("", f"Có mấy Bắc {i}?", f"Có {i} Nam.") for i in range(40)]
    views = Views([*answered, *plain, *none], Chances(random=1.0), level=0.5)
    rng = random.Random(3)
    for kind in (answered, [*plain, *none]):
        drawn = [views.view(e, rng) for e in kind for _ in range(20)]
        assert sum(not e.answers for e in drawn) / len(drawn) == pytest.approx(0.5, abs=0.04)
