from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.cleaning import Cleaned, clean, title_from_name
from index.metadata import Metadata

ARTICLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "articles"

TITLE = "Tôm lúa Gò Quao được mùa, giá tại bờ tăng"
BODY = (
    "Vụ tôm năm nay ở huyện Gò Quao đạt hơn bốn nghìn tấn, tăng một phần năm nhờ nước mặn về đúng lịch.",
    "Ông Danh Sóc, chủ ba héc ta vuông tôm tại xã Vĩnh Thắng, cho biết thương lái trả 142.000 đồng.",
    "Theo phòng nông nghiệp huyện, có 1.270 hộ nuôi xen canh một vụ lúa, một vụ tôm trên cùng thửa ruộng.",
    "Huyện dự kiến mở thêm hai tuyến kênh cấp nước trong quý tới để bà con lấy nước khi độ mặn xuống thấp.",
)
TEXT = "\n".join(BODY)


@dataclass(frozen=True)
class Real:
    """What is right for a real article; its title stands on line ``title`` of the copy, counted from 1."""

    title: int
    paragraphs: int
    first: str
    last: str
    metadata: Metadata


REAL = {
    "000-yen-bai.txt": Real(
        title=3,
        paragraphs=22,
        first="(Thanh tra) - Sáng nay (9/6),",
        last="của địa phương, doanh nghiệp.",
        metadata=Metadata(published=date(2023, 6, 9), author="Bùi Bình", source="Thanh tra"),
    ),
    "001-tuyen-quang.txt": Real(
        title=1,
        paragraphs=14,
        first="Sáng nay 31/10, Ban Chỉ đạo",
        last="doanh nghiệp trên địa bàn tỉnh.",
        metadata=Metadata(),
    ),
    "002-thai-nguyen.txt": Real(
        title=1,
        paragraphs=11,
        first="Các hộ sản xuất - kinh",
        last="thịnh nhất miền Bắc nước ta”.",
        metadata=Metadata(),
    ),
    "003-lao-cai.txt": Real(
        title=1,
        paragraphs=31,
        first="Bộ trưởng Bộ TT&TT Nguyễn Mạnh",
        last="CĐS toàn dân, toàn diện./.",
        metadata=Metadata(published=date(2024, 10, 15)),
    ),
    "004-binh-phuoc.txt": Real(
        title=1,
        paragraphs=23,
        first="Từ những tư vấn về đường",
        last="bà Tôn Ngọc Hạnh khẳng định.",
        metadata=Metadata(source="vietnamnet.vn"),
    ),
}


def read_real(name: str) -> str:
    if not ARTICLES.is_dir():
        pytest.skip("the five real articles are not here")
    return (ARTICLES / name).read_text(encoding="utf-8")


def characters(*texts: str) -> Counter[str]:
    return Counter(character for text in texts for character in text if not character.isspace())


def rules(cleaned: Cleaned) -> list[tuple[str, str]]:
    return [(piece.rule, piece.text) for piece in cleaned.dropped]


def copy(*lines: str) -> str:
    return "\n\n".join(lines)


@pytest.mark.parametrize("name", REAL)
def test_a_real_copy_gives_its_title_text_and_metadata(name: str) -> None:
    raw, right = read_real(name), REAL[name]

    cleaned = clean(raw, "x")

    assert cleaned.title == raw.split("\n")[right.title - 1]
    assert cleaned.metadata == right.metadata
    assert len(cleaned.text.split("\n")) == right.paragraphs
    assert cleaned.text.startswith(right.first)
    assert cleaned.text.endswith(right.last)


@pytest.mark.parametrize("name", REAL)
def test_of_a_real_copy_nothing_vanishes_and_nothing_is_changed(name: str) -> None:
    raw = read_real(name)

    cleaned = clean(raw, "x")

    dropped = [piece.text for piece in cleaned.dropped]
    assert characters(raw) == characters(cleaned.title, cleaned.text, *dropped)
    paragraphs = [" ".join(line.split()) for line in raw.split("\n")]
    assert all(paragraph in paragraphs for paragraph in cleaned.text.split("\n"))


