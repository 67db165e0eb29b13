"""Date, author, source and section of an article, read from the short lines that state them.

Pure functions on single lines. Nothing is taken from running prose and nothing is guessed: a line in
which the value is not stated in full gives None.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from index.text import syllables

# A line longer than this, in characters, states no metadata.
_LONGEST_LINE: Final = 120

_DATE: Final = re.compile(
    r"""(?<!\d)(?:
        (?P<y1>\d{4}) (?P<s1>[-/.]) (?P<m1>\d{1,2}) (?P=s1) (?P<d1>\d{1,2}) (?=T\d|\D|$)
      | (?P<d2>\d{1,2}) \s? (?P<s2>[-/.]) \s? (?P<m2>\d{1,2}) \s? (?P=s2) \s? (?P<y2>\d{4}) (?!\d)
      | (?P<d3>\d{1,2}) \s+ tháng \s+ (?P<m3>\d{1,2}) \s* (?:,|/|năm|\s) \s* (?P<y3>\d{4}) (?!\d)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"(?:T|\b)\d{1,2}\s?(?::|h|giờ)\s?\d{2}(?:\s?(?:'|phút)|:\d{2}(?:\.\d+)?)?(?:Z\b|\s?[+-]\d{2}:?\d{2}\b)?"
    r"|\b(?:GMT|UTC)\s?(?:[+-]?\s?\d{1,2}(?::\d{2})?)?",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r"\s+[-–—]\s*|\s*[-–—]\s+|[|•·,;:()/\n]")
# What may stand beside the date in its part of a dateline: names of weekdays and words for publishing.
_DATE_WORDS: Final = frozenset(
    "thứ hai ba tư năm sáu bảy bẩy chủ nhật cn t2 t3 t4 t5 t6 t7 2 3 4 5 6 7 ngày đăng lúc cập nhật xuất bản "
    "phát hành vào giờ phút am pm sa ch đã thời gian tải tin bài viết việt nam published updated posted date "
    "time on at last modified".split()
)
_MOST_OTHER_SYLLABLES: Final = 6

_LABELLED_AUTHOR: Final = re.compile(
    r"(?:tác giả|người viết|thực hiện|bài viết|(?:tin, )?bài(?:\s*(?:,|và|&|-)\s*(?:ảnh|clip|video))*"
    r"|(?:nhóm )?phóng viên|nhóm pv|pv|by|author)\s*[:：]\s*(?P<value>\S.*)",
    re.IGNORECASE,
)
_ROLE: Final = re.compile(r"[ ,(]+(?:tổng hợp|lược dịch|dịch|biên dịch|biên soạn|thực hiện|ghi|sưu tầm)$")
_NAME: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,4}")
_NAMES: Final = re.compile(r"\s*(?:,|-|–|&|/| và )\s*")
_LABELLED_SOURCE: Final = re.compile(
    r"\(?\s*(?:theo|nguồn(?: tin)?|source)\s*[:：]\s*(?P<value>[^\s].*?)\s*\)?\.?", re.IGNORECASE
)
_ACCORDING_TO: Final = re.compile(r"\(?\s*theo\s+(?P<value>[^\s:].*?)\s*\)?", re.IGNORECASE)
_OUTLET: Final = re.compile(r"(?:Báo|Tạp chí|Đài|Cổng|Trang|Thông tấn)\b", re.IGNORECASE)
_LEAD_IN: Final = re.compile(r"\((?P<value>[^\W\d_][^()\n]{1,28})\)\s?[-–—]\s?(?=\S)")
_DOMAIN: Final = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)

