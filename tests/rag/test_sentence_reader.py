from index.records import Hit, Passage
from rag.question import analyse
from rag.reader.sentence import SentenceReader
from tests.fakes import FakeEncoder


def hit(number: int, title: str, text: str, score: float = 1.0, base: int = 0) -> Hit:
    return Hit(number, Passage(f"a{number}", base, base + len(text), text), title, None, None, score)


READER = SentenceReader(FakeEncoder(), lambda question: {})


def test_the_sentence_that_shares_the_questions_words_comes_first() -> None:
    text = "Mưa lớn kéo dài ba ngày. Hồ Kẻ Gỗ xả lũ lúc nửa đêm. Trường học đóng cửa."
    reading = READER.read(analyse("Hồ Kẻ Gỗ xả lũ khi nào?"), [hit(1, "Lũ ở Hà Tĩnh", text, base=40)])
    best = reading.spans[0]
    assert best.text == "Hồ Kẻ Gỗ xả lũ lúc nửa đêm."
    assert (best.start, best.end) == (65, 92)


def test_the_year_decides_between_two_like_sentences() -> None:
    text = "Năm 2021 tỉnh xếp thứ 9. Năm 2022 tỉnh xếp thứ 4."
    reading = READER.read(analyse("Năm 2022 tỉnh xếp thứ mấy?"), [hit(1, "Bắc Giang", text)])
    assert reading.spans[0].text == "Năm 2022 tỉnh xếp thứ 4."


def test_the_title_tells_whose_figure_it_is() -> None:
    hits = [hit(1, "Sơn La", "Tỉnh xếp thứ 9."), hit(2, "Bắc Giang", "Tỉnh xếp thứ 4.")]
    reading = READER.read(analyse("Bắc Giang xếp thứ mấy?"), hits)
    assert reading.spans[0].text == "Tỉnh xếp thứ 4."


def test_a_long_sentence_is_cut_at_its_semicolons() -> None:
    clauses = [
        "Sở Y tế chủ trì khám sức khỏe cho toàn bộ học sinh các trường tiểu học trên địa bàn",
        "Sở Giao thông sửa xong cầu Bến Thủy trước mùa mưa bão",
        "Sở Công Thương lo nguồn hàng thiết yếu cho các xã vùng cao",
    ]
    reading = READER.read(analyse("Ai sửa cầu Bến Thủy?"), [hit(1, "Phân công", "; ".join(clauses) + ".")])
    assert reading.spans[0].text == clauses[1]


def test_no_hits_give_no_spans() -> None:
    assert READER.read(analyse("Ai?"), []).spans == ()
