"""The API as a process of its own would serve it: the real runtime over the simulator, in a folder of its own."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from jarvis_ai.api.__main__ import application, arguments
from jarvis_ai.runtime import Runtime
from jarvis_ai.settings import Settings


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime(Settings(data_dir=tmp_path_factory.mktemp("data"), demo_speed=1000.0))
    yield runtime
    runtime.close()


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    # Not entered: the runtime outlives each of these clients.
    app = application(lambda: runtime, where="http://testserver")
    return TestClient(app, headers={"Authorization": f"Bearer {runtime.api_token}"})


def read(client: TestClient, path: str) -> Any:
    response = client.get(f"/api/v1/ai/{path}")
    assert response.status_code == 200, response.text
    return response.json()


def test_the_six_routes_answer_over_the_real_runtime(client: TestClient) -> None:
    assert read(client, "health")["simulated"] is True
    assert read(client, "models")["total"] > 100
    assert read(client, "models/openai/gpt-4o")["id"] == "openai/gpt-4o"
    assert read(client, "usage?days=30")["summary"]["operations"] > 0
    assert read(client, "credits")["key_label"]
    assert client.post("/api/v1/ai/test", json={"message": "Hello?"}).json()["simulated"] is True


def test_a_test_prompt_is_found_in_the_usage_log(client: TestClient, runtime: Runtime) -> None:
    body = {"message": "Hello?", "model": "anthropic/claude-3-haiku-20240307", "max_tokens": 30}
    answer = client.post("/api/v1/ai/test", json=body).json()
    row = runtime.analytics.operation(answer["operation_id"])
    assert row is not None
    assert (row["source"], row["status"], row["model"]) == ("api", "ok", answer["model"])
    assert (row["requested_model"], answer["model"]) == (body["model"], "anthropic/claude-haiku-4.5")
    assert answer["content"]
    assert answer["cost_usd"] is not None


def test_alone_it_says_where_it_serves_and_where_the_token_is_but_not_the_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = Runtime(Settings(data_dir=tmp_path, demo_speed=1000.0))
    with TestClient(application(lambda: runtime, where="http://127.0.0.1:8600")) as client:
        assert client.get("/api/v1/ai/health").status_code == 401
    said = capsys.readouterr().out
    token = tmp_path / "api_token"
    assert "http://127.0.0.1:8600/api/v1" in said
    assert str(token) in said
    assert token.read_text() not in said
    assert stat.S_IMODE(token.stat().st_mode) == 0o600


def test_alone_it_answers_in_json_at_every_path(client: TestClient) -> None:
    response = client.get("/")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("port", ["0", "99999", "http"])
def test_what_is_no_port_is_refused_in_one_line(capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit):
        arguments(["--port", port])
    assert f"invalid port value: '{port}'" in capsys.readouterr().err


def test_it_listens_to_this_machine_alone_unless_told_otherwise() -> None:
    wanted = arguments([])
    assert (wanted.host, wanted.port) == ("127.0.0.1", 8600)
