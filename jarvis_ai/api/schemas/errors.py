"""The one shape of every error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from jarvis_ai.api.schemas.completion import AttemptRow

ERROR_TYPES: Mapping[str, str] = {
    "unauthorized": "authentication",
    "no_credit": "payment_required",
    "unaffordable": "payment_required",
    "key_limit": "permission_denied",
    "forbidden": "permission_denied",
    "moderated": "content_policy_violation",
    "refused": "refusal",
    "context_too_long": "context_length_exceeded",
    "too_large": "payload_too_large",
    "model_not_found": "not_found",
    "unknown_model": "not_found",
    "rate_limited": "rate_limit_exceeded",
    "quota_exhausted": "rate_limit_exceeded",
    "overloaded": "provider_overloaded",
    "saturated": "provider_overloaded",
    "upstream_timeout": "timeout",
    "connect_timeout": "timeout",
    "headers_timeout": "timeout",
    "first_token_timeout": "timeout",
    "stalled": "timeout",
    "deadline": "timeout",
    "internal": "server",
}
"""Our words for what went wrong, in those of OpenRouter's `metadata.error_type`."""

USUAL_TYPES = {400: "invalid_request", 404: "not_found", 405: "invalid_request", 503: "provider_unavailable"}


def error_type(code: str, status: int) -> str:
    """OpenRouter's word for an error of ours."""
    return ERROR_TYPES.get(code) or USUAL_TYPES.get(status, "unmapped")


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class ApiError(BaseModel):
    """What went wrong. `code` is for programs, `message` for people."""

    code: str
    message: str
    fields: list[FieldError] | None = None
    suggestions: list[str] | None = Field(None, description="Names that look like the one that is unknown.")
    operation_id: str | None = Field(None, description="Where the usage log tells the whole story.")
    attempts: list[AttemptRow] | None = Field(None, description="Everything that was tried.")


class ErrorResponse(BaseModel):
    """Every error has this shape."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "code": "unknown_model",
                        "message": "Unknown model 'openai/gpt4o'. Did you mean openai/gpt-4o?",
                        "suggestions": ["openai/gpt-4o"],
                    }
                }
            ]
        }
    )

    error: ApiError


class ChatError(BaseModel):
    """An error in OpenRouter's envelope. `code` is the HTTP status, `type` our word for it."""

    code: int
    message: str
    type: str
    metadata: dict[str, Any]
    fields: list[FieldError] | None = None
    suggestions: list[str] | None = None
    operation_id: str | None = Field(None, description="Where the usage log tells the whole story.")
    attempts: list[AttemptRow] | None = Field(None, description="Everything that was tried.")


class ChatErrorResponse(BaseModel):
    """Every error of the gateway has this shape."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "code": 503,
                        "message": "Nobody answered. 1. openrouter:openai/gpt-4o: HTTP 429: Provider returned error",
                        "type": "rate_limited",
                        "metadata": {
                            "error_type": "rate_limit_exceeded",
                            "provider_name": "openrouter",
                            "raw": "openai/gpt-4o is temporarily rate-limited upstream.",
                        },
                        "operation_id": "019abc12-3456-7def-8123-456789abcdef",
                    }
                }
            ]
        }
    )

    error: ChatError

    @classmethod
    def of(cls, status: int, error: ApiError) -> Self:
        """The same error in OpenRouter's envelope."""
        told = error.model_dump(exclude={"code"})
        return cls(
            error=ChatError(
                code=status, type=error.code, metadata={"error_type": error_type(error.code, status)}, **told
            )
        )
