"""One simulator for all tests of this folder, a thousand times faster than life; faults are cleared between tests."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from jarvis_ai.simulator import Simulator
from tests.simulator.words import Wire

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


@pytest.fixture(scope="package")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5.0) as client:
        yield client


@pytest.fixture
def wire(simulator: Simulator, http: httpx.Client) -> Wire:
    return Wire(simulator, http)


@pytest.fixture(scope="package")
def pooled(running: Simulator) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer sk-or-v1-test"}
    with httpx.Client(base_url=running.openrouter_url, headers=headers, timeout=5.0) as client:
        yield client


@pytest.fixture
def client(simulator: Simulator, pooled: httpx.Client) -> httpx.Client:
    """A raw client at OpenRouter's root, with a key."""
    return pooled
