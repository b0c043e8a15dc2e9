from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request, WebSocket
from starlette.requests import ClientDisconnect
from starlette.websockets import WebSocketDisconnect

from spareverse.web.security import HEADERS, Guard, is_loopback, new_token
from tests.unit.web.asgi import TestClient


def application(**options: object) -> FastAPI:
    app = FastAPI()

    @app.get("/page")
    def page() -> str:
        return "inside"

    @app.get("/api/v1/twin")
    def api() -> str:
        return "inside"

    @app.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())

    @app.websocket("/_nicegui_ws/socket")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("inside")
        await websocket.close()

    app.add_middleware(Guard, **options)
    return app


def client(base: str = "http://127.0.0.1:8000", **options: object) -> TestClient:
    return TestClient(application(**options), base_url=base, follow_redirects=False)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:9", "http://[::1]:8000"])
def test_names_of_this_machine_are_served(base: str) -> None:
    assert client(base).get("/page").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.7:8000", ""])
def test_a_foreign_name_is_refused_so_that_rebinding_leads_nowhere(host: str) -> None:
    answer = client().get("/page", headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert "inside" not in answer.text


def test_every_answer_carries_the_security_headers() -> None:
    answers = [client().get("/page"), client().get("/nothing"), client(token="t").get("/page")]
    for answer in answers:
        for name, value in HEADERS:
            assert answer.headers[name.decode()] == value.decode()


def test_another_site_can_neither_post_nor_open_the_socket() -> None:
    web = client()
    assert web.post("/upload", content=b"x", headers={"origin": "http://evil.example"}).status_code == 403
    assert web.post("/upload", content=b"x", headers={"origin": "http://127.0.0.1:8000"}).status_code == 200
    with (
        pytest.raises(WebSocketDisconnect),
        web.websocket_connect("/_nicegui_ws/socket", headers={"origin": "http://127.0.0.1:9"}),
    ):
        pass
    own = {"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"}
    with web.websocket_connect("/_nicegui_ws/socket", headers=own) as socket:
        assert socket.receive_text() == "inside"


def test_polling_the_socket_from_another_site_is_refused_too() -> None:
    answer = client().get("/_nicegui_ws/socket.io/", headers={"origin": "http://evil.example"})
    assert answer.status_code == 403


def test_bodies_are_limited_with_and_without_a_declared_length() -> None:
    web = client(body_limit_bytes=100)
    assert web.post("/upload", content=b"x" * 100).json() == 100
    assert web.post("/upload", content=b"x" * 101).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(10):
            yield b"x" * 50

    with pytest.raises(ClientDisconnect):
        web.post("/upload", content=pieces())


class TestToken:
    token = "correct-token"

    def test_pages_ask_for_it_and_calls_are_refused(self) -> None:
        web = client("http://twin.example", token=self.token)
        page = web.get("/page")
        assert page.status_code == 401
        assert "Access token" in page.text
        call = web.get("/api/v1/twin")
        assert (call.status_code, call.headers["content-type"]) == (401, "application/problem+json")

    def test_it_opens_a_session_and_disappears_from_the_address(self) -> None:
        web = client("http://twin.example", token=self.token)
        answer = web.get(f"/page?token={self.token}&view=all")
        assert (answer.status_code, answer.headers["location"]) == (303, "/page?view=all")
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert "SameSite=Strict" in answer.headers["set-cookie"]
        assert self.token not in answer.headers["set-cookie"]
        assert web.get("/page").status_code == 200

    def test_a_wrong_one_opens_nothing(self) -> None:
        web = client("http://twin.example", token=self.token)
        assert web.get("/page?token=wrong").status_code == 401
        assert web.get("/page", headers={"cookie": "spareverse_session=guess"}).status_code == 401
        assert web.get("/api/v1/twin", headers={"authorization": "Bearer wrong"}).status_code == 401

    def test_programs_show_it_as_bearer(self) -> None:
        web = client("http://twin.example", token=self.token)
        assert web.get("/api/v1/twin", headers={"authorization": f"Bearer {self.token}"}).json() == "inside"

    def test_the_socket_needs_the_session(self) -> None:
        web = client("http://twin.example", token=self.token)
        with pytest.raises(WebSocketDisconnect), web.websocket_connect("/_nicegui_ws/socket"):
            pass

    def test_the_way_back_stays_on_this_server(self) -> None:
        answer = client("http://twin.example", token=self.token).get(f"/%2F%2Fevil.example/x?token={self.token}")
        assert answer.headers["location"] == "/evil.example/x"


def test_tokens_are_long_and_differ() -> None:
    assert len(new_token()) >= 32
    assert new_token() != new_token()


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("twin", False)]
)
def test_loopback_is_known(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
