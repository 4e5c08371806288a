"""The gateway byte by byte: how it frames what it says, and what becomes of a call whose caller goes."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from jarvis_ai.simulator.faults import Fault
from tests.api.serving import QUESTION, Gateway, before, chunks, spoken
from tests.providers.replies import Pieces

GPT = "openai/gpt-4o"


class RawCaller:
    """A client of bare bytes."""

    def __init__(self, gateway: Gateway, **body: Any) -> None:
        address = gateway.url.removeprefix("http://").partition("/")[0]
        host, _, port = address.partition(":")
        data = json.dumps({"messages": QUESTION, "model": GPT, **body}).encode()
        head = (
            f"POST /api/v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {gateway.runtime.api_token}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        self.connection = socket.create_connection((host, int(port)), timeout=20.0)
        self.connection.sendall(head.encode() + data)
        self.heard = b""

    def hears(self, what: bytes) -> None:
        while what not in self.heard:
            piece = self.connection.recv(65536)
            assert piece, self.heard
            self.heard += piece

    def leaves(self) -> None:
        self.connection.close()


def until(holds: Callable[[], bool], gateway: Gateway) -> None:
    """Ask again and again, with as much as a look at the log between two times."""
    for _ in range(2_000):
        if holds():
            return
        gateway.cancelled()
    raise AssertionError("It did not come to pass.")


def test_a_stream_is_framed_as_openrouter_frames_it(served: Gateway) -> None:
    caller = RawCaller(served, stream=True)
    caller.hears(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    head, _, body = caller.heard.partition(b"\r\n\r\n")
    caller.leaves()
    assert b"content-type: text/event-stream; charset=utf-8" in head.lower()
    assert b"cache-control: no-cache" in head.lower()
    assert b"\nevent:" not in body and b"\nid:" not in body


def test_a_caller_who_leaves_in_the_middle_cancels_the_call_and_the_row_says_so(served: Gateway) -> None:
    served.simulator.faults.set("openrouter", Fault("stalled"))
    before = len(served.simulator.ledger.charges())
    caller = RawCaller(served, stream=True)
    caller.hears(b'"content":')
    caller.leaves()
    operation_id = caller.heard.lower().partition(b"x-jarvis-operation-id: ")[2][:36].decode()
    until(lambda: len(served.simulator.ledger.charges()) > before, served)
    assert served.simulator.ledger.charges()[-1].cancelled
    until(lambda: served.operation(operation_id)["status"] == "cancelled", served)
    assert served.operation(operation_id)["source"] == "gateway"


@pytest.mark.parametrize("stream", [False, True])
def test_a_caller_who_leaves_before_the_first_word_cancels_the_call(served: Gateway, stream: bool) -> None:
    served.simulator.faults.set("openrouter", Fault("silence"))
    before, asked = served.cancelled(), len(served.simulator.calls)
    caller = RawCaller(served, stream=stream)
    until(lambda: len(served.simulator.calls) > asked, served)
    caller.leaves()
    until(lambda: served.cancelled() == before + 1, served)


def test_an_answer_that_breaks_off_after_its_first_words_ends_in_an_error_and_not_in_success(served: Gateway) -> None:
    for provider in ("openrouter", "openai", "anthropic"):
        served.simulator.faults.set(provider, Fault("cut"))
    response = served.post(model=GPT, stream=True)
    events = chunks(response.text)
    assert response.status_code == 200
    assert spoken(events)
    assert events[-1]["choices"][0]["finish_reason"] == "error"
    assert events[-1]["error"]["metadata"]["error_type"] == "provider_unavailable"
    assert "[DONE]" not in response.text
    assert served.operation(response.headers["X-Jarvis-Operation-Id"])["status"] == "failed"


def test_an_answer_in_one_piece_that_breaks_off_is_begun_anew(served: Gateway) -> None:
    served.simulator.faults.set(f"openrouter:{GPT}", Fault("cut"))
    response = served.post(model=GPT)
    assert response.status_code == 200, response.text
    assert response.headers["X-Jarvis-Fallback"] == "true"
    assert response.json()["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_when_nobody_answers_every_attempt_is_told_with_its_reason(served: Gateway, stream: bool) -> None:
    served.simulator.faults.set("openrouter", Fault("no_credit"))
    served.simulator.faults.set("openai", Fault("unauthorized"))
    response = served.post(models=[GPT, "meta-llama/llama-3.1-8b-instruct"], stream=stream)
    error = response.json()["error"]
    assert response.status_code == error["code"] == 503
    tried = [(row["provider"], row["failure"]) for row in error["attempts"]]
    assert tried == [("openrouter", "no_credit"), ("openai", "unauthorized")]
    assert "Insufficient credits" in error["message"] and "Incorrect API key" in error["message"]
    assert served.operation(response.headers["X-Jarvis-Operation-Id"])["status"] == "failed"


@pytest.mark.anyio
async def test_a_hundred_at_once_with_faults_get_their_own_answers(served: Gateway) -> None:
    served.simulator.faults.set(f"openrouter:{GPT}", Fault("cut", rate=0.3))
    async with httpx.AsyncClient(headers=served.headers, timeout=30.0, limits=httpx.Limits()) as client:

        async def ask(number: int) -> tuple[str, str]:
            words = f"{number} is the number of this one and of no other, which is {number}"
            question = {"role": "user", "content": f"Repeat exactly: {words}"}
            body = {"messages": [question], "model": GPT, "stream": number % 2 == 0}
            response = await client.post(f"{served.url}/chat/completions", json=body)
            assert response.status_code == 200, response.text
            if not body["stream"]:
                return words, response.json()["choices"][0]["message"]["content"]
            assert response.text.endswith("data: [DONE]\n\n"), response.text
            return words, spoken(chunks(response.text))

        answers = await asyncio.gather(*map(ask, range(100)))
    assert [words for words, said in answers] == [said for words, said in answers]


def test_an_answer_that_breaks_off_is_finished_by_another_link_without_a_letter_lost(served: Gateway) -> None:
    served.simulator.faults.set(f"openrouter:{GPT}", Fault("cut"))
    words = "There was a farmer who had a dog, and Bingo was his name, and there he is again."
    response = served.post(model=GPT, stream=True, messages=[{"role": "user", "content": f"Repeat exactly: {words}"}])
    *_, last = events = chunks(response.text)
    assert spoken(events) == words
    assert (last["jarvis"]["attempts"], last["jarvis"]["fallback"]) == (2, True)
    assert last["model"] != GPT


def test_what_goes_upstream_is_the_callers_own_and_always_streamed(served: Gateway) -> None:
    response = served.post(models=[GPT, "a/b", "c/d", "e/f", "g/h"], seed=7, new={"a": [1]})
    assert response.status_code == 200, response.text
    prompts = [call for call in served.simulator.calls if call.method == "POST"]  # costs of earlier ones are asked for
    assert prompts[-1].body == {
        "model": GPT,
        "messages": QUESTION,
        "stream": True,
        "seed": 7,
        "new": {"a": [1]},
    }


def test_a_programs_own_name_is_the_tag_of_its_operations(served: Gateway) -> None:
    headers = {**served.headers, "X-Title": "Jarvis Phone"}
    response = httpx.post(f"{served.url}/chat/completions", headers=headers, json={"messages": QUESTION})
    row = served.operation(response.headers["X-Jarvis-Operation-Id"])
    assert (row["tag"], row["source"]) == ("Jarvis Phone", "gateway")


SHORT = "This request requires more credits, or fewer max_tokens. You requested 65536, but can only afford 3395."


def said(status: int, body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(status, stream=Pieces(json.dumps(body).encode()))


def test_a_caller_who_sets_no_limit_is_answered_within_what_the_balance_affords(served: Gateway) -> None:
    asked: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        if "max_tokens" not in asked[-1]:
            return said(402, {"error": {"code": 402, "message": SHORT}})
        return said(200, {"choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}]})

    with before(served, httpx.MockTransport(answer)):
        response = served.post(model=GPT)
        assert response.json()["choices"][0]["message"]["content"] == "Hello"
        assert response.headers["x-jarvis-attempts"] == "2"
        assert [body.get("max_tokens") for body in asked] == [None, 3395]
        assert served.post(model=GPT, max_tokens=20).status_code == 200
