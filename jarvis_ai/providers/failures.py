"""What a vendor's error means. Contract §5, §10 and §11 as tables; everything below them only looks up.

Bodies may be HTML, codes may be strings, and every field may be missing: nothing here trusts a shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from jarvis_ai.domain import Failure, FailureKind
from jarvis_ai.providers.shapes import mapping
from jarvis_ai.redaction import redact

RAW_LENGTH = 300
"""Characters of a vendor's own words that are kept."""
PAGE_LENGTH = 20_000
"""Bytes of a page of HTML that are looked through for words."""
MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1>|\Z)|<[^<>]*>?", re.S | re.I)
"""Tags, and the content of those that hold no words. What is never closed ends with the page or the next tag: no page
is so odd that reading it takes long."""
THIS_CENTURY = datetime(2001, 1, 1, tzinfo=UTC).timestamp()
FAR_SECONDS = datetime(3000, 1, 1, tzinfo=UTC).timestamp()
"""What is larger counts milliseconds."""

AFFORDABLE = re.compile(r"can only afford (\d{1,9})\b", re.ASCII)
"""How many tokens OpenRouter says that the balance is enough for, in a 402."""

# Read first, in this order: the words are more exact than the code that comes with them.
PHRASES: tuple[tuple[str, FailureKind], ...] = (
    ("key limit exceeded", FailureKind.KEY_LIMIT),
    ("is not a valid model id", FailureKind.MODEL_NOT_FOUND),
    ("free-models-per-day", FailureKind.QUOTA_EXHAUSTED),
    ("reached your specified api usage limits", FailureKind.NO_CREDIT),
    ("credit balance is too low", FailureKind.NO_CREDIT),
    ("maximum context length", FailureKind.CONTEXT_TOO_LONG),
    ("prompt is too long", FailureKind.CONTEXT_TOO_LONG),
    ("requires moderation", FailureKind.MODERATED),
    ("blocked by content filtering policy", FailureKind.REFUSED),
)

# Words that say no more than "it broke" are not here: the status that they come with knows better.
CODES: Mapping[str, FailureKind] = {
    # OpenRouter, error.availability.code
    "model_not_found": FailureKind.MODEL_NOT_FOUND,
    "no_endpoints": FailureKind.MODEL_NOT_FOUND,
    "model_deprecated": FailureKind.MODEL_NOT_FOUND,
    "model_unavailable_upstream": FailureKind.MODEL_NOT_FOUND,
    "free_variant_ended": FailureKind.MODEL_NOT_FOUND,
    "privacy_restricted": FailureKind.MODEL_NOT_FOUND,
    "constraint_filtered": FailureKind.MODEL_NOT_FOUND,
    "region_restricted": FailureKind.MODEL_NOT_FOUND,
    "capacity_exhausted": FailureKind.RATE_LIMITED,
    "temporarily_unavailable": FailureKind.OVERLOADED,
    # OpenRouter, error.metadata.error_type; OpenAI has some of the same codes
    "context_length_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "max_tokens_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "token_limit_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "string_too_long": FailureKind.CONTEXT_TOO_LONG,
    "authentication": FailureKind.UNAUTHORIZED,
    "permission_denied": FailureKind.FORBIDDEN,
    "payment_required": FailureKind.NO_CREDIT,
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "provider_overloaded": FailureKind.OVERLOADED,
    "content_policy_violation": FailureKind.REFUSED,
    "refusal": FailureKind.REFUSED,
    "payload_too_large": FailureKind.TOO_LARGE,
    "timeout": FailureKind.UPSTREAM_TIMEOUT,
    # OpenAI, error.code or error.type
    "unsupported_country_region_territory": FailureKind.MODEL_NOT_FOUND,
    "invalid_api_key": FailureKind.UNAUTHORIZED,
    "insufficient_quota": FailureKind.NO_CREDIT,
    "credit_balance_exhausted": FailureKind.NO_CREDIT,
    "organization_spend_limit_exceeded": FailureKind.NO_CREDIT,
    "project_spend_limit_exceeded": FailureKind.NO_CREDIT,
    "organization_usage_limit_exceeded": FailureKind.NO_CREDIT,
    "slow_down": FailureKind.RATE_LIMITED,
    "content_filter": FailureKind.REFUSED,
    "server_is_overloaded": FailureKind.OVERLOADED,
    # Anthropic, error.details.error_code and error.type
    "enforced_spend_limit_reached": FailureKind.NO_CREDIT,
    "contract_spend_limit_reached": FailureKind.NO_CREDIT,
    "authentication_error": FailureKind.UNAUTHORIZED,
    "billing_error": FailureKind.NO_CREDIT,
    "permission_error": FailureKind.FORBIDDEN,
    "not_found_error": FailureKind.MODEL_NOT_FOUND,
    "request_too_large": FailureKind.TOO_LARGE,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "timeout_error": FailureKind.UPSTREAM_TIMEOUT,
    "overloaded_error": FailureKind.OVERLOADED,
}

