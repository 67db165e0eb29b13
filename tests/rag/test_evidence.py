import pytest

from rag.evidence import (
    asked_kind,
    kind_agreement,
    local_coverage,
    name_agreement,
    number_agreement,
    question_names,
    year_agreement,
)
from rag.records import Question


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Năm 2022 Quảng Ninh xếp thứ mấy?", ("quang ninh",)),
        ("Quảng Ninh xếp thứ mấy?", ("quang ninh",)),
        ("What rank did Đà Nẵng reach?", ("da nang",)),
        ("Ai là Chủ tịch UBND tỉnh Nghệ An?", ("ubnd", "nghe an")),
        ("PCI của Cần Thơ, Hải Phòng ra sao?", ("pci", "can tho", "hai phong")),
        ("quang ninh xep thu may", ()),
        ("Vì sao giá tăng?", ()),
    ],
)
def test_names_are_runs_of_capitals_beyond_the_opening_word(question: str, names: tuple[str, ...]) -> None:
    assert question_names(question) == names


def test_names_agree_on_whole_syllables_with_or_without_accents() -> None:
    assert name_agreement(("quang ninh", "pci"), "PCI năm 2022: Quảng Ninh dẫn đầu") == 1.0
    assert name_agreement(("quang ninh", "pci"), "Quảng Nam và PCI") == 0.5
    # "an" of "Nghệ An" is not the "an" inside "giang".
    assert name_agreement(("an",), "Kiên Giang") == 0.0
    assert name_agreement((), "bất kỳ") == 1.0


def test_a_year_counts_fully_in_the_sentence_and_half_in_the_passage() -> None:
    question = "Năm 2022 xếp thứ mấy?"
    assert year_agreement(question, "Năm 2022, tỉnh xếp thứ 8.", "") == 1.0
    assert year_agreement(question, "Tỉnh xếp thứ 8.", "Kết quả 2022. Tỉnh xếp thứ 8.") == 0.5
    assert year_agreement(question, "Năm 2021, tỉnh xếp thứ 9.", "Năm 2021, tỉnh xếp thứ 9.") == 0.0
    assert year_agreement("Xếp thứ mấy?", "", "") == 1.0
    # A longer number that contains the year is not the year.
    assert year_agreement(question, "có 12022 hộ", "có 12022 hộ") == 0.0


def test_figures_other_than_years_must_be_there() -> None:
    assert number_agreement("Đề án 06 năm 2022 là gì?", "Đề án 06 được phê duyệt") == 1.0
    assert number_agreement("Nghị quyết 20 và 48?", "Nghị quyết 48") == 0.5
    assert number_agreement("Năm 2022?", "") == 1.0


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Có bao nhiêu hộ?", "number"),
        ("tinh xep thu may", "number"),
        ("What DTI rank did it reach?", "number"),
        ("How many households?", "number"),
        ("Lễ hội diễn ra khi nào?", "time"),
        ("Năm nào khánh thành?", "time"),
        ("When did it open?", "time"),
        ("Ai chủ trì?", "person"),
        ("Who chaired it?", "person"),
        ("Vì sao giá giảm?", None),
        # "hai", "mai" contain "ai" but do not ask for a person.
        ("Hai tỉnh mai ký gì?", None),
    ],
)
def test_what_is_asked_for_is_told_by_the_question_words(question: str, kind: str | None) -> None:
    assert asked_kind(question) == kind


def test_a_span_must_be_of_the_kind_asked_for() -> None:
    assert kind_agreement("number", "thứ 8/63") == 1.0
    assert kind_agreement("number", "ba huyện") == 1.0
    assert kind_agreement("number", "huyện Phú") == 0.0
    assert kind_agreement("time", "sáng mùng 9") == 1.0
    assert kind_agreement("time", "xã hội") == 0.0
    assert kind_agreement("person", "bà Nguyễn Thị A") == 1.0
    assert kind_agreement("person", "người dân") == 0.0
    assert kind_agreement(None, "gì cũng được") == 0.5


def test_local_coverage_weighs_rare_syllables() -> None:
    question = Question("quảng ninh năm", "vi", ("quảng", "ninh", "năm"))
    weights = {"quảng": 2.0, "ninh": 3.0, "năm": 0.5}
    # (3.0 + 0.5) of 5.5 stand in the sentence.
    assert local_coverage(question, "Năm nay, Ninh Bình", weights) == pytest.approx(3.5 / 5.5)
    # Accents count for an accented question: "nam" is not "năm".
    assert local_coverage(question, "quang ninh nam", weights) == pytest.approx(3.0 / 5.5)


def test_local_coverage_of_an_unaccented_question_ignores_accents() -> None:
    question = Question("quang ninh", "vi-unaccented", ("quang", "ninh"))
    assert local_coverage(question, "Quảng Ninh", {}) == 1.0
