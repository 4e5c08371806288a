"""How an operation that failed is told: which status, in whose words, and what was tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from jarvis_ai.api.errors import retry_after
from jarvis_ai.api.gateway.facts import encoded, final_headers
from jarvis_ai.api.schemas import attempt_rows
from jarvis_ai.api.schemas.errors import error_type
from jarvis_ai.domain import Attempt, Completion, Failure, FailureKind

STATUS_OF_KIND: Mapping[FailureKind, int] = {
    FailureKind.INVALID_REQUEST: 400,
    FailureKind.CONTEXT_TOO_LONG: 400,
    FailureKind.REFUSED: 400,
    FailureKind.MODERATED: 403,
    FailureKind.FORBIDDEN: 403,
    FailureKind.TOO_LARGE: 413,
}
"""The request's own fault. Everything else is 503: a key of ours that is refused is not the caller's."""

OWN_STATUSES = (400, 403, 409, 412, 413, 422, 451)
"""A provider's status for a request that is at fault stays as it is."""

NOBODY, BROKE_OFF = "Nobody answered.", "The answer broke off, and nobody could finish it."
UNFINISHED = Failure(FailureKind.INTERNAL, "The operation did not finish.")


def status_of(failure: Failure) -> int:
    """The HTTP status for a failure that ended an operation."""
    usual = STATUS_OF_KIND.get(failure.kind)
    return failure.http_status if usual and failure.http_status in OWN_STATUSES else usual or 503


def failure_body(completion: Completion, opening: str = NOBODY) -> dict[str, Any]:
    """The `error` for an operation that failed, with every attempt and its reason."""
    failure = completion.failure or UNFINISHED
    status = status_of(failure)
    return {
        "code": status,
        "message": f"{opening} {_tried(completion, failure)}" if status == 503 else failure.raw or failure.detail,
        "type": failure.kind.value,
        "metadata": _metadata(completion, failure, status),
        "operation_id": completion.operation_id,
        "attempts": [row.model_dump(mode="json") for row in attempt_rows(completion.attempts)],
    }


def refusal(completion: Completion, overhead: float) -> Response:
    """The answer that says so, where nothing else was sent yet; `overhead` in seconds."""
    failure = completion.failure or UNFINISHED
    told = {**final_headers(completion, overhead), **retry_after(failure)}
    return Response(
        encoded({"error": failure_body(completion)}), status_of(failure), told, media_type="application/json"
    )


def _tried(completion: Completion, failure: Failure) -> str:
    tried = "; ".join(f"{attempt.number}. {_reason(attempt)}" for attempt in completion.attempts)
    return tried or failure.detail or failure.kind.value


def _reason(attempt: Attempt) -> str:
    failure = attempt.failure
    return f"{attempt.link}: {(failure.detail or failure.kind.value) if failure else attempt.status.value}"


def _metadata(completion: Completion, failure: Failure, status: int) -> dict[str, Any]:
    blamed = next((attempt for attempt in reversed(completion.attempts) if attempt.failure == failure), None)
    return {
        "error_type": error_type(failure.kind.value, status),
        "provider_name": blamed.link.provider if blamed else None,
        "raw": failure.raw,
    }
