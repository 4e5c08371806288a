"""The vendors' own packages, pointed at the simulator."""

from __future__ import annotations

from typing import Any

from anthropic import Anthropic
from openai import OpenAI
from openrouter import OpenRouter

from jarvis_ai.simulator import Simulator
from tests.simulator.words import QUESTION

MESSAGES: Any = [{"role": "user", "content": QUESTION}]

STREAM_OR_NOT = [False, True]
PATIENCE = {False: 5.0, True: 0.1}
"""Seconds to wait for an answer, and where none will come."""


def openrouter_client(simulator: Simulator, key: str = "sk-or-v1-test", *, timeout: float = 5.0) -> OpenRouter:
    limit = int(timeout * 1000)
    return OpenRouter(api_key=key, server_url=simulator.openrouter_url, retry_config=None, timeout_ms=limit)


def openai_client(simulator: Simulator, key: str = "sk-test", *, timeout: float = 5.0) -> OpenAI:
    return OpenAI(api_key=key, base_url=simulator.openai_url, max_retries=0, timeout=timeout)


def anthropic_client(simulator: Simulator, key: str = "sk-ant-test", *, timeout: float = 5.0) -> Anthropic:
    return Anthropic(api_key=key, base_url=simulator.anthropic_url, max_retries=0, timeout=timeout)
