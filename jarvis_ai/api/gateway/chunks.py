"""A run's events as server-sent events. Pure: events go in, bytes come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from jarvis_ai.api.gateway.answer import frame, joined_lists
from jarvis_ai.api.gateway.facts import encoded, jarvis, usage_of
from jarvis_ai.api.gateway.failures import BROKE_OFF, NOBODY, failure_body
from jarvis_ai.domain import (
    AttemptCancelled,
    AttemptFailed,
    AttemptStarted,
    Completed,
    Completion,
    Event,
    ExtraDelta,
    Link,
    Operation,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)

KIND = "chat.completion.chunk"
COMMENT = b": JARVIS PROCESSING\n\n"
DONE = b"data: [DONE]\n\n"

BEFORE_DELTA = b',"choices":[{"index":0,"delta":'
BEFORE_SCORES = b',"finish_reason":null,"native_finish_reason":null,"logprobs":'
END = b"}]}\n\n"
AFTER_DELTA = BEFORE_SCORES + b"null" + END
"""The same for every piece of an answer: only its own words are put into JSON."""

Words = TextDelta | ReasoningDelta | ToolCallDelta | ExtraDelta


class Chunks:
    """Words of one run become chunks. Told everything, in order, it knows who speaks and how often was asked."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.attempts = 0
        self.link: Link | None = None
        """Who is speaking, or being asked."""
        self.completion: Completion | None = None
        """How the run ended, once it has."""
        self._asked: dict[int, Link] = {}
        self._listed: Counter[str] = Counter()
        self._held: list[Words] = []
        self._begun = False
        self._before = b""

    @property
    def fallback(self) -> bool:
        """Whether another link than the first one is speaking."""
        links = self.operation.chain.links
        return self.link is not None and bool(links) and self.link != links[0].link

    def said(self, events: Sequence[Event]) -> bytes:
        """Every word in `events` as chunks; texts that follow one another become one. Empty when there was none."""
        return b"".join(self._pieces(events))

    def ending(self, completion: Completion, overhead: float) -> bytes:
        """What follows the last word of a whole answer: why it ended, what it cost, and the end marker."""
        finish = completion.finish_reason.value if completion.finish_reason else None
        own = self._frame(completion.link, model=completion.served_model, upstream=completion.upstream)
        native = completion.native_finish_reason or None
        last = {**own, "choices": [_choice({**self._opening(), "content": ""}, finish, native)]}
        account = {**own, "choices": [], "usage": usage_of(completion), "jarvis": jarvis(completion, overhead)}
        return _event(last) + _event(account) + DONE

    def failure(self, completion: Completion, overhead: float) -> bytes:
        """The error in the stream's place. No end marker follows: nobody is to take what was said for the whole."""
        body = {
            **self._frame(self.link),
            "error": failure_body(completion, BROKE_OFF if self._begun else NOBODY),
            "choices": [_choice({"content": ""}, "error")],
            "jarvis": jarvis(completion, overhead),
        }
        return _event(body)

    def _pieces(self, events: Sequence[Event]) -> Iterator[bytes]:
        words: list[Words] = []
        for event in events:
            if isinstance(event, Words):
                words.append(event)
                continue
            yield from self._spoken(words)
            words = []
            self._follow(event)
        yield from self._spoken(words)

    def _spoken(self, words: Sequence[Words]) -> Iterator[bytes]:
        # Of two that are asked at once, who speaks is known as soon as the other one is called off.
        self._held += words
        if self._held and len(self._asked) < 2:
            held, self._held = self._held, []
            for kind, group in groupby(held, type):
                said = list(group)
                yield from [self._texts(said)] if kind is TextDelta else map(self._chunk, map(self._delta, said))

    def _follow(self, event: Event) -> None:
        match event:
            case AttemptStarted(attempt):
                self.attempts += 1
                self._asked[attempt.number] = attempt.link
            case AttemptFailed(attempt) | AttemptCancelled(attempt):
                self._asked.pop(attempt.number, None)
            case Completed(completion):
                self.completion = completion
                self._asked.clear()
            case _:
                return
        link = next(iter(self._asked.values()), self.link)
        if link != self.link:
            self.link, self._before = link, b""

    def _texts(self, said: Sequence[Any]) -> bytes:
        scores = [delta.logprobs for delta in said if delta.logprobs]
        return self._chunk({"content": "".join(delta.text for delta in said)}, scores)

    def _chunk(self, delta: Mapping[str, Any], scores: Sequence[Mapping[str, Any]] = ()) -> bytes:
        if not self._before:
            self._before = b"data: " + encoded(self._frame(self.link))[:-1] + BEFORE_DELTA
        if not self._begun:
            delta = {**self._opening(), "content": None, **delta}
        after = BEFORE_SCORES + encoded(joined_lists(scores)) + END if scores else AFTER_DELTA
        return self._before + encoded(delta) + after

    def _delta(self, words: Words) -> Mapping[str, Any]:
        match words:
            case ReasoningDelta(text, details):
                return {"content": "", "reasoning": text, **({"reasoning_details": list(details)} if details else {})}
            case ToolCallDelta(delta):
                return {"tool_calls": [delta]}
            case ExtraDelta(fields):
                return {name: self._numbered(name, value) for name, value in fields.items()}
            case TextDelta(text):
                return {"content": text}

    def _numbered(self, name: str, value: Any) -> Any:
        """A list as it came, each with its place among all of them: OpenAI's client puts lists together by it."""
        if not isinstance(value, list):
            return value
        first = self._listed[name]
        self._listed[name] += len(value)
        return [{"index": index, **each} for index, each in enumerate(value, first)]

    def _opening(self) -> dict[str, str]:
        """What only the first piece says: clients that put pieces together would repeat it."""
        begun, self._begun = self._begun, True
        return {} if begun else {"role": "assistant"}

    def _frame(self, link: Link | None, **told: str) -> dict[str, Any]:
        return frame(self.operation.id, self.operation.started_at, link, KIND, **told)


def _choice(delta: Any, finish: str | None, native: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish, "native_finish_reason": native, "logprobs": None}


def _event(body: Mapping[str, Any]) -> bytes:
    return b"data: " + encoded(body) + b"\n\n"
