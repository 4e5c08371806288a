"""The one shape of every error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from jarvis_ai.api.schemas.completion import AttemptRow


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
