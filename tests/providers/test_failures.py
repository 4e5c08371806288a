"""What a vendor's error means."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.domain import FailureKind
from jarvis_ai.providers.failures import failure_of

NOW = 1_790_000_000.0


def router(code: object, message: str = "", **metadata: object) -> bytes:
    return json.dumps({"error": {"code": code, "message": message, "metadata": metadata}}).encode()


def openai(kind: str, code: str) -> bytes:
    return json.dumps({"error": {"message": "no", "type": kind, "param": None, "code": code}}).encode()


def anthropic(kind: str, message: str = "no", **details: str) -> bytes:
    return json.dumps({"type": "error", "error": {"type": kind, "message": message, "details": details}}).encode()


CASES = [
    (400, router(400, "Invalid request parameters"), FailureKind.INVALID_REQUEST),
    (400, router(400, "acme/x is not a valid model ID"), FailureKind.MODEL_NOT_FOUND),
    (400, router(400, "This endpoint's maximum context length is 8 tokens."), FailureKind.CONTEXT_TOO_LONG),
    (400, router(400, "no", error_type="content_policy_violation"), FailureKind.REFUSED),
    (400, router(400, "Provider returned error", raw="odd"), FailureKind.UPSTREAM_REJECTED),
    (401, router(401, "User not found."), FailureKind.UNAUTHORIZED),
    (402, router(402, "Insufficient credits."), FailureKind.NO_CREDIT),
    (402, router(402, "You requested up to 65536 tokens, but can only afford 3395."), FailureKind.NO_CREDIT),
    (403, router(403, "Key limit exceeded (daily limit)."), FailureKind.KEY_LIMIT),
    (403, router(403, "Your input was flagged", reasons=["violence"]), FailureKind.MODERATED),
    (403, router(403, "Request blocked: guardrail"), FailureKind.FORBIDDEN),
    (404, router(404, "No endpoints found for acme/x"), FailureKind.MODEL_NOT_FOUND),
    (408, router(408, "Operation timed out"), FailureKind.UPSTREAM_TIMEOUT),
    (413, b"", FailureKind.TOO_LARGE),
    (422, b"", FailureKind.INVALID_REQUEST),
    (429, router(429, "Provider returned error", raw="temporarily rate-limited upstream"), FailureKind.RATE_LIMITED),
    (429, router(429, "Rate limit exceeded: free-models-per-min"), FailureKind.RATE_LIMITED),
    (429, router(429, "Rate limit exceeded: free-models-per-day."), FailureKind.QUOTA_EXHAUSTED),
    (500, router(500, "Internal Server Error"), FailureKind.SERVER_ERROR),
    (502, b"<html><title>Bad gateway</title></html>", FailureKind.SERVER_ERROR),
    (503, router(503, "no provider"), FailureKind.OVERLOADED),
    (524, b"", FailureKind.UPSTREAM_TIMEOUT),
    (529, router(529, "overloaded"), FailureKind.OVERLOADED),
    (200, router(429, "late"), FailureKind.RATE_LIMITED),
    (200, router("server_error", "late"), FailureKind.SERVER_ERROR),
    (200, router("503", "a code in letters"), FailureKind.OVERLOADED),
    (429, openai("insufficient_quota", "insufficient_quota"), FailureKind.NO_CREDIT),
    (429, openai("rate_limit_error", "slow_down"), FailureKind.RATE_LIMITED),
    (404, openai("invalid_request_error", "model_not_found"), FailureKind.MODEL_NOT_FOUND),
    (400, openai("invalid_request_error", "unsupported_parameter"), FailureKind.INVALID_REQUEST),
    (400, openai("invalid_request_error", "context_length_exceeded"), FailureKind.CONTEXT_TOO_LONG),
    (529, anthropic("overloaded_error"), FailureKind.OVERLOADED),
    (404, anthropic("not_found_error", "model: claude-3"), FailureKind.MODEL_NOT_FOUND),
    (400, anthropic("invalid_request_error", "prompt is too long: 9 tokens"), FailureKind.CONTEXT_TOO_LONG),
    (
        400,
        anthropic("invalid_request_error", "You have reached your specified API usage limits."),
        FailureKind.NO_CREDIT,
    ),
    (429, anthropic("rate_limit_error", error_code="enforced_spend_limit_reached"), FailureKind.NO_CREDIT),
    (429, anthropic("rate_limit_error", error_code="contract_spend_limit_reached"), FailureKind.NO_CREDIT),
    (429, anthropic("rate_limit_error"), FailureKind.RATE_LIMITED),
    (402, anthropic("billing_error"), FailureKind.NO_CREDIT),
    (403, anthropic("permission_error"), FailureKind.FORBIDDEN),
    (409, anthropic("conflict_error"), FailureKind.INVALID_REQUEST),
    (504, anthropic("timeout_error"), FailureKind.UPSTREAM_TIMEOUT),
    (400, anthropic("invalid_request_error", "Output blocked by content filtering policy"), FailureKind.REFUSED),
    (400, router(400, "no", error_type="max_tokens_exceeded"), FailureKind.CONTEXT_TOO_LONG),
    (403, router(403, "no", error_type="content_policy_violation", reasons=["violence"]), FailureKind.MODERATED),
    (403, openai("invalid_request_error", "unsupported_country_region_territory"), FailureKind.MODEL_NOT_FOUND),
    (429, openai("insufficient_quota", "project_spend_limit_exceeded"), FailureKind.NO_CREDIT),
    (503, openai("service_unavailable_error", "server_is_overloaded"), FailureKind.OVERLOADED),
    (503, anthropic("api_error"), FailureKind.OVERLOADED),
    (504, openai("server_error", "server_error"), FailureKind.UPSTREAM_TIMEOUT),
    (301, b"<html>Moved</html>", FailureKind.SERVER_ERROR),
]


@pytest.mark.parametrize(("status", "body", "kind"), CASES)
def test_each_error_of_the_contract_has_its_kind(status: int, body: bytes, kind: FailureKind):
    assert failure_of(status, {}, body, now=NOW).kind is kind


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (anthropic("overloaded_error"), FailureKind.OVERLOADED, 529),
        (anthropic("rate_limit_error"), FailureKind.RATE_LIMITED, 429),
        (anthropic("invalid_request_error"), FailureKind.INVALID_REQUEST, 400),
        (openai("invalid_request_error", "model_not_found"), FailureKind.MODEL_NOT_FOUND, 404),
        (router(None, "no", error_type="payload_too_large"), FailureKind.TOO_LARGE, 413),
        (router("4" * 5000, "no"), FailureKind.SERVER_ERROR, 502),
        (b"{}", FailureKind.SERVER_ERROR, 502),
    ],
)
def test_under_a_good_status_the_words_of_an_error_give_the_true_one(body: bytes, kind: FailureKind, status: int):
    failure = failure_of(200, {}, body, now=NOW)
    assert (failure.kind, failure.http_status) == (kind, status)


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "model \'llama\' not found"}',
        b'{"object": "error", "message": "model \'llama\' not found", "code": 404}',
        b'{"detail": "model \'llama\' not found"}',
    ],
    ids=["Ollama", "vLLM", "FastAPI"],
)
def test_servers_of_ones_own_are_heard_wherever_they_put_their_words(body: bytes):
    failure = failure_of(404, {}, body, now=NOW)
    assert (failure.kind, failure.raw) == (FailureKind.MODEL_NOT_FOUND, "model 'llama' not found")


def test_a_page_whose_script_is_never_closed_has_no_words_after_it():
    assert failure_of(502, {}, b"<h1>Sorry</h1><script>" + b"<script>x" * 2000, now=NOW).detail == "HTTP 502: Sorry"


def test_a_page_where_json_was_due_is_read_for_its_words():
    failure = failure_of(502, {}, b"<html><style>x{}</style><h1>Bad gateway</h1></html>", now=NOW)
    assert failure.detail == "HTTP 502: Bad gateway"


def test_the_upstream_words_are_kept_and_keys_in_them_are_not():
    failure = failure_of(
        429, {}, router(429, "Provider returned error", raw="key sk-or-v1-abcdef0123 is slow"), now=NOW
    )
    assert failure.raw == "key [redacted] is slow"


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, b"", 7.0),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:30 GMT"}, b"", 10.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, b"", 0.25),
        ({"retry-after": "soon"}, b"", None),
        ({}, json.dumps({"error": {"availability": {"retry_after": 4}}}).encode(), 4.0),
        ({}, router(429, "", headers={"Retry-After": "3"}), 3.0),
        (
            {},
            router(429, "", headers={"X-RateLimit-Reset": str(int((NOW + 60) * 1000)), "X-RateLimit-Remaining": "0"}),
            60.0,
        ),
        ({"x-ratelimit-reset": str(int(NOW + 60)), "x-ratelimit-remaining": "0"}, b"", 60.0),
        ({"retry-after": "7"}, json.dumps({"error": {"availability": {"retry_after": 4}}}).encode(), 7.0),
        ({"retry-after": "-1"}, b"", None),
        ({"retry-after": "1e400"}, b"", None),
        ({}, json.dumps({"error": {"availability": {"retry_after": "x"}}}).encode(), None),
        ({"x-ratelimit-reset": "6m0s", "x-ratelimit-remaining": "0"}, b"", None),
        ({}, b"", None),
    ],
)
def test_a_wish_to_be_left_alone_is_understood_however_it_is_said(headers: dict, body: bytes, seconds: float | None):
    assert failure_of(429, headers, body, now=NOW).retry_after == seconds


def test_the_servers_word_on_a_retry_is_kept():
    body = json.dumps({"error": {"code": 404, "availability": {"code": "no_endpoints", "retryable": False}}}).encode()
    assert failure_of(404, {}, body, now=NOW).retryable is False


@given(
    st.sampled_from([200, 400, 403, 429, 500]),
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["error", "code", "message", "metadata"]) | st.text(), inner)
        ),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_no_body_is_so_odd_that_reading_it_fails(status: int, body: bytes):
    assert failure_of(status, {}, body, now=NOW).kind in FailureKind


@given(st.text())
def test_no_wish_is_so_odd_that_reading_it_fails(value: str):
    wish = failure_of(429, {"retry-after": value}, b"", now=NOW).retry_after
    assert wish is None or wish >= 0


def test_the_tokens_that_a_balance_is_enough_for_are_read():
    message = "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only "
    assert failure_of(402, {}, router(402, message + "afford 3395"), now=0.0).affordable == 3395
    assert failure_of(402, {}, router(402, message + "afford -12"), now=0.0).affordable is None
