"""Chat completions as OpenRouter and OpenAI send them, good and bad."""

from __future__ import annotations

import json

import httpx
import pytest

from jarvis_ai.domain import (
    Alive,
    Chunk,
    ExtraDelta,
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
from jarvis_ai.providers.openai import OpenAI
from jarvis_ai.providers.openrouter import OpenRouter
from tests.providers.replies import Pieces, Silent

pytestmark = pytest.mark.anyio

USAGE = {"prompt_tokens": 14, "completion_tokens": 4, "cost": 0.000102, "prompt_tokens_details": {"cached_tokens": 3}}
COUNTED = Usage(14, 4, cache_read_tokens=3, cost_nanos=102_000)


def event(delta: dict | None = None, finish: str | None = None, **fields: object) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    body = {"id": "gen-1", "model": "openai/gpt-4o-2024-08-06", "provider": "Azure", "choices": choices} | fields
    return b"data: " + json.dumps(body).encode() + b"\n\n"


COMMENT, DONE = b": OPENROUTER PROCESSING\n\n", b"data: [DONE]\n\n"
HELLO, WORLD = event({"role": "assistant", "content": "Hello"}), event({"content": " world"})
STOP, ACCOUNT = event({"content": ""}, "stop"), event(usage=USAGE)


class Replies:
    """A server that answers with what it is given, and notes what it was asked."""

    def __init__(
        self, body: bytes | httpx.AsyncByteStream, *, status: int = 200, kind: str = "text/event-stream"
    ) -> None:
        self.requests: list[httpx.Request] = []
        stream = Pieces(body) if isinstance(body, bytes) else body

        def answer(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return httpx.Response(status, headers={"content-type": kind, "x-generation-id": "gen-1"}, stream=stream)

        self.transport = httpx.MockTransport(answer)

    async def chunks(self, prompt: Prompt | None = None) -> list[Chunk]:
        provider = OpenRouter(api_key="sk-or-test", base_url="http://router", transport=self.transport, grace=0.02)
        stream = provider.stream("openai/gpt-4o", prompt or Prompt.of("Hello"))
        return [chunk async for chunk in stream if chunk != Alive()]

    async def failure(self) -> FailureKind:
        with pytest.raises(ProviderError) as error:
            await self.chunks()
        return error.value.failure.kind

    @property
    def body(self) -> dict:
        return json.loads(self.requests[0].content)


END = Finished(FinishReason.STOP, "openai/gpt-4o-2024-08-06", "Azure", "gen-1", native="stop")


@pytest.mark.parametrize(
    "ending",
    [
        STOP + ACCOUNT + DONE,
        STOP + event({"content": ""}, usage=USAGE) + DONE,
        STOP + STOP + ACCOUNT + DONE,
        STOP + ACCOUNT,
        STOP + ACCOUNT + DONE + event(obfuscation="x"),
    ],
    ids=["as recorded in 2026", "usage beside a choice", "two finish reasons", "no [DONE]", "more after the end"],
)
async def test_a_stream_that_finishes_is_a_whole_answer(ending: bytes):
    chunks = await Replies(COMMENT + HELLO + COMMENT + WORLD + ending).chunks()
    assert chunks == [Opened("gen-1"), TextDelta("Hello"), TextDelta(" world"), COUNTED, END]


async def test_a_malformed_line_is_passed_over_when_the_stream_goes_on():
    chunks = await Replies(HELLO + b"data: {junk\n\n" + WORLD + STOP + ACCOUNT + DONE).chunks()
    assert [chunk.text for chunk in chunks if isinstance(chunk, TextDelta)] == ["Hello", " world"]


async def test_a_malformed_line_that_held_words_is_a_hole_in_the_answer():
    lost = b'data: {"id":"gen-1","choices":[{"delta":{"content":"and "\n\n'
    with pytest.raises(ProviderError) as raised:
        await Replies(HELLO + lost + WORLD + STOP + ACCOUNT + DONE).chunks()
    assert raised.value.failure.kind is FailureKind.MALFORMED


async def test_after_a_finish_reason_an_open_silent_connection_is_not_waited_for():
    chunks = await Replies(Silent(HELLO + STOP)).chunks()
    assert chunks == [Opened("gen-1"), TextDelta("Hello"), END]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (HELLO, FailureKind.TRUNCATED),
        (HELLO + DONE, FailureKind.TRUNCATED),
        (HELLO + b"data: {junk\n\n", FailureKind.MALFORMED),
        (STOP + DONE, FailureKind.EMPTY),
        (event({"content": ""}, "content_filter") + DONE, FailureKind.REFUSED),
        (HELLO + event(error={"code": 502, "message": "Provider disconnected"}), FailureKind.SERVER_ERROR),
        (event(error={"code": 429, "message": "slow down"}), FailureKind.RATE_LIMITED),
        (HELLO + event({"content": ""}, "error", error={"code": "server_error"}), FailureKind.SERVER_ERROR),
        (b'data: {"error": {"code": 503, "message": "no"}}\n\n', FailureKind.OVERLOADED),
    ],
)
async def test_a_stream_that_does_not_finish_is_a_failure(body: bytes, kind: FailureKind):
    assert await Replies(body).failure() is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error": {"code": 502, "message": "upstream"}}', FailureKind.SERVER_ERROR),
        (b'{"choices": [], "usage": {"completion_tokens": 0}}', FailureKind.EMPTY),
        (b'{"choices": [{"message": {"content": "half"}, "finish_reason": "error"}]}', FailureKind.SERVER_ERROR),
        (b"<html>Sorry</html>", FailureKind.MALFORMED),
        (b"[]", FailureKind.MALFORMED),
    ],
)
async def test_a_good_status_does_not_make_a_good_answer(body: bytes, kind: FailureKind):
    assert await Replies(body, kind="application/json").failure() is kind


