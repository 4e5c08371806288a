"""The official packages, pointed at the gateway: they find nothing amiss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import openrouter
import pytest
from openai import OpenAI
from openrouter import OpenRouter

from jarvis_ai.simulator.faults import Fault
from tests.api.serving import QUESTION, Gateway
from tests.simulator.test_clients import FORECAST

GPT, HAIKU = "openai/gpt-4o", "anthropic/claude-haiku-4.5"
MESSAGES: Any = QUESTION


@pytest.fixture
def gpt(served: Gateway) -> Iterator[OpenAI]:
    with OpenAI(api_key=served.runtime.api_token, base_url=served.url, max_retries=0, timeout=20.0) as client:
        yield client


@pytest.fixture
def router(served: Gateway) -> Iterator[OpenRouter]:
    with OpenRouter(
        api_key=served.runtime.api_token, server_url=served.url, retry_config=None, timeout_ms=20_000
    ) as client:
        yield client


def test_the_openai_package_completes_and_reads_usage_and_cost(gpt: OpenAI) -> None:
    answer = gpt.chat.completions.create(model=HAIKU, messages=MESSAGES, max_tokens=300)
    assert answer.model == "anthropic/claude-4.5-haiku-20251001"
    assert "birthday" in str(answer.choices[0].message.content)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None and answer.usage.total_tokens > 0
    assert answer.usage.model_extra is not None and answer.usage.model_extra["cost"] > 0


def test_the_openai_package_streams_the_same_and_reads_usage_and_cost(gpt: OpenAI) -> None:
    whole = gpt.chat.completions.create(model=GPT, messages=MESSAGES)
    chunks = list(gpt.chat.completions.create(model=GPT, messages=MESSAGES, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_openai_package_puts_a_stream_together_by_itself(gpt: OpenAI) -> None:
    with gpt.chat.completions.stream(model=GPT, messages=MESSAGES) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.role == "assistant"
    assert "birthday" in str(message.content)


@pytest.mark.parametrize("stream", [False, True])
def test_the_openai_package_calls_tools(gpt: OpenAI, stream: bool) -> None:
    ask: Any = gpt.chat.completions.create
    answer = ask(model=GPT, messages=MESSAGES, tools=[FORECAST], tool_choice="required", stream=stream)
    if stream:
        choices = [chunk.choices[0] for chunk in answer if chunk.choices]
        calls = [call for choice in choices for call in choice.delta.tool_calls or []]
        name, finish = calls[0].function.name, choices[-1].finish_reason
        arguments = "".join(call.function.arguments or "" for call in calls)
    else:
        choice = answer.choices[0]
        (call,) = choice.message.tool_calls
        name, finish, arguments = call.function.name, choice.finish_reason, call.function.arguments
        assert choice.message.content is None
    assert (name, finish) == ("get_weather", "tool_calls")
    assert arguments == f'{{"city": "{QUESTION[0]["content"]}"}}'


def test_a_tools_result_goes_on_to_the_model(gpt: OpenAI, served: Gateway) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}
    messages: Any = [
        *QUESTION,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
    ]
    assert gpt.chat.completions.create(model=GPT, messages=messages).choices[0].message.content
    prompts = [call for call in served.simulator.calls if call.method == "POST"]
    assert prompts[-1].body["messages"] == messages


def test_the_openai_package_lists_models_and_finds_one(gpt: OpenAI) -> None:
    listed = [model.id for model in gpt.models.list()]
    assert {GPT, HAIKU} <= set(listed)
    assert gpt.models.retrieve(GPT).owned_by == "openai"


def test_the_openai_package_knows_the_errors_by_their_classes(gpt: OpenAI, served: Gateway) -> None:
    with pytest.raises(openai.BadRequestError, match="messages"):
        gpt.chat.completions.create(model=GPT, messages=[])
    with pytest.raises(openai.NotFoundError, match="Unknown model"):
        gpt.models.retrieve("acme/none")
    served.simulator.faults.set("openrouter", Fault("unauthorized"))
    served.simulator.faults.set("openai", Fault("overloaded"))
    with pytest.raises(openai.InternalServerError, match="Nobody answered") as failed:
        gpt.chat.completions.create(model=GPT, messages=MESSAGES, extra_body={"models": [GPT]})
    assert failed.value.status_code == 503
    stranger = gpt.with_options(api_key="not-the-token")
    with pytest.raises(openai.AuthenticationError):
        stranger.chat.completions.create(model=GPT, messages=MESSAGES)


def test_the_openai_package_raises_when_a_stream_breaks_off(gpt: OpenAI, served: Gateway) -> None:
    for provider in ("openrouter", "openai", "anthropic"):
        served.simulator.faults.set(provider, Fault("cut"))
    stream = gpt.chat.completions.create(model=GPT, messages=MESSAGES, stream=True)
    with pytest.raises(openai.APIError, match="The answer broke off"):
        list(stream)


def test_the_openrouter_package_completes_and_reads_usage_and_cost(router: OpenRouter) -> None:
    result = router.chat.send(model=HAIKU, messages=MESSAGES, max_tokens=300)
    assert "birthday" in str(result.choices[0].message.content)
    assert result.usage is not None and result.usage.cost


def test_the_openrouter_package_streams_the_same(router: OpenRouter) -> None:
    whole = router.chat.send(model=GPT, messages=MESSAGES)
    with router.chat.send(model=GPT, messages=MESSAGES, stream=True) as stream:
        chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_the_openrouter_package_calls_tools(router: OpenRouter, stream: bool) -> None:
    send: Any = router.chat.send
    answer = send(model=GPT, messages=MESSAGES, tools=[FORECAST], tool_choice="required", stream=stream)
    if stream:
        with answer:
            calls = [call for chunk in answer if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
    else:
        calls = answer.choices[0].message.tool_calls
    assert calls[0].function.name == "get_weather"
    assert "".join(call.function.arguments or "" for call in calls) == f'{{"city": "{QUESTION[0]["content"]}"}}'


def test_the_openrouter_package_sees_an_error_inside_a_stream(router: OpenRouter, served: Gateway) -> None:
    for provider in ("openrouter", "openai", "anthropic"):
        served.simulator.faults.set(provider, Fault("stream_error"))
    with router.chat.send(model=GPT, messages=MESSAGES, stream=True) as stream:
        *words, last = list(stream)
    assert any(chunk.choices[0].delta.content for chunk in words)
    assert last.error is not None and last.error.code == 503
    assert last.choices[0].finish_reason == "error"


def test_the_openrouter_package_lists_models_and_finds_one(router: OpenRouter) -> None:
    first = router.models.list()
    assert first is not None
    assert GPT in [model.id for model in first.result.data]
    assert router.models.get(author="openai", slug="gpt-4o").data.pricing.prompt == "0.0000025"


def test_the_openrouter_package_knows_the_errors_by_their_classes(router: OpenRouter, served: Gateway) -> None:
    served.simulator.faults.set("openrouter", Fault("moderated"))
    with pytest.raises(openrouter.errors.ForbiddenResponseError, match="flagged"):
        router.chat.send(model=GPT, messages=MESSAGES)
    served.simulator.faults.set("openrouter", Fault("invalid_request"))
    with pytest.raises(openrouter.errors.BadRequestResponseError, match="Invalid request parameters"):
        router.chat.send(model=GPT, messages=MESSAGES)
    for provider in ("openrouter", "openai"):
        served.simulator.faults.set(provider, Fault("no_credit"))
    with pytest.raises(openrouter.errors.ServiceUnavailableResponseError, match="Nobody answered"):
        router.chat.send(model=GPT, models=[GPT], messages=MESSAGES)
    stranger = OpenRouter(api_key="not-the-token", server_url=served.url, retry_config=None)
    with stranger, pytest.raises(openrouter.errors.UnauthorizedResponseError):
        stranger.chat.send(model=GPT, messages=MESSAGES)
