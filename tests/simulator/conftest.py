"""One simulator for all tests of this folder, a thousand times faster than life; faults are cleared between tests."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from jarvis_ai.simulator import Simulator

SPEED = 1000.0


@pytest.fixture(scope="package")
def running() -> Iterator[Simulator]:
    simulator = Simulator(seed=1, speed=SPEED)
    with simulator.running():
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Iterator[Simulator]:
    running.faults.clear()
    yield running
    running.faults.clear()


@pytest.fixture
def client(simulator: Simulator) -> Iterator[httpx.Client]:
    """A raw client at OpenRouter's root, with a key; short timeouts stand for an impatient user."""
    headers = {"Authorization": "Bearer sk-or-v1-test"}
    with httpx.Client(base_url=simulator.openrouter_url, headers=headers, timeout=5.0) as client:
        yield client
