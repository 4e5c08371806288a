"""Each error class of the vendors' own packages, raised by what the simulator sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import httpx
import openai
import pytest
from openrouter import errors

from jarvis_ai.simulator import Fault, Simulator
from tests.simulator.clients import (
    MESSAGES,
    PATIENCE,
    STREAM_OR_NOT,
    anthropic_client,
    openai_client,
    openrouter_client,
)
from tests.simulator.words import GPT


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limited", errors.TooManyRequestsResponseError),
        ("rate_limited_no_hint", errors.TooManyRequestsResponseError),
        ("quota_exhausted", errors.TooManyRequestsResponseError),
        ("no_credit", errors.PaymentRequiredResponseError),
        ("unauthorized", errors.UnauthorizedResponseError),
        ("key_limit", errors.ForbiddenResponseError),
        ("moderated", errors.ForbiddenResponseError),
        ("not_found", errors.NotFoundResponseError),
        ("context_too_long", errors.BadRequestResponseError),
        ("too_large", errors.PayloadTooLargeResponseError),
        ("server_error", errors.InternalServerResponseError),
        ("bad_gateway", errors.BadGatewayResponseError),
        ("unavailable", errors.ServiceUnavailableResponseError),
        ("overloaded", errors.ProviderOverloadedResponseError),
        ("408", errors.RequestTimeoutResponseError),
        ("422", errors.UnprocessableEntityResponseError),
        ("524", errors.EdgeNetworkTimeoutResponseError),
        ("409", errors.OpenRouterDefaultError),
        ("upstream_timeout", errors.OpenRouterDefaultError),
        ("html", errors.OpenRouterDefaultError),
        ("ok_with_error", errors.ResponseValidationError),
        ("malformed_chunk", errors.ResponseValidationError),
        ("reset", httpx.ReadError),
        ("closed", httpx.RemoteProtocolError),
        ("silence", httpx.ReadTimeout),
    ],
)
@pytest.mark.parametrize("stream", STREAM_OR_NOT)
def test_the_openrouter_package_knows_each_error(
    simulator: Simulator, kind: str, error: type[Exception], stream: bool
) -> None:
    simulator.faults.set("openrouter", Fault(kind))
    with openrouter_client(simulator, timeout=PATIENCE[kind == "silence"]) as client, pytest.raises(error):
        send: Callable[..., Any] = client.chat.send
        list(send(model=GPT, messages=MESSAGES, stream=stream))


def test_the_openrouter_package_reads_an_error_inside_a_stream(simulator: Simulator) -> None:
    simulator.faults.set("openrouter", Fault("stream_error"))
    with (
        openrouter_client(simulator) as client,
        client.chat.send(model=GPT, messages=MESSAGES, stream=True) as stream,
    ):
        *said, last = list(stream)
    assert said and last.error is not None
    assert (last.error.code, last.choices[0].finish_reason) == (502, "error")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limited", openai.RateLimitError),
        ("no_credit", openai.RateLimitError),
        ("unauthorized", openai.AuthenticationError),
        ("moderated", openai.PermissionDeniedError),
        ("not_found", openai.NotFoundError),
        ("context_too_long", openai.BadRequestError),
        ("409", openai.ConflictError),
        ("422", openai.UnprocessableEntityError),
        ("too_large", openai.APIStatusError),
        ("server_error", openai.InternalServerError),
        ("unavailable", openai.InternalServerError),
        ("overloaded", openai.InternalServerError),
        ("html", openai.InternalServerError),
        ("reset", openai.APIConnectionError),
        ("closed", openai.APIConnectionError),
        ("silence", openai.APITimeoutError),
    ],
)
@pytest.mark.parametrize("stream", STREAM_OR_NOT)
def test_the_openai_package_knows_each_error(
    simulator: Simulator, kind: str, error: type[Exception], stream: bool
) -> None:
    simulator.faults.set("openai", Fault(kind))
    with openai_client(simulator, timeout=PATIENCE[kind == "silence"]) as client, pytest.raises(error):
        create: Callable[..., Any] = client.chat.completions.create
        create(model="gpt-4o", messages=MESSAGES, stream=stream)


def test_the_openai_package_reads_an_error_inside_a_stream(simulator: Simulator) -> None:
    simulator.faults.set("openai", Fault("stream_error"))
    with openai_client(simulator) as client, pytest.raises(openai.APIError, match="Bad gateway"):
        list(client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True))


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limited", anthropic.RateLimitError),
        ("unauthorized", anthropic.AuthenticationError),
        ("moderated", anthropic.PermissionDeniedError),
        ("not_found", anthropic.NotFoundError),
        ("key_limit", anthropic.BadRequestError),
        ("no_credit", anthropic.PaymentRequiredError),
        ("quota_exhausted", anthropic.EnforcedSpendLimitReachedError),
        ("408", anthropic.RequestTimeoutError),
        ("409", anthropic.ConflictError),
        ("412", anthropic.PreconditionFailedError),
        ("too_large", anthropic.ContentTooLargeError),
        ("422", anthropic.UnprocessableEntityError),
        ("server_error", anthropic.InternalServerError),
        ("unavailable", anthropic.ServiceUnavailableError),
        ("upstream_timeout", anthropic.GatewayTimeoutError),
        ("overloaded", anthropic.OverloadedError),
        ("html", anthropic.InternalServerError),
        ("reset", anthropic.APIConnectionError),
        ("closed", anthropic.APIConnectionError),
        ("silence", anthropic.APITimeoutError),
    ],
)
@pytest.mark.parametrize("stream", STREAM_OR_NOT)
def test_the_anthropic_package_knows_each_error(
    simulator: Simulator, kind: str, error: type[Exception], stream: bool
) -> None:
    simulator.faults.set("anthropic", Fault(kind))
    with anthropic_client(simulator, timeout=PATIENCE[kind == "silence"]) as client, pytest.raises(error):
        create: Callable[..., Any] = client.messages.create
        create(model="claude-haiku-4-5", messages=MESSAGES, max_tokens=100, stream=stream)


def test_the_anthropic_package_reads_an_error_inside_a_stream(simulator: Simulator) -> None:
    simulator.faults.set("anthropic", Fault("stream_error"))
    with (
        anthropic_client(simulator) as client,
        pytest.raises(anthropic.APIStatusError, match="Bad gateway"),
        client.messages.stream(model="claude-haiku-4-5", messages=MESSAGES, max_tokens=400) as stream,
    ):
        list(stream)