STATUSES: Mapping[int, FailureKind] = {
    401: FailureKind.UNAUTHORIZED,
    402: FailureKind.NO_CREDIT,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.MODEL_NOT_FOUND,
    408: FailureKind.UPSTREAM_TIMEOUT,
    413: FailureKind.TOO_LARGE,
    429: FailureKind.RATE_LIMITED,
    503: FailureKind.OVERLOADED,
    504: FailureKind.UPSTREAM_TIMEOUT,
    520: FailureKind.UPSTREAM_TIMEOUT,
    522: FailureKind.UPSTREAM_TIMEOUT,
    524: FailureKind.UPSTREAM_TIMEOUT,
    529: FailureKind.OVERLOADED,
}

WORDED_STATUSES: Mapping[str, int] = {
    **dict.fromkeys(("invalid_request_error", "invalid_request", "invalid_prompt"), 400),
    **dict.fromkeys(("authentication_error", "authentication", "invalid_api_key"), 401),
    **dict.fromkeys(("billing_error", "payment_required"), 402),
    **dict.fromkeys(("permission_error", "permission_denied"), 403),
    **dict.fromkeys(("not_found_error", "not_found", "model_not_found"), 404),
    **dict.fromkeys(("request_too_large", "payload_too_large"), 413),
    "unprocessable": 422,
    **dict.fromkeys(("rate_limit_error", "rate_limit_exceeded", "insufficient_quota", "slow_down"), 429),
    **dict.fromkeys(("api_error", "server_error", "server"), 500),
    **dict.fromkeys(("server_is_overloaded", "service_unavailable_error"), 503),
    **dict.fromkeys(("timeout_error", "timeout"), 504),
    **dict.fromkeys(("overloaded_error", "provider_overloaded"), 529),
}
"""What a word stands for where no number came: in an error under a good status, as in the middle of a stream."""

MISSING_STATUS = 502
"""An error under a good status that names none: something upstream broke."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The parts of an error envelope that mean something, whichever vendor wrote it."""

    message: str
    error: Mapping[str, Any]
    metadata: Mapping[str, Any]
    availability: Mapping[str, Any]

    @classmethod
    def read(cls, body: Any) -> ErrorBody:
        """Read parsed JSON, or raw bytes that may be no JSON at all."""
        envelope = mapping(body)
        error = envelope.get("error")
        if isinstance(error, str):
            return cls(error, {}, {}, {})
        # Servers of one's own put the words where they like.
        error = mapping(error) or envelope
        message = str(error.get("message") or error.get("detail") or "")
        message = message or (_plain(body) if isinstance(body, bytes) else "")
        return cls(message, error, mapping(error.get("metadata")), mapping(error.get("availability")))

    def status(self, http_status: int) -> int:
        """The status that counts: a code in the body stands for it under HTTP 200 (contract §3)."""
        if not 200 <= http_status < 300:
            return http_status
        code = str(self.error.get("code") or "")
        if re.fullmatch(r"[45]\d\d", code, re.ASCII):
            return int(code)
        return next((WORDED_STATUSES[word] for word in self.codes() if word in WORDED_STATUSES), MISSING_STATUS)

    def codes(self) -> Iterator[str]:
        """Every word that may name the failure, the most exact first."""
        yield from (str(self.availability.get("code")), str(mapping(self.error.get("details")).get("error_code")))
        yield from (str(self.metadata.get("error_type")), str(self.error.get("code")), str(self.error.get("type")))

    @property
    def raw(self) -> str:
        """What the vendor behind the vendor said, or the message itself."""
        raw = self.metadata.get("raw") or self.message
        return redact(raw if isinstance(raw, str) else orjson.dumps(raw).decode())[:RAW_LENGTH]


