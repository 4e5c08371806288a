"""What goes over the wire, in and out. Types, words and examples of the OpenAPI document come from here."""

from jarvis_ai.api.schemas.completion import TestAnswer, TestRequest, attempt_rows, completion_answer
from jarvis_ai.api.schemas.credits import CreditsAnswer
from jarvis_ai.api.schemas.errors import ApiError, ChatErrorResponse, ErrorResponse, FieldError
from jarvis_ai.api.schemas.health import HealthAnswer
from jarvis_ai.api.schemas.models import ModelDetail, ModelList, ModelsQuery, model_row
from jarvis_ai.api.schemas.usage import PeriodRow, UsageAnswer, UsageByModel, UsageQuery, UsageSummary

__all__ = [
    "ApiError",
    "ChatErrorResponse",
    "CreditsAnswer",
    "ErrorResponse",
    "FieldError",
    "HealthAnswer",
    "ModelDetail",
    "ModelList",
    "ModelsQuery",
    "PeriodRow",
    "TestAnswer",
    "TestRequest",
    "UsageAnswer",
    "UsageByModel",
    "UsageQuery",
    "UsageSummary",
    "attempt_rows",
    "completion_answer",
    "model_row",
]
