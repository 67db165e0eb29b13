"""The page in a real browser: a real server over the sample articles, nothing but loopback."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LOCAL = {"127.0.0.1", "localhost"}
START_SECONDS = 300
RANK = "Quảng Ninh xếp thứ mấy về Chỉ số chuyển đổi số (DTI) năm 2022?"
RANK_ENGLISH = "What DTI rank did Quảng Ninh reach in 2022?"
ABSENT = "Ai phát minh ra bóng đèn điện?"
HOSTILE_TITLE = "Xã Mộc Lan <img src=x onerror=alert(1)> ![ảnh](http://evil.example/t.png)"
HOSTILE_TEXT = (
    'Xã Mộc Lan trồng được 4.217 cây quế <script>alert("xong")</script> trong năm 2031. '
    "Cán bộ xã nói <svg onload=alert(2)> rằng [xem thêm](javascript:alert(3)) ${alert(4)} {{alert(5)}}."
)


@dataclass
class Server:
    """A running `hoidap chat` and what it has printed."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    lines: list[str] = field(default_factory=list)
    url: str = ""

    def read(self, ready: threading.Event) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = found.group()
                ready.set()
        ready.set()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from ui.cli import main; main()", *arguments]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves an index that does not exist yet, so that it is filled with the sample articles."""
    index = tmp_path_factory.mktemp("chat") / "index"
    environment = {**os.environ, "HOIDAP_INDEX": str(index), "PYTHONUNBUFFERED": "1"}
    arguments = command("chat", "--port", "0", "--reader", "sentence")
    process = subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)
    server, ready = Server(process, environment), threading.Event()
    thread = threading.Thread(target=server.read, args=(ready,))
    thread.start()
    try:
        assert ready.wait(START_SECONDS) and server.url, "\n".join(server.lines)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        thread.join()
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: continuous integration must not skip the browser tests")
        pytest.skip("no Chromium: install it with `sudo apt-get install chromium`")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong in a page, and where it wanted to go."""

    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Opens the page in a fresh browser profile; afterwards nothing may have left loopback or failed."""
    watch, contexts = Watch(), []

    def gate(route: Route, request: Request) -> None:
        if urlsplit(request.url).hostname in LOCAL:
            route.continue_()
        else:
            watch.elsewhere.append(request.url)
            route.abort()

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            watch.errors.append(message.text)

    def open_page(**options: object) -> Page:
        context = browser.new_context(locale="vi-VN", **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.route("**/*", gate)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.on("dialog", lambda dialog: (watch.dialogs.append(dialog.message), dialog.dismiss()))
        page.set_default_timeout(30_000)
        page.goto(server.url)
        page.wait_for_selector("#transcript .welcome")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch == Watch()


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter, and wait until its answer or abstention stands last."""
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(f".turn:nth-of-type({before + 1}) .answer")


def last_turn(page: Page, selector: str) -> str:
    return page.locator(".turn").last.locator(selector).first.inner_text()


# The marked words begin inside the viewer's pane.
IN_PANE = """() => {
  const top = document.querySelector("#viewer mark").getBoundingClientRect().top;
  const pane = document.querySelector("#reader").getBoundingClientRect();
  return top >= Math.max(0, pane.top) - 1 && top < Math.min(window.innerHeight, pane.bottom);
}"""


def test_tells_the_terminal_that_the_samples_were_added(server: Server) -> None:
    assert any("Added 30 sample articles" in line for line in server.lines)


def test_opens_in_vietnamese_without_a_word_of_the_framework(visit: Visit) -> None:
    page = visit()
    assert page.title() == "hoidap"
    assert page.get_attribute("html", "lang") == "vi"
    text = page.inner_text("body")
    assert "Bạn muốn biết điều gì?" in text
    assert "30 bài viết mẫu" in text
    names = page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea, [aria-label], [title]')]
          .filter(e => e.checkVisibility())
          .flatMap(e => ['aria-label', 'placeholder', 'title'].map(a => e.getAttribute(a) || ''))
          .join(' ')"""
    )
    for word in (
        "Gradio",
        "API",
        "Submit",
        "Clear",
        "Settings",
        "Loading",
        "Search",
        "Ask",
        "Source",
        "More",
    ):
        assert word not in text + names, word


