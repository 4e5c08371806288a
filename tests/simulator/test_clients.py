"""The vendors' own packages talk to the simulator and find nothing amiss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openai import OpenAI
from openrouter import errors

from jarvis_ai.simulator import Simulator
from tests.simulator.clients import MESSAGES, anthropic_client, openai_client, openrouter_client
from tests.simulator.words import GPT, HAIKU, QUESTION

FORECAST: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def test_the_openrouter_package_completes(simulator: Simulator) -> None:
    with openrouter_client(simulator) as client:
        result = client.chat.send(model=HAIKU, messages=MESSAGES, max_tokens=300)
    assert result.model == "anthropic/claude-4.5-haiku-20251001"
    assert "birthday" in str(result.choices[0].message.content)
    assert result.usage is not None and result.usage.cost


def test_the_openrouter_package_streams(simulator: Simulator) -> None:
    with openrouter_client(simulator) as client:
        whole = client.chat.send(model=GPT, messages=MESSAGES)
        with client.chat.send(model=GPT, messages=MESSAGES, stream=True) as stream:
            chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].choices[0].finish_reason == "stop"


def test_the_openrouter_package_lists_models(simulator: Simulator) -> None:
    with openrouter_client(simulator) as client:
        first = client.models.list()
        second = first.next() if first else None
        count = client.models.count().data.count
        mine = client.models.list_for_user(security={"bearer": "sk-or-v1-test"})
        one = client.models.get(author="openai", slug="gpt-4o").data
        endpoints = client.endpoints.list(author="openai", slug="gpt-4o").data
        providers = client.providers.list().data
    assert first is not None and second is not None and mine is not None
    assert len(first.result.data) + len(second.result.data) == count
    assert len(mine.result.data) == 500
    assert (one.id, one.pricing.prompt, one.pricing.completion) == (GPT, "0.0000025", "0.00001")
    assert endpoints.endpoints[0].latency_last_30m and endpoints.endpoints[0].provider_name == "OpenAI"
    assert "OpenAI" in [provider.name for provider in providers]


# A real answer holds the field `rate_limit`, and the package warns when it reads it.
@pytest.mark.filterwarnings("ignore:warning. .. DEPRECATED:DeprecationWarning")
def test_the_openrouter_package_reads_key_credits_and_generation(simulator: Simulator) -> None:
    with openrouter_client(simulator) as client:
        result = client.chat.send(model=GPT, messages=MESSAGES)
        key = client.api_keys.get_current_key_metadata().data
        record = client.generations.get_generation(id=result.id).data
        with pytest.raises(errors.ForbiddenResponseError, match="Only management keys"):
            client.credits.get_credits()
    with openrouter_client(simulator, "sk-or-v1-mgmt") as client:
        credits = client.credits.get_credits().data
        activity = client.analytics.get_user_activity().data
    assert result.usage is not None
    assert record.total_cost == result.usage.cost
    assert key.usage == credits.total_usage >= record.total_cost
    assert activity == []


def test_the_openai_package_completes_and_streams_the_same(simulator: Simulator) -> None:
    with openai_client(simulator) as client:
        whole = client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
        chunks = list(
            client.chat.completions.create(
                model="gpt-4o", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
            )
        )
        plain = list(client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True))
    assert whole.model == "gpt-4o-2024-08-06"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage and chunks[-1].choices == []
    assert all(chunk.usage is None for chunk in plain)


def test_the_openai_package_lists_models(simulator: Simulator) -> None:
    with openai_client(simulator) as client:
        ids = [model.id for model in client.models.list()]
    assert {"gpt-4o", "gpt-4o-mini"} <= set(ids)


def test_the_openai_package_talks_to_openrouter_too(simulator: Simulator) -> None:
    with OpenAI(api_key="sk-or-v1-test", base_url=simulator.openrouter_url, max_retries=0) as client:
        answer = client.chat.completions.create(model=GPT, messages=MESSAGES, max_tokens=5)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None and answer.usage.completion_tokens == 5


@pytest.mark.parametrize("stream", [False, True])
def test_the_openai_package_gets_a_tool_call(simulator: Simulator, stream: bool) -> None:
    with openai_client(simulator) as client:
        ask: Callable[..., Any] = client.chat.completions.create
        answer = ask(model="gpt-4o", messages=MESSAGES, tools=[FORECAST], tool_choice="required", stream=stream)
        if stream:
            chunks = [chunk.choices[0] for chunk in answer]
            calls = [call for chunk in chunks for call in chunk.delta.tool_calls or []]
            name, finish = calls[0].function.name, chunks[-1].finish_reason
            arguments = "".join(call.function.arguments for call in calls)
        else:
            choice = answer.choices[0]
            (call,) = choice.message.tool_calls
            name, finish, arguments = call.function.name, choice.finish_reason, call.function.arguments
    assert (name, finish) == ("get_weather", "tool_calls")
    assert arguments == f'{{"city": "{QUESTION}"}}'


def test_the_anthropic_package_completes_and_streams_the_same(simulator: Simulator) -> None:
    with anthropic_client(simulator) as client:
        whole = client.messages.create(model="claude-haiku-4-5", messages=MESSAGES, max_tokens=400)
        with client.messages.stream(model="claude-haiku-4-5", messages=MESSAGES, max_tokens=400) as stream:
            text = "".join(stream.text_stream)
            final = stream.get_final_message()
    assert whole.model == "claude-haiku-4-5-20251001"
    (block,) = whole.content
    assert block.type == "text" and block.text == text
    assert (final.stop_reason, final.usage.output_tokens) == ("end_turn", whole.usage.output_tokens)


@pytest.mark.parametrize("stream", [False, True])
def test_the_anthropic_package_gets_a_tool_call(simulator: Simulator, stream: bool) -> None:
    weather: Any = {"name": "get_weather", "input_schema": FORECAST["function"]["parameters"]}
    asked: Any = {
        "model": "claude-haiku-4-5",
        "messages": [{"role": "user", "content": "Please get weather for Oslo"}],
        "max_tokens": 400,
        "tools": [weather],
    }
    with anthropic_client(simulator) as client:
        if stream:
            with client.messages.stream(**asked) as events:
                message = events.get_final_message()
        else:
            message = client.messages.create(**asked)
    (block,) = message.content
    assert message.stop_reason == "tool_use"
    assert block.type == "tool_use" and block.input == {"city": "Please get weather for Oslo"}


def test_the_anthropic_package_lists_models(simulator: Simulator) -> None:
    with anthropic_client(simulator) as client:
        ids = [model.id for model in client.models.list()]
    assert {"claude-haiku-4-5", "claude-sonnet-4-6"} <= set(ids)
    assert not [name for name in ids if name.startswith("claude-3")]
