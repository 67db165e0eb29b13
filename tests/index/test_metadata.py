from datetime import date

import pytest

from index.metadata import (
    Metadata,
    byline,
    dateline,
    is_labelled_byline,
    lead_in,
    link_line,
    parse_date,
    source_line,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Thứ sáu, 09/06/2023 - 16:37", date(2023, 6, 9)),
        ("07:14, 15/10/2024", date(2024, 10, 15)),
        ("Ngày 15 tháng 10 năm 2024", date(2024, 10, 15)),
        ("15-10-2024", date(2024, 10, 15)),
        ("Chủ nhật, 1.12.2024, 8h05'", date(2024, 12, 1)),
        ("2024-03-05T07:14:00+07:00", date(2024, 3, 5)),
        ("2024-03-05", date(2024, 3, 5)),
        ("Cập nhật lúc 06:30, Thứ ba 23/01/2024 (GMT+7)", date(2024, 1, 23)),
        ("Đăng ngày: 03/04/2024 | 7 giờ 14 phút", date(2024, 4, 3)),
        ("31/02/2024", None),
        ("13/13/2024", None),
    ],
)
def test_a_dateline_gives_its_date_day_first_and_none_if_impossible(line: str, expected: date | None) -> None:
    found = dateline(line)

    assert found is not None
    assert found.published == expected
    assert parse_date(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Sáng nay 31/10",
        "Giá vàng ngày 15/10/2024",
        "Chiều ngày 14/10/2024, tại Lào Cai, đoàn công tác đã có buổi làm việc với lãnh đạo tỉnh.",
        "Nghị quyết số 48 ngày 15/11/2021 về chuyển đổi số",
        "Tuyển sinh lớp 10",
        "1.556 tổ công nghệ số",
        "Tỷ lệ 20/10/5",
        "",
    ],
)
def test_headlines_and_running_text_with_a_date_are_no_datelines(line: str) -> None:
    assert dateline(line) is None


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("Diễn đàn - Ngày đăng : 07:14, 15/10/2024", ("Diễn đàn",)),
        ("Thu Hà • 17/07/2024 08:33", ("Thu Hà",)),
        ("Hà Nội, ngày 15 tháng 10 năm 2024", ("Hà Nội",)),
        ("Thứ Năm, 14/09/2023 - 05:55 | Giáo dục", ("Giáo dục",)),
    ],
)
def test_a_dateline_keeps_what_stands_beside_the_date(line: str, others: tuple[str, ...]) -> None:
    found = dateline(line)

    assert found is not None
    assert found.others == others


@pytest.mark.parametrize(
    "text", ["", "tháng 10 năm 2024", "15/10", "15/10/24", "ngày 15 tháng 10", "115/10/2024"]
)
def test_without_a_full_date_there_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bùi Bình", Metadata(author="Bùi Bình")),
        ("(HOÀI THANH)", Metadata(author="HOÀI THANH")),
        ("Lê Hoa - Chính Thành", Metadata(author="Lê Hoa, Chính Thành")),
        ("Lò Hạnh - Báo Suối Reo", Metadata(author="Lò Hạnh", source="Báo Suối Reo")),
        ("Hải Đăng tổng hợp", Metadata(author="Hải Đăng")),
        ("Tác giả: Nguyễn Văn An", Metadata(author="Nguyễn Văn An")),
        ("Bài và ảnh: T.H", Metadata(author="T.H")),
        ("Bài, ảnh: Đỗ Quyên", Metadata(author="Đỗ Quyên")),
    ],
)
def test_a_byline_names_its_authors(line: str, expected: Metadata) -> None:
    assert byline(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Hà Nội",
        "TP. Lào Cai",
        "Bà Rịa - Vũng Tàu",
        "Thời sự",
        "Kinh Tế",
        "Diễn đàn",
        "Lào Cai muốn đẩy nhanh",
        "Bài học: tiết kiệm",
        "An",
        "Báo Lào Cai",
    ],
)
def test_places_sections_and_other_short_lines_are_no_bylines(line: str) -> None:
    assert byline(line) is None


def test_only_a_labelled_byline_counts_wherever_it_stands() -> None:
    assert is_labelled_byline("Tác giả: Bùi Bình")
    assert not is_labelled_byline("Bùi Bình")
    assert not is_labelled_byline("Bài học: phải làm sớm hơn")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Theo vietnamnet.vn", Metadata(source="vietnamnet.vn")),
        ("(Theo TTXVN)", Metadata(source="TTXVN")),
        ("(Theo Cổng thông tin sông Hàn)", Metadata(source="Cổng thông tin sông Hàn")),
        ("Nguồn: Báo Sen Hồng", Metadata(source="Báo Sen Hồng")),
        (
            "Nguồn: https://vi-du.vn/tin/1.html",
            Metadata(source="vi-du.vn", url="https://vi-du.vn/tin/1.html"),
        ),
        ("Theo Thu Hà/Báo Yên Bái", Metadata(author="Thu Hà", source="Báo Yên Bái")),
        ("Theo Thu Hà (vietnamnet.vn)", Metadata(author="Thu Hà", source="vietnamnet.vn")),
    ],
)
def test_a_source_line_names_the_publisher(line: str, expected: Metadata) -> None:
    assert source_line(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Theo kế hoạch",
        "Theo Bộ trưởng, tỉnh sẽ làm ngay trong năm nay.",
        "Nguồn nước",
        "Vietnamnet.vn",
        "Theo",
    ],
)
def test_sentences_that_begin_like_a_source_are_none(line: str) -> None:
    assert source_line(line) is None


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("(Thanh tra) - Sáng nay, hội thảo khai mạc.", "Thanh tra"),
        ("(Chinhphu.vn) – Hội thảo khai mạc.", "Chinhphu.vn"),
        ("(Yên Bái) - Sáng nay, hội thảo khai mạc.", None),
        ("(9/6) - Hội thảo khai mạc.", None),
        ("(tạm dịch) - Hội thảo khai mạc.", None),
        ("Hội thảo (Thanh tra) - khai mạc.", None),
    ],
)
def test_a_lead_in_names_the_publisher(paragraph: str, expected: str | None) -> None:
    assert lead_in(paragraph) == expected


def test_a_line_that_is_a_link_gives_it() -> None:
    assert link_line("Link gốc: https://vi-du.vn/a?b=1") == "https://vi-du.vn/a?b=1"
    assert link_line("Xem https://vi-du.vn để biết thêm") is None
    assert link_line("Người dân truy cập địa chỉ https://vi-du.vn") is None