async def test_an_answer_in_one_piece_gives_the_same_chunks():
    message = {"role": "assistant", "content": "Hello", "reasoning": "Be kind"}
    body = {"id": "gen-1", "model": "m", "choices": [{"message": message, "finish_reason": "stop"}], "usage": USAGE}
    chunks = await Replies(json.dumps(body).encode(), kind="application/json").chunks()
    assert chunks == [
        Opened("gen-1"),
        TextDelta("Hello"),
        ReasoningDelta("Be kind"),
        COUNTED,
        Finished(FinishReason.STOP, "m", "", "gen-1", native="stop"),
    ]


SCORES = {"content": [{"token": "Hello", "logprob": -0.1, "bytes": [72], "top_logprobs": []}]}


@pytest.mark.parametrize("key", ["delta", "message"])
async def test_log_probabilities_come_with_the_words_that_they_belong_to(key: str):
    scores = SCORES | {"refusal": None}
    choice = {"index": 0, key: {"content": "Hello"}, "logprobs": scores, "finish_reason": "stop"}
    body = json.dumps({"choices": [choice]}).encode()
    streamed = key == "delta"
    replies = Replies(b"data: " + body + b"\n\n", kind="text/event-stream") if streamed else Replies(body, kind="json")
    assert TextDelta("Hello", SCORES) in await replies.chunks()


async def test_a_token_without_a_letter_keeps_its_log_probability():
    half = event({"content": ""}, logprobs=None)
    scored = half.replace(
        b'"finish_reason": null', b'"finish_reason": null, "logprobs": ' + json.dumps(SCORES).encode()
    )
    assert TextDelta("", SCORES) in await Replies(scored + HELLO + STOP + DONE).chunks()