# Capitalised lines that name a place and so no author and no publisher.
_PLACES: Final = frozenset(
    name.strip().lower()
    for name in """An Giang, Bà Rịa - Vũng Tàu, Bạc Liêu, Bắc Giang, Bắc Kạn, Bắc Ninh, Bến Tre, Bình Định,
    Bình Dương, Bình Phước, Bình Thuận, Cà Mau, Cần Thơ, Cao Bằng, Đà Nẵng, Đắk Lắk, Đắk Nông, Điện Biên,
    Đồng Nai, Đồng Tháp, Gia Lai, Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh, Hải Dương, Hải Phòng, Hậu Giang,
    Hòa Bình, Hồ Chí Minh, Huế, Hưng Yên, Khánh Hòa, Kiên Giang, Kon Tum, Lai Châu, Lâm Đồng, Lạng Sơn,
    Lào Cai, Long An, Nam Định, Nghệ An, Ninh Bình, Ninh Thuận, Phú Thọ, Phú Yên, Quảng Bình, Quảng Nam,
    Quảng Ngãi, Quảng Ninh, Quảng Trị, Sài Gòn, Sóc Trăng, Sơn La, Tây Nguyên, Tây Ninh, Thái Bình,
    Thái Nguyên, Thanh Hóa, Thừa Thiên Huế, Tiền Giang, Trà Vinh, Tuyên Quang, Vĩnh Long, Vĩnh Phúc,
    Việt Nam, Yên Bái""".split(",")
)
# Names of newspaper sections, as breadcrumbs and lines above or beside a headline give them.
_SECTIONS: Final = frozenset(
    name.strip()
    for name in """bạn đọc, chính trị, chính trị - xã hội, chuyển đổi số, công nghệ, công nghệ thông tin,
    diễn đàn, doanh nghiệp, du lịch, đời sống, giải trí, giao thông, giáo dục, khoa học,
    khoa học - công nghệ, kinh doanh, kinh tế, môi trường, multimedia, nhịp sống số, nông nghiệp,
    nông thôn mới, pháp luật, quốc tế, sức khỏe, tài chính, thế giới, thể thao, thị trường, thời sự,
    thời tiết, tin tức, trang chủ, trong nước, trong tỉnh, tuyển sinh, văn hóa, văn hóa - xã hội, xã hội,
    xây dựng đảng, y tế""".split(",")
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an article says about itself; a value it does not give is None."""

    published: date | None = None
    author: str | None = None
    source: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Dateline:
    """A line that states when an article was published.

    Attributes:
        published: the date, None if the line gives an impossible one.
        others: the parts of the line beside the date, such as the section or the author.
    """

    published: date | None
    others: tuple[str, ...]


def parse_date(text: str) -> date | None:
    """The first full date of a short text, day before month unless the year comes first.

    Understands 09/06/2023, 15-10-2024, 15.10.2024, "15 tháng 10 năm 2024" and ISO 8601. None if there is
    no date with a year, or if the first one is impossible.
    """
    found = _DATE.search(text)
    return _date_of(found) if found else None


def dateline(line: str) -> Dateline | None:
    """The line as a dateline, or None if it is not one.

    A dateline has a full date in a part that holds nothing but dates, times and the words that go with
    them; its other parts, set off by dashes, bars or commas, are short. So "Giá vàng ngày 15/10/2024" is a
    headline, and "Sáng nay 31/10" lacks its year.
    """
    found = _DATE.search(line) if len(line) <= _LONGEST_LINE else None
    if found is None:
        return None
    # A NUL stands for the date while the parts are looked at.
    marked = _TIME.sub(" ", _DATE.sub("\0", line))
    parts = [part.strip() for part in _SEPARATOR.split(marked)]
    others = tuple(part for part in parts if not _is_date_part(part))
    if (
        any("\0" in part for part in others)
        or sum(len(syllables(part)) for part in others) > _MOST_OTHER_SYLLABLES
    ):
        return None
    return Dateline(_date_of(found), others)


def byline(line: str) -> Metadata | None:
    """The author or authors that a line names, with the publisher if it stands among them, or None.

    Either a labelled line ("Tác giả: …", "Bài và ảnh: …") or names of two to five capitalised syllables
    and nothing else. Whether such a line stands where an author is named is for the caller to know.
    """
    if len(line) > _LONGEST_LINE:
        return None
    labelled = _LABELLED_AUTHOR.fullmatch(line)
    value = _ROLE.sub("", (labelled.group("value") if labelled else line).strip(" ()"))
    names = _NAMES.split(value)
    if all(_is_name(name) for name in names) and not is_place(value):
        authors = [name for name in names if not _OUTLET.match(name)]
        outlets = [name for name in names if _OUTLET.match(name)]
        return Metadata(author=", ".join(authors), source=", ".join(outlets) or None) if authors else None
    # Pen names such as "T.H" or "Thu Hà (CTV)" are believed after a label only.
    capitalised = all(word[0].isupper() for word in value.replace("(", "").split())
    short = len(syllables(value)) <= _MOST_OTHER_SYLLABLES
    return Metadata(author=value) if labelled and capitalised and short else None


def is_labelled_byline(line: str) -> bool:
    """Whether the line says that it names the author, so that it does so wherever it stands."""
    return _LABELLED_AUTHOR.fullmatch(line) is not None and byline(line) is not None


def source_line(line: str) -> Metadata | None:
    """The publisher that "Theo vietnamnet.vn" or "Nguồn: …" names, with the link or author beside it."""
    if len(line) > _LONGEST_LINE:
        return None
    labelled = _LABELLED_SOURCE.fullmatch(line)
    named = labelled or _ACCORDING_TO.fullmatch(line)
    if named is None:
        return None
    value = named.group("value").strip()
    link = _URL.fullmatch(value)
    if link:
        return Metadata(source=urlsplit(value).hostname, url=value)
    return _outlet(value) if labelled or _is_outlet(value) else None


def link_line(line: str) -> str | None:
    """The link that a line consists of, "Link gốc:" before it or not."""
    found = _URL.search(line)
    before = line[: found.start()].strip(" :") if found else ""
    return found.group() if found and found.end() == len(line) and len(syllables(before)) <= 3 else None


def lead_in(paragraph: str) -> str | None:
    """The publisher that a first paragraph opens with: "(Thanh tra) - Sáng nay …" gives "Thanh tra"."""
    found = _LEAD_IN.match(paragraph)
    value = found.group("value").strip() if found else ""
    return value if (value[:1].isupper() or _DOMAIN.fullmatch(value)) and not is_place(value) else None


def is_section(line: str) -> bool:
    """Whether a line is the name of a newspaper section."""
    return line.strip().lower() in _SECTIONS


def is_masthead(line: str) -> bool:
    """Whether a line is the name of a newspaper ("BÁO MIỀN QUÊ") or of its site and nothing else."""
    named = _OUTLET.match(line) is not None and all(word[0].isupper() for word in line.split())
    return named or _DOMAIN.fullmatch(line) is not None


def is_place(line: str) -> bool:
    """Whether a line is the name of a province, a city or the country."""
    return re.sub(r"^(?:tỉnh|thành phố|tp\.?)\s+", "", line.strip().lower()) in _PLACES


def _date_of(found: re.Match[str]) -> date | None:
    for form in ("1", "2", "3"):
        if found.group(f"y{form}"):
            year, month, day = (int(found.group(f"{part}{form}")) for part in "ymd")
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return None


def _is_date_part(part: str) -> bool:
    return all(word in _DATE_WORDS for word in syllables(part.replace("\0", " ")))


def _is_name(text: str) -> bool:
    """Two to five syllables that each begin with a capital, and no section or place."""
    return (
        _NAME.fullmatch(text) is not None
        and all(word[0].isupper() for word in text.split())
        and not is_section(text)
        and not is_place(text)
    )


def _is_outlet(value: str) -> bool:
    words = value.replace("/", " ").replace("(", " ").split()
    if len(words) <= 8 and _OUTLET.match(value):
        return True
    return len(words) <= 6 and all(word[0].isupper() or _DOMAIN.fullmatch(word.rstrip(")")) for word in words)


def _outlet(value: str) -> Metadata | None:
    """Publisher, and the author if one stands before it: "Thu Hà (vietnamnet.vn)", "Thu Hà/Báo Lào Cai"."""
    if len(syllables(value)) > 2 * _MOST_OTHER_SYLLABLES:
        return None
    name, _, outlet = value.rstrip(")").replace("(", "/").partition("/")
    if outlet and _is_name(name.strip()):
        return Metadata(author=name.strip(), source=outlet.strip())
    return Metadata(source=value)
