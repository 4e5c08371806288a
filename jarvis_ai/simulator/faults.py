"""Everything that can go wrong on the wire, by name, and which of it is switched on for whom."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER

PROVIDERS = (OPENROUTER, OPENAI, ANTHROPIC)

LARGEST = 1e9
"""Seconds or letters. A larger number is a slip of the hand."""

ACCOUNT = "account"
"""In the place of a model: the reads beside the answers (`/models`, `/key`, `/credits`…)."""

FAULTS: Mapping[str, str] = {
    "rate_limited": "429 with a Retry-After header.",
    "rate_limited_no_hint": "429 that does not say when to come back.",
    "quota_exhausted": "429 that lasts until tomorrow: the day's allowance is used up.",
    "no_credit": "402: the account's balance is spent.",
    "unauthorized": "401: the key is not known.",
    "key_limit": "403: this key has spent its own limit.",
    "moderated": "403: the prompt was flagged by moderation, with the reasons.",
    "not_found": "404: nobody serves this model now.",
    "context_too_long": "400: the prompt does not fit into the model's context.",
    "invalid_request": "400: a parameter of the request is wrong.",
    "too_large": "413: the body of the request is too large.",
    "refused": "400: the content policy forbids an answer.",
    "server_error": "500: the provider broke and says nothing more.",
    "bad_gateway": "502: the provider behind the provider returned an error.",
    "unavailable": "503: nobody can take the request now.",
    "upstream_timeout": "504: the provider behind the provider took too long.",
    "overloaded": "529: the provider has too much to do.",
    "string_code": "500 whose error code is a word instead of a number.",
    "other_status": "408, or whichever other HTTP status is asked for.",
    "html": "502 with a page of HTML where JSON was due.",
    "reset": "The connection is reset before the answer.",
    "closed": "The connection is closed before the answer.",
    "silence": "The request is accepted and nothing ever comes back.",
    "slow_first_token": "The headers come at once, the first word much later.",
    "cut": "The connection drops in the middle of the answer.",
    "cut_clean": "The answer stops in the middle as if it were whole, without a finish reason.",
    "stalled": "The answer stops in the middle and the connection stays open.",
    "malformed_chunk": "One piece of the stream is junk; the rest is whole.",
    "missing_done": "The answer is finished, but the end marker of the stream never comes.",
    "empty": "A good status and an answer without a word in it.",
    "ok_with_error": "HTTP 200 with an error in place of the answer.",
    "stream_error": "An error in the middle of the stream, after some of the answer.",
    "error_before_content": "An error as the first thing in the stream, under HTTP 200.",
    "no_finish": "The answer stops in the middle with the end marker of the stream, but without a finish reason.",
    "huge_token": "The whole answer comes as a single token, in an event of a quarter of a megabyte.",
    "slow_tokens": "The answer comes in eight pieces, seconds apart.",
    "split_utf8": "Packets end inside characters and line ends, lines end in CRLF, the finish reason comes twice.",
    "refuses_prefill": "400 to a conversation that ends with the assistant's own words; all else is answered.",
    "forgets": "Asked to go on with an answer, the model begins anew in other words; all else is answered.",
}
"""Each kind of fault in one sentence."""

ANSWERS_ONLY = frozenset(
    (
        *("slow_first_token", "cut", "cut_clean", "stalled", "malformed_chunk", "missing_done"),
        *("empty", "ok_with_error", "stream_error", "error_before_content", "no_finish"),
        *("huge_token", "slow_tokens", "split_utf8", "refuses_prefill", "forgets"),
    )
)
"""These happen to an answer under way; the reads beside the answers cannot have them."""

ALIASES: Mapping[str, str] = {
    "400": "invalid_request",
    "401": "unauthorized",
    "402": "no_credit",
    "403": "moderated",
    "404": "not_found",
    "408": "other_status",
    "413": "too_large",
    "429": "rate_limited",
    "500": "server_error",
    "502": "bad_gateway",
    "503": "unavailable",
    "504": "upstream_timeout",
    "529": "overloaded",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. A kind may be written as its HTTP status; raises `ValueError` for an unknown one."""

    kind: str
    retry_after: float | None = None
    """Seconds in the Retry-After header; None means 1 where the kind has one."""
    times: int | None = None
    """How many requests it meets; None means every one."""
    rate: float = 1.0
    """The share of requests that it meets, 0 to 1."""
    seconds: float | None = None
    """How long a silence, a stall, a slow first token or the gap between slow tokens lasts; None means until the client
    goes, or 8 s / speed, or 2 s / speed between tokens."""
    after: int | None = None
    """Letters of the answer before a cut, a stall or an error; None means half of it."""
    status: int | None = None
    """Of `other_status`; None means 408."""

    def __post_init__(self) -> None:
        kind, status = _named(str(self.kind), self.status)
        if kind not in FAULTS:
            raise ValueError(f"Unknown fault '{self.kind}'. Known: {', '.join(FAULTS)}, or an HTTP status.")
        if status is not None and not (kind == "other_status" and type(status) is int and 400 <= status <= 599):
            raise ValueError(f"'status' is an HTTP status from 400 to 599, of the kind 'other_status', not {status!r}.")
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "status", status)
        for name in ("retry_after", "seconds", "after"):
            _not_negative(name, getattr(self, name))
        if self.after is not None and type(self.after) is not int:
            raise ValueError(f"'after' is a whole number of letters, not {self.after!r}.")
        if self.times is not None and not (type(self.times) is int and self.times > 0):
            raise ValueError(f"'times' is a whole number from 1 on, not {self.times!r}.")
        if not _number(self.rate) or not 0 <= self.rate <= 1:
            raise ValueError(f"'rate' is a share from 0 to 1, not {self.rate!r}.")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _named(kind: str, status: int | None) -> tuple[str, int | None]:
    """A kind's proper name, and the status where that is all that was said."""
    if kind in ALIASES or not re.fullmatch(r"[45]\d\d", kind, re.ASCII):
        return ALIASES.get(kind, kind), status
    return "other_status", int(kind)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _not_negative(name: str, value: Any) -> None:
    if value is not None and not (_number(value) and 0 <= value <= LARGEST):
        raise ValueError(f"'{name}' is a number not below zero (and of this world), not {value!r}.")