@pytest.mark.parametrize(
    "fields",
    [
        {"audio": {"id": "audio_1", "data": "UklGRg==", "transcript": "Hello"}},
        {"images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}]},
    ],
)
async def test_an_answer_that_is_no_words_is_an_answer(fields: dict):
    chunks = await Replies(event({"content": None, **fields}) + STOP + DONE).chunks()
    assert chunks[1:] == [ExtraDelta(fields), END]


async def test_what_an_answer_cites_comes_after_its_words_and_is_no_answer_by_itself():
    cited = [{"type": "url_citation", "url_citation": {"url": "https://example.com", "start_index": 0}}]
    chunks = await Replies(event({"content": "Hello", "annotations": cited}) + STOP + DONE).chunks()
    assert chunks[1:] == [TextDelta("Hello"), ExtraDelta({"annotations": cited}), END]
    assert await Replies(event({"annotations": cited}) + STOP + DONE).failure() is FailureKind.EMPTY


async def test_the_makers_own_word_for_the_end_is_kept():
    body = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop", "native_finish_reason": "end_turn"}]}
    chunks = await Replies(json.dumps(body).encode(), kind="application/json").chunks()
    assert chunks[-1] == Finished(FinishReason.STOP, native="end_turn")


@pytest.mark.parametrize("lost", [b'{"audio": {"data": "UklG', b'{"images": [{"type": "image'])
async def test_a_line_that_lost_sound_or_an_image_leaves_a_hole(lost: bytes):
    replies = Replies(HELLO + b'data: {"choices": [{"delta": ' + lost + b"\n\n" + WORLD + STOP + DONE)
    assert await replies.failure() is FailureKind.MALFORMED


async def test_tokens_spent_on_thought_make_an_empty_answer_a_real_one():
    thought = event({"content": "", "reasoning": "Hm"})
    chunks = await Replies(thought + event({"content": ""}, "length") + ACCOUNT + DONE).chunks()
    assert ReasoningDelta("Hm") in chunks


async def test_tool_calls_pass_through_piece_by_piece():
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    chunks = await Replies(event({"tool_calls": [call]}) + event({}, "tool_calls") + ACCOUNT + DONE).chunks()
    assert ToolCallDelta(call) in chunks
    assert isinstance(chunks[-1], Finished)
    assert chunks[-1].reason is FinishReason.TOOL_CALLS


async def test_the_request_names_us_and_passes_every_parameter_on():
    replies = Replies(HELLO + STOP + ACCOUNT + DONE)
    await replies.chunks(Prompt.of("Hi", temperature=0.3, max_tokens=50, extra={"top_p": 0.5, "tools": [{"a": 1}]}))
    assert replies.body == {
        "model": "openai/gpt-4o",
        "messages": [{"role": "user", "content": "Hi"}],
        "max_tokens": 50,
        "stream": True,
        "top_p": 0.5,
        "tools": [{"a": 1}],
        "temperature": 0.3,
    }
    headers = replies.requests[0].headers
    assert headers["authorization"] == "Bearer sk-or-test"
    assert headers["x-openrouter-title"] == "Jarvis AI"


async def asked_of_openai(model: str, prompt: Prompt) -> tuple[dict, httpx.Headers]:
    replies = Replies(HELLO + STOP + ACCOUNT + DONE)
    async for _ in OpenAI(api_key="", base_url="http://direct", transport=replies.transport).stream(model, prompt):
        pass
    return replies.body, replies.requests[0].headers


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("gpt-4o", "max_tokens"),
        ("gpt-4.5-preview", "max_tokens"),
        ("o3-mini", "max_completion_tokens"),
        ("gpt-6-sol", "max_completion_tokens"),
    ],
)
async def test_openai_is_asked_in_the_words_of_the_model_family(model: str, limit: str):
    extra = {"provider": {"sort": "price"}, "top_k": 5, "reasoning": {"effort": "low"}, "top_p": 0.5}
    body, headers = await asked_of_openai(model, Prompt.of("Hi", temperature=0.3, max_tokens=50, extra=extra))
    expected = {
        "model": model,
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        limit: 50,
    }
    plain, thinking = {"temperature": 0.3, "top_p": 0.5}, {"reasoning_effort": "low"}
    assert body == expected | (plain if limit == "max_tokens" else thinking)
    assert "authorization" not in headers


