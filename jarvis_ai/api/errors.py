"""Every error in one shape, `{"error": {"code", "message", ...}}`, in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from jarvis_ai.api.presence import CallerLeft
from jarvis_ai.api.schemas import ApiError, ChatErrorResponse, ErrorResponse, FieldError, attempt_rows
from jarvis_ai.domain import Completion, Failure, FailureKind
from jarvis_ai.errors import OperationFailed

STATUS_OF_KIND = {
    FailureKind.INVALID_REQUEST: 400,
    FailureKind.CONTEXT_TOO_LONG: 400,
    FailureKind.MODERATED: 400,
    FailureKind.REFUSED: 400,
    FailureKind.TOO_LARGE: 413,
    FailureKind.DEADLINE: 504,
}
"""Whose fault it was: the request's, or time's. Everything else is 503, nobody was able to answer."""


class Refusal(Exception):
    """A request that cannot be answered, and how to say so."""

    def __init__(self, status: int, error: ApiError) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error


def trouble(code: str, message: str, **more: Any) -> ApiError:
    """An error by its code and one sentence for a person."""
    return ApiError(code=code, message=message, **more)


def answer(status: int, error: ApiError, headers: Mapping[str, str] | None = None, *, path: str = "") -> JSONResponse:
    """The error as a response, in the shape that callers of `path` expect."""
    shape = ErrorResponse(error=error) if speaks_our_own(path) else ChatErrorResponse.of(status, error)
    return JSONResponse(
        shape.model_dump(mode="json", exclude_none=True), status_code=status, headers=dict(headers or {})
    )


def own_path(scope: Scope) -> str:
    """The path beneath the place where the API is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def speaks_our_own(path: str) -> bool:
    """Whether errors of a path have our shape; all but the routes under `/ai` speak OpenRouter's."""
    return not path or path == "/ai" or path.startswith("/ai/")


def refusal(status: int, code: str, message: str) -> Refusal:
    """A refusal in one sentence."""
    return Refusal(status, trouble(code, message))


def unknown_model(name: str, near: Sequence[str]) -> Refusal:
    """404 with the names that look like it."""
    hint = f" Did you mean {' or '.join(near)}?" if near else " GET /api/v1/ai/models lists all of them."
    return Refusal(404, trouble("unknown_model", f"Unknown model '{name}'.{hint}", suggestions=list(near)))


def exhausted(completion: Completion) -> JSONResponse:
    """What to say when nobody answered: every attempt with its reason, and when to come back."""
    failure = completion.failure or Failure(FailureKind.INTERNAL, "The operation did not finish.")
    status = STATUS_OF_KIND.get(failure.kind, 503)
    said = failure.detail or failure.kind.value
    error = trouble(
        failure.kind.value,
        f"Nobody answered: {blamed(completion, failure)}{said}" if status == 503 else said,
        operation_id=completion.operation_id,
        attempts=attempt_rows(completion.attempts),
    )
    return answer(status, error, retry_after(failure))


def blamed(completion: Completion, failure: Failure) -> str:
    """Whose failure it was, to put before its words; empty when nobody was asked."""
    links = (str(attempt.link) for attempt in completion.attempts if attempt.failure == failure)
    link = next(links, "")
    return f"{link} failed: " if link else ""


def retry_after(failure: Failure) -> dict[str, str]:
    """The header that says when asking again makes sense, where the provider said it."""
    return {"Retry-After": str(max(1, round(failure.retry_after)))} if failure.retry_after else {}


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """The 404 of every path beside the API's own. The console's page would be a 200 that means nothing."""
    message = f"There is nothing at {scope['path']}. GET /api/v1/openapi.json lists every route."
    await answer(404, trouble("not_found", message))(scope, receive, send)


async def refused(request: Request, exc: Refusal) -> Response:
    return answer(exc.status, exc.error, path=own_path(request.scope))


async def failed(request: Request, exc: OperationFailed) -> Response:
    return exhausted(exc.completion)


async def left(request: Request, exc: CallerLeft) -> Response:
    return Response(status_code=499)  # nginx's word for it; nobody is there to read it


async def invalid(request: Request, exc: RequestValidationError) -> Response:
    return answer(400, invalid_request(exc.errors()), path=own_path(request.scope))


async def unreadable(request: Request, exc: sqlite3.Error) -> Response:
    return answer(503, trouble("log_unreadable", f"The usage log cannot be read; the database says: {exc}."))


async def not_served(request: Request, exc: HTTPException) -> Response:
    return answer(exc.status_code, http_trouble(request, exc), exc.headers, path=own_path(request.scope))


async def unexpected(request: Request, exc: Exception) -> Response:
    # The server writes the traceback to its log; the caller gets no internals.
    error = trouble("internal", "Something went wrong here. The server's log has the details.")
    return answer(500, error, path=own_path(request.scope))


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    Refusal: refused,
    OperationFailed: failed,
    CallerLeft: left,
    RequestValidationError: invalid,
    sqlite3.Error: unreadable,
    HTTPException: not_served,
    Exception: unexpected,
}
"""Who answers for which exception; that of the nearest base class stands in for the rest."""


def invalid_request(errors: Sequence[Mapping[str, Any]]) -> ApiError:
    """Which fields are wrong, and how; what was sent is not repeated."""
    fields = [FieldError(field=field_path(error["loc"]), message=in_words(error)) for error in errors]
    message = "; ".join(f"{field.field}: {field.message}" for field in fields)
    return trouble("invalid_request", f"The request is not valid. {message}.", fields=fields)


def field_path(loc: Sequence[str | int]) -> str:
    """The field as the caller wrote it; `body` or `query` for the whole of it."""
    # A body that is not JSON is reported with the position of the byte, which is no field.
    names = [part for part in loc[1:] if isinstance(part, str)]
    return ".".join(names) or str(loc[0] if loc else "request")


def in_words(error: Mapping[str, Any]) -> str:
    """The complaint as a clause: without a full stop, beginning small."""
    cause = (error.get("ctx") or {}).get("error")
    if error["type"] == "json_invalid":
        return f"not valid JSON at character {error['loc'][-1]}: {cause}"
    if error["type"] == "model_attributes_type":
        return "must be a JSON object, sent with the header 'Content-Type: application/json'"
    text = str(cause or error["msg"]).rstrip(".")
    return text[:1].lower() + text[1:]


def http_trouble(request: Request, exc: HTTPException) -> ApiError:
    """Starlette's own refusals (no such path, wrong method) in our shape."""
    path, status = request.url.path, HTTPStatus(exc.status_code)
    known = {
        400: ("invalid_request", "The body could not be read: it must be a JSON object in UTF-8."),
        404: ("not_found", f"There is nothing at {path}. GET /api/v1/openapi.json lists every route."),
        405: (
            "method_not_allowed",
            f"{request.method} is not allowed at {path}. GET /api/v1/openapi.json lists every route.",
        ),
        413: ("too_large", str(exc.detail)),
    }
    return trouble(*known.get(exc.status_code, (status.name.lower(), str(exc.detail))))