class Faults:
    """Which faults are on: one for each target, set and read from any thread.

    A target is a provider (`openrouter`), one of its models (`openrouter:openai/gpt-4o`), or its account reads
    (`openrouter:account`). The model's own fault goes before the provider's.
    """

    def __init__(self, *, seed: int = 1, knows: Callable[[str, str], bool] = lambda provider, model: True) -> None:
        """`knows` says whether a provider has a model."""
        self._faults: dict[str, Fault] = {}
        self._random = random.Random(f"faults {seed}")
        self._knows = knows
        self._lock = threading.Lock()

    def set(self, target: str, fault: Fault) -> None:
        """Switch `fault` on for `target`, in place of what was on there.

        Raises `ValueError` for an unknown target, and for a fault that the target cannot have.
        """
        self.check(target)
        if target.endswith(f":{ACCOUNT}") and fault.kind in ANSWERS_ONLY:
            raise ValueError(f"'{fault.kind}' happens to answers; '{target}' has none.")
        with self._lock:
            self._faults[target] = fault

    def check(self, target: str) -> None:
        """Raises `ValueError` for a target that no request can ever have."""
        provider, colon, model = target.partition(":")
        if provider not in PROVIDERS or (colon and not model):
            raise ValueError(
                f"Unknown target '{target}'. A target is one of {', '.join(PROVIDERS)}, or one of them with a model, "
                "for example 'openrouter:openai/gpt-4o'."
            )
        if model and model != ACCOUNT and not self._knows(provider, model):
            raise ValueError(f"Unknown target '{target}': {provider} has no model '{model}' here.")

    def clear(self, target: str | None = None) -> None:
        """Switch off what is on for `target`, or everything."""
        with self._lock:
            if target is None:
                self._faults.clear()
            else:
                self._faults.pop(target, None)

    def active(self) -> dict[str, Fault]:
        """What is on, by target; `times` is what is left of it."""
        with self._lock:
            return dict(self._faults)

    def take(self, provider: str, *models: str, meets: Callable[[Fault], bool] = lambda fault: True) -> Fault | None:
        """The fault that meets a request, counted as used; None when it goes well. `models` are names of one model.

        `meets` says whether a fault can happen to this request at all.
        """
        own = dict.fromkeys(f"{provider}:{model}" for model in models)
        targets = [*own] if ACCOUNT in models else [*own, provider]
        with self._lock:
            return next((fault for target in targets if (fault := self._use(target, meets))), None)

    def _use(self, target: str, meets: Callable[[Fault], bool]) -> Fault | None:
        fault = self._faults.get(target)
        if fault is None or not meets(fault) or (fault.rate < 1 and self._random.random() >= fault.rate):
            return None
        if fault.times == 1:
            del self._faults[target]
        elif fault.times is not None:
            self._faults[target] = replace(fault, times=fault.times - 1)
        return fault