async def test_openai_is_not_told_what_only_openrouter_knows():
    answer = {"role": "assistant", "content": "Hm", "reasoning": "…", "reasoning_details": [{"index": 0}]}
    part = {"type": "text", "text": "Hi"}
    cached = {"role": "user", "content": [{**part, "cache_control": {"type": "ephemeral"}}]}
    odd = {"metadata": {"a": "b"}, "image_config": {}}
    body, _ = await asked_of_openai("gpt-4o", Prompt((answer, cached), extra=odd))
    assert body["messages"] == [{"role": "assistant", "content": "Hm"}, {"role": "user", "content": [part]}]
    assert not {"metadata", "image_config"} & set(body)
    kept, _ = await asked_of_openai("gpt-4o", Prompt.of("Hi", extra={"metadata": {"a": "b"}, "store": True}))
    assert kept["metadata"] == {"a": "b"}


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5-mini"])
async def test_a_limit_in_the_newer_word_is_the_only_one(model: str):
    body, _ = await asked_of_openai(model, Prompt.of("Hi", extra={"max_completion_tokens": 7}))
    assert (body["max_completion_tokens"], "max_tokens" in body) == (7, False)


async def test_a_limit_is_always_sent_and_other_fields_cannot_undo_what_was_asked():
    replies = Replies(HELLO + STOP + ACCOUNT + DONE)
    await replies.chunks(Prompt.of("Hi", extra={"max_tokens": None, "max_completion_tokens": None, "stream": False}))
    assert (replies.body["max_tokens"], replies.body["stream"]) == (1024, True)


@pytest.mark.parametrize(
    ("extra", "sent"), [({"seed": 2**70}, 2**70), ({"seed": {1: 2}}, {"1": 2}), ({"seed": "a\ud800b"}, "a?b")]
)
async def test_half_a_character_and_other_oddities_of_a_prompt_are_sent_all_the_same(extra: dict, sent: object):
    replies = Replies(HELLO + STOP + ACCOUNT + DONE)
    await replies.chunks(Prompt.of("Hi", extra=extra))
    assert replies.body["seed"] == sent


async def test_a_prompt_that_is_no_json_is_an_invalid_request():
    loop: dict = {}
    loop["loop"] = loop
    with pytest.raises(ProviderError) as error:
        await Replies(HELLO).chunks(Prompt.of("Hi", extra={"loop": loop}))
    assert error.value.failure.kind is FailureKind.INVALID_REQUEST


@pytest.mark.parametrize("key", ["sk-or-te\nst", " sk-or-test\x00", "sk-or-testé😀"])
async def test_a_key_with_a_stray_letter_is_sent_without_it(key: str):
    replies = Replies(HELLO + STOP + ACCOUNT + DONE)
    async for _ in OpenRouter(api_key=key, base_url="http://router", transport=replies.transport).stream(
        "m", Prompt.of("Hi")
    ):
        pass
    assert replies.requests[0].headers["authorization"] == "Bearer sk-or-test"


async def test_usage_is_not_asked_of_openai_where_nothing_is_streamed():
    body, _ = await asked_of_openai("gpt-4o", Prompt.of("Hi", stream=False))
    assert (body["stream"], "stream_options" in body) == (False, False)


async def test_cached_and_reasoning_tokens_are_counted():
    usage = {
        "prompt_tokens": 14,
        "completion_tokens": 9,
        "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    chunks = await Replies(HELLO + STOP + event(usage=usage) + DONE).chunks()
    assert Usage(14, 9, cache_read_tokens=3, cache_write_tokens=2, reasoning_tokens=5) in chunks


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("refused"), FailureKind.CONNECT_FAILED),
        (httpx.ConnectTimeout("late"), FailureKind.CONNECT_TIMEOUT),
        (httpx.ReadError("reset"), FailureKind.DISCONNECTED),
        (httpx.RemoteProtocolError("closed"), FailureKind.DISCONNECTED),
    ],
)
async def test_whatever_the_transport_does_is_a_failure_of_ours(error: Exception, kind: FailureKind):
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    transport = httpx.MockTransport(fail)
    provider = OpenRouter(api_key="k", base_url="http://router", transport=transport)
    with pytest.raises(ProviderError) as caught:
        await provider.key()
    assert (caught.value.failure.kind, caught.value.__cause__) == (kind, error)
