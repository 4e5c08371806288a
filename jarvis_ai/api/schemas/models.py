"""`GET /ai/models`, and one of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from jarvis_ai.api.schemas.base import Answer, Moment, example
from jarvis_ai.catalog import Model

MILLION = 1_000_000

MODEL_EXAMPLE = {
    "id": "openai/gpt-4o",
    "name": "OpenAI: GPT-4o",
    "context_length": 128000,
    "max_output_tokens": 16384,
    "input_price": 2.5,
    "output_price": 10.0,
    "cache_read_price": 1.25,
    "cache_write_price": None,
    "supported_parameters": ["max_tokens", "temperature", "tools"],
    "modality": "text+image->text",
    "created": "2024-05-13T00:00:00Z",
    "expires": None,
    "is_moderated": False,
}
PRICE = "US dollars per million tokens; null when it varies or is not known."


class ModelsQuery(BaseModel):
    """Which models to list. Unknown parameters are refused: a typing error would change the answer in silence."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", description="Words that the id or the name must hold.", max_length=200)
    limit: int = Field(5000, description="At most so many rows.", ge=1, le=5000)


class ModelRow(Answer):
    """One model on offer."""

    model_config = example(**MODEL_EXAMPLE)

    id: str
    name: str
    context_length: int | None
    max_output_tokens: int | None
    input_price: float | None = Field(description=PRICE)
    output_price: float | None = Field(description=PRICE)
    cache_read_price: float | None = Field(description=PRICE)
    cache_write_price: float | None = Field(description=PRICE)
    supported_parameters: list[str]
    modality: str
    created: Moment
    expires: str | None = Field(description="The day it is switched off, YYYY-MM-DD.")
    is_moderated: bool


class ModelDetail(ModelRow):
    """One model, with everything known about it."""

    model_config = example(
        **MODEL_EXAMPLE, requested="openai/gpt-4o", note="", canonical_slug="openai/gpt-4o", description="…"
    )

    requested: str = Field(description="The name that was asked for.")
    note: str = Field(description="What has become of that name, when it is retired.")
    canonical_slug: str
    description: str


class ModelList(Answer):
    """Models in the catalogue's order."""

    model_config = example(models=[MODEL_EXAMPLE], matched=1, total=912)

    models: list[ModelRow]
    matched: int = Field(description="How many fit the search, before the limit.")
    total: int = Field(description="How many the catalogue holds.")


def _per_million(price: Decimal | None) -> float | None:
    return None if price is None else float(price * MILLION)


def model_row(model: Model) -> ModelRow:
    """A model of the catalogue, priced by the million."""
    return ModelRow(
        id=model.id,
        name=model.name,
        context_length=model.context_length,
        max_output_tokens=model.max_output_tokens,
        input_price=_per_million(model.input_price),
        output_price=_per_million(model.output_price),
        cache_read_price=_per_million(model.cache_read_price),
        cache_write_price=_per_million(model.cache_write_price),
        supported_parameters=sorted(model.supported_parameters),
        modality=model.modality,
        created=datetime.fromtimestamp(model.created, UTC) if model.created else None,
        expires=model.expires,
        is_moderated=model.is_moderated,
    )