@pytest.mark.parametrize("name", REAL)
def test_no_noise_of_a_real_copy_is_left(name: str) -> None:
    lines = clean(read_real(name), "x").text.split("\n")

    assert not [line for line in lines if line.endswith((".jpg", ".png"))]
    assert not [line for line in lines if "Ảnh:" in line or "Ảnh :" in line or "{" in line]
    headings = {"QA", "Diễn đàn", "Phản hồi", "Xem thêm", "Mới nhất", "Các tin khác", "fb yt zl tw"}
    assert not headings.intersection(lines)
    assert len(set(lines)) == len(lines)


def test_captions_and_teasers_of_real_copies_are_listed_with_their_rule() -> None:
    counts = {name: Counter(piece.rule for piece in clean(read_real(name), "x").dropped) for name in REAL}

    assert counts["000-yen-bai.txt"]["caption"] == 4
    assert counts["003-lao-cai.txt"]["caption"] == counts["003-lao-cai.txt"]["image file"] == 5
    assert counts["004-binh-phuoc.txt"]["caption"] == counts["004-binh-phuoc.txt"]["image file"] == 5
    # Two headings and nine teasers of two headlines and a lead.
    assert counts["004-binh-phuoc.txt"]["other articles"] == 2 + 9 * 3
    assert counts["001-tuyen-quang.txt"] == Counter()


def test_a_news_site_with_everything_around_the_article() -> None:
    raw = copy(
        "Trang chủ > Kinh tế > Nông nghiệp",
        "Kinh tế",
        "Thứ ba, 5/3/2024, 08:15 (GMT+7)",
        TITLE,
        BODY[0],
        "tom-lua_01.jpg\nNông dân thu hoạch tôm trên ruộng lúa. Ảnh: Hoài Thanh",
        BODY[1],
        ">> Xem thêm: Giá lúa đầu vụ nhích lên ở miền Tây",
        BODY[2],
        "Quảng cáo",
        BODY[3],
        "Hoài Thanh",
        "Thích 12   Chia sẻ   Lưu bài",
        "Từ khóa: tôm, lúa, Gò Quao",
        "Ý kiến (12)",
        "Gửi bình luận",
        "Tin cùng chuyên mục",
        "Giá lúa đầu vụ nhích lên ở miền Tây",
        "Xuất khẩu gạo vượt mốc mới trong quý một",
        "Xem thêm",
    )

    cleaned = clean(raw, "x")

    assert (cleaned.title, cleaned.text) == (TITLE, TEXT)
    assert cleaned.metadata == Metadata(published=date(2024, 3, 5), author="Hoài Thanh")
    assert rules(cleaned) == [
        ("breadcrumb", "Trang chủ > Kinh tế > Nông nghiệp"),
        ("section", "Kinh tế"),
        ("dateline", "Thứ ba, 5/3/2024, 08:15 (GMT+7)"),
        ("image file", "tom-lua_01.jpg"),
        ("caption", "Nông dân thu hoạch tôm trên ruộng lúa. Ảnh: Hoài Thanh"),
        ("related article", ">> Xem thêm: Giá lúa đầu vụ nhích lên ở miền Tây"),
        ("advert", "Quảng cáo"),
        ("author or source", "Hoài Thanh"),
        ("share bar", "Thích 12 Chia sẻ Lưu bài"),
        ("tags", "Từ khóa: tôm, lúa, Gò Quao"),
        ("comments", "Ý kiến (12)"),
        ("comment form", "Gửi bình luận"),
        ("other articles", "Tin cùng chuyên mục"),
        ("other articles", "Giá lúa đầu vụ nhích lên ở miền Tây"),
        ("other articles", "Xuất khẩu gạo vượt mốc mới trong quý một"),
        ("other articles", "Xem thêm"),
    ]


