"""`ui.server`: the port, the password, and what a browser may load."""

import asyncio
import base64
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from index.errors import UserInputError
from ui.server import Guard, address, bind, credentials


def fetch(auth: tuple[str, str] | None, headers: dict[str, str]) -> httpx.Response:
    async def page(request: object) -> PlainTextResponse:
        return PlainTextResponse("trang")

    async def get() -> httpx.Response:
        app = Guard(Starlette(routes=[Route("/{path:path}", page)]), auth)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
            return await client.get("/gradio_api/info", headers=headers)

    return asyncio.run(get())


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


class TestPassword:
    def test_without_one_everybody_enters(self) -> None:
        assert fetch(None, {}).text == "trang"

    def test_the_right_one_opens(self) -> None:
        assert fetch(("an", "mật:khẩu"), basic("an", "mật:khẩu")).text == "trang"

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            basic("an", "sai"),
            basic("binh", "mật:khẩu"),
            basic("an", ""),
            {"Authorization": "Basic ???"},
            {"Authorization": "Bearer x"},
            {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()},
            {"Authorization": "Basic " + base64.b64encode(b"an").decode()},
        ],
    )
    def test_anything_else_is_refused_on_every_path(self, headers: dict[str, str]) -> None:
        response = fetch(("an", "mật:khẩu"), headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Basic")
        assert "trang" not in response.text

    def test_a_password_may_hold_colons(self) -> None:
        assert credentials(basic("an", "a:b:c")["Authorization"]) == ("an", "a:b:c")


def test_the_browser_may_load_from_this_server_only() -> None:
    policy = fetch(None, {}).headers["content-security-policy"]
    sources = {word for rule in policy.split(";") for word in rule.split()[1:]}
    assert sources == {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}


class TestPort:
    def test_in_use_is_one_line_with_the_port_and_the_option(self) -> None:
        with bind("127.0.0.1", 0) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(UserInputError) as caught:
                bind("127.0.0.1", port)
        message = str(caught.value)
        assert f"Port {port} is in use" in message
        assert "--port" in message
        assert "\n" not in message

    def test_a_host_that_is_not_ours_is_one_line(self) -> None:
        with pytest.raises(UserInputError, match="--host"):
            bind("192.0.2.1", 0)

    def test_can_be_taken_again_at_once(self) -> None:
        with bind("127.0.0.1", 0) as first:
            port = first.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)):
                first.accept()[0].close()
        bind("127.0.0.1", port).close()

    @pytest.mark.parametrize(
        ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")]
    )
    def test_is_shown_as_an_address_for_a_browser(self, host: str, shown: str) -> None:
        with bind(host, 0) as listening:
            assert address(listening, host) == f"http://{shown}:{listening.getsockname()[1]}"
