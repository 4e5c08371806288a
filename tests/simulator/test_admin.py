"""Which faults are on for whom: set in Python or over the admin route, met by requests."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jarvis_ai.simulator import FAULTS, Fault, Simulator
from jarvis_ai.simulator.faults import ANSWERS_ONLY
from tests.simulator.words import Wire, ask


def test_a_fault_lasts_as_many_times_as_asked(client: httpx.Client, simulator: Simulator) -> None:
    simulator.faults.set("openrouter:openai/gpt-4o", Fault("503", times=2))
    assert [ask(client).status_code for _ in range(3)] == [503, 503, 200]
    assert simulator.faults.active() == {}


def test_a_models_fault_leaves_its_neighbours_alone(client: httpx.Client, simulator: Simulator) -> None:
    simulator.faults.set("openrouter:openai/gpt-4o", Fault("503"))
    assert ask(client).status_code == 503
    assert ask(client, model="openai/gpt-4o-mini").status_code == 200


def test_a_rate_meets_its_share_and_the_same_ones_for_the_same_seed() -> None:
    def met(seed: int) -> list[bool]:
        faults = Simulator(seed=seed).faults
        faults.set("openai", Fault("500", rate=0.3))
        return [faults.take("openai", "gpt-4o") is not None for _ in range(500)]

    assert met(1) == met(1) != met(2)
    assert 100 < sum(met(1)) < 200


def test_openrouter_goes_on_to_a_model_that_holds_the_prompt(client: httpx.Client) -> None:
    response = ask(client, "word " * 110_000, models=["google/gemini-2.5-flash"])
    assert (response.status_code, response.json()["model"]) == (200, "google/gemini-2.5-flash")


def test_openrouter_itself_goes_on_to_the_next_of_the_models(client: httpx.Client, simulator: Simulator) -> None:
    simulator.faults.set("openrouter:openai/gpt-4o", Fault("503"))
    response = ask(client, models=["openai/gpt-4o-mini"])
    assert (response.status_code, response.json()["model"]) == (200, "openai/gpt-4o-mini")
    simulator.faults.set("openrouter:openai/gpt-4o", Fault("402"))
    assert ask(client, models=["openai/gpt-4o-mini"]).status_code == 402


def test_account_reads_have_a_fault_of_their_own(client: httpx.Client, simulator: Simulator) -> None:
    simulator.faults.set("openrouter", Fault("500"))
    assert client.get("/key").status_code == 200
    simulator.faults.set("openrouter:account", Fault("401"))
    assert client.get("/key").status_code == 401


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_of_account_reads_is_met_or_refused(client: httpx.Client, simulator: Simulator, kind: str) -> None:
    if kind in ANSWERS_ONLY:
        with pytest.raises(ValueError, match="happens to answers"):
            simulator.faults.set("openrouter:account", Fault(kind))
        return
    simulator.faults.set("openrouter:account", Fault(kind))
    try:
        assert client.get("/key", timeout=0.1).status_code >= 400
    except httpx.TransportError:
        assert kind in {"reset", "closed", "silence"}


@pytest.mark.parametrize("status", [409, 412, 418, 422, 499, 520, 524])
@pytest.mark.parametrize("provider", ["openrouter", "openai", "anthropic"])
def test_any_status_of_an_error_can_be_asked_for(wire: Wire, provider: str, status: int) -> None:
    wire.simulator.faults.set(provider, Fault(str(status)))
    response = wire.ask(provider)
    assert (response.status_code, bool(response.json()["error"]["message"])) == (status, True)
    assert Fault(str(status)) == Fault("other_status", status=status)


@pytest.mark.parametrize(
    ("target", "fault", "words"),
    [
        ("acme", {"kind": "429"}, "Unknown target 'acme'"),
        ("openai:gpt-99", {"kind": "429"}, "openai has no model 'gpt-99'"),
        ("openrouter:google/gemini-pro-1.5", {"kind": "429"}, "has no model"),
        ("openai", {"kind": "melted"}, "Unknown fault 'melted'. Known: rate_limited"),
        ("openai", {"kind": "429", "rate": 2}, "'rate' is a share"),
        ("openai", {"kind": "429", "times": -1}, "'times' is a whole number"),
        ("openai", {"kind": "429", "times": True}, "'times' is a whole number"),
        ("openai", {"kind": "429", "retry_after": "1"}, "'retry_after' is a number"),
        ("openai", {"kind": "429", "retry_after": 1e300}, "'retry_after' is a number"),
        ("openai", {"kind": "429", "status": 503}, "'status' is an HTTP status"),
        ("openai", {"kind": "other_status", "status": 200}, "'status' is an HTTP status"),
        ("openai", {"kind": "cut", "after": 1.5}, "'after' is a whole number"),
        ("openai", {"kind": ["429"]}, "Unknown fault"),
        ("openai", {"kind": None}, "Unknown fault"),
        ("openai:account", {"kind": "cut"}, "'cut' happens to answers"),
        ("openai", {"kind": "429", "colour": "red"}, "Unknown field 'colour'"),
        ("openai", {}, "'target' and 'kind' are needed"),
        (None, {"kind": "429"}, "'target' and 'kind' are needed"),
    ],
)
def test_the_admin_route_says_what_is_wrong(wire: Wire, target: str | None, fault: dict[str, Any], words: str) -> None:
    response = wire.http.put(f"{wire.simulator.base_url}/admin/faults", json={"target": target, **fault})
    assert response.status_code == 400
    assert words in response.json()["error"]["message"]
    assert wire.simulator.faults.active() == {}


def test_faults_are_set_listed_and_cleared_over_the_admin_route(wire: Wire) -> None:
    url = f"{wire.simulator.base_url}/admin/faults"
    target = "openrouter:openai/gpt-4o"
    wire.http.put(url, json={"target": target, "kind": "429", "retry_after": 1, "times": 1})
    wire.http.put(url, json={"target": "openai", "kind": "cut"})
    assert wire.simulator.faults.active() == {
        target: Fault("rate_limited", retry_after=1, times=1),
        "openai": Fault("cut"),
    }
    listed = wire.http.get(url).json()
    assert set(listed["faults"]) == {target, "openai"} and listed["kinds"] == dict(FAULTS)
    assert set(wire.http.delete(url, params={"target": "openai"}).json()["faults"]) == {target}
    assert wire.http.delete(url).json()["faults"] == {}


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
def test_a_body_of_the_admin_route_that_is_no_object_is_refused(wire: Wire, body: bytes) -> None:
    response = wire.http.put(f"{wire.simulator.base_url}/admin/faults", content=body)
    assert response.status_code == 400 and response.json()["error"]["message"]


def test_an_unknown_target_is_not_cleared_in_silence(wire: Wire) -> None:
    response = wire.http.delete(f"{wire.simulator.base_url}/admin/faults", params={"target": "acme"})
    assert response.status_code == 400 and "Unknown target 'acme'" in response.json()["error"]["message"]


def test_a_retry_after_is_written_without_an_exponent(wire: Wire) -> None:
    for seconds, written in ((1_000_000, "1000000"), (0.25, "0.25"), (0, "0")):
        wire.simulator.faults.set("openai", Fault("429", retry_after=seconds))
        assert wire.ask("openai").headers["Retry-After"] == written
