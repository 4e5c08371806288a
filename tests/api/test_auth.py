"""Who gets in."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.fakes import TOKEN, FakeRuntime

GUARDED = ["/health", "/models", "/models/openai/gpt-4o", "/usage", "/credits", "/nothing/here"]


@pytest.mark.parametrize("path", GUARDED)
def test_without_a_token_nothing_is_told_but_how_to_send_one(stranger: TestClient, path: str) -> None:
    response = stranger.get(f"/api/v1/ai{path}")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Jarvis AI"'
    error = response.json()["error"]
    assert error["code"] == "unauthorized"
    assert "Authorization: Bearer" in error["message"]


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}x", "Bearer ", "Bearer ÿ", f"Basic {TOKEN}", TOKEN])
def test_a_wrong_token_is_refused_and_not_repeated(stranger: TestClient, header: str) -> None:
    response = stranger.get("/api/v1/ai/health", headers={"Authorization": header.encode("latin-1")})
    assert response.status_code == 401
    assert TOKEN not in response.text


def test_a_wrong_token_is_called_invalid(stranger: TestClient) -> None:
    response = stranger.get("/api/v1/ai/health", headers={"Authorization": "Bearer guess"})
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Jarvis AI", error="invalid_token"'


def test_a_strangers_body_is_not_even_read(stranger: TestClient) -> None:
    assert stranger.post("/api/v1/ai/test", content=b"{not json").status_code == 401


def test_an_empty_token_on_the_server_opens_nothing(stranger: TestClient, runtime: FakeRuntime) -> None:
    runtime.api_token = ""
    assert stranger.get("/api/v1/ai/health", headers={"Authorization": "Bearer "}).status_code == 401


def test_the_scheme_may_be_written_small(stranger: TestClient) -> None:
    assert stranger.get("/api/v1/ai/health", headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_the_description_of_the_api_is_free(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 200
