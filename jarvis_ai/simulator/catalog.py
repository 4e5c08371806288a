"""Which models there are: some with their exact figures, and the rest of a catalogue of real size from genai-prices."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER
from jarvis_ai.simulator.rows import CONTEXT, Row

MILLION = Decimal(1_000_000)


def _exact(id_: str, name: str, prompt: str, completion: str, cache_read: str | None = None, **rest: Any) -> Row:
    read = Decimal(cache_read) / MILLION if cache_read else None
    return Row(id_, name, Decimal(prompt) / MILLION, Decimal(completion) / MILLION, cache_read=read, **rest)


SEES = ("text", "image")
EXACT: Mapping[str, Row] = {
    row.id: row
    for row in (
        _exact(
            "openai/gpt-4o", "OpenAI: GPT-4o", "2.5", "10", "1.25", context=128_000, max_output=16_384,
            created=1715558400, expires="2027-01-14", inputs=SEES,
            description="OpenAI's omni model: text and image in, text out.",
        ),
        _exact(
            "openai/gpt-4o-mini", "OpenAI: GPT-4o-mini", "0.15", "0.6", "0.075", context=128_000, max_output=16_384,
            created=1721260800, expires="2027-01-14", inputs=SEES,
            description="The small and cheap sister of GPT-4o.",
        ),
        _exact(
            "anthropic/claude-sonnet-4.6", "Anthropic: Claude Sonnet 4.6", "3", "15", "0.3", context=1_000_000,
            max_output=128_000, slug="anthropic/claude-4.6-sonnet-20260217", created=1771286400, inputs=SEES,
            cache_write=Decimal("3.75") / MILLION, description="Anthropic's balanced model.",
        ),
        _exact(
            "anthropic/claude-sonnet-4.5", "Anthropic: Claude Sonnet 4.5", "3", "15", "0.3", context=1_000_000,
            max_output=64_000, slug="anthropic/claude-4.5-sonnet-20250929", created=1759161676, inputs=SEES,
            cache_write=Decimal("3.75") / MILLION,
        ),
        _exact(
            "anthropic/claude-haiku-4.5", "Anthropic: Claude Haiku 4.5", "1", "5", "0.1", context=200_000,
            max_output=64_000, slug="anthropic/claude-4.5-haiku-20251001", created=1760547638, inputs=SEES,
            cache_write=Decimal("1.25") / MILLION, description="Anthropic's quickest model.",
        ),
        _exact(
            "anthropic/claude-3-haiku", "Anthropic: Claude 3 Haiku", "0.25", "1.25", "0.03", context=200_000,
            max_output=4_096, created=1710288000, cache_write=Decimal("0.3") / MILLION, inputs=SEES,
        ),
        _exact(
            "meta-llama/llama-3.1-8b-instruct", "Meta: Llama 3.1 8B Instruct", "0.05", "0.08", "0.025",
            context=131_072, max_output=16_384, created=1721692800, description="Meta's small open model.",
        ),
        _exact(
            "meta-llama/llama-3.3-70b-instruct:free", "Meta: Llama 3.3 70B Instruct (free)", "0", "0",
            context=131_072, created=1733506137, description="Free of charge, twenty requests a minute.",
        ),
        _exact(
            "google/gemini-2.5-flash", "Google: Gemini 2.5 Flash", "0.3", "2.5", "0.03", context=1_048_576,
            max_output=65_535, created=1750172488, inputs=SEES,
        ),
        _exact(
            "google/gemini-2.5-pro", "Google: Gemini 2.5 Pro", "1.25", "10", "0.125", context=1_048_576,
            max_output=65_536, created=1750169544, inputs=SEES,
        ),
        Row(
            "openrouter/auto", "Auto Router", Decimal(-1), Decimal(-1), context=2_000_000, created=1699401600,
            description="Picks the model by the prompt; priced as the model that answers.",
        ),
    )
}  # fmt: skip
"""These are as on OpenRouter (contract §9)."""

AUTO, AUTO_TARGET = "openrouter/auto", "openai/gpt-4o-mini"

GONE = {"google/gemini-pro-1.5", "anthropic/claude-3.5-sonnet", "anthropic/claude-3.5-sonnet-20240620"}
"""Known to the price list and no longer offered."""

VARIANTS = {"nitro", "floor", "online", "exacto", "extended"}
"""Suffixes that every model takes."""


@cache
def rows() -> Mapping[str, Row]:
    """Every model of OpenRouter, by id. Reads genai-prices on the first call, some 0.2 s."""
    from genai_prices.data import providers  # noqa: PLC0415 - slow to import, and a few models need no catalogue

    listed = next(provider for provider in providers if provider.id == OPENROUTER).models
    found = {model.id: _listed(model) for model in listed if "/" in model.id and model.id not in GONE}
    return {**EXACT, **{id_: row for id_, row in found.items() if id_ not in EXACT}}


def _listed(model: Any) -> Row:
    prices = _current(model.prices)
    return Row(
        id=model.id,
        name=model.name or model.id,
        prompt=_token(prices.input_mtok) or Decimal(0),
        completion=_token(prices.output_mtok) or Decimal(0),
        cache_read=_token(prices.cache_read_mtok),
        cache_write=_token(prices.cache_write_mtok),
        context=model.context_window or CONTEXT,
        max_output=min(model.context_window or CONTEXT, 32_768),
        created=1_690_000_000 + zlib.crc32(model.id.encode()) % 90_000_000,
    )


def _current(prices: Any) -> Any:
    """The prices of today where they changed with time; the last rule that holds wins."""
    if not isinstance(prices, list):
        return prices
    today = datetime.now(UTC).date()
    starts = [(getattr(item.constraint, "start_date", None) or date.min, item.prices) for item in prices]
    return [price for start, price in starts if start <= today][-1]


def _token(price: Any) -> Decimal | None:
    """US dollars a token; the first tier where there are several."""
    return None if price is None else getattr(price, "base", price) / MILLION


def find(model: str) -> Row | None:
    """OpenRouter's row for an id, with or without a variant's suffix; None when it is not a model's name."""
    name, _, variant = model.rpartition(":")
    for candidate in (model, name if variant in VARIANTS else ""):
        row = EXACT.get(candidate) or (rows().get(candidate) if candidate else None)
        if row:
            return row
    return None