def test_a_copy_without_empty_lines() -> None:
    raw = "\n".join(
        [
            "BÁO MIỀN QUÊ",
            TITLE,
            "15:20 | 05/03/2024",
            BODY[0],
            "anh1.png",
            "Thu hoạch tôm tại xã Vĩnh Thắng.",
            BODY[1],
            "anh2.png",
            *BODY[2:],
            "Bài và ảnh: HOÀI THANH",
            "Tin liên quan",
            "Giá lúa đầu vụ nhích lên ở miền Tây",
            "Bình luận",
        ]
    )

    cleaned = clean(raw, "x")

    # The line below the second picture is long enough to be a paragraph, so it is kept.
    assert (cleaned.title, cleaned.text) == (TITLE, TEXT)
    assert cleaned.metadata == Metadata(published=date(2024, 3, 5), author="HOÀI THANH")
    assert ("stray headline", "BÁO MIỀN QUÊ") in rules(cleaned)
    assert ("caption", "Thu hoạch tôm tại xã Vĩnh Thắng.") in rules(cleaned)


def test_a_repeated_head_is_kept_once() -> None:
    section, lead = "Nông thôn 24h", "Nước mặn về đúng lịch giúp bà con Gò Quao trúng mùa tôm lúa."
    raw = copy(
        section, TITLE, "14-3-2024 11:20", lead, section, TITLE, "QA {Ngày xuất bản}", lead, *BODY, "QA"
    )

    cleaned = clean(raw, "x")

    assert (cleaned.title, cleaned.text) == (TITLE, f"{lead}\n{TEXT}")
    assert cleaned.metadata.published == date(2024, 3, 14)
    assert rules(cleaned) == [
        ("stray headline", section),
        ("dateline", "14-3-2024 11:20"),
        ("repeated", section),
        ("repeated", TITLE),
        ("template leftover", "QA {Ngày xuất bản}"),
        ("repeated", lead),
        ("template leftover", "QA"),
    ]


def test_lists_above_the_article_do_not_take_its_headline() -> None:
    cleaned = clean(
        copy("Mới nhất", "Xem nhiều", TITLE, "Hoài Thanh - Danh Út", "05-03-2024 07:10", *BODY), "x"
    )

    assert (cleaned.title, cleaned.text) == (TITLE, TEXT)
    assert cleaned.metadata == Metadata(published=date(2024, 3, 5), author="Hoài Thanh, Danh Út")


def test_an_article_that_goes_on_below_a_list_loses_the_list_only() -> None:
    teasers = (
        "Giá lúa đầu vụ nhích lên ở miền Tây",
        "Mùa nước nổi về sớm",
        "Mùa nước nổi về sớm",
        "Lũ lên nhanh trong tuần.",
    )

    cleaned = clean(copy(TITLE, *BODY[:2], "Tin liên quan", *teasers, *BODY[2:]), "x")

    assert cleaned.text == TEXT
    assert [text for _, text in rules(cleaned)] == ["Tin liên quan", *teasers]


def test_a_list_above_a_single_paragraph_does_not_take_it() -> None:
    cleaned = clean(copy("Mới nhất", TITLE, BODY[0]), "x")

    assert (cleaned.title, cleaned.text) == (TITLE, BODY[0])


def test_leads_that_are_cut_off_do_not_count_as_the_article_going_on() -> None:
    lead = "Sau hai tuần mưa liên tiếp, nhiều tuyến đường liên xã ở vùng trũng đã ngập sâu, học sinh phải đi"
    leads = [f"{lead} {way}..." for way in ("xuồng", "bè", "vòng qua xã bên")]

    assert clean(copy(TITLE, *BODY, "Tin cùng chuyên mục", *leads), "x").text == TEXT


def test_a_comment_form_ends_the_article() -> None:
    form = ("Gửi phản hồi", "Họ tên của bạn", "Nội dung (tối đa 500 ký tự)", "Giá lúa nhích lên ở miền Tây")

    assert clean(copy(TITLE, *BODY, *form), "x").text == TEXT


def test_a_short_line_is_repeated_only_if_its_copies_stand_together() -> None:
    body = [BODY[0], "Kết quả", "Kết quả", BODY[1], "Kết quả", BODY[2]]

    assert clean(copy(TITLE, *body), "x").text == "\n".join(body[:2] + body[3:])


