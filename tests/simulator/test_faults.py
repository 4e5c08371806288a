"""Each fault, seen from outside by a raw client, on each vendor's wire."""

from __future__ import annotations

import httpx
import pytest

from jarvis_ai.simulator import FAULTS, Fault, Simulator
from jarvis_ai.simulator.faults import PROVIDERS
from tests.simulator.words import Wire, events, spoken

STATUSES = {
    "openrouter": {
        "rate_limited": 429,
        "rate_limited_no_hint": 429,
        "quota_exhausted": 429,
        "no_credit": 402,
        "unauthorized": 401,
        "key_limit": 403,
        "moderated": 403,
        "not_found": 404,
        "context_too_long": 400,
        "invalid_request": 400,
        "too_large": 413,
        "refused": 400,
        "server_error": 500,
        "bad_gateway": 502,
        "upstream_timeout": 504,
        "unavailable": 503,
        "overloaded": 529,
        "string_code": 500,
        "other_status": 408,
    },
}
STATUSES["openai"] = {**STATUSES["openrouter"], "no_credit": 429, "key_limit": 429, "overloaded": 503}
STATUSES["anthropic"] = {**STATUSES["openrouter"], "key_limit": 400}

REFUSED = [(provider, kind) for provider in PROVIDERS for kind in STATUSES[provider]]
BROKEN = {
    "reset": "ReadError",
    "closed": "RemoteProtocolError",
    "silence": "ReadTimeout",
    "cut": "RemoteProtocolError",
    "stalled": "ReadTimeout",
}
"""How a client sees the connection break."""

STREAMED = {"cut_clean", "malformed_chunk", "missing_done", "empty", "stream_error", "error_before_content"}
DELIVERED = {"huge_token", "slow_tokens", "split_utf8"}
"""However oddly it comes, the answer is whole."""
CONTINUED = {"refuses_prefill", "forgets"}
"""These happen to requests that go on with an answer; see the tests of continuation."""


def test_every_fault_is_tried_here() -> None:
    tried = {*STATUSES["openrouter"], *BROKEN, *STREAMED, "html", "slow_first_token", "ok_with_error"}
    tried |= {"no_finish"} | DELIVERED | CONTINUED
    assert tried == set(FAULTS)


@pytest.mark.parametrize(("provider", "kind"), REFUSED)
@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_comes_in_the_vendors_own_envelope(
    simulator: Simulator, wire: Wire, provider: str, kind: str, stream: bool
) -> None:
    simulator.faults.set(provider, Fault(kind))
    response = wire.ask(provider, stream=stream)
    assert response.status_code == STATUSES[provider][kind]
    error = response.json()["error"]
    assert error["message"] and "{" not in error["message"]
    match provider:
        case "openrouter" if kind == "string_code":
            assert error["code"] == "server_error"
        case "openrouter":
            assert error["code"] == response.status_code
        case "openai":
            assert set(error) == {"message", "type", "param", "code"} and error["type"]
        case "anthropic":
            assert response.json()["type"] == "error" and error["type"]


def test_a_rate_limit_says_when_to_come_back_or_does_not(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("429", retry_after=2.5))
    hinted = wire.ask("openrouter")
    assert hinted.headers["Retry-After"] == "2.5"
    assert hinted.json()["error"]["availability"]["retry_after"] == 2.5
    simulator.faults.set("openrouter", Fault("rate_limited_no_hint"))
    assert "Retry-After" not in wire.ask("openrouter").headers


def test_a_used_up_day_names_its_end_in_milliseconds_and_has_no_retry_after(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("quota_exhausted"))
    response = wire.ask("openrouter")
    assert int(response.headers["X-RateLimit-Reset"]) > 1_700_000_000_000
    assert "Retry-After" not in response.headers


def test_a_moderated_prompt_comes_with_the_reasons(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("moderated"))
    assert wire.ask("openrouter").json()["error"]["metadata"]["reasons"] == ["violence"]


