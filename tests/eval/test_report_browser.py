"""The report in a real browser, with as many questions as XQuAD has."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from eval.records import QA, Mode, Outcome, Retrieved, Run, RunInfo
from eval.report import write_reports
from eval.summary import summarise

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
COUNT = 1190
INFO = RunInfo("s.json", Mode.END_TO_END, COUNT, "k", "r", "e", 0.5, "0", "m", "t", 2**29)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every tenth answer is wrong, and one question is about Huế."""
    generator = random.Random(1)
    questions, outcomes = [], []
    for number in range(COUNT):
        text = f"Câu hỏi số {number} về tỉnh nào?" if number else "Cầu Trường Tiền ở Huế dài bao nhiêu mét?"
        answer = "sai" if number % 10 == 0 else f"tỉnh {number}"
        passages = tuple(Retrieved("x.txt", "Bài", 0, 400, "Chữ dài " * 50, 1.0) for _ in range(5))
        questions.append(QA(f"q{number}", text, (f"tỉnh {number}",), (("x.txt", 1),), "vi", "place"))
        outcomes.append(
            Outcome(
                f"q{number}",
                answer=answer,
                best=answer,
                confidence=generator.random(),
                ranking=(("x.txt", 1.0),),
                passages=passages,
                milliseconds=(("total", 50 + 100 * generator.random()),),
            )
        )
    run = Run(INFO, tuple(questions), tuple(outcomes))
    return write_reports(tmp_path_factory.mktemp("report"), run, summarise(run))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium, which CI needs")
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_fits_is_searchable_and_asks_nothing_of_the_network(
    browser: Browser, report: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    requested: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    assert page.locator("#questions > details").count() == COUNT
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.inner_text("#count") == f"{COUNT} of {COUNT}"
    page.fill("#search", "cau truong tien hue")
    assert page.inner_text("#count") == f"1 of {COUNT}"
    page.fill("#search", "")
    page.click("button[data-state=wrong]")
    assert page.inner_text("#count") == f"119 of {COUNT}"
    first = page.locator("#questions > details:not([hidden])").first
    first.locator("summary").click()
    assert first.locator(".passages li").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in requested if not url.startswith(("file:", "data:"))] == []
    assert said == []
    page.close()
