"""Answers of which nobody promised the shape: a provider reads them whole or fails, in words of ours."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.domain import FailureKind, Finished, FinishReason, ReasoningDelta, TextDelta, ToolCallDelta, Usage
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.anthropic import Anthropic
from jarvis_ai.providers.openai import OpenAI
from jarvis_ai.providers.openrouter import OpenRouter
from tests.providers.replies import (
    ANY_JSON,
    IN_ONE_PIECE,
    STREAMED,
    Body,
    Cut,
    Make,
    Pieces,
    Silent,
    answering,
    heard,
    kind_of,
    usages,
)

pytestmark = pytest.mark.anyio

MAKERS: dict[str, Make] = {
    "openrouter": lambda transport: OpenRouter(api_key="k", base_url="http://router", transport=transport, grace=0.001),
    "openai": lambda transport: OpenAI(api_key="k", base_url="http://direct", transport=transport, grace=0.001),
    "anthropic": lambda transport: Anthropic(api_key="k", base_url="http://direct", transport=transport, grace=0.001),
}

CALL: dict[str, Any] = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def chat(said: Any, finish: Any = "stop", **fields: Any) -> dict[str, Any]:
    """A chunk and an answer in one: it says the same in both forms."""
    return {"choices": [{"index": 0, "delta": said, "message": said, "finish_reason": finish}], **fields}


def message(*content: Any, stop: Any = "end_turn", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "content": list(content), "stop_reason": stop, **fields}


def stream(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def sent(kind: str, body: Any) -> bytes:
    return stream(body) + b"data: [DONE]\n\n" if kind == STREAMED else json.dumps(body).encode()


async def given_by(provider: str, body: Body, kind: str = STREAMED, **headers: str) -> Any:
    return await heard(MAKERS[provider](answering(body, kind, **headers)))


@pytest.mark.parametrize("kind", [STREAMED, IN_ONE_PIECE])
@pytest.mark.parametrize(
    "body",
    [
        {"choices": "x"},
        {"choices": [None]},
        {"choices": {"0": chat({"content": "Hello"})}},
        chat("Hello"),
        chat({"content": 5}),
        chat({"content": ["Hello"]}),
        chat({"reasoning": {"a": 1}}),
        chat({"tool_calls": [None]}),
        chat({"tool_calls": "f"}),
        chat({"tool_calls": [CALL | {"index": 10**9}]}),
        chat({"tool_calls": [CALL | {"index": "first"}]}),
        chat({"tool_calls": [CALL | {"function": "f"}]}),
        chat({"tool_calls": [CALL | {"function": {"name": "f", "arguments": 5}}]}),
        chat({"content": "Hello"}, ["stop"]),
        chat({"audio": "UklGRg"}),
        chat({"content": "Look:", "images": ["x"]}),
    ],
)
async def test_words_that_cannot_be_read_make_a_malformed_answer(kind: str, body: Any) -> None:
    assert await kind_of(MAKERS["openrouter"](answering(sent(kind, body), kind))) is FailureKind.MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        message("Hello"),
        message({"type": "text", "text": 5}),
        message({"type": "tool_use", "id": "t", "name": 5, "input": {}}),
        message({"type": "tool_use", "id": "t", "name": "f", "input": 5}),
        message(stop=["end_turn"]),
        {"type": "message", "content": "Hello", "stop_reason": "end_turn"},
    ],
)
async def test_a_message_that_cannot_be_read_is_malformed(body: Any) -> None:
    provider = MAKERS["anthropic"](answering(json.dumps(body).encode(), IN_ONE_PIECE))
    assert await kind_of(provider) is FailureKind.MALFORMED


ODD_SCORES = ("x", [], {}, {"content": None}, {"content": []}, {"content": "x", "refusal": [5]})


@pytest.mark.parametrize("kind", [STREAMED, IN_ONE_PIECE])
@pytest.mark.parametrize("scores", ODD_SCORES)
async def test_what_only_tells_about_the_words_does_not_spoil_them(kind: str, scores: Any) -> None:
    body = chat({"content": "Hello", "annotations": scores})
    body["choices"][0] |= {"logprobs": scores, "native_finish_reason": scores}
    chunks, error = await given_by("openrouter", sent(kind, body), kind)
    assert (error, chunks[1]) == (None, TextDelta("Hello"))
    assert isinstance(chunks[-1], Finished)


@pytest.mark.parametrize("kind", [STREAMED, IN_ONE_PIECE])
@pytest.mark.parametrize(
    "account", [{"usage": "x"}, {"usage": []}, {"usage": {"cost": "x"}}, {"model": 5}, {"id": None}, {"provider": []}]
)
async def test_an_odd_account_does_not_spoil_the_words(kind: str, account: Any) -> None:
    chunks, error = await given_by("openrouter", sent(kind, chat({"content": "Hello"}, **account)), kind)
    assert (error, chunks[1]) == (None, TextDelta("Hello"))


@pytest.mark.parametrize("nothing", [{"choices": None}, {"choices": []}, chat(None, None), chat({}, None)])
async def test_chunks_without_words_are_passed_over(nothing: Any) -> None:
    chunks, error = await given_by("openai", stream(nothing, chat({"content": "Hello"}, None), nothing, chat(None)))
    assert (error, chunks[1:]) == (None, [TextDelta("Hello"), Finished(FinishReason.STOP, native="stop")])


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("text", FailureKind.SERVER_ERROR),
        ({"code": "500"}, FailureKind.SERVER_ERROR),
        ({"code": 429.0}, FailureKind.SERVER_ERROR),
        ({"code": "4" * 5000}, FailureKind.SERVER_ERROR),
        ({"code": ["x"], "message": {}, "metadata": "x", "availability": []}, FailureKind.SERVER_ERROR),
        ({"type": "invalid_request_error"}, FailureKind.INVALID_REQUEST),
        (["x"], FailureKind.SERVER_ERROR),
    ],
)
@pytest.mark.parametrize("form", [STREAMED, IN_ONE_PIECE])
@pytest.mark.parametrize("provider", MAKERS)
async def test_whatever_an_error_looks_like_it_is_one(provider: str, form: str, error: Any, kind: FailureKind) -> None:
    body = sent(form, chat({"content": "Hello"}) | message() | {"error": error})
    assert await kind_of(MAKERS[provider](answering(body, form))) is kind


async def test_an_error_under_a_good_status_is_left_alone_for_as_long_as_the_header_says() -> None:
    _, error = await given_by("openrouter", b'{"error": {"code": 429}}', IN_ONE_PIECE, **{"retry-after": "7"})
    assert (error.failure.kind, error.failure.retry_after) == (FailureKind.RATE_LIMITED, 7.0)


async def test_a_body_may_begin_with_the_blanks_that_kept_it_alive() -> None:
    body = b"\n   \n\n" + sent(IN_ONE_PIECE, chat({"content": "Hello"}))
    assert await kind_of(MAKERS["openrouter"](answering(body, IN_ONE_PIECE))) is None


async def test_what_an_error_in_a_stream_says_it_cost_is_not_lost() -> None:
    body = stream(chat({"content": "Hi"}, None), chat({}, None, error={"code": 400}, usage={"cost": 0.5}))
    chunks, error = await given_by("openrouter", body)
    assert (error.failure.kind, usages(chunks)) == (FailureKind.UPSTREAM_REJECTED, [Usage(cost_nanos=500_000_000)])


@pytest.mark.parametrize("form", [STREAMED, IN_ONE_PIECE])
async def test_an_answer_with_an_error_in_its_last_piece_keeps_that_piece_to_itself(form: str) -> None:
    chunks, error = await given_by("openrouter", sent(form, chat({"content": "Hello"}, "error")), form)
    assert (error.failure.kind, chunks[1:]) == (FailureKind.SERVER_ERROR, [])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", stream(chat({"content": "Hello"}))),
        ("text/plain", b": KEEP ALIVE\n\n" + stream(chat({"content": "Hello"}))),
        (IN_ONE_PIECE, b"event: message\n" + stream(chat({"content": "Hello"}))),
        (STREAMED, sent(IN_ONE_PIECE, chat({"content": "Hello"}))),
    ],
)
async def test_what_a_body_is_can_be_seen_though_the_headers_are_wrong(kind: str, body: bytes) -> None:
    chunks, error = await given_by("openai", body, kind)
    assert (error, chunks[1]) == (None, TextDelta("Hello"))


@pytest.mark.parametrize("reason", ["error", "abort", "insufficient_system_resource"])
async def test_an_answer_that_its_server_broke_off_is_none(reason: str) -> None:
    body = stream(chat({"content": "Hello"}, None), chat({}, reason))
    assert await kind_of(MAKERS["openai"](answering(body))) is FailureKind.SERVER_ERROR


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [("model_length", FinishReason.LENGTH), ("function_call", FinishReason.TOOL_CALLS), ("eos", FinishReason.STOP)],
)
async def test_other_servers_words_for_a_finish_are_understood(reason: str, meaning: FinishReason) -> None:
    chunks, _ = await given_by("openai", stream(chat({"content": "Hello"}, reason)))
    assert chunks[-1] == Finished(meaning, native=reason)


async def test_of_usages_that_grow_the_last_one_counts() -> None:
    counted = [chat({"content": "a"}, None, usage={"completion_tokens": n}) for n in (1, 2)]
    end = chat({}, "stop", usage={"completion_tokens": 3})
    chunks, _ = await given_by("openai", stream(*counted, end))
    assert usages(chunks) == [Usage(output_tokens=3)]


async def test_of_several_answers_the_first_is_taken() -> None:
    other = {"index": 1, "delta": {"content": "Other"}, "finish_reason": "stop"}
    chunks, _ = await given_by("openai", stream({"choices": [other]}, chat({"content": "Hello"})))
    assert chunks[1:] == [TextDelta("Hello"), Finished(FinishReason.STOP, native="stop")]


async def test_words_may_come_as_parts_and_arguments_as_an_object() -> None:
    call = CALL | {"function": {"name": "f", "arguments": {"a": 1}}}
    chunks, _ = await given_by(
        "openai", stream(chat({"content": [{"text": "Hel"}, {"text": "lo"}], "tool_calls": [call]}))
    )
    assert chunks[1:3] == [
        TextDelta("Hello"),
        ToolCallDelta(CALL | {"function": {"name": "f", "arguments": '{"a":1}'}}),
    ]


async def test_sealed_thought_makes_an_empty_answer_a_real_one() -> None:
    sealed = {"content": "", "reasoning_details": [{"type": "reasoning.encrypted", "data": "…"}]}
    assert await kind_of(MAKERS["openrouter"](answering(stream(chat(sealed, "length"))))) is None
    told = {"reasoning_details": [{"type": "reasoning.text", "text": "Hm"}]}
    chunks, _ = await given_by("openrouter", stream(chat(told, "length")))
    assert chunks[1] == ReasoningDelta("Hm", ({"type": "reasoning.text", "text": "Hm"},))


START = {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 5}}}
HELLO = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}}
STOP = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}


@pytest.mark.parametrize("ending", [Pieces, Silent, Cut])
async def test_after_a_stop_reason_neither_a_silence_nor_a_cut_spoils_a_message(ending: Any) -> None:
    chunks, error = await given_by("anthropic", ending(stream(START, HELLO, STOP)))
    assert (error, chunks[1:]) == (
        None,
        [TextDelta("Hello"), Usage(5, 7), Finished(FinishReason.STOP, generation_id="m", native="end_turn")],
    )


async def test_a_message_whose_last_event_lacks_its_blank_line_is_whole() -> None:
    assert await kind_of(MAKERS["anthropic"](answering(stream(START, HELLO, STOP).rstrip()))) is None


@pytest.mark.parametrize("kind", [STREAMED, IN_ONE_PIECE])
async def test_a_refusal_is_no_answer_and_is_billed(kind: str) -> None:
    refusal = {"type": "message_delta", "delta": {"stop_reason": "refusal"}, "usage": {"output_tokens": 7}}
    whole = message(stop="refusal", usage={"input_tokens": 5, "output_tokens": 7})
    body = stream(START, refusal) if kind == STREAMED else json.dumps(whole).encode()
    chunks, error = await given_by("anthropic", body, kind)
    assert (error.failure.kind, usages(chunks)) == (FailureKind.REFUSED, [Usage(5, 7)])


WHOLE = {
    "openrouter": stream(chat({"content": "Hello"}, None), chat({"content": " world"}, None), chat({}, "stop")),
    "openai": stream(chat({"content": "Hello"}, None), chat({"content": " world"}, None), chat({}, "stop")),
    "anthropic": stream(START, HELLO, HELLO, STOP),
}


@pytest.mark.parametrize("provider", MAKERS)
async def test_wherever_a_stream_is_cut_before_its_finish_reason_it_is_no_answer(provider: str) -> None:
    end = WHOLE[provider].rindex(b"data: ")
    for place in range(end + 1):
        chunks, error = await given_by(provider, WHOLE[provider][:place])
        assert error is not None
        assert not any(isinstance(chunk, Finished) for chunk in chunks)


def shaped(*names: str, **known: Any) -> Any:
    """Objects with these fields, each of them there or not, and odd more often than not."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, ANY_JSON) | known) | ANY_JSON


