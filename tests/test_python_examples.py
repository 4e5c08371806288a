"""The three Python examples that callers write, word for word as they were asked for; and the README's."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jarvis_ai.runtime import shared

CHAT = """
from jarvis_ai import OpenRouterService

# Initialize service
service = OpenRouterService()

# Send message
response = await service.chat_completion(
    messages=[
        {"role": "user", "content": "What's the weather like?"}
    ],
    temperature=0.3,
    max_tokens=100
)

print(response["content"])
"""

INTENT = """
from jarvis_ai import analyze_intent_with_openrouter

# Analyze user intent
intent = await analyze_intent_with_openrouter(
    "Wake me up at 7 AM tomorrow"
)

print(f"Intent: {intent['intent']}")
print(f"Confidence: {intent['confidence']}")
"""

TIME = """
from jarvis_ai import extract_time_info_with_openrouter

# Extract time information
time_info = await extract_time_info_with_openrouter(
    "Remind me in 2 hours"
)

print(f"Time: {time_info['readable_time']}")
print(f"Type: {time_info['type']}")
"""

KEYS = ("OPENROUTER_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL")


@pytest.fixture(autouse=True)
def _demo_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JARVIS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JARVIS_DEMO_SPEED", "100")
    shared.cache_clear()
    yield
    shared().close()
    shared.cache_clear()


README = Path(__file__).parents[1] / "README.md"


def run(example: str) -> None:
    """Run an example as a notebook would: with `await` at the top."""
    names: dict = {}
    awaiting = eval(compile(example, "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)  # noqa: S307
    asyncio.run(awaiting)


def test_the_chat_example_prints_an_answer(capsys: pytest.CaptureFixture[str]):
    run(CHAT)
    assert capsys.readouterr().out.strip()


def test_the_intent_example_prints_a_wake_up_call(capsys: pytest.CaptureFixture[str]):
    run(INTENT)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Intent: wake_up_call"
    assert 0 < float(lines[1].removeprefix("Confidence: ")) <= 1


def test_the_time_example_prints_a_relative_time(capsys: pytest.CaptureFixture[str]):
    run(TIME)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].removeprefix("Time: ")
    assert lines[1] == "Type: relative"


def test_the_example_of_the_readme_prints_an_answer_its_cost_an_analysis_and_a_stream(
    capsys: pytest.CaptureFixture[str],
):
    [example] = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    run(example)
    answer, analysis, story = capsys.readouterr().out.split("\n", 2)
    assert " openrouter 0.00" in answer
    assert re.fullmatch(r"wake_up_call today .+ at \d+:\d\d [AP]M keyword|wake_up_call tomorrow .+ keyword", analysis)
    assert story.startswith("(simulated answer")
