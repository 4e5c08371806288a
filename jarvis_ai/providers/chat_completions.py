"""The chat-completions format, as OpenRouter and OpenAI-compatible servers speak it (contract §2-§4, §10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from jarvis_ai.domain import Chunk, ExtraDelta, FinishReason, Prompt, ReasoningDelta, TextDelta, Usage
from jarvis_ai.providers.conversation import Answer
from jarvis_ai.providers.shapes import LARGEST_COUNT, count, mapping, mappings, name, part, parts, tool_call, words

REASONS = {
    **{reason.value: reason for reason in FinishReason},
    "function_call": FinishReason.TOOL_CALLS,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
}
"""Words for the reasons that matter; any other one is a stop."""

BROKE_OFF = {"error", "abort", "insufficient_system_resource"}
"""Finish reasons of answers that are not whole: OpenRouter's, vLLM's and DeepSeek's."""

BESIDE = frozenset(("audio", "images", "annotations"))
"""Fields of an answer beside its words. Those that are media have to be readable, like words."""


class ChatAnswer(Answer):
    """Chunks or a completion. Of several usages the last counts: some servers count as they go."""

    def _event(self, body: Mapping[str, Any]) -> Iterator[Chunk]:
        return self._body(body, "delta")

    def _message(self, body: Mapping[str, Any]) -> Iterator[Chunk]:
        return self._body(body, "message")

    def _body(self, body: Mapping[str, Any], key: str) -> Iterator[Chunk]:
        usage = body.get("usage")
        if usage and isinstance(usage, dict):
            self._usage = read_usage(usage)
        if body.get("error"):
            yield from self._broken(body)
        if not self._model:
            self._model, self._id = str(body.get("model") or ""), str(body.get("id") or "")
            self._upstream = str(body.get("provider") or "")
        for choice in parts(body.get("choices"), "choices"):
            # Only the first of several answers to one question: their pieces come mixed.
            if not choice.get("index"):
                if choice.get("finish_reason") or choice.get("error"):
                    yield from self._finished(choice)
                yield from self._words(part(choice.get(key), key), choice.get("logprobs"))
        self.over = self.over or (self.finish is not None and bool(usage))

    def _words(self, delta: Mapping[str, Any], logprobs: Any) -> Iterator[Chunk]:
        text = words(delta.get("content") or delta.get("refusal"), "content")
        scores = _scores(logprobs) if logprobs else None
        if text or scores:
            self._spoke = self._spoke or bool(text)
            yield TextDelta(text, scores)
        if not BESIDE.isdisjoint(delta):
            yield from self._beside(delta)
        details = mappings(delta.get("reasoning_details"))
        said = delta.get("reasoning") or delta.get("reasoning_content")
        thought = words(said, "reasoning") or _thought(details)
        # Thought may come sealed, without a word that can be read: it is an answer all the same.
        if thought or details:
            self._spoke = True
            yield ReasoningDelta(thought, tuple(details))
        for index, call in enumerate(parts(delta.get("tool_calls"), "tool_calls")):
            yield from self._call(tool_call(call, index))

    def _beside(self, delta: Mapping[str, Any]) -> Iterator[Chunk]:
        found = {
            "audio": dict(part(delta.get("audio"), "audio")),
            "images": list(parts(delta.get("images"), "images")),
            "annotations": mappings(delta.get("annotations")),
        }
        extra = ExtraDelta({name: value for name, value in found.items() if value})
        if extra.fields:
            self._spoke = self._spoke or extra.speaks
            yield extra

    def _finished(self, choice: Mapping[str, Any]) -> Iterator[Chunk]:
        reason = name(choice.get("finish_reason"), "finish_reason")
        if choice.get("error") or reason in BROKE_OFF:
            yield from self._broken({"error": choice.get("error") or {"message": f"finish reason '{reason}'"}})
        if reason and self.finish is None:
            native = choice.get("native_finish_reason")
            self.finish = REASONS.get(reason, FinishReason.STOP)
            self._native = native if native and isinstance(native, str) else reason

    def _broken(self, body: Mapping[str, Any]) -> Iterator[Chunk]:
        usage, self._usage = self._usage, None
        if usage:
            yield usage
        raise self._failed(body)


def _scores(logprobs: Any) -> Mapping[str, Any] | None:
    """Log probabilities of tokens; None where there are none of any."""
    found = {name: scores for name, value in mapping(logprobs).items() if (scores := mappings(value))}
    return found or None


def _thought(details: Iterable[Mapping[str, Any]]) -> str:
    """What can be read in `reasoning_details`."""
    said = (each.get("text") or each.get("summary") for each in details)
    return "".join(each for each in said if isinstance(each, str))


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Token counts, and the cost where the provider names it (`usage.cost`, US dollars)."""
    prompt, completion = mapping(usage.get("prompt_tokens_details")), mapping(usage.get("completion_tokens_details"))
    return Usage(
        input_tokens=count(usage.get("prompt_tokens")),
        output_tokens=count(usage.get("completion_tokens")),
        cache_read_tokens=count(prompt.get("cached_tokens")),
        cache_write_tokens=count(prompt.get("cache_write_tokens")),
        reasoning_tokens=count(completion.get("reasoning_tokens")),
        cost_nanos=nanos_of(usage.get("cost")),
    )


def nanos_of(dollars: Any) -> int | None:
    """US dollars as 10⁻⁹ of them; None for what is no amount."""
    try:
        nanos = round(Decimal(str(dollars)) * 10**9)
    except (InvalidOperation, OverflowError, ValueError):
        return None
    return nanos if 0 <= nanos < LARGEST_COUNT else None


def request_body(model: str, prompt: Prompt) -> dict[str, Any]:
    """The body of a prompt: every field of the caller's own."""
    body: dict[str, Any] = {
        **prompt.extra,
        "model": model,
        "messages": list(prompt.messages),
        "stream": prompt.stream,
    }
    # The newer name of the same limit: some servers refuse a request with both.
    if body.get("max_completion_tokens") is None:
        body.pop("max_completion_tokens", None)
        if prompt.max_tokens is not None:
            body["max_tokens"] = prompt.max_tokens
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    return body