def test_answers_a_vietnamese_question_with_its_words_highlighted_in_the_article(visit: Visit) -> None:
    page = visit()
    ask(page, RANK)
    answer = last_turn(page, ".answer")
    assert "6/63" in answer
    expect(page.locator("#viewer mark")).to_have_text([answer])
    assert "Vịnh Xanh" in page.inner_text("#viewer header")
    page.wait_for_function(IN_PANE)
    assert last_turn(page, ".confidence").strip()


def test_answers_an_english_question(visit: Visit) -> None:
    page = visit()
    ask(page, RANK_ENGLISH)
    assert "6/63" in page.locator(".turn").last.inner_text()


def test_says_that_it_is_not_in_the_articles(visit: Visit) -> None:
    page = visit()
    ask(page, ABSENT)
    assert last_turn(page, ".answer") == "Không có trong các bài viết này"
    assert "Những đoạn gần nhất, không phải câu trả lời" in page.locator(".turn").last.inner_text()
    assert page.locator("#viewer mark:not(.near)").count() == 0


def test_a_citation_opens_its_article_at_its_words(visit: Visit) -> None:
    page = visit()
    ask(page, ABSENT)
    ask(page, RANK)
    for turn, place, words in ((2, 0, ".answer"), (1, 0, ".excerpt"), (1, 2, ".excerpt"), (2, 0, ".answer")):
        asked = page.locator(f'[data-turn="{turn}"]')
        quote = asked.locator(words).nth(place).text_content() or ""
        title = asked.locator(".cite .title").nth(place).inner_text()
        asked.locator(".cite").nth(place).click()
        expect(page.locator("#viewer h2")).to_have_text(title)
        page.wait_for_function(
            """quote => quote ===
              [...document.querySelectorAll('#viewer mark')].map(mark => mark.textContent).join('')""",
            arg=quote.replace("\n", ""),
        )
        page.wait_for_function(IN_PANE)


def test_goes_to_the_next_citation_and_back(visit: Visit) -> None:
    page = visit()
    ask(page, ABSENT)
    position = page.locator(".steer > span")
    expect(position).to_have_text("Chỗ trích 1/3")
    page.get_by_role("button", name="Chỗ trích sau").click()
    expect(position).to_have_text("Chỗ trích 2/3")
    page.get_by_role("button", name="Chỗ trích trước").click()
    expect(position).to_have_text("Chỗ trích 1/3")


def test_everything_can_be_done_from_the_keyboard(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_label("Câu hỏi")).to_be_focused()
    page.keyboard.type(RANK)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn .answer")
    page.locator(".turn .cite").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector('#viewer article[data-wanted="yes"] mark')
    page.get_by_role("tab", name="Bài viết").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Tìm bài viết")).to_be_visible()


def test_an_example_asks_its_question(visit: Visit) -> None:
    page = visit()
    example = page.locator(".example").first
    question = example.inner_text()
    example.click()
    page.wait_for_selector(".turn .answer")
    assert last_turn(page, ".question") == question
    expect(page.get_by_label("Câu hỏi")).to_have_value("")


