"""What the gateway makes of a request, and the shapes of its answers and errors."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from jarvis_ai.api.gateway.models import model_row
from jarvis_ai.catalog import Model
from jarvis_ai.domain import Failure, FailureKind, Source
from tests.api.fakes import EXHAUSTED, FELL_BACK, TOKEN, FakeRuntime

CHAT = "/api/v1/chat/completions"
QUESTION = [{"role": "user", "content": "Hello?"}]


def error(response: Any, status: int) -> dict[str, Any]:
    """The error in a response that must have this status, in OpenRouter's envelope."""
    assert response.status_code == status, response.text
    told: dict[str, Any] = response.json()["error"]
    assert told["code"] == status
    assert told["message"] and told["metadata"]["error_type"]
    return told


def test_every_parameter_goes_on_untouched(client: TestClient, runtime: FakeRuntime) -> None:
    passed = {
        "provider": {"order": ["azure"], "max_price": {"prompt": 1}},
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "response_format": {"type": "json_object"},
        "reasoning": {"effort": "high"},
        "max_completion_tokens": 7,
        "stop": ["x"],
        "n": 1,
        "user": "u-1",
        "something_new": [1, {"a": None}],
    }
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": [image], "name": "Ann"}]
    assert client.post(CHAT, json={"messages": messages, "temperature": 0.5, **passed}).status_code == 200
    (prompt, _, source, _) = runtime.asked[0]
    assert (list(prompt.messages), dict(prompt.extra)) == (messages, passed)
    assert (prompt.temperature, prompt.max_tokens, prompt.stream, source) == (0.5, None, True, Source.GATEWAY)


