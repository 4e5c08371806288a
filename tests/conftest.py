"""What every test stands on: one event loop, and no way out of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.databases import cluster, place, server

__all__ = ["cluster", "place", "server"]

# A machine that is busy elsewhere is not a defect of ours: a property may take its time.
settings.register_profile("jarvis", deadline=None)
settings.load_profile("jarvis")

LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}  # noqa: S104 - a name to compare with


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _nobody_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection that is not to the loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise AssertionError(f"A test tried to reach {address[0]}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield
