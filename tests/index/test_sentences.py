import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import ends_with_stop, sentence_around, sentences

WORDS = 'Tỉnh đạt 6,19% TP. GS.TS. 1.556 ... … . ? ! " ” “ ) ( ./. ;b)'.split()
ODD = [
    "\n",
    "\n\n",
    " ",
    "\t",
    "\u00a0",
    "\u200b",
    "\u202e",
    "\u2069",
    "🎉",
    "👨\u200d👩",
    "e\u0302\u0301",
    "\r",
    "\u2028",
]
PIECES = st.sampled_from([*WORDS, *ODD, "a" * 300])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dự án đi qua TP. Thái Nguyên, TP. Sông Công và TX. Phổ Yên.",
        "Tỷ trọng tăng 6,19% và 1.556 tổ đã ra mắt.",
        "Kế hoạch ngày 14-7-2022 kèm Quyết định số 479/QĐ-TTg được ban hành.",
        "GS.TS. Nguyễn Lân và PGS. TS. Trần An cùng Th.S. Lê Bình dự họp.",
        "Vùng này trồng ngô, khoai, v.v. và nuôi cá.",
        "Ông ở Tp.HCM, Q. 1, gọi ĐT. 0123 hoặc xem trang http://vi-du.vn/a.html nhé.",
        "Nhà văn O. Henry và ông Nguyễn V. A. gặp nhau.",
        "Các tỉnh trong vùng... và nhiều nơi khác cùng làm.",
        "Du lịch… áp dụng trước tiên.",
        "Hỏi rằng “vì sao?” rồi đi.",
        "Gồm: a) mở đường; b) xây cầu; c) lắp đèn.",
        "Hội nghị kết thúc thành công./.",
        "1. Mở rộng tuyến đường ven biển.",
        "II. Kết quả đạt được",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert cut(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mưa lớn. Nước lên.", ["Mưa lớn.", "Nước lên."]),
        ("Ông nói: “Sẽ làm.” Bà gật đầu.", ["Ông nói: “Sẽ làm.”", "Bà gật đầu."]),
        ("(Xem phụ lục.) Hết phần một.", ["(Xem phụ lục.)", "Hết phần một."]),
        ("Bao nhiêu? 63 tỉnh!  Thật ư?", ["Bao nhiêu?", "63 tỉnh!", "Thật ư?"]),
        ("Còn nhiều việc... Tỉnh sẽ làm.", ["Còn nhiều việc...", "Tỉnh sẽ làm."]),
        ("Tăng từ năm 2022. Năm 2023 giảm.", ["Tăng từ năm 2022.", "Năm 2023 giảm."]),
        ("Xem điều 5. Ông về.", ["Xem điều 5.", "Ông về."]),
        ("Sở TT&TT. Sở Y tế.", ["Sở TT&TT.", "Sở Y tế."]),
        ("Anh ăn no. Chị cũng vậy.", ["Anh ăn no.", "Chị cũng vậy."]),
        ("Tiêu đề phụ\n\n Câu một. ", ["Tiêu đề phụ", "Câu một."]),
        ("Xong.\u200b Tiếp.", ["Xong.\u200b", "Tiếp."]),
        ("Xong. ”", ["Xong. ”"]),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(TEXTS)
def test_every_character_but_white_space_lies_in_exactly_one_sentence(text: str) -> None:
    spans = sentences(text)

    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all("\n" not in text[start:end] for start, end in spans)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(not text[end:start].strip() for end, start in zip(edges[::2], edges[1::2], strict=True))


def test_the_sentence_around_a_span_is_the_one_it_lies_in() -> None:
    text = "Câu một ngắn. Câu hai ở TP. Huế dài hơn. Câu ba.\nDòng sau."
    start = text.index("Huế")

    around = sentence_around(text, start, start + 3)

    assert text[slice(*around)] == "Câu hai ở TP. Huế dài hơn."


def test_a_span_over_a_border_gets_both_sentences_and_lines() -> None:
    text = "Một. Hai là hai. Ba.\nBốn là bốn. Năm."
    start, end = text.index("hai."), text.index("bốn") + 3

    assert text[slice(*sentence_around(text, start, end))] == "Hai là hai. Ba.\nBốn là bốn."


def test_an_empty_span_belongs_to_the_sentence_it_stands_in() -> None:
    assert sentence_around("Một. Hai là hai.", 8, 8) == (5, 16)


def test_white_space_and_ends_of_the_text_have_no_sentence() -> None:
    assert sentence_around("Một.\n \nHai.", 5, 6) == (5, 6)
    assert sentence_around("Một.", 4, 4) == (4, 4)


@given(TEXTS, st.integers(0, 250), st.integers(0, 250))
def test_the_sentence_around_always_covers_the_span(text: str, first: int, second: int) -> None:
    start, end = sorted((min(first, len(text)), min(second, len(text))))

    around = sentence_around(text, start, end)

    assert around[0] <= start <= end <= around[1]


@pytest.mark.parametrize(
    ("text", "expected"), [("Hết.”", True), ("Hết./. ", True), ("Mở đầu:", False), ("", False)]
)
def test_a_line_is_complete_if_a_stop_ends_it(text: str, expected: bool) -> None:
    assert ends_with_stop(text) is expected
