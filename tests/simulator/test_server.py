"""The simulator as a thing to start, stop and look into."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from time import monotonic

import httpx
import pytest

from jarvis_ai.simulator import Fault, Simulator
from jarvis_ai.simulator.pace import pace_of
from tests.simulator.words import Wire, spoken


def test_it_listens_while_it_runs_and_not_after() -> None:
    simulator = Simulator()
    with simulator.running() as address:
        assert simulator.base_url == address
        assert simulator.openai_url == f"{address}/openai/v1"
        assert simulator.anthropic_url == f"{address}/anthropic"
        assert simulator.openrouter_url == f"{address}/openrouter/api/v1"
        assert httpx.get(f"{address}/admin/state").status_code == 200
    assert simulator.base_url == ""
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/admin/state")
    simulator.stop()


def test_it_can_be_started_again_and_not_twice() -> None:
    with Simulator() as simulator:
        with pytest.raises(RuntimeError, match="running already"):
            simulator.start()
        first = simulator.base_url
    simulator.start()
    assert simulator.base_url and first
    simulator.stop()


def test_a_port_that_is_taken_is_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        simulator = Simulator()
        with pytest.raises(OSError):
            simulator.start(taken.getsockname()[1])
    simulator.start()
    simulator.stop()


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="times faster than life"):
        Simulator(speed=0)


@pytest.mark.parametrize("kind", ["silence", "stalled", "slow_first_token"])
def test_it_stops_promptly_under_requests_that_hang(kind: str) -> None:
    simulator = Simulator(speed=1000)
    ended: list[str] = []

    def hang(http: httpx.Client) -> None:
        _, error = Wire(simulator, http).received("openrouter", timeout=30, stream=True)
        ended.append(error)

    with httpx.Client() as http:
        simulator.start()
        simulator.faults.set("openrouter", Fault(kind, seconds=None if kind != "slow_first_token" else 30))
        hanging = threading.Thread(target=hang, args=(http,))
        hanging.start()
        while not simulator.calls:
            threading.Event().wait(0.005)
        started = monotonic()
        simulator.stop()
        assert monotonic() - started < 2
        hanging.join(5)
    assert ended == ["RemoteProtocolError"]


def test_a_hanging_request_ends_when_its_client_goes(wire: Wire) -> None:
    wire.simulator.faults.set("openrouter", Fault("silence"))
    assert wire.received("openrouter") == ("", "ReadTimeout")
    wire.simulator.faults.clear()
    assert wire.ask("openrouter").status_code == 200


def test_the_state_counts_calls_and_keeps_no_secrets(wire: Wire) -> None:
    for provider in ("openrouter", "openai", "anthropic"):
        wire.ask(provider)
    text = wire.http.get(f"{wire.simulator.base_url}/admin/state").text
    assert not any(key in text for key in ("sk-or-v1-test", "sk-test", "sk-ant-test"))
    state = httpx.Response(200, text=text).json()
    last = state["calls"][-1]
    assert (last["provider"], last["model"], last["path"]) == (
        "anthropic",
        "claude-haiku-4-5",
        "/anthropic/v1/messages",
    )
    assert last["headers"]["anthropic-version"] == "2023-06-01"
    assert state["by_model"]["openai:gpt-4o"] >= 1
    assert state["ledger"]["usage"]["openrouter"] > 0
    assert wire.simulator.calls[-1].body["max_tokens"] == 200


def test_two_simulators_of_one_seed_say_and_charge_the_same() -> None:
    def run(seed: int) -> tuple[str, int]:
        simulator = Simulator(seed=seed, speed=10_000)
        with simulator.running(), httpx.Client() as http:
            text = spoken(Wire(simulator, http).ask("openrouter", stream=True).text)
        return text, simulator.ledger.nanos("openrouter")

    assert run(1) == run(1) != run(2)


def test_the_speed_factor_makes_answers_faster() -> None:
    def seconds(speed: float) -> float:
        simulator = Simulator(speed=speed)
        with simulator.running(), httpx.Client() as http:
            wire = Wire(simulator, http)
            wire.ask("openrouter")
            return simulator.ledger.charges()[-1].ttft

    assert seconds(100) == pytest.approx(seconds(1000) * 10)


@pytest.mark.parametrize(
    ("model", "least", "most"),
    [
        ("openai/gpt-4o", 2, 5),
        ("openai/gpt-4o-mini", 1, 3),
        ("anthropic/claude-sonnet-4.6", 2, 4),
        ("anthropic/claude-haiku-4.5", 0.5, 2),
        ("meta-llama/llama-3.1-8b-instruct", 1, 3),
    ],
)
def test_each_model_takes_as_long_as_the_seeds_table_says(model: str, least: float, most: float) -> None:
    pace = pace_of(model)
    assert least < pace.ttft + 150 / pace.tokens_per_second < most


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_takes_its_time_and_no_longer(stream: bool) -> None:
    with Simulator(speed=5) as simulator, httpx.Client() as http:
        started = monotonic()
        Wire(simulator, http).ask("openrouter", stream=stream)
        took, (charge,) = monotonic() - started, simulator.ledger.charges()
    ideal = charge.ttft + charge.output_tokens / (60.0 * 5)
    assert 0.5 * ideal < took < 3 * ideal + 2


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "jarvis_ai.simulator", "--port", "0", "--speed", "1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        admin = lines[3].split()[-1]
        assert httpx.get(admin).json()["faults"] == {}
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