def test_models_are_asked_and_nobody_else_but_the_vendors_own_doors(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.configured = ("openrouter", "openai", "anthropic", "keyword")
    names = ["anthropic/claude-haiku-4.5", "acme/a", "acme/b", "acme/c", "acme/d", "openai/gpt-4o"]
    client.post(CHAT, json={"messages": QUESTION, "model": "acme/first", "models": names})
    links = [str(place.link) for place in runtime.asked[0][1].links]
    assert links == [
        *(f"openrouter:{name}" for name in ["acme/first", *names]),
        *("anthropic:claude-haiku-4-5", "openai:gpt-4o"),
    ]


def test_a_model_leads_the_usual_chain_which_ends_without_keywords(client: TestClient, runtime: FakeRuntime) -> None:
    client.post(CHAT, json={"messages": QUESTION, "model": "anthropic/claude-3-haiku-20240307"})
    client.post(CHAT, json={"messages": QUESTION})
    led, usual = (runtime.asked[n][1].links for n in range(2))
    assert (str(led[0].link), led[0].requested) == (
        "openrouter:anthropic/claude-haiku-4.5",
        "anthropic/claude-3-haiku-20240307",
    )
    assert str(usual[0].link) == "openrouter:openai/gpt-4o"
    assert "keyword" not in [place.link.provider for place in (*led, *usual)]


def test_a_vendors_own_name_is_asked_for_as_openrouter_lists_it(client: TestClient, runtime: FakeRuntime) -> None:
    names = ["gpt-4o", "claude-haiku-4-5-20251001", "claude-3-haiku-20240307", "no-such-model"]
    client.post(CHAT, json={"messages": QUESTION, "models": names})
    links = [place.link.model for place in runtime.asked[0][1].links]
    assert links == ["openai/gpt-4o", "anthropic/claude-haiku-4.5", "no-such-model"]


def test_keywords_answer_when_they_are_asked_for(client: TestClient, runtime: FakeRuntime) -> None:
    client.post(CHAT, json={"messages": QUESTION, "models": ["openai/gpt-4o", "keyword"]})
    assert [str(place.link) for place in runtime.asked[0][1].links] == ["openrouter:openai/gpt-4o", "keyword"]


def test_a_saved_chain_is_asked_for_by_its_name_alone(client: TestClient, runtime: FakeRuntime) -> None:
    client.post(CHAT, json={"messages": QUESTION, "model": "chain:night"})
    assert [str(place.link) for place in runtime.asked[0][1].links] == ["openrouter:acme/night", "keyword"]
    unknown = error(client.post(CHAT, json={"messages": QUESTION, "model": "chain:day"}), 400)
    assert "There is no chain named 'day'. Known: night." in unknown["message"]
    assert error(client.post(CHAT, json={"messages": QUESTION, "models": ["chain:night", "acme/a"]}), 400)


def test_a_user_stays_on_its_side_of_a_migration_unless_every_link_is_named(
    client: TestClient, runtime: FakeRuntime
) -> None:
    asked = ({"user": "ann"}, {"session_id": "s-1"}, {"model": "acme/a"}, {"user": "ann", "models": ["acme/a"]})
    for fields in asked:
        client.post(CHAT, json={"messages": QUESTION, **fields})
    assert runtime.callers == ["ann", "s-1", "", None]


def test_without_fallback_the_first_of_the_models_is_alone(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.settings = replace(runtime.settings, fallback_enabled=False)
    client.post(CHAT, json={"messages": QUESTION, "models": ["acme/a", "acme/b"]})
    assert [place.link.model for place in runtime.asked[0][1].links] == ["acme/a"]


def test_a_model_that_only_its_vendor_can_be_asked_for_is_asked_there(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.configured = ("openai", "keyword")
    client.post(CHAT, json={"messages": QUESTION, "models": ["openai/gpt-4o"]})
    assert [str(place.link) for place in runtime.asked[0][1].links] == ["openai:gpt-4o"]
    assert error(client.post(CHAT, json={"messages": QUESTION, "models": ["acme/a"]}), 503)["type"] == "not_configured"


def test_a_provider_without_a_key_is_not_replaced_in_silence(client: TestClient) -> None:
    for names in ({"model": "openai:gpt-4o"}, {"models": ["openai:gpt-4o", "anthropic:claude-haiku-4-5"]}):
        told = error(client.post(CHAT, json={"messages": QUESTION, **names}), 400)
        assert told["type"] == "not_configured"
        assert "'openai:gpt-4o'" in told["message"]


WRONG = [
    ({}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": "Hello?"}, "messages"),
    ({"messages": [{"content": "Hello?"}]}, "messages"),
    ({"messages": [{"role": "user", "content": 7}]}, "messages"),
    ({"messages": [{"role": "user", "content": ["Hello?"]}]}, "messages"),
    ({"messages": QUESTION, "model": 7}, "model"),
    ({"messages": QUESTION, "model": " "}, "model"),
    ({"messages": QUESTION, "model": "openai:"}, "model"),
    ({"messages": QUESTION, "model": "acme/\ud800"}, "model"),
    ({"messages": QUESTION, "models": []}, "models"),
    ({"messages": QUESTION, "models": ["acme/a", None]}, "models"),
    ({"messages": QUESTION, "models": "acme/a"}, "models"),
    ({"messages": QUESTION, "n": 2}, "n"),
    ({"messages": QUESTION, "stream": "yes"}, "stream"),
    ({"messages": QUESTION, "max_tokens": "20"}, "max_tokens"),
    ({"messages": QUESTION, "max_tokens": 0}, "max_tokens"),
    ({"messages": QUESTION, "temperature": 3}, "temperature"),
    ([], "body"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
def test_a_wrong_request_names_its_field(client: TestClient, runtime: FakeRuntime, body: Any, field: str) -> None:
    sent = json.dumps(body)
    told = error(client.post(CHAT, content=sent, headers={"Content-Type": "application/json"}), 400)
    assert told["metadata"]["error_type"] == "invalid_request"
    assert field in [each["field"] for each in told["fields"]]
    assert runtime.asked == []


def test_what_is_no_json_and_what_is_too_long_is_told_in_the_same_envelope(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    assert "not valid JSON" in error(client.post(CHAT, content=b"{", headers=headers), 400)["message"]
    assert "longer than" in error(client.post(CHAT, content=b"x" * 32_000_001, headers=headers), 413)["message"]
    assert error(client.get(CHAT), 405)["type"] == "method_not_allowed"
    assert error(client.get("/api/v1/embeddings"), 404)["metadata"]["error_type"] == "not_found"


def test_the_token_may_come_as_an_api_key(stranger: TestClient) -> None:
    assert error(stranger.get("/api/v1/models"), 401)["metadata"]["error_type"] == "authentication"
    assert error(stranger.get("/api/v1/models", headers={"x-api-key": "guess"}), 401)
    assert stranger.get("/api/v1/models", headers={"x-api-key": TOKEN}).status_code == 200


def test_an_answer_names_who_really_answered_and_what_it_took(client: TestClient, runtime: FakeRuntime) -> None:
    served = "openai/gpt-4o-mini-2024-07-18"
    runtime.completion = replace(FELL_BACK, served_model=served, upstream="Azure", overhead=0.001)
    response = client.post(CHAT, json={"messages": QUESTION})
    told = {name: value for name, value in response.headers.items() if name.startswith("x-jarvis-")}
    assert float(told.pop("x-jarvis-overhead-ms")) == response.json()["jarvis"]["overhead_ms"]
    assert told == {
        "x-jarvis-operation-id": "op-1",
        "x-jarvis-attempts": "2",
        "x-jarvis-fallback": "true",
        "x-jarvis-link": "openrouter:openai/gpt-4o-mini",
    }
    body = response.json()
    assert (body["id"], body["model"], body["provider"]) == ("gen-op-1", served, "Azure")
    assert body["usage"] == {
        "prompt_tokens": 13,
        "completion_tokens": 2,
        "total_tokens": 15,
        "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
        "cost": 3.15e-06,
    }


def test_reasoning_comes_back_as_it_came_and_its_pieces_whole(client: TestClient, runtime: FakeRuntime) -> None:
    sealed = {"type": "reasoning.encrypted", "data": "x", "index": 1}
    pieces = (
        {"type": "reasoning.text", "text": "H", "index": 0, "signature": None},
        {"type": "reasoning.text", "text": "m.", "index": 0, "signature": None},
        {"type": "reasoning.text", "text": None, "index": 0, "signature": "s"},
    )
    runtime.completion = replace(FELL_BACK, reasoning="Hm.", reasoning_details=(*pieces, sealed, sealed))
    message = client.post(CHAT, json={"messages": QUESTION}).json()["choices"][0]["message"]
    thought = {"type": "reasoning.text", "text": "Hm.", "index": 0, "signature": "s"}
    assert (message["reasoning"], message["reasoning_details"]) == ("Hm.", [thought, sealed, sealed])


STATUSES = [
    (FailureKind.INVALID_REQUEST, 400, 400),
    (FailureKind.INVALID_REQUEST, 422, 422),
    (FailureKind.CONTEXT_TOO_LONG, 400, 400),
    (FailureKind.MODERATED, 403, 403),
    (FailureKind.REFUSED, 200, 400),
    (FailureKind.FORBIDDEN, 403, 403),
    (FailureKind.TOO_LARGE, 413, 413),
    (FailureKind.UNAUTHORIZED, 401, 503),
    (FailureKind.NO_CREDIT, 402, 503),
    (FailureKind.KEY_LIMIT, 403, 503),
    (FailureKind.RATE_LIMITED, 429, 503),
    (FailureKind.SERVER_ERROR, 500, 503),
    (FailureKind.DEADLINE, None, 503),
]


@pytest.mark.parametrize(("kind", "told", "status"), STATUSES)
def test_the_status_tells_whose_fault_it_was(
    client: TestClient, runtime: FakeRuntime, kind: FailureKind, told: int | None, status: int
) -> None:
    failure = Failure(kind, f"HTTP {told}: the provider's words", told, raw="the provider's words")
    runtime.completion = replace(EXHAUSTED, failure=failure)
    for stream in (False, True):
        said = error(client.post(CHAT, json={"messages": QUESTION, "stream": stream}), status)
        assert (said["type"], said["metadata"]["raw"]) == (kind.value, "the provider's words")
        assert said["attempts"][0]["failure"] == "rate_limited"
        assert said["message"].startswith("Nobody answered." if status == 503 else "the provider's words")


def test_the_list_has_the_rows_of_a_page_and_where_the_next_one_is(client: TestClient) -> None:
    body = client.get("/api/v1/models", params={"limit": 2, "q": "a", "category": "programming"}).json()
    assert [row["id"] for row in body["data"]] == ["openai/gpt-4o", "openai/gpt-4o-mini"]
    assert (body["total_count"], body["links"]["next"]) == (3, "/api/v1/models?q=a&offset=2&limit=2")
    rest = client.get(body["links"]["next"]).json()
    assert ([row["id"] for row in rest["data"]], rest["links"]["next"]) == (["anthropic/claude-haiku-4.5"], None)
    assert client.get("/api/v1/models", params={"supported_parameters": "tools"}).json()["total_count"] == 1


def test_prices_are_decimal_texts_and_one_that_varies_is_minus_one(client: TestClient) -> None:
    rows = {row["id"]: row["pricing"] for row in client.get("/api/v1/models").json()["data"]}
    assert rows["openai/gpt-4o"] == {
        "prompt": "0.0000025",
        "completion": "0.00001",
        "input_cache_read": "0.00000125",
    }
    assert rows["anthropic/claude-haiku-4.5"]["prompt"] == "-1"
    assert model_row(Model("a/b"))["architecture"]["input_modalities"] == []


def test_one_model_is_found_at_both_paths_and_an_unknown_one_at_neither(client: TestClient) -> None:
    for path in ("models/openai/gpt-4o", "models/openai%2Fgpt-4o"):
        assert client.get(f"/api/v1/{path}").json()["id"] == "openai/gpt-4o"
    assert client.get("/api/v1/model/openai/gpt-4o").json()["data"]["id"] == "openai/gpt-4o"
    assert error(client.get("/api/v1/models/openai/gpt4o"), 404)["suggestions"][0] == "openai/gpt-4o"
