"""The six routes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from jarvis_ai.alerts import Alert
from jarvis_ai.analytics import Analytics, Summary
from jarvis_ai.api.ai import by_model_row, period_of, summary_row
from jarvis_ai.api.limits import LONGEST_BODY
from jarvis_ai.catalog import Catalog
from jarvis_ai.domain import Failure, FailureKind, Link, Status
from jarvis_ai.errors import ProviderError
from jarvis_ai.runtime import BreakerRow, Credits, Health, ServiceHealth
from tests.api.fakes import EXHAUSTED, FakeRuntime


def error(response: Any, status: int) -> dict[str, Any]:
    """The error in a response that must have this status."""
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) >= {"code", "message"}
    return body["error"]  # type: ignore[no-any-return]


def test_health_tells_every_service_with_its_breakers_and_its_times(client: TestClient, runtime: FakeRuntime) -> None:
    breaker = BreakerRow("openrouter:acme/a", "open", 3, 1_795_513_290.0)
    service = ServiceHealth("openrouter", True, "degraded", "why", [breaker], None, 1_795_513_260.0, "rate_limited")
    alert = Alert("cost_per_day", "warning", "$12.00 in 24 hours")
    runtime.health_ = Health("degraded", [service], True, ["a notice"], [alert])
    assert client.get("/api/v1/ai/health").json() == {
        "status": "degraded",
        "simulated": True,
        "services": [
            {
                "provider": "openrouter",
                "configured": True,
                "state": "degraded",
                "detail": "why",
                "breakers": [
                    {
                        "key": "openrouter:acme/a",
                        "state": "open",
                        "failures": 3,
                        "reopens_at": "2026-11-24T09:41:30Z",
                    }
                ],
                "last_ok_at": None,
                "last_failure_at": "2026-11-24T09:41:00Z",
                "last_failure": "rate_limited",
            }
        ],
        "notices": ["a notice"],
        "alerts": [
            {
                "key": "cost_per_day",
                "severity": "warning",
                "title": "$12.00 in 24 hours",
                "detail": "",
                "since": None,
            }
        ],
    }


def test_what_breaks_inside_stays_inside(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.health_ = RuntimeError("the secret of the house")
    response = client.get("/api/v1/ai/health")
    assert error(response, 500)["code"] == "internal"
    assert "secret" not in response.text


def test_models_are_priced_by_the_million_and_an_unknown_price_is_null(client: TestClient) -> None:
    answer = client.get("/api/v1/ai/models").json()
    prices = {row["id"]: (row["input_price"], row["output_price"]) for row in answer["models"]}
    assert prices == {
        "openai/gpt-4o": (2.5, 10.0),
        "openai/gpt-4o-mini": (0.15, 0.6),
        "anthropic/claude-haiku-4.5": (None, None),
    }
    assert (answer["matched"], answer["total"]) == (3, 3)


def test_models_are_searched_by_words_and_limited_after_counting(client: TestClient) -> None:
    answer = client.get("/api/v1/ai/models", params={"q": "GPT openai", "limit": 1}).json()
    assert [row["id"] for row in answer["models"]] == ["openai/gpt-4o"]
    assert (answer["matched"], answer["total"]) == (2, 3)


def test_one_model_is_found_by_an_id_with_a_slash(client: TestClient) -> None:
    answer = client.get("/api/v1/ai/models/openai/gpt-4o").json()
    assert answer["id"] == answer["requested"] == answer["canonical_slug"] == "openai/gpt-4o"
    assert answer["context_length"] == 128000
    assert answer["created"] == "2024-05-13T00:00:00Z"
    assert answer["supported_parameters"] == ["temperature", "tools"]
    assert answer["note"] == ""


def test_a_retired_name_is_answered_with_its_successor_and_a_note(client: TestClient) -> None:
    answer = client.get("/api/v1/ai/models/anthropic/claude-3-haiku-20240307").json()
    assert answer["id"] == "anthropic/claude-haiku-4.5"
    assert answer["requested"] == "anthropic/claude-3-haiku-20240307"
    assert "retired" in answer["note"]


def test_an_unknown_model_comes_with_names_that_look_like_it(client: TestClient) -> None:
    told = error(client.get("/api/v1/ai/models/openai/gpt4o"), 404)
    assert told["code"] == "unknown_model"
    assert told["suggestions"][0] == "openai/gpt-4o"
    assert "Did you mean openai/gpt-4o" in told["message"]


def test_a_model_is_not_unknown_only_because_no_catalogue_was_read(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.catalog = Catalog()
    assert error(client.get("/api/v1/ai/models/openai/gpt-4o"), 503)["code"] == "no_catalogue"
    assert client.get("/api/v1/ai/models").json() == {"models": [], "matched": 0, "total": 0}


def test_usage_of_an_empty_log_is_zero_and_not_an_error(client: TestClient) -> None:
    answer = client.get("/api/v1/ai/usage").json()
    assert answer["summary"]["operations"] == 0
    assert answer["summary"]["p95"] is None
    assert answer["by_model"] == []


def test_usage_of_a_damaged_log_says_what_is_wrong_with_it(
    client: TestClient, runtime: FakeRuntime, tmp_path: Path
) -> None:
    (tmp_path / "usage.db").write_bytes(b"not a database" * 100)
    runtime.analytics = Analytics(tmp_path / "usage.db")
    told = error(client.get("/api/v1/ai/usage"), 503)
    assert (told["code"], "file is not a database" in told["message"]) == ("log_unreadable", True)


def test_usage_takes_a_period_with_any_offset(client: TestClient) -> None:
    answer = client.get("/api/v1/ai/usage", params={"from": "2026-11-01T00:00:00+01:00", "to": "2026-11-02T00:00:00Z"})
    assert answer.json()["period"] == {"start": "2026-10-31T23:00:00Z", "end": "2026-11-02T00:00:00Z"}


def test_usage_says_which_whole_hours_it_counted(client: TestClient) -> None:
    answer = client.get("/api/v1/ai/usage", params={"from": "2026-11-01T05:30:00+05:30", "to": "2026-11-01T12:00:01Z"})
    assert answer.json()["period"] == {"start": "2026-11-01T00:00:00Z", "end": "2026-11-01T13:00:00Z"}


def test_usage_covers_the_last_seven_days_by_default(client: TestClient) -> None:
    period = client.get("/api/v1/ai/usage").json()["period"]
    start, end = (datetime.fromisoformat(period[name]).timestamp() for name in ("start", "end"))
    assert start <= time.time() - 7 * 86400 + 60
    assert end - start <= 7 * 86400 + 3600
    assert time.time() <= end <= time.time() + 3600


def test_days_count_back_from_the_end_that_is_asked_for() -> None:
    period = period_of(2, None, datetime(2026, 11, 3, tzinfo=UTC), now=0.0)
    assert (period.start, period.end) == (
        datetime(2026, 11, 1, tzinfo=UTC).timestamp(),
        datetime(2026, 11, 3, tzinfo=UTC).timestamp(),
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("days=0", "days"),
        ("days=soon", "days"),
        ("days=nan", "days"),
        ("day=30", "day"),
        ("to=1795513260", "to"),
        ("from=yesterday", "from"),
        ("from=2026-11-01T00:00:00", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
    ],
)
def test_a_period_that_makes_no_sense_names_its_field(client: TestClient, query: str, field: str) -> None:
    told = error(client.get(f"/api/v1/ai/usage?{query}"), 400)
    assert told["code"] == "invalid_request"
    assert [row["field"] for row in told["fields"]] == [field]


def test_a_period_that_ends_before_it_begins_is_refused(client: TestClient) -> None:
    query = {"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
    assert "'from' must lie before 'to'" in error(client.get("/api/v1/ai/usage", params=query), 400)["message"]


def test_a_sum_of_unknown_costs_is_unknown_and_a_part_is_a_part() -> None:
    assert summary_row(Summary(attempts=2, unknown_cost_attempts=2)).cost_usd is None
    assert summary_row(Summary(attempts=2, unknown_cost_attempts=1, cost_nanos=1_500_000_000)).cost_usd == 1.5
    assert summary_row(Summary()).cost_usd == 0.0


def test_what_a_table_does_not_know_is_null() -> None:
    nothing = float("nan")
    row = {"provider": "p", "model": "m", "attempts": 1, "ok": 0, "failed": 1, "input_tokens": 0, "output_tokens": 0}
    answer = by_model_row({**row, "cost": nothing, "unknown_cost_attempts": 1, "p50": nothing, "p95": nothing})
    assert (answer.cost_usd, answer.p50, answer.p95) == (None, None, None)


def test_a_test_prompt_tells_how_its_answer_came_about(client: TestClient, runtime: FakeRuntime) -> None:
    answer = client.post("/api/v1/ai/test", json={"message": "Hello?", "temperature": 0.3, "max_tokens": 20}).json()
    attempts = answer.pop("attempts")
    assert answer == {
        "operation_id": "op-1",
        "content": "Hello!",
        "provider": "openrouter",
        "model": "openai/gpt-4o-mini",
        "finish_reason": "stop",
        "fallback": True,
        "simulated": False,
        "usage": {
            "input_tokens": 13,
            "output_tokens": 2,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
        },
        "cost_usd": 0.00000315,
        "cost_source": "billed",
        "latency_ms": 854.0,
        "ttft_ms": 554.0,
    }
    assert [(row["number"], row["model"], row["status"], row["failure"]) for row in attempts] == [
        (1, "openai/gpt-4o", "failed", "rate_limited"),
        (2, "openai/gpt-4o-mini", "ok", None),
    ]
    prompt, _, source, _ = runtime.asked[0]
    assert (prompt.text, prompt.temperature, prompt.max_tokens, source) == ("Hello?", 0.3, 20, "api")


def test_a_named_model_leads_and_without_fallback_is_alone(client: TestClient, runtime: FakeRuntime) -> None:
    for fallback in (True, False):
        body = {"message": "Hello?", "model": "openai/gpt-4o-mini", "fallback": fallback}
        assert client.post("/api/v1/ai/test", json=body).status_code == 200
    (_, whole, _, _), (_, alone, _, _) = runtime.asked
    assert whole.links[0].link == alone.links[0].link == Link.parse("openai/gpt-4o-mini")
    assert (len(whole.links) > 1, len(alone.links)) == (True, 1)


def test_a_saved_chain_is_asked_by_its_name_and_a_user_is_the_caller(client: TestClient, runtime: FakeRuntime) -> None:
    body = {"message": "Hello?", "model": "chain:night", "user": "ann"}
    assert client.post("/api/v1/ai/test", json=body).status_code == 200
    _, chain, _, _ = runtime.asked[0]
    assert (chain.name, runtime.callers) == ("night", ["ann"])


def test_an_unknown_chain_is_refused_with_those_that_there_are(client: TestClient, runtime: FakeRuntime) -> None:
    answer = client.post("/api/v1/ai/test", json={"message": "Hello?", "model": "chain:day"})
    assert (answer.status_code, runtime.asked) == (400, [])
    assert "There is no chain named 'day'. Known: night." in answer.json()["error"]["message"]


def test_a_task_chooses_who_leads(client: TestClient, runtime: FakeRuntime) -> None:
    assert client.post("/api/v1/ai/test", json={"message": "Hello?", "task": "fast"}).status_code == 200
    _, chain, _, task = runtime.asked[0]
    assert (task, chain.links[0].link.model) == ("fast", "anthropic/claude-haiku-4.5")


def test_a_mistyped_model_is_not_answered_by_another(client: TestClient, runtime: FakeRuntime) -> None:
    told = error(client.post("/api/v1/ai/test", json={"message": "Hello?", "model": "openai/gpt4o"}), 404)
    assert told["suggestions"][0] == "openai/gpt-4o"
    assert runtime.asked == []


def test_without_a_catalogue_any_name_is_tried(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.catalog = Catalog()
    assert client.post("/api/v1/ai/test", json={"message": "Hello?", "model": "acme/new"}).status_code == 200


def test_a_provider_without_a_key_is_not_replaced_in_silence(client: TestClient) -> None:
    told = error(client.post("/api/v1/ai/test", json={"message": "Hello?", "model": "openai:gpt-4o"}), 400)
    assert (told["code"], told["message"]) == (
        "not_configured",
        "'openai:gpt-4o' cannot be asked: no key is set for openai.",
    )


def test_when_nobody_answers_every_attempt_is_told_and_when_to_come_back(
    client: TestClient, runtime: FakeRuntime
) -> None:
    runtime.completion = EXHAUSTED
    response = client.post("/api/v1/ai/test", json={"message": "Hello?"})
    told = error(response, 503)
    assert told["code"] == "rate_limited"
    assert told["message"] == (
        "Nobody answered: openrouter:openai/gpt-4o failed: openai/gpt-4o is rate-limited upstream."
    )
    assert told["operation_id"] == "op-1"
    assert [row["detail"] for row in told["attempts"]] == ["openai/gpt-4o is rate-limited upstream."]
    assert response.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FailureKind.INVALID_REQUEST, 400),
        (FailureKind.TOO_LARGE, 413),
        (FailureKind.DEADLINE, 504),
        (FailureKind.NO_CREDIT, 503),
    ],
)
def test_the_status_tells_whose_fault_it_was(
    client: TestClient, runtime: FakeRuntime, kind: FailureKind, status: int
) -> None:
    runtime.completion = replace(EXHAUSTED, failure=Failure(kind), status=Status.FAILED)
    assert error(client.post("/api/v1/ai/test", json={"message": "Hello?"}), status)["code"] == kind


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"),
        ({"message": ""}, "message"),
        ({"message": 5}, "message"),
        ({"message": "x", "temperature": 3}, "temperature"),
        ({"message": "x", "max_tokens": 0}, "max_tokens"),
        ({"message": "x", "max_tokens": 1.5}, "max_tokens"),
        ({"message": "x", "max_tokens": "20"}, "max_tokens"),
        ({"message": "x", "max_tokens": True}, "max_tokens"),
        ({"message": "x", "task": "huge"}, "task"),
        ({"message": "x", "model": " "}, "model"),
        ({"message": "x", "modell": "openai/gpt-4o"}, "modell"),
        (["x"], "body"),
    ],
)
def test_a_wrong_body_names_its_field_in_words(client: TestClient, body: Any, field: str) -> None:
    told = error(client.post("/api/v1/ai/test", json=body), 400)
    assert told["code"] == "invalid_request"
    assert [row["field"] for row in told["fields"]] == [field]
    assert f"{field}: " in told["message"]


def test_an_integer_may_be_written_with_a_point(client: TestClient, runtime: FakeRuntime) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post("/api/v1/ai/test", content=b'{"message": "x", "max_tokens": 20.0}', headers=headers).is_success
    assert runtime.asked[0][0].max_tokens == 20


def test_a_body_that_is_not_json_is_told_where_it_breaks(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    told = error(client.post("/api/v1/ai/test", content=b'{"message": ', headers=headers), 400)
    assert told["fields"] == [{"field": "body", "message": "not valid JSON at character 12: Expecting value"}]


@pytest.mark.parametrize("body", [b'{"message": "\xff"}', b"[" * 100_000, b'{"message": 1' + b"0" * 5000 + b"}"])
def test_a_body_that_no_reader_can_read_is_refused_like_any_other(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    told = error(client.post("/api/v1/ai/test", content=body, headers=headers), 400)
    assert (told["code"], "JSON object in UTF-8" in told["message"]) == ("invalid_request", True)


def test_a_body_without_its_type_is_told_to_send_it(client: TestClient) -> None:
    told = error(client.post("/api/v1/ai/test", content=b'{"message": "Hello?"}'), 400)
    assert "Content-Type: application/json" in told["message"]


def test_a_body_that_is_too_long_is_refused(client: TestClient, runtime: FakeRuntime) -> None:
    told = error(client.post("/api/v1/ai/test", json={"message": "x" * LONGEST_BODY}), 413)
    assert told["code"] == "too_large"
    assert runtime.asked == []


@pytest.mark.parametrize("model", ["openai:", "openrouter:", "anthropic:"])
def test_a_provider_is_no_model(client: TestClient, runtime: FakeRuntime, model: str) -> None:
    told = error(client.post("/api/v1/ai/test", json={"message": "Hello?", "model": model}), 400)
    assert told["code"] == "invalid_request"
    assert runtime.asked == []


def test_credits_tell_what_is_known_and_leave_the_rest_null(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.credits_ = Credits(key_label="sk-or-v1-abc...123", usage=11.2, notes=("No management key.",))
    answer = client.get("/api/v1/ai/credits").json()
    assert (answer["usage"], answer["remaining"], answer["notes"]) == (11.2, None, ["No management key."])


def test_credits_that_cannot_be_read_say_why(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.credits_ = ProviderError(Failure(FailureKind.UNAUTHORIZED, "OpenRouter refused the key."))
    told = error(client.get("/api/v1/ai/credits"), 503)
    assert (told["code"], told["message"]) == ("unauthorized", "OpenRouter refused the key.")


def test_a_path_that_does_not_exist_says_where_the_list_is(client: TestClient) -> None:
    assert "openapi.json" in error(client.get("/api/v1/ai/nothing"), 404)["message"]


@pytest.mark.parametrize("path", ["/api/v1", "/api", "/api/ai/health", "/api/v2/ai/health"])
def test_a_path_beside_the_api_is_a_404_and_not_the_consoles_page(stranger: TestClient, path: str) -> None:
    assert error(stranger.get(path), 404)["code"] == "not_found"


def test_a_wrong_method_names_the_right_one(client: TestClient) -> None:
    response = client.get("/api/v1/ai/test")
    assert error(response, 405)["code"] == "method_not_allowed"
    assert response.headers["Allow"] == "POST"
