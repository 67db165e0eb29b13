"""Takes the README's pictures of a running page: ``python docs/take_screenshots.py http://127.0.0.1:7860``.

The page must show the sample articles, as ``make chat`` with an empty index does; Chromium drives it.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER: Final = Path(__file__).parent
COLOURS: Final = 96
ANSWERED: Final = "Quảng Ninh xếp thứ mấy về Chỉ số chuyển đổi số (DTI) năm 2022?"
ABSENT: Final = "Năm 2023, Cần Thơ xếp hạng mấy về DTI?"


def ask(page: Page, question: str) -> None:
    """Ask and wait until the answer has settled."""
    turns = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(f".turn:nth-of-type({turns + 1}) .answer")
    page.wait_for_timeout(1500)


def save(page: Page, name: str) -> None:
    """Save what is on the screen with few colours, which text needs no more of."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    picture.save(FOLDER / f"{name}.png", optimize=True)


def take(browser: Browser, url: str, name: str, question: str, width: int, height: int, scheme: str) -> None:
    """One picture of the page with one question asked."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        is_mobile=width < 600,
        has_touch=width < 600,
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".welcome")
    if question:
        ask(page, question)
    save(page, name)
    context.close()


def main(url: str) -> None:
    """Take all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        take(browser, url, "chat", ANSWERED, 1280, 800, "light")
        take(browser, url, "chat-not-in-articles", ABSENT, 1280, 800, "light")
        take(browser, url, "chat-dark", ANSWERED, 1280, 800, "dark")
        take(browser, url, "chat-phone", ANSWERED, 390, 844, "light")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
