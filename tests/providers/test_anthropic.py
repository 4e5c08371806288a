"""Anthropic's Messages, there and back."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.domain import (
    Alive,
    Chunk,
    FailureKind,
    Finished,
    FinishReason,
    Opened,
    Prompt,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.anthropic import Anthropic
from jarvis_ai.providers.anthropic_request import request_body, takes_temperature
from tests.providers.replies import ANY_JSON, Pieces

pytestmark = pytest.mark.anyio


def event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


START = event(
    "message_start",
    message={
        "id": "msg_1",
        "model": "claude-haiku-4-5-20251001",
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 3},
    },
)
HELLO = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hello"})
END = event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 7}) + event("message_stop")


async def chunks(body: bytes, *, kind: str = "text/event-stream", status: int = 200) -> list[Chunk]:
    transport = httpx.MockTransport(
        lambda request: httpx.Response(status, headers={"content-type": kind}, stream=Pieces(body))
    )
    provider = Anthropic(api_key="sk-ant-test", base_url="http://direct", transport=transport)
    stream = provider.stream("claude-haiku-4-5", Prompt.of("Hello"))
    return [chunk async for chunk in stream if chunk != Alive()]


async def failure(body: bytes, **how: object) -> FailureKind:
    with pytest.raises(ProviderError) as error:
        await chunks(body, **how)  # type: ignore[arg-type]
    return error.value.failure.kind


WHOLE = [
    Opened(),
    TextDelta("Hello"),
    Usage(8, 7, cache_read_tokens=3),
    Finished(FinishReason.STOP, "claude-haiku-4-5-20251001", generation_id="msg_1", native="end_turn"),
]


async def test_a_stream_is_read_with_pings_and_unknown_events_passed_over():
    assert await chunks(START + event("ping") + HELLO + event("news_of_2027") + END) == WHOLE


async def test_an_answer_in_one_piece_gives_the_same_chunks():
    body = {
        "id": "msg_1",
        "type": "message",
        "model": "claude-haiku-4-5-20251001",
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 3, "output_tokens": 7},
    }
    assert await chunks(json.dumps(body).encode(), kind="application/json") == WHOLE


async def test_thinking_and_tools_keep_their_order():
    stream = (
        START
        + event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "Hm"})
        + event(
            "content_block_start", index=1, content_block={"type": "tool_use", "id": "t1", "name": "f", "input": {}}
        )
        + event("content_block_delta", index=1, delta={"type": "input_json_delta", "partial_json": '{"a":1}'})
        + event("message_delta", delta={"stop_reason": "tool_use"}, usage={"output_tokens": 7})
        + event("message_stop")
    )
    assert (await chunks(stream))[1:4] == [
        ReasoningDelta("Hm"),
        ToolCallDelta({"index": 0, "id": "t1", "type": "function", "function": {"name": "f", "arguments": ""}}),
        ToolCallDelta({"index": 0, "function": {"arguments": '{"a":1}'}}),
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (START + HELLO, FailureKind.TRUNCATED),
        (START + HELLO + event("error", error={"type": "overloaded_error", "message": "busy"}), FailureKind.OVERLOADED),
        (START + event("message_delta", delta={"stop_reason": "refusal"}) + event("message_stop"), FailureKind.REFUSED),
        (START + event("message_delta", delta={"stop_reason": "end_turn"}) + event("message_stop"), FailureKind.EMPTY),
    ],
)
async def test_a_stream_that_does_not_finish_well_is_a_failure(body: bytes, kind: FailureKind):
    assert await failure(body) is kind


def test_system_messages_are_hoisted_wherever_they_stand():
    messages = ({"role": "user", "content": "Hi"}, {"role": "developer", "content": "Be brief"})
    body = request_body("claude-haiku-4-5", Prompt(messages))
    assert (body["system"], body["messages"]) == ("Be brief", [{"role": "user", "content": "Hi"}])


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("claude-3-haiku-20240307", True),
        ("claude-haiku-4-5", True),
        ("claude-sonnet-4-6", True),
        ("claude-sonnet-4-20250514", True),
        ("claude-sonnet-4", True),
        ("claude-opus-4-10", False),
        ("claude-haiku-5-5", False),
        ("claude-opus-4-7", False),
        ("claude-sonnet-5", False),
    ],
)
def test_a_temperature_goes_only_to_models_that_take_one(model: str, takes: bool):
    assert takes_temperature(model) is takes
    assert ("temperature" in request_body(model, Prompt.of("Hi", temperature=1.7))) is takes


def test_a_message_that_says_nothing_is_left_out():
    said = [{"role": role, "content": words} for role, words in (("user", "Hi"), ("assistant", ""), ("user", "Ho"))]
    assert request_body("claude-haiku-4-5", Prompt((*said, {"role": "assistant"})))["messages"] == [said[0], said[2]]


def test_a_temperature_is_brought_into_anthropics_range():
    assert request_body("claude-haiku-4-5", Prompt.of("Hi", temperature=1.7))["temperature"] == 1.0


def test_tools_their_calls_and_their_results_are_translated():
    call = {"id": "t1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    messages = (
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "t1", "content": "done"},
    )
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    body = request_body("claude-haiku-4-5", Prompt(messages, extra={"tools": [tool], "tool_choice": "required"}))
    assert body["tools"] == [{"name": "f", "input_schema": {"type": "object"}}]
    assert body["tool_choice"] == {"type": "any"}
    assert body["messages"][1:] == [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "done"}]},
    ]


def test_fields_that_anthropic_refuses_are_left_out():
    body = request_body("claude-haiku-4-5", Prompt.of("Hi", extra={"response_format": {}, "seed": 1, "stop": "END"}))
    assert set(body) == {"model", "messages", "max_tokens", "stream", "stop_sequences"}


@pytest.mark.parametrize(
    ("stop", "sent"), [("END", ["END"]), (["A", " ", 5], ["A"]), (5, None), ("", None), (None, None)]
)
def test_stops_are_a_list_of_words(stop: object, sent: list[str] | None):
    assert request_body("claude-haiku-4-5", Prompt.of("Hi", extra={"stop": stop})).get("stop_sequences") == sent


def test_parts_without_words_are_left_out_and_images_are_not():
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    far = {"type": "image_url", "image_url": {"url": "http://a/b.png"}}
    parts = [{"type": "text", "text": "Hi"}, {"type": "text", "text": ""}, {"type": "input_audio"}, image, far]
    (message,) = request_body("claude-haiku-4-5", Prompt(({"role": "user", "content": parts},)))["messages"]
    assert message["content"] == [
        {"type": "text", "text": "Hi"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "image", "source": {"type": "url", "url": "http://a/b.png"}},
    ]


@pytest.mark.parametrize("arguments", ["[1]", "{junk", ["x"]])
def test_arguments_that_are_no_object_are_put_into_one(arguments: object):
    call = {"id": "t", "function": {"name": "f", "arguments": arguments}}
    (message,) = request_body("claude-haiku-4-5", Prompt(({"role": "assistant", "tool_calls": [call]},)))["messages"]
    assert message["content"] == [{"type": "tool_use", "id": "t", "name": "f", "input": {"arguments": arguments}}]


ROLES = st.sampled_from(["system", "user", "assistant", "tool"])
MESSAGE = st.dictionaries(st.sampled_from(["content", "tool_calls", "tool_call_id"]), ANY_JSON)
EXTRA = st.dictionaries(st.sampled_from(["stop", "tools", "tool_choice"]), ANY_JSON)


@given(st.lists(st.tuples(ROLES | ANY_JSON, MESSAGE)), EXTRA)
def test_no_prompt_is_so_odd_that_wording_it_fails(messages: list[tuple], extra: dict):
    prompt = Prompt(tuple({**message, "role": role} for role, message in messages), extra=extra)
    assert request_body("claude-haiku-4-5", prompt)["max_tokens"] == 1024
