"""Asking again with less, where the longest answer that a request allows costs more than the account has left."""

from __future__ import annotations

from dataclasses import replace

from jarvis_ai.domain import DEFAULT_MAX_TOKENS, Failure, FailureKind, Prompt

LEAST = DEFAULT_MAX_TOKENS
"""Tokens that have to be left. With fewer many an answer would be cut off, which another account's would not be."""


def judged(failure: Failure, prompt: Prompt) -> Failure:
    """The failure as one that a limit of tokens would mend, where it is; any other stays as it is.

    Without a limit OpenRouter checks the balance against the model's longest answer (contract §2), which hardly any
    comes near. A limit of the caller's own is his wish, and is not lowered.
    """
    limited = prompt.max_tokens is not None or prompt.extra.get("max_completion_tokens") is not None
    if failure.kind is FailureKind.NO_CREDIT and not limited and (failure.affordable or 0) >= LEAST:
        return replace(failure, kind=FailureKind.UNAFFORDABLE)
    return failure


def within(prompt: Prompt, failure: Failure) -> Prompt:
    """The same prompt with as many tokens as the account pays for."""
    return replace(prompt, max_tokens=failure.affordable) if failure.kind is FailureKind.UNAFFORDABLE else prompt
