"""Requests that are not in order, refused in each vendor's own way."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from anthropic.types.message_create_params import MessageCreateParamsBase
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from jarvis_ai.simulator import anthropic, openai
from tests.simulator.words import GPT, HAIKU, Wire, chat, vendors

PROVIDERS = ("openrouter", "openai", "anthropic")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": [{"content": "no role"}]}, "role"),
        ({"models": [GPT] * 4}, "'models' array must have 3 items or fewer."),
        ({"models": [HAIKU, "acme/none"]}, "acme/none is not a valid model ID"),
        ({"models": "openai/gpt-4o"}, "Invalid request parameters"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"temperature": 3}, "temperature"),
    ],
)
def test_a_request_that_is_not_in_order_is_refused(client: httpx.Client, fields: dict[str, Any], words: str) -> None:
    response = client.post("/chat/completions", json={**chat(), **fields})
    assert response.status_code == 400 and words in response.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_a_body_that_is_no_object_is_refused(client: httpx.Client, body: bytes) -> None:
    assert client.post("/chat/completions", content=body).status_code == 400


@pytest.mark.parametrize("version", ["2023-06-01", "2026-10-21"])
@pytest.mark.parametrize("auth", [{"x-api-key": "sk-ant-x"}, {"Authorization": "Bearer sk-ant-x"}])
def test_anthropic_takes_both_versions_and_both_forms_of_key(wire: Wire, version: str, auth: dict[str, str]) -> None:
    url, _, body = vendors(wire.simulator)["anthropic"]
    assert wire.http.post(url, headers={**auth, "anthropic-version": version}, json=body).status_code == 200


@pytest.mark.parametrize(
    ("version", "fields", "status"),
    [
        ("2023-06-01", {"temperature": 0.5}, 200),
        ("2023-06-01", {"temperature": 1.5}, 400),
        ("2026-10-21", {"temperature": 1.0}, 400),
        ("2026-10-21", {"top_p": 1.0}, 400),
        ("2026-10-21", {"top_k": 1}, 400),
        ("", {}, 400),
        ("2020-01-01", {}, 400),
        ("2023-06-01", {"max_tokens": None}, 400),
        ("2023-06-01", {"model": "claude-3-haiku-20240307"}, 404),
        ("2023-06-01", {"messages": [{"role": "system", "content": "x"}]}, 400),
    ],
)
def test_anthropic_refuses_what_the_version_does_not_have(
    wire: Wire, version: str, fields: dict[str, Any], status: int
) -> None:
    url, _, body = vendors(wire.simulator)["anthropic"]
    headers = {"x-api-key": "sk-ant-x", **({"anthropic-version": version} if version else {})}
    response = wire.http.post(url, headers=headers, json={**body, **fields})
    assert response.status_code == status
    assert status == 200 or response.json()["error"]["message"]


def test_the_direct_vendors_want_a_key_and_a_model_that_they_have(wire: Wire) -> None:
    url, headers, body = vendors(wire.simulator)["openai"]
    assert wire.http.post(url, json=body).status_code == 401
    assert wire.http.post(url, json=body, headers={"Authorization": "Bearer invalid"}).status_code == 401
    missing = wire.http.post(url, json={**body, "model": "gpt-99"}, headers=headers)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")
    dated = wire.http.post(url, json={**body, "model": "gpt-4o-2024-08-06"}, headers=headers)
    assert dated.json()["model"] == "gpt-4o-2024-08-06"


WRONG: list[dict[str, Any]] = [
    {"stream": "yes"},
    {"stream": 1},
    {"model": 5},
    {"model": []},
    {"messages": "Hello"},
    {"messages": [None]},
    {"messages": [{"role": ["user"], "content": "Hello"}]},
    {"max_tokens": "many"},
    {"max_tokens": True},
    {"max_tokens": -1},
    {"temperature": "hot"},
    {"temperature": True},
    {"tools": [None]},
    {"tools": [{"type": "function", "function": {"parameters": {}}}]},
    {"tools": [{"type": "function", "function": {"name": "f", "parameters": "x"}, "name": "f", "input_schema": "x"}]},
    {"tool_choice": 5},
]


@pytest.mark.parametrize("fields", WRONG, ids=str)
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_field_of_the_wrong_type_is_refused(wire: Wire, provider: str, fields: dict[str, Any], stream: bool) -> None:
    response = wire.ask(provider, **{"stream": stream, **fields})
    assert response.status_code == 400 and response.json()["error"]["message"]


@pytest.mark.parametrize(
    "fields",
    [
        {"stream_options": "x"},
        {"response_format": "json"},
        {"response_format": {"type": "json_schema", "json_schema": "x"}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": "x"}}},
        {"tools": [], "tool_choice": {"type": "function", "function": "f"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("provider", ["openrouter", "openai"])
def test_a_part_of_the_wrong_type_is_refused(wire: Wire, provider: str, fields: dict[str, Any]) -> None:
    assert wire.ask(provider, **fields).status_code == 400


@pytest.mark.parametrize("content", ["", None, [], [{"type": "text", "text": ""}], 5])
def test_anthropic_takes_no_empty_message(wire: Wire, content: object) -> None:
    assert wire.ask("anthropic", messages=[{"role": "user", "content": content}]).status_code == 400


@pytest.mark.parametrize(("provider", "status"), [("openrouter", 200), ("openai", 400), ("anthropic", 400)])
def test_a_field_that_nobody_knows_is_ignored_by_openrouter_alone(wire: Wire, provider: str, status: int) -> None:
    assert wire.ask(provider, colour="red").status_code == status


def test_every_field_of_the_vendors_packages_is_known() -> None:
    assert set(CompletionCreateParamsBase.__annotations__) <= openai.FIELDS
    assert set(MessageCreateParamsBase.__annotations__) <= anthropic.FIELDS


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"max_tokens": 50}, "unsupported_parameter"),
        ({"max_tokens": None, "temperature": 0.3}, "unsupported_value"),
        ({"max_tokens": None, "temperature": 1, "max_completion_tokens": 50}, None),
    ],
)
def test_openais_reasoning_models_take_neither_max_tokens_nor_a_temperature(
    wire: Wire, fields: dict[str, Any], code: str | None
) -> None:
    response = wire.ask("openai", model="o3-mini", **fields)
    assert response.json().get("error", {}).get("code") == code
    assert response.status_code == (400 if code else 200)


@pytest.mark.parametrize(("model", "status"), [("claude-sonnet-4-6", 200), ("claude-sonnet-5", 400)])
def test_newer_claudes_take_no_temperature(wire: Wire, model: str, status: int) -> None:
    assert wire.ask("anthropic", model=model, temperature=0.5).status_code == status


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_body_too_large_and_one_that_cannot_be_unpacked_are_refused_in_the_vendors_envelope(
    wire: Wire, provider: str
) -> None:
    url, headers, _ = vendors(wire.simulator)[provider]
    large = wire.http.post(url, headers=headers, content=b" " * (33 * 1024 * 1024))
    # On a connection of its own: the server hangs up after a body that it cannot unpack.
    packed = httpx.post(url, headers={**headers, "Content-Encoding": "gzip"}, content=b"no zip")
    assert (large.status_code, packed.status_code) == (413, 400)
    assert large.json()["error"]["message"] and packed.json()["error"]["message"]
