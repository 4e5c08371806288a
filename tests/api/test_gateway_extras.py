"""What comes beside an answer's words reaches the official clients, streamed and whole."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import OpenAI
from openrouter import OpenRouter
from openrouter.components import ChatStreamChunk

from jarvis_ai.api.gateway.answer import joined_extra
from tests.api.serving import QUESTION, Gateway, before
from tests.providers.replies import answering

GPT = "openai/gpt-4o"
MESSAGES: Any = QUESTION
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
CITED = {
    "type": "url_citation",
    "url_citation": {"url": "https://example.com", "title": "Tides", "start_index": 0, "end_index": 5},
}


def score(token: str) -> dict[str, Any]:
    return {"token": token, "logprob": -0.25, "bytes": list(token.encode()), "top_logprobs": []}


def chunk(delta: dict[str, Any], *tokens: str, **fields: Any) -> dict[str, Any]:
    scores = {"content": [score(token) for token in tokens], "refusal": None} if tokens else None
    choice = {"index": 0, "delta": delta, "finish_reason": None, "native_finish_reason": None, "logprobs": scores}
    return {"id": "gen-1", "model": GPT, "provider": "Azure", "choices": [choice | fields]}


ANSWER = (
    chunk({"role": "assistant", "content": "Hello"}, "Hel", "lo"),
    chunk({"content": " you"}, " you"),
    chunk({"audio": {"id": "audio_1", "data": "UklG", "transcript": "Hel"}}),
    chunk({"audio": {"id": "audio_1", "data": "Rg==", "transcript": "lo", "expires_at": 1_800_000_000}}),
    chunk({"content": "", "images": [IMAGE]}),
    chunk({"content": "", "annotations": [CITED]}),
    chunk({"content": "", "images": [IMAGE]}, finish_reason="stop", native_finish_reason="end_turn"),
    {"id": "gen-1", "model": GPT, "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2, "cost": 0.001}},
)
AUDIO = {"id": "audio_1", "data": "UklGRg==", "transcript": "Hello", "expires_at": 1_800_000_000}


@pytest.fixture
def upstream(served: Gateway) -> Iterator[Gateway]:
    """The gateway before a model that says it all."""
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in ANSWER) + b"data: [DONE]\n\n"
    with before(served, answering(body)):
        yield served


@pytest.fixture
def gpt(upstream: Gateway) -> Iterator[OpenAI]:
    key = upstream.runtime.api_token
    with OpenAI(api_key=key, base_url=upstream.url, max_retries=0, timeout=20.0) as client:
        yield client


def test_the_openai_package_finds_it_all_in_a_whole_answer(gpt: OpenAI) -> None:
    choice = gpt.chat.completions.create(model=GPT, messages=MESSAGES, logprobs=True).choices[0]
    assert choice.message.content == "Hello you"
    assert choice.logprobs is not None and choice.logprobs.content is not None
    assert [each.token for each in choice.logprobs.content] == ["Hel", "lo", " you"]
    assert choice.message.audio is not None and choice.message.audio.to_dict() == AUDIO
    assert choice.message.annotations is not None
    assert [each.to_dict() for each in choice.message.annotations] == [CITED]
    assert (choice.message.to_dict()["images"], choice.to_dict()["native_finish_reason"]) == ([IMAGE] * 2, "end_turn")


def test_the_openai_package_finds_it_all_in_a_stream(gpt: OpenAI) -> None:
    chunks = list(gpt.chat.completions.create(model=GPT, messages=MESSAGES, logprobs=True, stream=True))
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    scored = [choice for choice in choices if choice.logprobs]
    assert "".join(choice.delta.content or "" for choice in scored) == "Hello you"
    assert [each.token for choice in scored for each in choice.logprobs.content or ()] == ["Hel", "lo", " you"]
    beside = [choice.delta.to_dict() for choice in choices]
    assert joined_extra([{"audio": delta["audio"]} for delta in beside if "audio" in delta]) == {"audio": AUDIO}
    images = [image for delta in beside for image in delta.get("images", [])]
    assert images == [{"index": 0, **IMAGE}, {"index": 1, **IMAGE}]
    assert [cited for delta in beside for cited in delta.get("annotations", [])] == [{"index": 0, **CITED}]
    assert choices[-1].to_dict()["native_finish_reason"] == "end_turn"


def test_the_openai_package_puts_a_stream_together_by_itself(gpt: OpenAI) -> None:
    with gpt.chat.completions.stream(model=GPT, messages=MESSAGES, logprobs=True) as stream:
        choice = stream.get_final_completion().choices[0]
    assert choice.message.content == "Hello you"
    assert choice.logprobs is not None
    assert [each.token for each in choice.logprobs.content or ()] == ["Hel", "lo", " you"]
    assert len(choice.message.to_dict()["images"]) == 2


def test_the_openrouter_package_finds_log_probabilities_and_sound(upstream: Gateway) -> None:
    key = upstream.runtime.api_token
    with OpenRouter(api_key=key, server_url=upstream.url, retry_config=None, timeout_ms=20_000) as client:
        whole = client.chat.send(model=GPT, messages=MESSAGES, logprobs=True).choices[0]
        with client.chat.send(model=GPT, messages=MESSAGES, logprobs=True, stream=True) as stream:
            chunks: list[ChatStreamChunk] = list(stream)
    assert whole.logprobs is not None and len(whole.logprobs.content or ()) == 3
    assert whole.message.audio is not None and whole.message.audio.transcript == "Hello"
    sounds = [chunk.choices[0].delta.audio for chunk in chunks if chunk.choices and chunk.choices[0].delta.audio]
    assert [sound.data for sound in sounds] == ["UklG", "Rg=="]


def test_the_makers_own_word_for_the_end_is_told(served: Gateway) -> None:
    answer = served.post(model="anthropic/claude-haiku-4.5").json()
    assert answer["choices"][0]["native_finish_reason"] == "end_turn"


@given(st.binary(), st.lists(st.integers(0, 50)))
def test_sound_is_put_together_however_it_was_cut(sound: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(sound), *(cut for cut in cuts if cut < len(sound))})
    cut = [base64.b64encode(sound[a:b]).decode() for a, b in pairwise(places)]
    whole = base64.b64encode(sound).decode()
    sliced = [whole[start : start + 3] for start in range(0, len(whole), 3)]
    for data in (cut, sliced):
        assert _data(data) == whole


def _data(pieces: list[str]) -> str:
    joined = joined_extra([{"audio": {"data": piece}} for piece in pieces])
    data: str = joined["audio"]["data"] if joined else ""
    return data
