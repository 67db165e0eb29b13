"""What the noise of web pages looks like: tables of patterns for whole lines, whatever their case.

A pattern has to match the whole line, so running text that merely contains such words is not touched.
"""

import re
from typing import Final

# No pattern is tried on a line longer than this.
LONGEST_NOISE: Final = 200


def _whole_lines(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


IMAGE_FILE: Final = _whole_lines(
    r"(?:https?://\S+/|[\w./-]+/)?(?:[\w()%&=+,-]+ ){0,5}[\w()%&=+@.,-]+"
    r"\.(?:jpe?g|png|gif|webp|bmp|svg|tiff?|heic|avif)"
)

# "{Ngày xuất bản}", "{{ title }}", "[[author]]" with at most three words on either side.
PLACEHOLDER: Final = re.compile(
    r"(?P<before>(?:[\w.:-]+ ?){0,3})"
    r"(?:\{[^\W\d][\w .]*\}|\{\{ ?[\w .|]+ ?\}\}|\[\[ ?[\w .]+ ?\]\])"
    r"(?: ?[\w.:-]+){0,3}"
)

_COMMENT: Final = r"(?:bình luận|ý kiến|phản hồi|nhận xét)"
_PLEASE: Final = r"(?:(?:xin|mời|hãy|vui lòng|bạn|quý vị|bạn đọc|cần|phải) )*"
# Lines of a comment form.
COMMENT_PROMPT: Final = _whole_lines(
    rf"(?:hiện |hiện tại |bài viết )?chưa có {_COMMENT}(?: nào)?\W*(?:(?:hãy|mời|bạn|trở thành) .*)?",
    rf"{_PLEASE}(?:gửi|viết|để lại|nhập|thêm|đăng|chia sẻ)(?: {_COMMENT}){{1,2}}"
    r"(?: của (?:bạn|mình|quý vị|độc giả))?(?: (?:tại đây|ở đây|ngay|về bài viết|cho bài viết).{0,30})?\W*",
    rf"{_COMMENT} của (?:bạn|quý vị) (?:sẽ|được|phải|cần) .*(?:duyệt|đăng|hiển thị|biên tập).*",
    rf"(?:xem|hiển thị|tất cả|đọc)(?: tất cả| thêm)*(?: \d+)? {_COMMENT}\W*",
    rf"{_PLEASE}đăng nhập (?:để|trước khi) (?:gửi |viết |tham gia )?{_COMMENT}\W*",
    rf"{_PLEASE}(?:gõ|nhập|viết) (?:bằng )?tiếng việt có dấu\W*",
    r"(?:họ tên|họ và tên|tên của bạn|email|địa chỉ email|mã xác nhận|captcha)(?: của bạn)? ?[*:]",
)
# Headings above readers' comments; within an article such a line may head a part of it.
COMMENTS: Final = _whole_lines(
    rf"(?:các |những )?(?:\d+ )?{_COMMENT}(?: {_COMMENT})?"
    r"(?: (?:của )?(?:bạn|bạn đọc|độc giả|người đọc))? ?(?:\(\d+\))?[:.…]*",
    rf"(?:bạn đọc|độc giả) (?:{_COMMENT}|viết|lên tiếng)[:.…]*",
)

_ICON: Final = r"(?:[>»›→▶•*+-]+ ?)?"
_ITEMS: Final = r"(?:các |những )?(?:tin|bài|tin bài|tin tức|bài viết|video|ảnh)"
_READER: Final = r"(?:bạn|bạn đọc|quý vị|độc giả)"
_MOST: Final = r"(?:mới|mới nhất|mới cập nhật|nổi bật|nóng|đáng chú ý|(?:xem|đọc) nhiều(?: nhất)?)"
# Headings of the lists of other articles that stand below an article.
RELATED: Final = _whole_lines(
    rf"{_ICON}{_ITEMS} (?:cùng|trong|theo) (?:chuyên mục|chủ đề|chuyên đề|mục|tác giả|sự kiện)[\W\d]*",
    rf"{_ICON}{_ITEMS} (?:khác|cũ hơn|mới hơn|{_MOST})[\W\d]*",
    rf"{_ICON}(?:tin )?{_MOST}(?: trong (?:ngày|tuần|tháng))?[\W\d]*",
    rf"{_ICON}(?:có thể )?{_READER} (?:có thể )?(?:sẽ |cũng )?(?:quan tâm|thích)[\W\d]*",
    rf"{_ICON}(?:được quan tâm|đừng bỏ lỡ|cùng chuyên mục)[\W\d]*",
)
# The same, but these are also found between the paragraphs of an article.
SEE_ALSO: Final = _whole_lines(
    rf"{_ICON}(?:mời )?(?:{_READER} )?(?:xem|đọc) (?:thêm|tiếp)(?: {_ITEMS})?[\W\d]*",
    rf"{_ICON}{_ITEMS} (?:có )?liên quan[\W\d]*",
)
# One line that names another article: "Xem thêm: …", ">> …".
SEE_ALSO_LINE: Final = _whole_lines(
    rf"{_ICON}(?:mời )?(?:(?:xem|đọc) (?:thêm|tiếp)|{_ITEMS} liên quan) ?[:：] ?\S.*",
    r"(?:>>+|»+|▶+) ?\S.*",
)

_LABEL: Final = (
    r"(?:fb|facebook|yt|youtube|zl|zalo|tw|twitter|x|tt|tiktok|ig|instagram|linkedin|pinterest|telegram|viber"
    r"|whatsapp|messenger|threads|(?:gửi )?e-?mail|print|copy|copy link|link|rss|share|like|tweet|thích"
    r"|(?:in|lưu)(?: bài| bài viết| tin)|sao chép(?: liên kết)?|chia sẻ(?: bài viết)?(?: (?:lên|qua|trên))?)"
)
SHARE_LABEL: Final = re.compile(rf"(?<!\w){_LABEL}(?!\w)", re.IGNORECASE)
# Labels with counters: "Thích 12 · Chia sẻ · Lưu bài".
SHARE_BAR: Final = _whole_lines(rf"{_LABEL}(?:[\s|/·•,:&()]+(?:{_LABEL}|\d+))*[:)]?")

# Other lines that belong to the page and not to the article, by the name of their rule.
PAGE_NOISE: Final = (
    ("advert", _whole_lines(r"\W*(?:quảng cáo|advertisements?|sponsored|bài viết được tài trợ)\W*")),
    ("breadcrumb", _whole_lines(r"(?:trang chủ|home|trang nhất) ?[>»›/|→] ?.+")),
    (
        "reader tools",
        _whole_lines(
            r"a ?[-+](?: ?[/|]? ?a ?[-+]?){1,3}|(?:cỡ chữ|font size)\W*(?:a\W*)*",
            r"(?:bấm |nhấn )?(?:để )?nghe(?: đọc)? (?:bài|bài viết|bài báo|audio|tin)\W*",
            r"\d{1,2}:\d{2} ?/ ?\d{1,2}:\d{2}",
            r"(?:in|lưu|gửi) (?:bài|bài viết|tin)(?: này)?|gửi góp ý|báo lỗi|bản in",
            r"(?:theo dõi|đọc) .{2,40} trên (?:google news|zalo|facebook|youtube|tiktok)\W*",
            r"google news|[\d.,]+ (?:lượt xem|lượt đọc|views)|(?:lượt xem|lượt đọc|views) ?:? ?[\d.,]+",
            r"(?:lên đầu trang|về đầu trang|quay lại|trở lại)",
        ),
    ),
    ("tags", _whole_lines(r"(?:tags?|từ khóa|từ khoá|hashtags?|thẻ) ?[:：].*[^.!?…]", r"(?:#\w+[\s,;]*)+")),
)

# "… Ảnh: Bùi Bình" at the end of a line; the case of the letters tells a credit from a sentence.
CREDIT: Final = re.compile(
    r"(?:^|(?<=[\s(\[.,]))"
    r"(?:Nguồn ảnh|Ảnh(?: minh họa| tư liệu| chụp màn hình| cắt từ clip)?|Đồ họa|Infographic|Clip|Photo)"
    r" ?[:：] ?(?P<name>[^\s:][^:!?]{0,50}?)[)\]]?\.?$"
)
CREDIT_WITHOUT_NAME: Final = re.compile(
    r"(?:^|[\s(\[])Ảnh (?:minh họa|tư liệu|internet)[)\]]?\.?$", re.IGNORECASE
)
# Words in small letters that a credit's name may hold.
CREDIT_WORDS: Final = frozenset(
    "báo của và tỉnh huyện xã thành phố sở cục bộ ban phòng trung tâm truyền thông tấn công an cổng đài nhân "
    "vật cung cấp internet".split()
)