def test_a_bad_gateway_holds_the_words_of_the_provider_behind_it(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("bad_gateway"))
    error = wire.ask("openrouter").json()["error"]
    assert error["message"] == "Provider returned error"
    assert error["metadata"]["raw"].startswith('{"error":{')


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_page_of_html_comes_in_place_of_json(simulator: Simulator, wire: Wire, provider: str, stream: bool) -> None:
    simulator.faults.set(provider, Fault("html"))
    response = wire.ask(provider, stream=stream)
    assert response.status_code == 502
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_connection_breaks_as_it_says(wire: Wire, provider: str, stream: bool, kind: str) -> None:
    wire.simulator.faults.set(provider, Fault(kind))
    text, error = wire.received(provider, stream=stream)
    assert error == BROKEN[kind]
    assert bool(text) == (kind in {"cut", "stalled"})


def test_a_reset_is_a_reset_and_no_orderly_end(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("reset"))
    with pytest.raises(httpx.ReadError, match="reset by peer"):
        wire.ask("openrouter")


def test_a_cut_comes_after_as_many_letters_as_asked(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("cut", after=30))
    text, error = wire.received("openrouter", stream=True)
    assert (len(spoken(text)), error) == (30, "RemoteProtocolError")


def test_a_stall_that_ends_gives_the_rest_of_the_answer(simulator: Simulator, wire: Wire) -> None:
    whole = spoken(wire.ask("openrouter", stream=True).text)
    simulator.faults.set("openrouter", Fault("stalled", seconds=0.02))
    response = wire.ask("openrouter", stream=True)
    assert spoken(response.text) == whole
    assert response.text.endswith("data: [DONE]\n\n")