def priced(row: Row) -> Row:
    """The row that an answer is charged by: a router is charged as the model that it picked."""
    return EXACT[AUTO_TARGET] if row.id == AUTO else row


SNAPSHOTS: Mapping[str, str] = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "claude-haiku-4-5": "claude-haiku-4-5-20251001",
    "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
}
"""The dated names that direct answers carry; the others answer by their own."""

RETIRED = ("claude-2", "claude-3", "claude-instant")
"""No longer served by Anthropic itself."""


@cache
def direct(provider: str) -> Mapping[str, Row]:
    """What a vendor offers under its own names."""
    author = f"{provider}/"
    own = {_own_name(provider, row): row for row in rows().values() if row.id.startswith(author) and ":" not in row.id}
    return {
        name: replace(row, id=name, slug=SNAPSHOTS.get(name, name), name=row.name.partition(": ")[2] or row.name)
        for name, row in own.items()
        if not name.startswith(RETIRED)
    }


def _own_name(provider: str, row: Row) -> str:
    name = row.id.partition("/")[2]
    return name.replace(".", "-") if provider == ANTHROPIC else name


def find_direct(provider: str, model: str) -> Row | None:
    """A vendor's row for its own name or the dated form of it; None when it serves no such model."""
    offered = direct(provider)
    row = offered.get(model)
    return row or next((offered[name] for name, dated in SNAPSHOTS.items() if dated == model and name in offered), None)


@cache
def ids() -> tuple[str, ...]:
    """Every name that an answer may come under: OpenRouter's, then the vendors' own."""
    return (*rows(), *direct(OPENAI), *direct(ANTHROPIC))


def knows(provider: str, model: str) -> bool:
    """Whether a provider has the model."""
    if provider in (OPENAI, ANTHROPIC):
        return find_direct(provider, model) is not None
    return find(model) is not None
