"""A client of the API over a fake runtime, and the gateway on a socket over a real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from jarvis_ai.api.routes import routes
from tests.api.fakes import TOKEN, FakeRuntime
from tests.api.serving import Gateway, gateway


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime()


@pytest.fixture
def stranger(runtime: FakeRuntime) -> Iterator[TestClient]:
    """Somebody without a token."""
    app = Starlette(routes=routes(lambda: runtime))  # type: ignore[arg-type,return-value]  # a fake of the same shape
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(stranger: TestClient) -> TestClient:
    """Somebody with the token."""
    stranger.headers["Authorization"] = f"Bearer {TOKEN}"
    return stranger


@pytest.fixture(scope="package")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def served(serving: Gateway) -> Iterator[Gateway]:
    """The gateway on a socket, with nothing wrong upstream."""
    yield serving
    serving.forget()
