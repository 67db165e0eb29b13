"""The HTTP side of the page: one port, who may enter, what the browser may load, a clean end."""

import base64
import binascii
import errno
import logging
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import fastapi
import gradio as gr
import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import UserInputError
from index.loading import MOST_BYTES
from ui.layout import head, theme
from ui.page import Page

# Longest wait for open connections when the server is stopped, in seconds.
_GRACE: Final = 2
# The browser loads from this server only. Gradio builds its templates with Function and inline scripts.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Guard:
    """ASGI middleware: every answer carries the headers; with ``auth`` every request needs the password."""

    def __init__(self, app: ASGIApp, auth: tuple[str, str] | None) -> None:
        self._app = app
        self._auth = auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask for name and password."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan" or self._may_enter(scope):
                await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        if self._may_enter(scope):
            await self._app(scope, receive, send_guarded)
            return
        # The browser asks for name and password itself, in its own language.
        refused = PlainTextResponse("401", 401, {"WWW-Authenticate": 'Basic realm="hoidap", charset="UTF-8"'})
        await refused(scope, receive, send_guarded)

    def _may_enter(self, scope: Scope) -> bool:
        if self._auth is None:
            return True
        given = credentials(Headers(scope=scope).get("authorization", ""))
        if given is None:
            return False
        pairs = zip(given, self._auth, strict=True)
        # Both are always compared, so that the time taken tells nothing.
        return all([secrets.compare_digest(one.encode(), other.encode()) for one, other in pairs])


def credentials(header: str) -> tuple[str, str] | None:
    """Name and password of an ``Authorization: Basic`` header (RFC 7617), or None if it is not one."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        UserInputError: the port is taken or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        message = f"The address {host!r} cannot be used ({error.strerror}): choose another --host"
        raise UserInputError(message) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            message = f"Port {port} is in use: choose another with --port, for example --port {port + 1}"
        else:
            message = f"{host}:{port} cannot be used ({error.strerror}): choose another --host or --port"
        raise UserInputError(message) from error
    return listening


def address(listening: socket.socket, host: str) -> str:
    """What to type into a browser on this machine."""
    port = listening.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def application(page: Page, auth: tuple[str, str] | None) -> fastapi.FastAPI:
    """The page as an ASGI application."""
    page.blocks.queue(max_size=None, default_concurrency_limit=16)
    app = fastapi.FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, auth=auth)
    gr.mount_gradio_app(
        app,
        page.blocks,
        path="/",
        theme=theme(),
        head=head(),
        footer_links=[],
        run_history=False,
        max_file_size=MOST_BYTES,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )
    app.state.gradio = page.blocks.app
    return app


def run(app: fastapi.FastAPI, listening: socket.socket, started: Callable[[], None]) -> None:
    """Serve until Ctrl-C (or a termination signal).

    Args:
        app: what `application` made.
        listening: what `bind` made.
        started: called when the page can be opened.
    """
    config = uvicorn.Config(
        app, log_level="error", access_log=False, timeout_graceful_shutdown=_GRACE, server_header=False
    )
    with suppress(KeyboardInterrupt):  # uvicorn has shut down by then and raises the signal again
        _Server(config, app, started).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Tells when it accepts connections, and ends those that pages hold open."""

    def __init__(self, config: uvicorn.Config, app: fastapi.FastAPI, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._page = app
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._told()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Every open page holds a connection; what is cut off from here on is no error.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._page.state.gradio.stop_event.set()
        await super().shutdown(sockets)