def test_an_empty_question_is_answered_calmly(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Hỏi", exact=True).click()
    expect(page.locator(".turn .problem")).to_have_text("Câu hỏi đang trống: hãy gõ điều bạn muốn biết.")


def test_the_language_stays_after_a_reload(visit: Visit) -> None:
    page = visit()
    ask(page, ABSENT)
    page.get_by_role("button", name="English").click()
    expect(page.locator(".turn .answer")).to_have_text("Not in these articles")
    expect(page.get_by_role("tab", name="Articles")).to_be_visible()
    expect(page.get_by_label("Question")).to_have_attribute("placeholder", "What do you want to know?")
    assert page.get_attribute("html", "lang") == "en"
    page.reload()
    expect(page.locator(".welcome h2")).to_have_text("What do you want to know?")
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")


def test_lists_finds_and_opens_articles(visit: Visit) -> None:
    page = visit()
    page.get_by_role("tab", name="Bài viết").click()
    expect(page.locator("#articles .count")).to_contain_text(re.compile(r"3\d bài viết"))
    page.get_by_label("Tìm bài viết").fill("quang ninh luot khach")
    title = "Quảng Ninh đón 15,6 triệu lượt khách trong năm 2023"
    expect(page.locator("#articles .entry .title")).to_have_text([title])
    page.locator("#articles .entry").click()
    expect(page.locator("#viewer h2")).to_have_text(title)
    expect(page.locator("#viewer .text")).to_be_visible()
    assert page.locator("#viewer mark").count() == 0


def test_a_new_conversation_forgets_the_old_one(visit: Visit) -> None:
    page = visit()
    ask(page, ABSENT)
    page.get_by_role("button", name="Cuộc hỏi đáp mới").click()
    expect(page.locator(".welcome h2")).to_be_visible()
    assert page.locator(".turn").count() == 0


def test_downloads_the_conversation_as_markdown(visit: Visit) -> None:
    page = visit()
    ask(page, RANK)
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải về (Markdown)").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("# Hỏi đáp với các bài viết\n\n## Quảng Ninh")
    assert "6/63" in text


def test_two_visitors_do_not_see_each_other(visit: Visit) -> None:
    first, second = visit(), visit()
    ask(first, RANK)
    ask(second, ABSENT)
    assert first.locator(".question").all_inner_texts() == [RANK]
    assert second.locator(".question").all_inner_texts() == [ABSENT]


def test_on_a_phone_nothing_is_wider_than_the_screen_and_a_citation_scrolls_to_its_words(
    visit: Visit,
) -> None:
    page = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    ask(page, RANK)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".turn .cite").first.tap()
    page.wait_for_selector('#viewer article[data-wanted="yes"]')
    page.wait_for_function(
        """() => { const box = document.querySelector('#viewer mark').getBoundingClientRect();
                   return box.top >= 0 && box.top < window.innerHeight; }"""
    )
    page.get_by_role("button", name="Về câu trả lời").tap()
    page.wait_for_function(
        """() => { const box = document.querySelector('.turn .answer').getBoundingClientRect();
                   return box.top >= 0 && box.bottom < window.innerHeight; }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    ask(page, RANK)
    dark = page.evaluate(f"({LUMINANCE})(getComputedStyle(document.body).backgroundColor)") < 0.2
    assert dark == (scheme == "dark")
    for selector in (
        ".answer",
        ".question",
        ".confidence",
        ".cite .title",
        ".cite .byline",
        ".cite .number",
        ".deed",
        "#ask",
        "#viewer .text p",
        "#viewer mark",
        "#viewer .byline",
        "#question textarea",
        ".masthead p",
        ".languages button[aria-pressed=false]",
        "button[role=tab][aria-selected=false]",
    ):
        assert page.evaluate(f"({CONTRAST})", selector) >= 4.5, selector


def test_a_hostile_article_stays_text(visit: Visit, server: Server, tmp_path: Path) -> None:
    (tmp_path / "hostile.txt").write_text(f"{HOSTILE_TITLE}\n\n{HOSTILE_TEXT}\n", encoding="utf-8")
    added = subprocess.run(
        command("add", str(tmp_path / "hostile.txt")),
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert added.returncode == 0, added.stderr
    page = visit()
    ask(page, "Xã Mộc Lan trồng được bao nhiêu cây quế trong năm 2031? <img src=x onerror=alert(9)>")
    page.locator(".turn .cite").first.click()
    expect(page.locator("#viewer h2")).to_have_text(HOSTILE_TITLE)
    assert "4.217" in page.locator(".turn").inner_text()
    assert page.locator("#viewer .text").text_content() == HOSTILE_TEXT
    assert (
        page.locator("#viewer :is(script, svg, img, iframe), .turn :is(script, svg, img, iframe)").count()
        == 0
    )
    page.get_by_role("tab", name="Bài viết").click()
    page.get_by_label("Tìm bài viết").fill("moc lan")
    expect(page.locator("#articles .entry .title")).to_have_text([HOSTILE_TITLE])


def test_an_uploaded_article_answers_until_it_is_removed(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "cau-go.txt").write_text(
        "Cầu gỗ Tân Bình được sửa\n\nCây cầu gỗ Tân Bình dài 318 mét đã sửa xong hôm qua.\n", encoding="utf-8"
    )
    (tmp_path / "cau-go.xyz").write_text("x", encoding="utf-8")
    question = "Cây cầu gỗ Tân Bình dài bao nhiêu mét?"
    page = visit()
    page.get_by_role("tab", name="Bài viết").click()
    note = page.locator("#shelf-note")
    page.locator("input[type=file]").set_input_files([tmp_path / "cau-go.txt", tmp_path / "cau-go.xyz"])
    expect(note).to_contain_text("Đã thêm 1, cập nhật 0, không đổi 0.", timeout=60_000)
    expect(note).to_contain_text("cau-go.xyz: loại tệp này chưa đọc được.")
    page.get_by_label("Tìm bài viết").fill("cau go tan binh")
    expect(page.locator("#articles .entry")).to_have_count(1)
    page.get_by_role("tab", name="Hỏi đáp").click()
    ask(page, question)
    assert "318 mét" in page.locator(".turn").inner_text()
    expect(page.locator("#viewer h2")).to_have_text("Cầu gỗ Tân Bình được sửa")

    page.get_by_text("Xóa khỏi kho").click()
    page.get_by_role("button", name="Giữ lại").click()
    expect(page.get_by_role("button", name="Xóa", exact=True)).to_be_hidden()
    page.get_by_text("Xóa khỏi kho").click()
    page.get_by_role("button", name="Xóa", exact=True).click()
    expect(note).to_have_text("Đã xóa “Cầu gỗ Tân Bình được sửa” khỏi kho.")
    expect(page.locator("#articles .entry")).to_have_count(0)
    page.get_by_role("tab", name="Hỏi đáp").click()
    ask(page, question)
    assert "318" not in page.locator(".turn").last.inner_text()
    page.locator(".turn").first.locator(".cite").first.click()
    expect(page.locator("#viewer")).to_contain_text("Bài viết này không còn trong kho.")


def test_ends_cleanly_with_ctrl_c_while_a_page_is_open(browser: Browser, server: Server) -> None:
    arguments = command("chat", "--port", "0", "--reader", "sentence")
    process = subprocess.Popen(arguments, env=server.environment, stderr=subprocess.PIPE, text=True)
    second, ready = Server(process, server.environment), threading.Event()
    thread = threading.Thread(target=second.read, args=(ready,))
    thread.start()
    assert ready.wait(START_SECONDS)
    page = browser.new_page(locale="vi-VN")
    page.goto(second.url)
    page.wait_for_selector(".welcome")
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    page.locator("#question textarea").fill(RANK)
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_contain_text("Mất kết nối với hoidap.", timeout=30_000)
    page.close()
    thread.join()
    assert process.stderr is not None
    process.stderr.close()
    assert not [line for line in second.lines if "Traceback" in line or "Error" in line]


def test_a_port_in_use_is_one_line(server: Server) -> None:
    port = urlsplit(server.url).port
    refused = subprocess.run(
        command("chat", "--port", str(port)),
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert f"Port {port} is in use" in refused.stderr and "--port" in refused.stderr


def test_a_missing_index_that_was_named_is_one_line(server: Server, tmp_path: Path) -> None:
    refused = subprocess.run(
        command("chat", "--port", "0", "--index", str(tmp_path / "none")),
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "hoidap add" in refused.stderr


# WCAG 2.1, relative luminance and contrast ratio; backgrounds are looked up through transparent parents.
LUMINANCE = """colour => {
  const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
    .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""
CONTRAST = (
    """selector => {
  const luminance = """
    + LUMINANCE
    + """;
  const element = document.querySelector(selector);
  let at = element, back = "rgba(0, 0, 0, 0)";
  while (at && /rgba\\(.*, 0\\)|transparent/.test(back)) {
    back = getComputedStyle(at).backgroundColor;
    at = at.parentElement;
  }
  const [high, low] = [luminance(getComputedStyle(element).color), luminance(back)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}"""
)