def test_a_sub_heading_above_the_first_paragraph_is_not_the_title() -> None:
    cleaned = clean(copy(TITLE, "Vụ tôm năm nay", *BODY), "x")

    assert (cleaned.title, cleaned.text) == (TITLE, f"Vụ tôm năm nay\n{TEXT}")


@pytest.mark.parametrize("masthead", ["BÁO MIỀN QUÊ", "Tạp Chí Sông Nước", "baomienque.vn"])
def test_a_newspapers_name_above_the_headline_is_not_the_title(masthead: str) -> None:
    body = [
        *BODY,
        f"Bài đăng trên {masthead} số tháng ba đã được bà con các xã trong vùng chuyền tay nhau đọc.",
    ]

    cleaned = clean(copy(masthead, TITLE, *body), "x")

    assert (cleaned.title, cleaned.text) == (TITLE, "\n".join(body))


def test_a_title_whose_words_do_not_return_is_kept_if_nothing_fits_better() -> None:
    assert clean(copy("Đổi thay", "Thêm hai chuyện chưa kể", *BODY), "x").title == "Đổi thay"


def test_the_line_next_above_the_dateline_is_the_title_only_if_it_fits_the_article() -> None:
    title = "Vụ tôm năm nay ở Gò Quao đạt hơn bốn nghìn tấn"

    near = clean(copy("Chuyện làng nghề cuối tuần", title, "05/03/2024", *BODY), "x")
    far = clean(copy(title, "Chuyện làng nghề cuối tuần", "05/03/2024", *BODY), "x")

    assert near.title == far.title == title


def test_a_headline_about_something_else_above_the_title_is_left_out() -> None:
    cleaned = clean(copy("Ca nhạc: Đêm hội trăng rằm", TITLE, *BODY), "x")

    assert cleaned.title == TITLE
    assert rules(cleaned) == [("stray headline", "Ca nhạc: Đêm hội trăng rằm")]


def test_a_headline_with_the_word_for_picture_stays_the_title() -> None:
    assert clean(copy("Phóng sự Ảnh: Gò Quao", *BODY), "x").title == "Phóng sự Ảnh: Gò Quao"


def test_a_name_below_a_list_is_its_last_item_and_no_author() -> None:
    body = [*BODY, "Các xã được mùa", "Vĩnh Thắng", "Vĩnh Tuy"]

    cleaned = clean(copy(TITLE, *body), "x")

    assert (cleaned.text, cleaned.metadata.author) == ("\n".join(body), None)


def test_teasers_without_a_heading_are_known_by_their_repeated_headlines() -> None:
    first = (
        "Giá lúa đầu vụ nhích lên",
        "Giá lúa đầu vụ nhích lên",
        "Lúa đông xuân được thương lái hỏi mua sớm.",
    )
    second = ("Mùa nước nổi về sớm", "Mùa nước nổi về sớm", "Lũ đầu nguồn lên nhanh trong tuần qua.")

    assert clean(copy(TITLE, *BODY, *first, *second), "x").text == TEXT


def test_readers_comments_below_the_article_are_not_its_words() -> None:
    comments = ("Bình luận (2)", "Danh Út", "Bài hay quá!", "2 giờ trước", "Sắp xếp theo")

    assert clean(copy(TITLE, *BODY, *comments), "x").text == TEXT


