import codecs
import hashlib
import os
import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from index.loading import article_id, find_files, is_supported, markdown, origin_of, read_articles
from index.loading.decoding import decode, normalise, vietnamese_share
from index.records import Article, Dropped

ARTICLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "articles"

TITLE = "Tôm lúa Gò Quao được mùa"
TEXT = (
    "Vụ tôm năm nay ở huyện Gò Quao đạt 4.120 tấn, tăng một phần năm nhờ nước mặn về đúng lịch; "
    "giữa chừng nắng gắt nhưng chẳng ai bỏ ruộng, kể cả những hộ nghèo ở ấp cuối.\n"
    "Ông Danh Sóc bảo: “Đợt này lãi hẳn, trả đủ nợ cũ, sắm được xuồng máy” – rồi cười rõ to."
)
RAW = f"{TITLE}\n\n" + TEXT.replace("\n", "\n\n")

# The letters of TCVN3 by their byte, written out by hand from the layout of the ABC fonts.
TABLE = """
    A1Ă A2Â A3Ê A4Ô A5Ơ A6Ư A7Đ A8ă A9â AAê ABô ACơ ADư AEđ B5à B6ả
    B7ã B8á B9ạ BBằ BCẳ BDẵ BEắ C6ặ C7ầ C8ẩ C9ẫ CAấ CBậ CCè CEẻ CFẽ
    D0é D1ẹ D2ề D3ể D4ễ D5ế D6ệ D7ì D8ỉ DCĩ DDí DEị DFò E1ỏ E2õ E3ó
    E4ọ E5ồ E6ổ E7ỗ E8ố E9ộ EAờ EBở ECỡ EDớ EEợ EFù F1ủ F2ũ F3ú F4ụ
    F5ừ F6ử F7ữ F8ứ F9ự FAỳ FBỷ FCỹ FDý FEỵ
"""
TCVN3 = {int(pair[:2], 16): pair[2] for pair in TABLE.split()}
TCVN3_BYTES = {letter: code for code, letter in TCVN3.items()}
TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_tcvn3(text: str) -> bytes:
    """Windows punctuation stays as it is in the ABC fonts."""
    return b"".join(
        bytes([TCVN3_BYTES[letter]]) if letter in TCVN3_BYTES else letter.encode("cp1252") for letter in text
    )


def in_windows_1258(text: str) -> bytes:
    """Letters with their tone as a combining mark behind them, unless they have a byte of their own."""

    def encode(letter: str) -> bytes:
        try:
            return letter.encode("cp1258")
        except UnicodeEncodeError:
            marks = unicodedata.normalize("NFD", letter)
            tones = "".join(mark for mark in marks if mark in TONES)
            base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
            return (base + tones).encode("cp1258")

    return b"".join(map(encode, text))


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def read_one(path: Path) -> Article:
    (article,) = read_articles(path)
    return article


def refusal(path: Path) -> str:
    with pytest.raises(LoadError) as caught:
        list(read_articles(path))
    message = str(caught.value)
    assert str(path) in message and "\n" not in message
    return message


def test_a_text_file_becomes_an_article_with_a_lasting_id(tmp_path: Path) -> None:
    path = write(tmp_path / "tom.txt", f"{TITLE}\n\nDanh Út\n\n05/03/2024\n\n" + TEXT.replace("\n", "\n\n"))

    article = read_one(path)

    assert article == Article(
        id=hashlib.sha256(str(path).encode()).hexdigest()[:12],
        title=TITLE,
        text=TEXT,
        author="Danh Út",
        published=date(2024, 3, 5),
        path=str(path),
        dropped=(Dropped("Danh Út", "author or source"), Dropped("05/03/2024", "dateline")),
    )
    write(path, RAW + "\n\nThêm một câu.")
    assert read_one(path).id == article.id == article_id(origin_of(path))


def test_ids_tell_origins_apart() -> None:
    # The first digits that sha256sum gives for this link.
    assert article_id("https://vi-du.vn/tom") == hashlib.sha256(b"https://vi-du.vn/tom").hexdigest()[:12]
    assert article_id("/a/tôm.txt") != article_id("/a/tom.txt")
    assert len(article_id("/a/\udcff.txt")) == 12


