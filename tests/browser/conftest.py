"""The whole product as a user starts it, and a browser to look at it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Served:
    """The console and the API, running in demo mode."""

    url: str
    token: str
    output: Path

    def api(self, path: str) -> Any:
        """What the API answers."""
        answer = httpx.get(f"{self.url}/api/v1/ai/{path}", headers={"Authorization": f"Bearer {self.token}"})
        return answer.raise_for_status().json()

    def fail(self, target: str, kind: str) -> None:
        """Make a simulated model fail, through the simulator's admin route."""
        notices = " ".join(self.api("health")["notices"])
        address = re.search(r"http://[\d.]+:\d+", notices)
        assert address, notices
        httpx.put(f"{address.group()}/admin/faults", json={"target": target, "kind": kind}).raise_for_status()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    keys = dict.fromkeys(("OPENROUTER_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL"), "")
    settings = {"JARVIS_DATA_DIR": str(folder), "JARVIS_DEMO_SPEED": "20", "STREAMLIT_SERVER_PORT": str(port)}
    output = folder / "output.txt"
    with output.open("w") as sink:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"],
            cwd=ROOT,
            env={**os.environ, **keys, **settings},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        client = httpx.Client(transport=httpx.HTTPTransport(retries=8))
        client.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=30).raise_for_status()
        client.close()
        yield Served(f"http://127.0.0.1:{port}", (folder / "api_token").read_text(), output)
    finally:
        server.terminate()
        server.wait(timeout=15)


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(30_000)
        yield page
        browser.close()