@pytest.mark.parametrize(
    "sentence",
    [
        "Nhiều độc giả gửi bình luận về bài viết trước, hỏi vì sao ảnh: tôm thẻ lại gọi là tôm đất.",
        "Ông nói xem thêm trên Facebook của xã thì thấy tin mới nhất về lịch lấy nước trong tuần này.",
        "Bạn đọc có thể quan tâm đến tin cùng chuyên mục đăng hôm 31/10/2023 trên trang của huyện.",
        "Chia sẻ: Facebook và Zalo là hai kênh bà con dùng nhiều nhất để hỏi giá tôm với thương lái.",
        "Hiện chưa có bình luận chính thức nào của tỉnh về việc mở thêm tuyến kênh cấp nước thứ ba.",
        "Ý kiến của cử tri được huyện tiếp thu, và tuyến kênh thứ ba sẽ được đưa vào kế hoạch của năm sau.",
        "Ảnh: đó là tất cả những gì còn lại của vuông tôm cũ, theo lời kể của ông Danh Sóc ở xã Vĩnh Thắng.",
        "Tệp so-lieu.jpg đính kèm báo cáo cho thấy sản lượng tăng đều qua từng năm trong suốt cả giai đoạn.",
        "Nguồn: nước mặn từ sông Cái Lớn, theo hai cửa cống, đi vào hệ thống kênh nội đồng của cả ba xã.",
        "Theo vietnamnet.vn, tỉnh này đã mở thêm hai tuyến kênh cấp nước cho vùng nuôi tôm trên đất lúa.",
        "Xem thêm: bà con có thể hỏi cán bộ khuyến nông xã để biết lịch lấy nước của từng tuyến kênh.",
        "Mẫu {họ tên} trong đơn phải được điền đầy đủ trước khi nộp lên ủy ban nhân dân xã Vĩnh Thắng.",
    ],
)
def test_running_text_with_the_words_of_noise_survives(sentence: str) -> None:
    for place in range(len(BODY) + 1):
        body = [*BODY[:place], sentence, *BODY[place:]]

        cleaned = clean(copy(TITLE, *body), "x")

        assert (cleaned.title, cleaned.text) == (TITLE, "\n".join(body))
        assert cleaned.metadata == Metadata()


@pytest.mark.parametrize(
    "heading",
    [
        "Phản hồi",
        "Bình luận",
        "Ý kiến bạn đọc",
        "Kinh tế",
        "Zalo",
        "Bắc Hà",
        "Triển lãm Ảnh: Nét đẹp miền Tây",
    ],
)
def test_sub_headings_that_look_like_noise_survive_inside_the_article(heading: str) -> None:
    body = [*BODY[:2], heading, *BODY[2:]]

    assert clean(copy(TITLE, *body), "x").text == "\n".join(body)


def test_a_short_line_below_a_picture_set_apart_by_an_empty_line_is_no_caption() -> None:
    cleaned = clean(copy(TITLE, BODY[0], "tom.jpg", "Giá tăng từng ngày", *BODY[1:]), "x")

    assert cleaned.text == "\n".join([BODY[0], "Giá tăng từng ngày", *BODY[1:]])


def test_a_picture_above_the_headline_does_not_take_it_for_its_caption() -> None:
    assert clean(f"logo.png\n{TITLE}\n\n" + copy(*BODY), "x").title == TITLE


@pytest.mark.parametrize(
    "caption",
    [
        "Bà con thả tôm giống. Ảnh: Danh Út",
        "Bà con thả tôm giống. Ảnh :Danh Út",
        "Bà con thả tôm giống (Ảnh: TTXVN).",
        "Bà con thả tôm giống. Ảnh: Danh Út/Báo Miền Quê",
        "Bà con thả tôm giống. Ảnh minh họa: Internet",
        "Bà con thả tôm giống. Ảnh tư liệu",
        "Ảnh: Trung tâm Truyền thông huyện",
    ],
)
def test_lines_with_an_image_credit_are_captions(caption: str) -> None:
    cleaned = clean(copy(TITLE, *BODY[:2], caption, *BODY[2:]), "x")

    assert cleaned.text == TEXT
    assert rules(cleaned) == [("caption", caption)]


def test_dates_between_paragraphs_stay_in_a_chronicle() -> None:
    body = [BODY[0], "01/03/2024", BODY[1], "05/03/2024", BODY[2]]

    cleaned = clean(copy(TITLE, *body), "x")

    assert cleaned.text == "\n".join(body)
    assert cleaned.metadata.published is None