def failure_of(http_status: int, headers: Mapping[str, str], body: bytes | Any, *, now: float) -> Failure:
    """The failure in a vendor's answer; `body` is bytes or parsed JSON, `now` seconds since the epoch."""
    parsed = _parsed(body) if isinstance(body, bytes) else body
    said = ErrorBody.read(parsed if parsed is not None else body)
    status = said.status(http_status)
    retryable = said.availability.get("retryable", _flag(headers.get("x-should-retry")))
    return Failure(
        kind=_kind(said, status),
        detail=f"HTTP {status}: {redact(said.message)[:RAW_LENGTH] or 'no reason given'}",
        http_status=status,
        retry_after=retry_after(headers, said, now=now),
        retryable=retryable if isinstance(retryable, bool) else None,
        affordable=int(told[1]) if (told := AFFORDABLE.search(said.message)) else None,
        raw=said.raw,
    )


def _kind(said: ErrorBody, status: int) -> FailureKind:
    words = said.message.lower()
    if status == 403 and (said.metadata.get("reasons") or said.metadata.get("flagged_input")):
        return FailureKind.MODERATED
    by_phrase = (kind for phrase, kind in PHRASES if phrase in words)
    by_code = (CODES[code] for code in said.codes() if code in CODES)
    found = next(by_phrase, None) or next(by_code, None)
    if found:
        return found
    if status == 400 and words.startswith("provider returned error"):
        return FailureKind.UPSTREAM_REJECTED
    return STATUSES.get(status, FailureKind.INVALID_REQUEST if 400 <= status < 500 else FailureKind.SERVER_ERROR)


def retry_after(headers: Mapping[str, str], said: ErrorBody, *, now: float) -> float | None:
    """Seconds the server wants to be left alone, by whichever of its ways of saying so; None when it does not."""
    echoed = {str(name).lower(): str(value) for name, value in mapping(said.metadata.get("headers")).items()}
    for source in (headers, echoed):
        wish = _scaled(source.get("retry-after-ms"), 0.001)
        wish = _seconds_or_date(source.get("retry-after"), now) if wish is None else wish
        if wish is not None:
            return wish
    wish = _scaled(said.availability.get("retry_after"), 1.0)
    return wish if wish is not None else _until_reset({**echoed, **headers}, now)


def _seconds_or_date(value: str | None, now: float) -> float | None:
    seconds = _scaled(value, 1.0)
    if value is None or seconds is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now, 0.0)


def _until_reset(headers: Mapping[str, str], now: float) -> float | None:
    """`X-RateLimit-Reset` without `Retry-After`, as OpenRouter's daily cap has it (contract §5).

    Epoch milliseconds there, and epoch seconds elsewhere.
    """
    reset = _scaled(headers.get("x-ratelimit-reset"), 1.0)
    reset = reset / 1000 if reset is not None and reset > FAR_SECONDS else reset
    # A moment before this century is none: some servers put seconds to wait into the same header.
    if reset is None or reset < THIS_CENTURY or headers.get("x-ratelimit-remaining", "0") != "0":
        return None
    return max(reset - now, 0.0)


def _scaled(value: Any, factor: float) -> float | None:
    """A number not below zero, times `factor`."""
    try:
        number = float(value) * factor
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number < float("inf") else None


def _flag(value: str | None) -> bool | None:
    return {"true": True, "false": False}.get((value or "").lower())


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _plain(body: bytes) -> str:
    """The words of a page that came where JSON was due."""
    return " ".join(MARKUP.sub(" ", body[:PAGE_LENGTH].decode("utf-8", "replace")).split())