SAID = shaped("content", "refusal", "reasoning", "reasoning_details", "tool_calls", "text", "thinking", "stop_reason")
CHOICE = shaped("error", delta=SAID, message=SAID, finish_reason=st.sampled_from(["stop", "error"]) | ANY_JSON)
TYPES = st.sampled_from(["message", "message_start", "content_block_start", "content_block_delta", "message_delta"])
SHAPED = shaped(
    *("error", "id", "index", "message", "stop_reason"),
    type=TYPES | ANY_JSON,
    choices=st.lists(CHOICE, max_size=2) | ANY_JSON,
    usage=shaped("cost", "prompt_tokens", "completion_tokens", "output_tokens", "prompt_tokens_details"),
    content=st.lists(shaped("text", "input", type=st.sampled_from(["text", "tool_use"])), max_size=2) | ANY_JSON,
    delta=SAID,
    content_block=shaped("text", "input", "name", type=st.just("tool_use")),
)


@pytest.mark.parametrize("kind", [STREAMED, IN_ONE_PIECE])
@pytest.mark.parametrize("provider", MAKERS)
@given(body=st.binary() | SHAPED | st.lists(SHAPED, max_size=3))
async def test_any_answer_is_whole_or_a_failure_of_ours(provider: str, kind: str, body: Any) -> None:
    if not isinstance(body, bytes):
        events = body if isinstance(body, list) else [body]
        body = stream(*events) if kind == STREAMED else json.dumps(body).encode()
    chunks, error = await given_by(provider, body, kind)
    assert isinstance(chunks[-1], Finished) == (error is None)
    assert len(usages(chunks)) <= 1
    assert all(isinstance(chunk.text, str) for chunk in chunks if isinstance(chunk, TextDelta | ReasoningDelta))


@given(data=ANY_JSON)
async def test_an_account_that_cannot_be_read_is_a_failure_of_ours(data: Any) -> None:
    for body in (data, {"data": data}):
        router: Any = MAKERS["openrouter"](answering(json.dumps(body).encode(), IN_ONE_PIECE))
        for read, kind in ((router.key, dict), (router.models, list)):
            with suppress(ProviderError):
                assert isinstance(await read(), kind)
