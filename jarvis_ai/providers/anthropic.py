"""Anthropic's Messages: OpenAI's shapes go in, its own go over the wire, and ours come out (contract §11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jarvis_ai.domain import Chunk, FinishReason, Prompt, Usage
from jarvis_ai.providers.anthropic_request import request_body
from jarvis_ai.providers.conversation import ALIVE, Answer
from jarvis_ai.providers.shapes import count, mapping, name, part, parts, place, tool_call, words
from jarvis_ai.providers.vendor import Vendor

VERSION = "2023-06-01"
"""The last one under which older models take a temperature."""

REASONS = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "pause_turn": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.CONTENT_FILTER,
}


class MessagesAnswer(Answer):
    """Events, or a message."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers)
        self._counted: dict[str, Any] = {}
        self._tools: dict[int, int] = {}
        """The place of a tool call among the others, by the place of its block among all."""
        self._readers = {
            "message_start": self._start,
            "content_block_start": self._block,
            "content_block_delta": self._delta,
            "message_delta": self._end,
            "message_stop": self._stop,
        }

    def _event(self, body: Mapping[str, Any]) -> Iterator[Chunk]:
        """Unknown events are passed over."""
        kind = str(body.get("type"))
        if kind == "error" or body.get("error"):
            raise self._failed(body)
        reader = self._readers.get(kind)
        yield from reader(body) if reader else (ALIVE,)

    def _message(self, body: Mapping[str, Any]) -> Iterator[Chunk]:
        if body.get("type") == "error" or body.get("error"):
            raise self._failed(body)
        yield from self._start({"message": body})
        for index, block in enumerate(parts(body.get("content"), "content")):
            yield from self._block({"index": index, "content_block": block})
        yield from self._end({"delta": body})

    def _start(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        message = part(event.get("message"), "message")
        self._model, self._id = str(message.get("model") or ""), str(message.get("id") or "")
        self._counted |= mapping(message.get("usage"))
        yield ALIVE

    def _block(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        block = part(event.get("content_block"), "content_block")
        if block.get("type") == "tool_use":
            index = self._tools.setdefault(place(event.get("index"), 0), len(self._tools))
            arguments = block.get("input") or ""
            function = {"name": block.get("name"), "arguments": arguments}
            yield from self._call(tool_call({"id": block.get("id"), "type": "function", "function": function}, index))
        yield from self._words(block)

    def _delta(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        delta = part(event.get("delta"), "delta")
        if delta.get("partial_json"):
            index = self._tools.get(place(event.get("index"), 0), 0)
            yield from self._call(tool_call({"function": {"arguments": delta["partial_json"]}}, index))
        yield from self._words(delta)

    def _words(self, said: Mapping[str, Any]) -> Iterator[Chunk]:
        yield from self._say(words(said.get("text"), "text"))
        if said.get("thinking"):
            yield from self._think(words(said["thinking"], "thinking"))

    def _end(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        counted = mapping(event.get("usage"))
        self._counted |= {key: value for key, value in counted.items() if value is not None}
        reason = name(part(event.get("delta"), "delta").get("stop_reason"), "stop_reason")
        if reason:
            self.finish, self._native = REASONS.get(reason, FinishReason.STOP), reason
            self._usage = read_usage(self._counted)
        yield ALIVE

    def _stop(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        self.over = True
        yield ALIVE


class Anthropic(Vendor):
    """A direct door to Anthropic."""

    path = "/v1/messages"
    answer = MessagesAnswer
    id_header = "request-id"

    def credentials(self, api_key: str) -> Mapping[str, str]:
        return {"x-api-key": api_key, "anthropic-version": VERSION}

    def body(self, model: str, prompt: Prompt) -> dict[str, Any]:
        return request_body(model, prompt)


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Anthropic counts cached tokens beside the input, we count them in it."""
    read, written = count(usage.get("cache_read_input_tokens")), count(usage.get("cache_creation_input_tokens"))
    return Usage(
        input_tokens=count(usage.get("input_tokens")) + read + written,
        output_tokens=count(usage.get("output_tokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
    )