@pytest.mark.parametrize(
    "data",
    [
        RAW.encode(),
        codecs.BOM_UTF8 + RAW.encode(),
        unicodedata.normalize("NFD", RAW).encode(),
        RAW.encode("utf-16"),
        codecs.BOM_UTF16_BE + RAW.encode("utf-16-be"),
        RAW.encode("utf-16-le"),
        RAW.encode("utf-16-be"),
        RAW.encode("utf-32"),
        in_windows_1258(RAW),
        in_tcvn3(RAW),
        RAW.replace("\n", "\r\n").encode(),
        RAW.replace("\n", "\r").encode("utf-16"),
        RAW.replace("\n", "\r\n").encode("utf-16-le"),
    ],
    ids="utf8 bom nfd utf16 utf16-be-bom utf16-le utf16-be utf32 cp1258 tcvn3 crlf cr crlf16".split(),
)
def test_every_encoding_gives_the_same_text(tmp_path: Path, data: bytes) -> None:
    article = read_one(write(tmp_path / "tom.txt", data))

    assert (article.title, article.text) == (TITLE, TEXT)


def test_a_few_words_are_enough_to_tell_the_vietnamese_encodings() -> None:
    assert in_tcvn3("Chuyển đổi số") == "ChuyÓn ®æi sè".encode("cp1252")
    assert decode("ChuyÓn ®æi sè".encode("cp1252")) == "Chuyển đổi số"
    assert (
        decode("Céng hßa x· héi chñ nghÜa ViÖt Nam".encode("cp1252")) == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    )
    assert decode(in_windows_1258("Chuyển đổi số")) == "Chuyển đổi số"


@pytest.mark.parametrize(
    "name", ["000-yen-bai", "001-tuyen-quang", "002-thai-nguyen", "003-lao-cai", "004-binh-phuoc"]
)
def test_real_articles_come_through_the_legacy_encodings(name: str) -> None:
    path = ARTICLES / f"{name}.txt"
    if not path.is_file():
        pytest.skip("the five real articles are not here")
    text = path.read_text(encoding="utf-8")
    # TCVN3 has no capitals with tone marks.
    lower = text.lower()

    assert decode(in_windows_1258(text)) == text
    assert decode(in_tcvn3(lower)) == lower


def test_a_damaged_character_does_not_spoil_a_utf8_file(tmp_path: Path) -> None:
    data = (RAW + "\n\n" + TEXT * 10).encode().replace("mặn".encode(), b"m\xe1\xba n", 1)

    assert "m\ufffd n về đúng lịch" in read_one(write(tmp_path / "tom.txt", data)).text


def test_other_languages_are_read_if_they_look_like_text() -> None:
    russian = "Это довольно длинный русский текст, по которому можно узнать его кодировку."

    assert decode(russian.encode("cp1251")) == russian
    assert decode("He said “hello” – and left…".encode("cp1252")) == "He said “hello” – and left…"


def test_syllables_tell_vietnamese_from_what_only_looks_like_it() -> None:
    assert (
        vietnamese_share("Chuyển đổi số bước đầu, nghiêng ngả khuỷu tay quyển giếng thuở ngoằn ngoèo") == 1.0
    )
    assert vietnamese_share("ChuyÓn ®æi sè b­íc ®Çu ViÖt Nam") < 0.3
    assert vietnamese_share("plain ascii") == 0.0


