"""Every word of the page, once in Vietnamese and once in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

PageLanguage = Literal["vi", "en"]
DEFAULT_LANGUAGE: Final[PageLanguage] = "vi"

_ENGLISH_MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True, slots=True)
class PageStrings:
    """The page in one language; braces name what is filled in, always through ``str.format``."""

    language_name: str
    tagline: str
    tab_ask: str
    tab_articles: str
    switch_language: str
    conversation: str
    source_viewer: str
    question_label: str
    question_placeholder: str
    ask: str
    stop: str
    new_conversation: str
    export: str
    welcome_title: str
    welcome_text: str
    welcome_articles: str
    examples: str
    newest: str
    samples_note: str
    empty_index_title: str
    empty_index_text: str
    step_analyse: str
    step_retrieve: str
    step_read: str
    stopped: str
    confidence_high: str
    confidence_fair: str
    confidence_low: str
    confidence_label: str
    citations: str
    open_citation: str
    others: str
    not_in_articles: str
    not_in_articles_text: str
    nothing_found_text: str
    closest: str
    copy: str
    copied: str
    retry: str
    busy: str
    failed: str
    question_empty: str
    question_long: str
    viewer_empty_title: str
    viewer_empty_text: str
    viewer_closest: str
    viewer_other: str
    viewer_position: str
    previous: str
    following: str
    back: str
    original: str
    file: str
    gone: str
    changed: str
    search_articles: str
    search_placeholder: str
    article_count: str
    article_found: str
    article_none: str
    sort_label: str
    sort_title: str
    sort_newest: str
    sort_source: str
    undated: str
    add_hint: str
    add_button: str
    adding: str
    add_done: str
    add_skipped: str
    add_failed: str
    remove: str
    remove_confirm: str
    remove_yes: str
    remove_no: str
    remove_failed: str
    removed: str
    export_title: str
    limit_note: str
    disconnected: str
    went_wrong: str


VIETNAMESE: Final = PageStrings(
    language_name="Tiếng Việt",
    tagline="Hỏi các bài viết của bạn, nhận lại đúng nguyên văn.",
    tab_ask="Hỏi đáp",
    tab_articles="Bài viết",
    switch_language="Ngôn ngữ của trang",
    conversation="Cuộc hỏi đáp",
    source_viewer="Bài viết được trích",
    question_label="Câu hỏi",
    question_placeholder="Bạn muốn biết điều gì?",
    ask="Hỏi",
    stop="Dừng",
    new_conversation="Cuộc hỏi đáp mới",
    export="Tải về (Markdown)",
    welcome_title="Bạn muốn biết điều gì?",
    welcome_text="Câu trả lời là nguyên văn trích từ bài viết, kèm chỗ trích để bạn tự kiểm tra. "
    "Bài viết không nói đến thì trang sẽ nói là không có.",
    welcome_articles="{count} bài viết trong kho.",
    examples="Hỏi thử",
    newest="Bài mới nhất trong kho",
    samples_note="Kho đang trống nên đã được thêm {count} bài viết mẫu. "
    "Thêm bài của bạn ở thẻ Bài viết hoặc bằng lệnh hoidap add.",
    empty_index_title="Kho chưa có bài viết nào",
    empty_index_text="Thêm bài viết ở thẻ Bài viết, hoặc bằng lệnh hoidap add, rồi hỏi lại.",
    step_analyse="Đang đọc câu hỏi",
    step_retrieve="Đang tìm trong các bài viết",
    step_read="Đang đọc những đoạn tìm được",
    stopped="Đã dừng.",
    confidence_high="Rất chắc chắn",
    confidence_fair="Khá chắc chắn",
    confidence_low="Chưa chắc chắn, nên đọc lại đoạn trích",
    confidence_label="Độ tin cậy {percent}%",
    citations="Nguồn trích",
    open_citation="Mở chỗ trích số {number} trong bài “{title}”",
    others="Câu trả lời khác tìm được ({count})",
    not_in_articles="Không có trong các bài viết này",
    not_in_articles_text="Không đoạn nào trong kho trả lời được câu hỏi này.",
    nothing_found_text="Không tìm được đoạn nào gần với câu hỏi này.",
    closest="Những đoạn gần nhất, không phải câu trả lời",
    copy="Chép kèm nguồn",
    copied="Đã chép",
    retry="Hỏi lại",
    busy="Đang có nhiều người hỏi cùng lúc. Bạn chờ ít giây rồi bấm Hỏi lại.",
    failed="Có lỗi khi trả lời câu hỏi này. Chi tiết nằm ở cửa sổ dòng lệnh đang chạy hoidap.",
    question_empty="Câu hỏi đang trống: hãy gõ điều bạn muốn biết.",
    question_long="Câu hỏi dài quá {limit} ký tự: hãy hỏi ngắn hơn.",
    viewer_empty_title="Chưa mở bài viết nào",
    viewer_empty_text="Bấm vào một chỗ trích để đọc cả bài; câu được trích sẽ được tô sáng.",
    viewer_closest="Đoạn gần nhất với câu hỏi, không phải câu trả lời",
    viewer_other="Thuộc một câu trả lời khác, ít chắc chắn hơn",
    viewer_position="Chỗ trích {number}/{count}",
    previous="Chỗ trích trước",
    following="Chỗ trích sau",
    back="Về câu trả lời",
    original="Mở bài gốc",
    file="Tệp {name}",
    gone="Bài viết này không còn trong kho.",
    changed="Bài viết đã thay đổi sau câu trả lời này, nên chỗ trích không được tô sáng.",
    search_articles="Tìm bài viết",
    search_placeholder="Tìm theo tiêu đề, nguồn, tác giả",
    article_count="{count} bài viết",
    article_found="{found} trong {count} bài viết",
    article_none="Không có bài viết nào khớp.",
    sort_label="Sắp xếp",
    sort_title="Theo tiêu đề",
    sort_newest="Mới nhất trước",
    sort_source="Theo nguồn",
    undated="không rõ ngày",
    add_hint="Nhận các tệp {suffixes}.",
    add_button="Thêm bài viết từ tệp",
    adding="Đang thêm {name} ({number}/{count})",
    add_done="Đã thêm {added}, cập nhật {updated}, không đổi {unchanged}.",
    add_skipped="{name}: loại tệp này chưa đọc được.",
    add_failed="{name}: không đọc được vì trống, quá lớn hoặc không phải văn bản.",
    remove="Xóa khỏi kho",
    remove_confirm="Xóa bài này khỏi kho? Tệp gốc của bạn vẫn còn nguyên.",
    remove_yes="Xóa",
    remove_no="Giữ lại",
    remove_failed="Chưa xóa được vì một chương trình khác đang ghi vào kho. Bạn thử lại sau ít giây.",
    removed="Đã xóa “{title}” khỏi kho.",
    export_title="Hỏi đáp với các bài viết",
    limit_note="Trang chỉ giữ {count} câu hỏi gần nhất.",
    disconnected="Mất kết nối với hoidap. Kiểm tra cửa sổ dòng lệnh rồi tải lại trang.",
    went_wrong="Thao tác vừa rồi không thành công. Bạn thử lại, hoặc tải lại trang.",
)

ENGLISH: Final = PageStrings(
    language_name="English",
    tagline="Ask your articles, get their exact words back.",
    tab_ask="Ask",
    tab_articles="Articles",
    switch_language="Language of the page",
    conversation="Conversation",
    source_viewer="Cited article",
    question_label="Question",
    question_placeholder="What do you want to know?",
    ask="Ask",
    stop="Stop",
    new_conversation="New conversation",
    export="Download (Markdown)",
    welcome_title="What do you want to know?",
    welcome_text="An answer is the exact words of an article, with the place they stand, so that you can "
    "check it yourself. What the articles do not say, the page says is not there.",
    welcome_articles="{count} articles in the index.",
    examples="Try one",
    newest="Newest articles in the index",
    samples_note="The index was empty, so {count} sample articles were added. "
    "Add your own on the Articles tab or with hoidap add.",
    empty_index_title="There are no articles yet",
    empty_index_text="Add articles on the Articles tab, or with hoidap add, then ask again.",
    step_analyse="Reading the question",
    step_retrieve="Searching the articles",
    step_read="Reading the passages found",
    stopped="Stopped.",
    confidence_high="Very sure",
    confidence_fair="Fairly sure",
    confidence_low="Not sure: read the quoted passage",
    confidence_label="Confidence {percent}%",
    citations="Sources",
    open_citation="Open citation {number} in “{title}”",
    others="Other answers found ({count})",
    not_in_articles="Not in these articles",
    not_in_articles_text="No passage in the index answers this question.",
    nothing_found_text="No passage comes near this question.",
    closest="The closest passages, not an answer",
    copy="Copy with source",
    copied="Copied",
    retry="Ask again",
    busy="Many people are asking at once. Wait a few seconds, then press Ask again.",
    failed="This question could not be answered. The terminal that runs hoidap says why.",
    question_empty="The question is empty: type what you want to know.",
    question_long="The question is longer than {limit} characters: ask a shorter one.",
    viewer_empty_title="No article is open",
    viewer_empty_text="Press a citation to read its whole article with the quoted words highlighted.",
    viewer_closest="The passage closest to the question, not an answer",
    viewer_other="Belongs to another, less sure answer",
    viewer_position="Citation {number} of {count}",
    previous="Previous citation",
    following="Next citation",
    back="Back to the answer",
    original="Open the original",
    file="File {name}",
    gone="This article is no longer in the index.",
    changed="The article has changed since this answer, so the quote is not highlighted.",
    search_articles="Search articles",
    search_placeholder="Search by title, source, author",
    article_count="{count} articles",
    article_found="{found} of {count} articles",
    article_none="No article matches.",
    sort_label="Sort",
    sort_title="By title",
    sort_newest="Newest first",
    sort_source="By source",
    undated="undated",
    add_hint="Takes files {suffixes}.",
    add_button="Add articles from files",
    adding="Adding {name} ({number}/{count})",
    add_done="Added {added}, updated {updated}, unchanged {unchanged}.",
    add_skipped="{name}: files of this kind cannot be read yet.",
    add_failed="{name}: cannot be read; it is empty, too large or no text.",
    remove="Remove from the index",
    remove_confirm="Remove this article from the index? Your own file stays.",
    remove_yes="Remove",
    remove_no="Keep",
    remove_failed="Not removed: another program is writing to the index. Try again in a few seconds.",
    removed="“{title}” was removed from the index.",
    export_title="Questions to the articles",
    limit_note="The page keeps the latest {count} questions.",
    disconnected="The connection to hoidap is lost. Check its terminal, then reload the page.",
    went_wrong="That did not work. Try again, or reload the page.",
)

STRINGS: Final[Mapping[PageLanguage, PageStrings]] = MappingProxyType({"vi": VIETNAMESE, "en": ENGLISH})


def page_language(value: object) -> PageLanguage:
    """The language that the browser remembers, or the default if it is none of ours."""
    return "en" if value == "en" else DEFAULT_LANGUAGE


def written_date(day: date, language: PageLanguage) -> str:
    """A day as the language writes it: 25/07/2024 or 25 July 2024."""
    if language == "en":
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def written_number(number: int, language: PageLanguage) -> str:
    """A count with the language's separator of thousands: 1.250 or 1,250."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")
