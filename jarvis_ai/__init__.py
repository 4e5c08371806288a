"""Jarvis AI: ask models through OpenRouter, fall back when they fail, and log every attempt."""

from typing import Any

__all__ = ["OpenRouterService", "analyze_intent_with_openrouter", "extract_time_info_with_openrouter"]


def __getattr__(name: str) -> Any:
    """Import the service when it is first asked for, so that `python -m jarvis_ai.simulator` need not load it all."""
    if name in __all__:
        from jarvis_ai import service  # noqa: PLC0415 - see above

        return getattr(service, name)
    raise AttributeError(f"module 'jarvis_ai' has no attribute '{name}'")
