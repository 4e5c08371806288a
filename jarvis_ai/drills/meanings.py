"""What each of the simulator's faults is to the engine that meets it: the kind of failure, and how soon it shows.

Tables. A test holds them against the real sockets, so a plan that is drawn from them tells what will happen.
"""

from __future__ import annotations

from collections.abc import Mapping

from jarvis_ai.domain import ANTHROPIC, OPENAI, FailureKind, Link
from jarvis_ai.policy import Deadlines
from jarvis_ai.simulator import Fault

MEANINGS: Mapping[str, FailureKind | None] = {
    "rate_limited": FailureKind.RATE_LIMITED,
    "rate_limited_no_hint": FailureKind.RATE_LIMITED,
    "quota_exhausted": FailureKind.QUOTA_EXHAUSTED,
    "no_credit": FailureKind.NO_CREDIT,
    "unauthorized": FailureKind.UNAUTHORIZED,
    "key_limit": FailureKind.KEY_LIMIT,
    "moderated": FailureKind.MODERATED,
    "not_found": FailureKind.MODEL_NOT_FOUND,
    "context_too_long": FailureKind.CONTEXT_TOO_LONG,
    "invalid_request": FailureKind.INVALID_REQUEST,
    "too_large": FailureKind.TOO_LARGE,
    "refused": FailureKind.REFUSED,
    "server_error": FailureKind.SERVER_ERROR,
    "bad_gateway": FailureKind.SERVER_ERROR,
    "unavailable": FailureKind.OVERLOADED,
    "upstream_timeout": FailureKind.UPSTREAM_TIMEOUT,
    "overloaded": FailureKind.OVERLOADED,
    "string_code": FailureKind.SERVER_ERROR,
    "other_status": FailureKind.UPSTREAM_TIMEOUT,
    "html": FailureKind.SERVER_ERROR,
    "reset": FailureKind.DISCONNECTED,
    "closed": FailureKind.DISCONNECTED,
    "cut": FailureKind.TRUNCATED,
    "cut_clean": FailureKind.TRUNCATED,
    "no_finish": FailureKind.TRUNCATED,
    "empty": FailureKind.EMPTY,
    "ok_with_error": FailureKind.SERVER_ERROR,
    "stream_error": FailureKind.SERVER_ERROR,
    "error_before_content": FailureKind.SERVER_ERROR,
    "malformed_chunk": None,
    "missing_done": None,
    "slow_first_token": None,
    "huge_token": None,
    "slow_tokens": None,
    "split_utf8": None,
    "refuses_prefill": None,
    "forgets": None,
}
"""What a provider makes of a fault in a stream; None is a whole answer."""

OTHERWISE: Mapping[tuple[str, str], FailureKind] = {
    (OPENAI, "quota_exhausted"): FailureKind.NO_CREDIT,
    (OPENAI, "key_limit"): FailureKind.NO_CREDIT,
    (OPENAI, "moderated"): FailureKind.REFUSED,
    (ANTHROPIC, "quota_exhausted"): FailureKind.NO_CREDIT,
    (ANTHROPIC, "key_limit"): FailureKind.NO_CREDIT,
    (ANTHROPIC, "moderated"): FailureKind.FORBIDDEN,
}
"""Where a vendor has other words, and so another meaning."""

NEVER_END = frozenset(("silence", "stalled"))
"""A provider sets no deadline: the engine does."""

MIDWAY = frozenset(("cut", "cut_clean", "no_finish", "stream_error", "stalled"))
"""These break an answer off after its first words."""

LATE: Mapping[str, tuple[str, FailureKind, float | None]] = {
    "silence": ("headers", FailureKind.HEADERS_TIMEOUT, None),
    "slow_first_token": ("first_token", FailureKind.FIRST_TOKEN_TIMEOUT, 8.0),
    "stalled": ("silence", FailureKind.STALLED, None),
    "slow_tokens": ("silence", FailureKind.STALLED, 2.0),
}
"""The deadline that a delay meets, the failure if it is longer, and its usual length in seconds of life (None: for
ever), as the simulator has it."""

HINT = 1.0
"""Seconds in the Retry-After of a rate limit where the fault does not say."""


CONDITIONAL = frozenset(("refuses_prefill", "forgets"))
"""These meet a link only that is asked to go on with another's words."""


def meaning(link: Link, fault: Fault, deadlines: Deadlines, *, speed: float) -> FailureKind | None:
    """What `link` fails with when it meets `fault`; None when it answers all the same.

    `speed` is how many times faster than life the simulator is.
    """
    if fault.kind in LATE:
        deadline, kind, usual = LATE[fault.kind]
        lasts = fault.seconds if fault.seconds is not None else usual and usual / speed
        return kind if lasts is None or lasts > getattr(deadlines, deadline) else None
    if fault.kind == "no_finish" and fault.after == 0:
        return FailureKind.EMPTY
    return OTHERWISE.get((link.provider, fault.kind), MEANINGS[fault.kind])


def meaning_in_rescue(fault: Fault, *, prefilled: bool) -> FailureKind | None:
    """What a link that is asked to go on fails with under a fault that only then meets it; None when it goes on."""
    if fault.kind == "forgets":
        return FailureKind.PREFILL if prefilled else FailureKind.SEAM
    return FailureKind.PREFILL if prefilled else None


def wish(fault: Fault) -> float | None:
    """Seconds that the fault's refusal asks to be left alone for; None where it does not say."""
    if fault.kind == "rate_limited_no_hint":
        return None
    return HINT if fault.retry_after is None and fault.kind == "rate_limited" else fault.retry_after