def test_a_silence_that_ends_gives_the_answer(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openai", Fault("silence", seconds=0.02))
    assert wire.ask("openai").status_code == 200


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_slow_first_token_comes_after_the_headers(simulator: Simulator, wire: Wire, provider: str) -> None:
    simulator.faults.set(provider, Fault("slow_first_token", seconds=30))
    with wire.open(provider, stream=True) as response:
        assert response.status_code == 200
        if provider == "openrouter":
            lines = response.iter_lines()
            assert [next(lines), next(lines), next(lines)] == [": OPENROUTER PROCESSING", "", ": OPENROUTER PROCESSING"]


def test_a_slow_first_token_is_not_for_ever(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("slow_first_token"))
    text = wire.ask("openrouter", stream=True).text
    assert text.endswith("data: [DONE]\n\n") and spoken(text)


def test_a_clean_cut_has_no_finish_reason_and_no_end_marker(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("cut_clean"))
    response = wire.ask("openrouter", stream=True)
    assert "[DONE]" not in response.text and spoken(response.text)
    assert {event["choices"][0]["finish_reason"] for event in events(response.text)} == {None}


def test_a_cleanly_cut_body_is_half_a_json(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openai", Fault("cut_clean"))
    response = wire.ask("openai")
    assert response.status_code == 200 and response.text.startswith("{")
    with pytest.raises(ValueError):
        response.json()


def test_a_malformed_piece_leaves_the_others_whole(simulator: Simulator, wire: Wire) -> None:
    whole = spoken(wire.ask("openrouter", stream=True).text)
    simulator.faults.set("openrouter", Fault("malformed_chunk"))
    text = wire.ask("openrouter", stream=True).text
    datas = [line for line in text.splitlines() if line.startswith("data: {")]
    assert len(datas) == len(list(events(text))) + 1
    assert spoken(text) == whole


def test_a_malformed_body_is_no_json(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("anthropic", Fault("malformed_chunk"))
    with pytest.raises(ValueError):
        wire.ask("anthropic").json()


def test_a_missing_end_marker_comes_after_the_finish_reason(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("missing_done"))
    text = wire.ask("openrouter", stream=True).text
    assert '"finish_reason":"stop"' in text and "[DONE]" not in text
    simulator.faults.set("anthropic", Fault("missing_done"))
    text = wire.ask("anthropic", stream=True).text
    assert "end_turn" in text and "message_stop" not in text


def test_a_connection_can_stay_open_after_the_finish_reason(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("missing_done", seconds=30))
    text, error = wire.received("openrouter", stream=True)
    assert '"finish_reason":"stop"' in text
    assert error == "ReadTimeout"


def test_an_empty_answer_has_no_choices_and_costs_nothing(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("empty"))
    body = wire.ask("openrouter").json()
    assert (body["choices"], body["usage"]["completion_tokens"], body["usage"]["cost"]) == ([], 0, 0)
    text = wire.ask("openrouter", stream=True).text
    assert spoken(text) == "" and text.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
def test_an_empty_answer_is_empty_with_every_vendor(
    simulator: Simulator, wire: Wire, provider: str, stream: bool
) -> None:
    simulator.faults.set(provider, Fault("empty"))
    response = wire.ask(provider, stream=stream)
    assert response.status_code == 200
    assert '"content":"("' not in response.text and "simulated answer" not in response.text


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_good_status_can_hold_an_error(simulator: Simulator, wire: Wire, provider: str, stream: bool) -> None:
    simulator.faults.set(provider, Fault("ok_with_error"))
    response = wire.ask(provider, stream=stream)
    assert response.status_code == 200
    assert response.json()["error"]["message"]
    assert "choices" not in response.json()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_error_inside_a_stream_comes_after_some_words(simulator: Simulator, wire: Wire, provider: str) -> None:
    simulator.faults.set(provider, Fault("stream_error"))
    response = wire.ask(provider, stream=True)
    assert response.status_code == 200
    *said, last = events(response.text)
    assert len(said) > 2
    assert last["error"]["message"]
    if provider == "openrouter":
        assert last["choices"][0]["finish_reason"] == "error"
        assert last["error"]["metadata"]["error_type"]


def test_an_error_halfway_through_a_body_stands_beside_what_was_said(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("stream_error"))
    choice = wire.ask("openrouter").json()["choices"][0]
    assert choice["finish_reason"] == "error"
    assert choice["error"]["code"] == 502 and choice["message"]["content"]


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_vendors_without_half_answers_answer_with_an_error(simulator: Simulator, wire: Wire, provider: str) -> None:
    simulator.faults.set(provider, Fault("stream_error"))
    assert wire.ask(provider).status_code == 502


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_error_can_be_the_first_thing_in_a_stream(simulator: Simulator, wire: Wire, provider: str) -> None:
    simulator.faults.set(provider, Fault("error_before_content"))
    response = wire.ask(provider, stream=True)
    (only,) = events(response.text)
    assert response.status_code == 200 and only["error"]


def test_an_end_without_a_finish_reason_has_the_end_marker(simulator: Simulator, wire: Wire) -> None:
    whole = spoken(wire.ask("openrouter", stream=True).text)
    simulator.faults.set("openrouter", Fault("no_finish", after=30))
    text = wire.ask("openrouter", stream=True).text
    assert spoken(text) == whole[:30]
    assert text.endswith("data: [DONE]\n\n") and '"finish_reason":"stop"' not in text


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("kind", DELIVERED)
def test_an_answer_that_comes_oddly_is_whole(simulator: Simulator, wire: Wire, provider: str, kind: str) -> None:
    healthy = words_of(wire.ask(provider, stream=True).text)
    simulator.faults.set(provider, Fault(kind, seconds=0.01))
    assert words_of(wire.ask(provider, stream=True).text) == healthy != ""


def words_of(stream: str) -> str:
    """What a stream says, whichever vendor's it is."""
    deltas = [event.get("delta", {}).get("text", "") for event in events(stream)]
    return spoken(stream) or "".join(deltas)


def test_a_huge_token_is_one_event_of_a_quarter_of_a_megabyte(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("huge_token"))
    lines = wire.ask("openrouter", stream=True).text.splitlines()
    assert [len(line) > 256 * 1024 for line in lines].count(True) == 1


def test_packets_end_inside_characters_and_line_ends(simulator: Simulator, wire: Wire) -> None:
    simulator.faults.set("openrouter", Fault("split_utf8"))
    question = [{"role": "user", "content": "Repeat exactly: Grüße aus Zürich ☕"}]
    with wire.open("openrouter", stream=True, messages=question) as response:
        packets = list(response.iter_raw())
    assert spoken(b"".join(packets).decode()) == "Grüße aus Zürich ☕"
    assert any(packet.endswith(b"\xc3") for packet in packets)
    assert any(packet.endswith(b"\r") for packet in packets)
    assert b"".join(packets).count(b'"finish_reason":"stop"') == 2
