"""Requests in each vendor's words, and what came back of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import httpx

from jarvis_ai.simulator import Simulator
from jarvis_ai.simulator.ledger import Charge

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


@dataclass(frozen=True, slots=True)
class Wire:
    """A raw client that asks any vendor."""

    simulator: Simulator
    http: httpx.Client

    def ask(self, provider: str, **fields: Any) -> httpx.Response:
        url, headers, body = vendors(self.simulator)[provider]
        return self.http.post(url, headers=headers, json={**body, **fields})

    def open(self, provider: str, *, timeout: float = 5.0, **fields: Any) -> AbstractContextManager[httpx.Response]:
        url, headers, body = vendors(self.simulator)[provider]
        return self.http.stream("POST", url, headers=headers, json={**body, **fields}, timeout=timeout)

    def charge(self, number: int) -> Charge:
        """The charge of this number, from 1; it may be written a moment after the client went."""
        for _ in range(1_000):
            if len(self.simulator.ledger.charges()) >= number:
                break
            self.http.get(f"{self.simulator.base_url}/admin/faults")
        return self.simulator.ledger.charges()[number - 1]

    def received(self, provider: str, *, timeout: float = 0.2, **fields: Any) -> tuple[str, str]:
        """What arrived before the connection broke, and how it broke."""
        text = ""
        try:
            with self.open(provider, timeout=timeout, **fields) as response:
                for piece in response.iter_text():
                    text += piece
        except httpx.TransportError as exc:
            return text, type(exc).__name__
        return text, ""