def test_invisible_characters_and_odd_spaces_do_not_reach_the_text() -> None:
    text = "\ufeffGiá\u00a0lúa\u200b \u202etăng\u202c\u2028mạnh\u00ad ở\u3000Huế\x07\r\nĐược\x0cmùa"

    assert normalise(text) == "Giá lúa tăng\nmạnh ở Huế\nĐược\nmùa"
    assert normalise("e\u200b\u0302\u0301") == "ế"
    assert normalise("👨\u200d👩\u200d👧 a\u200db") == "👨\u200d👩\u200d👧 ab"


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("\u200b\u200d\r\n\u202e\ufeff\u0301é")),
        max_size=60,
    )
)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once).intersection("\r\u200b\ufeff\u202e\u2028\u00a0")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        ("\ufeff\u200b\n".encode(), "is empty"),
        (b"%PDF-1.7\n1 0 obj", "is a PDF file"),
        (b"PK\x03\x04\x14\0", "is a ZIP archive"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "is a JPEG image"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a PNG image"),
        (b"{\\rtf1\\ansi", "is an RTF document"),
        (b"abc\0\0\0\xfe\x01" * 50, "holds binary data"),
        ("lúa".encode("utf-16") + b"\0", "holds binary data"),
        (hashlib.shake_256(b"").digest(4000).replace(b"\0", b""), "unknown encoding"),
        (bytes.fromhex("61d2d0a3c73e20da67957eb4b0613d3e259d6266"), "unknown encoding"),
        # As UTF-16, any such bytes are Chinese characters.
        (bytes.fromhex("809a51895567695f6f8b7c917d93708b5d9b7f7554875b6a"), "unknown encoding"),
        (b"tom.jpg\n\nfb yt zl tw\n", "no article text"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(tmp_path: Path, data: bytes, why: str) -> None:
    assert why in refusal(write(tmp_path / "a.txt", data))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "to.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)

    started = time.perf_counter()
    message = refusal(path)

    assert "50.0 MB" in message and "20 MB" in message
    assert time.perf_counter() - started < 1
    with pytest.raises(LoadError, match="too large"):
        list(read_articles(write(tmp_path / "tom.txt", RAW), most_bytes=100))


def test_paths_that_are_no_readable_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ống.txt")
    (tmp_path / "thư mục").mkdir()

    assert "does not exist" in refusal(tmp_path / "không có.txt")
    assert "is a folder" in refusal(tmp_path / "thư mục")
    assert "neither a file nor a folder" in refusal(tmp_path / "ống.txt")
    assert "unknown format; known are .markdown .md .text .txt" in refusal(write(tmp_path / "tom.xyz", RAW))


def test_a_name_that_cannot_be_shown_on_one_line_is_refused(tmp_path: Path) -> None:
    for name in [b"t\xffm.txt", b"hai\ndong.txt"]:
        path = write(tmp_path / os.fsdecode(name), RAW)

        with pytest.raises(LoadError, match=r"^'[\x20-\x7e]+' has a name that is no plain text: rename it$"):
            list(read_articles(path))


def test_links_in_a_circle_are_told_and_do_not_stop_the_search(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "c").symlink_to(tmp_path, target_is_directory=True)
    plain = write(tmp_path / "d.txt", RAW)

    found = list(find_files([tmp_path]))

    assert plain in found
    assert "cannot be read" in refusal(tmp_path / "a.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_without_permission_the_reason_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "kín" / "tom.txt", RAW)
    path.chmod(0)
    assert "permission denied" in refusal(path)
    path.chmod(0o600)

    path.parent.chmod(0)
    try:
        # The folder itself is yielded, so that reading it can say why nothing was found in it.
        assert list(find_files([tmp_path])) == [path.parent]
        assert is_supported(path.parent)
        assert "permission denied" in refusal(path.parent)
        assert list(find_files([path])) == [path]
        assert is_supported(path)
    finally:
        path.parent.chmod(0o700)


def test_folders_are_searched_in_order_without_hidden_files_and_readmes(tmp_path: Path) -> None:
    for name in [
        "b.txt",
        "a/z.md",
        "a/b.TXT",
        "README.md",
        "a/readme.markdown",
        "README.txt",
        ".ẩn.txt",
        ".git/c.txt",
        "d.bin",
    ]:
        write(tmp_path / name, RAW)

    found = list(find_files([tmp_path]))

    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "README.txt",
        "b.txt",
        "d.bin",
        "a/b.TXT",
        "a/z.md",
    ]
    assert [path.name for path in found if not is_supported(path)] == ["d.bin"]


def test_named_files_are_taken_whatever_they_are_and_each_once(tmp_path: Path) -> None:
    readme, hidden = write(tmp_path / "README.md", RAW), write(tmp_path / ".a.txt", RAW)
    plain, missing = write(tmp_path / "b.txt", RAW), tmp_path / "không có"
    (tmp_path / "link.txt").symlink_to(plain)

    found = list(find_files([readme, plain, hidden, missing, tmp_path, plain]))

    assert found == [readme, plain, hidden, missing]
    assert is_supported(missing)
    assert "does not exist" in refusal(missing)


def test_the_five_articles_are_found_without_their_readme() -> None:
    if not ARTICLES.is_dir():
        pytest.skip("the five real articles are not here")

    assert [path.name[:3] for path in find_files([ARTICLES])] == ["000", "001", "002", "003", "004"]


MARKDOWN = """---
title: "Tôm lúa Gò Quao được mùa"
date: 2024-03-05T07:14:00+07:00
author: Danh Út
source: Báo Miền Quê
url: https://vi-du.vn/tom
tags: [tôm, lúa]
---
# Tôm lúa Gò Quao được mùa

Giá **tôm** tăng _mạnh_ ở [Gò Quao](https://vi-du.vn/a_(b) "xem"), theo `bảng` sau &amp; ~~nháp~~.<!-- bỏ -->

![Nông dân](anh/tom%20lua.jpg "t")
*Bà con thu hoạch. Ảnh: Danh Út*

Kết quả
-------

| Năm | Sản lượng |
|-----|:---------:|
| 2023 | 4.120 |

```python
x = **tấn** * [2](3)
```

> Lời ông Sóc: tên_tệp_dài và 3*4*5 < 100 > 2. Xem [báo cáo][1], [phụ lục].

- một héc ta
- hai héc ta

***
[1]: https://vi-du.vn/bao-cao
"""


def test_markdown_gives_its_text_without_markup(tmp_path: Path) -> None:
    article = read_one(write(tmp_path / "tom.md", MARKDOWN))

    assert article.text.split("\n") == [
        "Giá tôm tăng mạnh ở Gò Quao, theo bảng sau & nháp.",
        "Kết quả",
        "Năm | Sản lượng",
        "2023 | 4.120",
        "x = **tấn** * [2](3)",
        "Lời ông Sóc: tên_tệp_dài và 3*4*5 < 100 > 2. Xem báo cáo, [phụ lục].",
        "- một héc ta",
        "- hai héc ta",
    ]
    assert article.dropped == (
        Dropped("tom%20lua.jpg", "image file"),
        Dropped("Bà con thu hoạch. Ảnh: Danh Út", "caption"),
    )


def test_front_matter_gives_the_metadata(tmp_path: Path) -> None:
    article = read_one(write(tmp_path / "x.md", MARKDOWN))

    assert article.title == "Tôm lúa Gò Quao được mùa"
    assert (article.published, article.author, article.source) == (
        date(2024, 3, 5),
        "Danh Út",
        "Báo Miền Quê",
    )
    assert article.url == "https://vi-du.vn/tom"


def test_front_matter_is_known_by_content_in_a_text_file_too(tmp_path: Path) -> None:
    article = read_one(write(tmp_path / "x.txt", MARKDOWN.replace("\n", "\r\n")))

    assert (article.author, "**" in article.text.split("\n")[0]) == ("Danh Út", False)


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("# Một #\n\nHai ba.", "Một", "Hai ba."),
        ("Một\n===\nHai ba.", "Một", "Hai ba."),
        ("# Một\n\nHai.\n\n# Ba\n\nBốn.", "Một", "Hai.\nBa\nBốn."),
        (
            "Mở đầu bằng một câu.\n\n# Một\n\nHai.\n\n# Ba\n\nBốn.",
            "Tep",
            "Mở đầu bằng một câu.\nMột\nHai.\nBa\nBốn.",
        ),
        ("---\ntitle:\n---\n\nHai ba bốn năm.", "Tep", "Hai ba bốn năm."),
        ("---\nkhông phải: đầu tệp\n\nHai ba.", "Tep", "không phải: đầu tệp\nHai ba."),
        ("#thẻ không phải đề mục.", "Tep", "#thẻ không phải đề mục."),
        ("[Chú thích]: đây là nội dung.", "Tep", "[Chú thích]: đây là nội dung."),
    ],
)
def test_the_title_of_a_markdown_file_is_its_first_heading(
    tmp_path: Path, text: str, title: str, rest: str
) -> None:
    article = read_one(write(tmp_path / "tep.md", text))

    assert (article.title, article.text) == (title, rest)


@pytest.mark.parametrize("unit", ["*", "[", "![", "<!--", "](", "`", "_a", "<a ", "| ", "# ", "((", "\\"])
def test_markup_without_end_takes_no_long_time(unit: str) -> None:
    started = time.perf_counter()

    markdown.parse("a " + unit * 20_000)

    assert time.perf_counter() - started < 2