@pytest.mark.parametrize(
    ("foot", "expected"),
    [
        (["Hoài Thanh"], Metadata(author="Hoài Thanh")),
        (["Hoài Thanh", "(Theo Báo Miền Quê)"], Metadata(author="Hoài Thanh", source="Báo Miền Quê")),
        (["Nguồn: https://vi-du.vn/tom"], Metadata(source="vi-du.vn", url="https://vi-du.vn/tom")),
        (["Tác giả: Danh Út", "05/03/2024"], Metadata(author="Danh Út", published=date(2024, 3, 5))),
        (["https://vi-du.vn/tom"], Metadata(url="https://vi-du.vn/tom")),
    ],
)
def test_lines_below_the_article_name_author_source_date_and_link(
    foot: list[str], expected: Metadata
) -> None:
    cleaned = clean(copy(TITLE, *BODY, *foot), "x")

    assert (cleaned.text, cleaned.metadata) == (TEXT, expected)


def test_without_a_headline_the_files_name_is_the_title_and_nothing_is_taken() -> None:
    cleaned = clean(copy(*BODY), "vu-tom_2024")

    assert (cleaned.title, cleaned.text, cleaned.dropped) == ("Vu tom 2024", TEXT, ())


def test_a_single_line_is_text_and_not_a_title_without_text() -> None:
    cleaned = clean("Giá tôm hôm nay", "ghi-chu")

    assert (cleaned.title, cleaned.text) == ("Ghi chu", "Giá tôm hôm nay")


def test_a_known_title_is_not_repeated_in_the_text() -> None:
    cleaned = clean(copy("Lời nhắn", TITLE, *BODY), "x", title="TÔM LÚA Gò Quao được mùa, giá tại bờ tăng!")

    assert cleaned.title == "TÔM LÚA Gò Quao được mùa, giá tại bờ tăng!"
    assert cleaned.text == TEXT


def test_hard_wrapped_paragraphs_are_put_together() -> None:
    raw = (
        "Tôm lúa được mùa\n"
        "Vụ tôm năm nay ở huyện Gò Quao đạt sản lượng hơn bốn\n"
        "nghìn tấn, tăng một phần năm nhờ nước mặn\n"
        "về đúng lịch.\n\n"
        "Huyện sẽ mở thêm hai tuyến kênh cấp nước trong quý tới\n"
        "để bà con chủ động:\n"
        "- kênh Cái Lớn\n"
        "- kênh Cái Bé\n"
    )

    assert clean(raw, "x").text.split("\n") == [
        "Vụ tôm năm nay ở huyện Gò Quao đạt sản lượng hơn bốn nghìn tấn, tăng một phần năm nhờ nước mặn "
        "về đúng lịch.",
        "Huyện sẽ mở thêm hai tuyến kênh cấp nước trong quý tới để bà con chủ động:",
        "- kênh Cái Lớn",
        "- kênh Cái Bé",
    ]


def test_nothing_but_noise_leaves_no_text() -> None:
    assert clean("tom.jpg\n\nQuảng cáo\n\nfb yt zl tw", "x").text == ""
    assert clean("", "x").text == ""


def test_a_files_name_becomes_a_readable_title() -> None:
    assert title_from_name("002-thai_nguyen  dti") == "002 thai nguyen dti"
    assert title_from_name("đồng-tháp") == "Đồng tháp"


NOISE = (
    "tom.jpg",
    "Xem thêm",
    "Bình luận",
    "fb zl",
    "05/03/2024",
    "QA {a b}",
    "Theo TTXVN",
    "Danh Út",
    "",
    " ",
    "Kinh tế",
    TITLE,
)


@given(st.lists(st.one_of(st.sampled_from(NOISE + BODY), st.text(max_size=40)), max_size=30))
def test_whatever_the_copy_nothing_vanishes(lines: list[str]) -> None:
    raw = "\n".join(lines)

    cleaned = clean(raw, "tep")

    title = cleaned.title if characters(cleaned.title) <= characters(raw) and cleaned.title != "Tep" else ""
    assert characters(raw) == characters(title, cleaned.text, *(piece.text for piece in cleaned.dropped))
