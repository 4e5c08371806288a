"""The catalogue in OpenRouter's words, with the two fields more by which OpenAI's clients know a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from jarvis_ai.catalog import Catalog, Model

LONGEST_PAGE = 5000
VARIES = "-1"
"""OpenRouter's price of what has no single one."""


class CatalogueQuery(BaseModel):
    """Which models to list. Parameters that OpenRouter has and we do not are passed over, as its clients send them."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", description="Words that the id or the name must hold.", max_length=200)
    supported_parameters: str = Field("", description="Parameters that a model must take, with commas between them.")
    offset: int = Field(0, description="How many to leave out at the beginning.", ge=0)
    limit: int = Field(LONGEST_PAGE, description="At most so many rows.", ge=1, le=LONGEST_PAGE)


def page(catalog: Catalog, query: CatalogueQuery) -> dict[str, Any]:
    """The rows that are asked for, how many there are in all, and where the next ones are."""
    rows = _rows(catalog)
    found = [rows[model.id] for model in catalog if _fits(model, query)]
    after = query.offset + query.limit
    following = urlencode(query.model_copy(update={"offset": after}).model_dump(exclude_defaults=True))
    return {
        "object": "list",
        "data": found[query.offset : after],
        "total_count": len(found),
        "links": {"next": f"/api/v1/models?{following}" if after < len(found) else None},
    }


@lru_cache(maxsize=1)
def _rows(catalog: Catalog) -> Mapping[str, dict[str, Any]]:
    """Every row by its id. All of them take as long as a thousand pieces of somebody's stream, so they are kept."""
    return {model.id: model_row(model) for model in catalog}


def _fits(model: Model, query: CatalogueQuery) -> bool:
    text = f"{model.id} {model.name}".lower()
    wanted = set(filter(None, query.supported_parameters.split(",")))
    return wanted <= model.supported_parameters and all(word in text for word in query.q.lower().split())


def model_row(model: Model) -> dict[str, Any]:
    """One model; prices are US dollars a token, as decimal strings."""
    inputs, _, outputs = model.modality.partition("->")
    return {
        "id": model.id,
        "object": "model",
        "owned_by": model.id.partition("/")[0],
        "canonical_slug": model.canonical_slug or model.id,
        "name": model.name,
        "created": model.created,
        "description": model.description,
        "context_length": model.context_length,
        "architecture": {
            "modality": model.modality or None,
            "input_modalities": list(filter(None, inputs.split("+"))),
            "output_modalities": list(filter(None, outputs.split("+"))),
        },
        "pricing": dict(_pricing(model)),
        "top_provider": {
            "context_length": model.context_length,
            "max_completion_tokens": model.max_output_tokens,
            "is_moderated": model.is_moderated,
        },
        "per_request_limits": None,
        "supported_parameters": sorted(model.supported_parameters),
        "default_parameters": None,
        "supported_voices": None,
        "expiration_date": model.expires,
        "links": {"details": f"/api/v1/model/{model.id}"},
    }


def _pricing(model: Model) -> Iterator[tuple[str, str]]:
    yield "prompt", _price(model.input_price)
    yield "completion", _price(model.output_price)
    cached: Mapping[str, Decimal | None] = {
        "input_cache_read": model.cache_read_price,
        "input_cache_write": model.cache_write_price,
    }
    yield from ((name, _price(price)) for name, price in cached.items() if price is not None)


def _price(price: Decimal | None) -> str:
    return VARIES if price is None else f"{price.normalize():f}"
