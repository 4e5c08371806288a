"""Requests in each vendor's words, and what came back of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx

from jarvis_ai.simulator import Simulator

GPT, HAIKU = "openai/gpt-4o", "anthropic/claude-haiku-4.5"
QUESTION = "How do I plan a birthday party?"


def chat(text: str = QUESTION, *, model: str = GPT, **fields: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **fields}


def ask(client: httpx.Client, text: str = QUESTION, **fields: Any) -> httpx.Response:
    return client.post("/chat/completions", json=chat(text, **fields))


def events(text: str) -> Iterator[Any]:
    """The parsed `data:` events, without the end marker; junk is left out."""
    for line in text.splitlines():
        if line.startswith("data: ") and line != "data: [DONE]":
            try:
                yield json.loads(line.removeprefix("data: "))
            except json.JSONDecodeError:
                continue


def spoken(text: str) -> str:
    """What a stream of chat completion chunks says."""
    choices = [choice for event in events(text) for choice in event.get("choices", [])]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def vendors(simulator: Simulator) -> dict[str, tuple[str, dict[str, str], dict[str, Any]]]:
    """For each vendor where to ask, with which headers, and what."""
    question = [{"role": "user", "content": QUESTION}]
    return {
        "openrouter": (
            f"{simulator.openrouter_url}/chat/completions",
            {"Authorization": "Bearer sk-or-v1-test"},
            {"model": GPT, "messages": question, "max_tokens": 200},
        ),
        "openai": (
            f"{simulator.openai_url}/chat/completions",
            {"Authorization": "Bearer sk-test"},
            {"model": "gpt-4o", "messages": question, "max_tokens": 200},
        ),
        "anthropic": (
            f"{simulator.anthropic_url}/v1/messages",
            {"x-api-key": "sk-ant-test", "anthropic-version": "2023-06-01"},
            {"model": "claude-haiku-4-5", "messages": question, "max_tokens": 200},
        ),
    }
