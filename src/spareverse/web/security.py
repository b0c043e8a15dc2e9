"""The guard before every page and call: who may speak to the server, from where, and how much."""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "spareverse_session"
UPLOAD_LIMIT_BYTES = 2 * 1024**3
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        # the page framework compiles its templates in the browser, hence inline and eval
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: tuple[tuple[bytes, bytes], ...] = tuple(
    (name.encode(), value.encode())
    for name, value in (
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    )
)
_LOGIN_PAGE = Path(__file__).with_name("login.html")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to the host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Guard:
    """ASGI middleware: Host, Origin, access token, size of bodies, security headers.

    Without a token only the names of this machine are accepted as Host, so that a foreign page cannot reach the server
    by pointing its own name at it. With a token the session cookie does that job, since it belongs to one name.
    """

    def __init__(
        self,
        app: Application,
        *,
        hosts: Iterable[str] = ("127.0.0.1", "localhost", "::1"),
        token: str | None = None,
        body_limit_bytes: int = UPLOAD_LIMIT_BYTES,
    ) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._token = token
        self._session = secrets.token_urlsafe(32)
        self._limit = body_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal:
            await _refuse(scope, send, *refusal)
        elif self._token and not self._is_known(headers):
            await self._ask_token(scope, send)
        else:
            await self._app(scope, self._limited(receive), _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._token and _name(host) not in self._hosts:
            return 421, f"This server does not answer to the name {_name(host)!r}."
        origin = headers.get("origin")
        changes = scope["type"] == "websocket" or scope.get("method") not in ("GET", "HEAD", "OPTIONS")
        talks = changes or scope["path"].startswith("/_nicegui_ws/")
        if talks and origin is not None and urlsplit(origin).netloc != host:
            return 403, "The request comes from another site."
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._limit:
            return 413, f"The upload is larger than {self._limit // 1024**2} MB."
        return None

    def _is_known(self, headers: dict[str, str]) -> bool:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        if cookie is not None and hmac.compare_digest(cookie.value.encode(), self._session.encode()):
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._is_token(given)

    def _is_token(self, given: str) -> bool:
        return self._token is not None and hmac.compare_digest(given.encode(), self._token.encode())

    async def _ask_token(self, scope: Scope, send: Send) -> None:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        given = query.pop("token", [""])[0]
        if scope["type"] == "http" and self._is_token(given):
            rest = urlencode(query, doseq=True)
            location = "/" + quote(scope["path"].lstrip("/")) + (f"?{rest}" if rest else "")
            cookie = f"{COOKIE}={self._session}; HttpOnly; SameSite=Strict; Path=/"
            await _answer(send, 303, b"", [(b"location", location.encode()), (b"set-cookie", cookie.encode())])
        elif scope["type"] == "http" and not scope["path"].startswith("/api/"):
            await _answer(send, 401, _LOGIN_PAGE.read_bytes(), [(b"content-type", b"text/html; charset=utf-8")])
        else:
            await _refuse(scope, send, 401, "An access token is needed: Authorization: Bearer TOKEN.")

    def _limited(self, receive: Receive) -> Receive:
        """A body sent without its length is cut off once it exceeds the limit."""
        seen = 0

        async def read() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._limit:
                    return {"type": "http.disconnect"}
            return message

        return read


def _name(host: str) -> str:
    """The name in a Host header, without the port; brackets of an IPv6 address removed."""
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0].lower()


def _with_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message.get("headers", [])}
            message["headers"] = [*message.get("headers", []), *(h for h in HEADERS if h[0] not in present)]
        await send(message)

    return answer


async def _refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    body = json.dumps({"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": why})
    await _answer(send, status, body.encode(), [(b"content-type", b"application/problem+json")])


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    size = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, size, *HEADERS]})
    await send({"type": "http.response.body", "body": body})
