"""The catalogue as a value: read from OpenRouter's list of models (contract §6), asked by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from rapidfuzz import fuzz, process

from jarvis_ai.catalog.aliases import DIRECT_AUTHORS, SUCCESSORS, direct_model, undated
from jarvis_ai.catalog.thinkers import thinks_by_name
from jarvis_ai.domain import OPENROUTER, Link


@dataclass(frozen=True, slots=True)
class Model:
    """One model on offer. Prices are US dollars a token; None means that it varies or is not known."""

    id: str
    name: str = ""
    canonical_slug: str = ""
    context_length: int | None = None
    """The smaller of the model's and its top provider's."""
    max_output_tokens: int | None = None
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    cache_read_price: Decimal | None = None
    cache_write_price: Decimal | None = None
    supported_parameters: frozenset[str] = frozenset()
    created: int = 0
    """Seconds since the epoch."""
    is_moderated: bool = False
    expires: str | None = None
    """The day it is switched off, YYYY-MM-DD."""
    description: str = ""
    modality: str = ""
    thinks: bool = False
    """Whether it always reasons before its first word."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Model:
        """One row of `GET /models`; whatever is missing or odd in it is None."""
        pricing, top = _object(row, "pricing"), _object(row, "top_provider")
        kept = 1 - (_price(pricing.get("discount")) or Decimal(0))
        lengths = [length for length in (row.get("context_length"), top.get("context_length")) if length]
        return cls(
            id=str(row["id"]),
            name=row.get("name") or row["id"],
            canonical_slug=row.get("canonical_slug") or "",
            context_length=min(lengths, default=None),
            max_output_tokens=top.get("max_completion_tokens"),
            input_price=_times(_price(pricing.get("prompt")), kept),
            output_price=_times(_price(pricing.get("completion")), kept),
            cache_read_price=_times(_price(pricing.get("input_cache_read")), kept),
            cache_write_price=_times(_price(pricing.get("input_cache_write")), kept),
            supported_parameters=frozenset(row.get("supported_parameters") or ()),
            created=int(row.get("created") or 0),
            is_moderated=bool(top.get("is_moderated")),
            expires=row.get("expiration_date"),
            description=row.get("description") or "",
            modality=_object(row, "architecture").get("modality") or "",
            thinks=bool(_object(row, "reasoning").get("mandatory")) or thinks_by_name(str(row["id"])),
        )


def _object(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of a row; empty when it is missing or odd."""
    part = row.get(name)
    return part if isinstance(part, Mapping) else {}


def _price(value: Any) -> Decimal | None:
    """A decimal string as a price; `-1` marks one that varies."""
    try:
        price = Decimal(str(value))
    except InvalidOperation:
        return None
    return price if price.is_finite() and price >= 0 else None


def _times(price: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if price is None else price * factor


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name stands for today."""

    requested: str
    model_id: str
    model: Model | None = None
    """Its row in the catalogue; None when it is not listed, or nothing is listed yet."""
    note: str = ""
    """What an operator should know: that the name is retired, or that nobody lists it."""


class Catalog:
    """Models by name, in the catalogue's order."""

    def __init__(self, models: Iterable[Model] = ()) -> None:
        self._models = {model.id: model for model in models}
        self._by_slug = {model.canonical_slug: model for model in self._models.values() if model.canonical_slug}
        self._by_door = {
            (provider, door): model
            for model in self._models.values()
            for provider in DIRECT_AUTHORS
            if ":" not in model.id and (door := direct_model(provider, model.id))
        }

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, Any]]) -> Catalog:
        """The catalogue in the rows of `GET /models`; rows without an id are left out."""
        return cls(Model.read(row) for row in rows if isinstance(row, Mapping) and row.get("id"))

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    @property
    def doors(self) -> list[Link]:
        """The vendors' own doors to the models that OpenRouter lists, in the catalogue's order."""
        return [Link(provider, model) for provider, model in self._by_door]

    def find(self, name: str) -> Model | None:
        """The model with this id or canonical slug; a variant such as `:nitro` is found under its base."""
        base = name.partition(":")[0]
        return self._models.get(name) or self._by_slug.get(name) or self._models.get(base)

    def behind(self, link: Link) -> Model | None:
        """The model that answers at a link; for a vendor's own door, the same model as OpenRouter lists it."""
        if link.provider == OPENROUTER:
            return self.find(link.model)
        return self._by_door.get((link.provider, undated(link.model)))

    def listed(self, name: str) -> str:
        """A vendor's own name for a model, such as `gpt-4o`, as OpenRouter lists it; any other name as it is."""
        if "/" in name:
            return name
        for provider, author in DIRECT_AUTHORS.items():
            model = self._by_door.get((provider, name)) or self.behind(Link(provider, name))
            if model is not None or author + name in SUCCESSORS:
                return model.id if model else author + name
        return name

    def resolve(self, name: str) -> Resolved:
        """What to ask when `name` was asked for: itself, or its successor. Never refuses: an unknown name is kept."""
        model = self.find(name)
        if model is not None:
            return Resolved(name, name, model)
        if name in SUCCESSORS:
            successor = next((heir for heir in SUCCESSORS[name] if self.find(heir)), SUCCESSORS[name][0])
            return Resolved(name, successor, self.find(successor), f"{name} is retired: {successor} is asked instead.")
        if not self._models:
            return Resolved(name, name)
        near = self.suggest(name)
        hint = f" Did you mean {near[0]}?" if near else ""
        return Resolved(name, name, None, f"{name} is not in OpenRouter's catalogue.{hint}")

    def suggest(self, name: str) -> list[str]:
        """Up to three ids that look like `name`, nearest first."""
        return nearest(name, self._models)

    def suggest_direct(self, link: Link) -> list[str]:
        """Up to three models of a vendor, by its own names, that look like the link's, nearest first."""
        own = [model for provider, model in self._by_door if provider == link.provider]
        return nearest(link.model, own)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Up to three of the known names that look like `name`, nearest first."""
    found = process.extract(name, list(known), scorer=fuzz.ratio, limit=3, score_cutoff=50)
    return [match for match, _, _ in found]
