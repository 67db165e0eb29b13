"""`ui.web`, `ui.sample`, `ui.page`: what is served, to whom, and what the first look offers."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import fastapi
import httpx
import pytest

from index.rows import ArticleSummary
from ui.asking import Desk
from ui.layout import head, static_text
from ui.page import Page
from ui.render_shelf import Shelf
from ui.sample import EXAMPLES, examples, sample_directory
from ui.server import application
from ui.web import may_edit


def get(app: fastapi.FastAPI, path: str) -> httpx.Response:
    async def fetch() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
        ) as client:
            return await client.get(path)

    return asyncio.run(fetch())


@pytest.fixture(scope="module")
def app() -> fastapi.FastAPI:
    async def build() -> fastapi.FastAPI:
        # Inside a running loop gradio makes none of its own, which nobody would close.
        desk = Desk(SimpleNamespace())  # type: ignore[arg-type]
        return application(Page(desk, lambda language: Shelf(())), None)

    return asyncio.run(build())


@pytest.mark.parametrize(
    ("host", "auth", "may"),
    [
        ("127.0.0.1", None, True),
        ("localhost", None, True),
        ("::1", None, True),
        ("0.0.0.0", None, False),
        ("192.168.1.7", None, False),
        ("0.0.0.0", ("an", "mật khẩu"), True),
    ],
)
def test_only_this_machine_or_a_password_may_change_the_index(
    host: str, auth: tuple[str, str] | None, may: bool
) -> None:
    assert may_edit(host, auth) is may


def test_no_event_of_the_page_is_an_endpoint(app: fastapi.FastAPI) -> None:
    assert get(app, "/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}


@pytest.mark.parametrize(
    "path", ["/etc/passwd", str(Path(__file__).resolve()), "pyproject.toml", "articles.db"]
)
def test_files_of_the_machine_are_not_served(app: fastapi.FastAPI, path: str) -> None:
    assert get(app, f"/gradio_api/file={path}").status_code == 403


def test_the_page_brings_its_own_style_and_script_and_no_footer(app: fastapi.FastAPI) -> None:
    config = get(app, "/config").json()
    assert config["head"] == head()
    assert config["footer_links"] == []
    assert config["title"] == "hoidap"
    assert not config["analytics_enabled"]


def test_nothing_of_the_page_names_another_server(app: fastapi.FastAPI) -> None:
    config = get(app, "/config").json()
    own = json.dumps([component["props"] for component in config["components"]])
    for text in (own, head(), static_text("page.css"), static_text("page.js"), config["css"] or ""):
        assert "http:" not in text and "https:" not in text
    assert not config["stylesheets"], "a font is fetched from elsewhere"


def test_examples_are_offered_for_the_sample_articles_that_are_there() -> None:
    def summary(file: str) -> ArticleSummary:
        path = str(sample_directory() / file)
        return ArticleSummary("0" * 12, "t", None, None, None, None, path, 1, 1, "2026-01-01")

    some = [summary(EXAMPLES[0].file), summary(EXAMPLES[2].file), summary("khác.txt")]
    assert examples(some, "vi") == (EXAMPLES[0].vi, EXAMPLES[2].vi)
    assert examples(some, "en") == (EXAMPLES[0].en, EXAMPLES[2].en)
    assert examples([], "vi") == ()


def test_every_example_is_about_a_bundled_article() -> None:
    files = {path.name for path in sample_directory().iterdir()}
    assert len(files) == 30
    assert {example.file for example in EXAMPLES} <= files
