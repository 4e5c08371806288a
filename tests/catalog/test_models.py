"""Names, and what has become of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jarvis_ai.catalog import DEFAULT_ORDER, Catalog, Model, direct_model
from jarvis_ai.catalog.aliases import SUCCESSORS

CATALOG = Catalog.read(
    [
        {
            "id": "openai/gpt-4o",
            "name": "GPT-4o",
            "canonical_slug": "openai/gpt-4o-2024-08-06",
            "context_length": 128_000,
            "pricing": {"prompt": "0.0000025", "completion": "0.00001", "discount": 0.5},
            "top_provider": {"context_length": 64_000, "max_completion_tokens": 16_384, "is_moderated": True},
            "supported_parameters": ["temperature"],
        },
        {"id": "anthropic/claude-3-haiku"},
        {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}},
        {"name": "a row without an id"},
    ]
)


def test_a_row_is_read_with_its_discount_and_the_smaller_context():
    model = CATALOG.find("openai/gpt-4o")
    assert model is not None
    assert (model.input_price, model.context_length) == (Decimal("0.00000125"), 64_000)


def test_a_price_that_varies_is_unknown():
    model = CATALOG.find("openrouter/auto")
    assert model is not None
    assert model.input_price is None


def test_a_model_is_found_by_its_dated_name_and_by_a_variant():
    names = ("openai/gpt-4o", "openai/gpt-4o-2024-08-06", "openai/gpt-4o:nitro")
    assert [model.id for model in map(CATALOG.find, names) if model] == ["openai/gpt-4o"] * 3


def test_an_unknown_name_is_not_found_and_has_a_suggestion():
    assert CATALOG.find("openai/gpt-4") is None
    assert CATALOG.suggest("openai/gpt-4") == ["openai/gpt-4o"]


def test_a_retired_name_is_followed_by_the_first_successor_that_is_listed():
    resolved = CATALOG.resolve("anthropic/claude-3-haiku-20240307")
    assert resolved.model_id == "anthropic/claude-3-haiku"
    assert "retired" in resolved.note


def test_a_name_that_nobody_lists_is_kept_and_mentioned():
    resolved = CATALOG.resolve("openai/gpt-4oo")
    assert (resolved.model_id, resolved.note) == (
        "openai/gpt-4oo",
        "openai/gpt-4oo is not in OpenRouter's catalogue. Did you mean openai/gpt-4o?",
    )


def test_without_a_catalogue_the_default_order_resolves_all_the_same():
    resolved = [Catalog().resolve(name) for name in DEFAULT_ORDER]
    assert [bool(each.note) for each in resolved] == [name in SUCCESSORS for name in DEFAULT_ORDER]
    assert sum(bool(each.note) for each in resolved) == 4


@pytest.mark.parametrize("row", [{"id": "x", "pricing": {"prompt": "NaN"}}, {"id": "x", "pricing": None}, {"id": "x"}])
def test_an_odd_row_is_read_with_what_is_missing_unknown(row: dict):
    assert Model.read(row).input_price is None


def test_a_vendor_writes_its_models_without_its_own_name_and_anthropic_without_dots():
    assert direct_model("anthropic", "anthropic/claude-haiku-4.5") == "claude-haiku-4-5"
    assert direct_model("openai", "openai/gpt-4o") == "gpt-4o"
    assert direct_model("openai", "google/gemini-2.5-flash") is None


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("gpt-4o", "openai/gpt-4o"),
        ("gpt-4o-2024-11-20", "openai/gpt-4o"),
        ("claude-3-5-sonnet-20241022", "anthropic/claude-3-5-sonnet-20241022"),
        ("acme/gpt-4o", "acme/gpt-4o"),
        ("openai:gpt-4o", "openai:gpt-4o"),
        ("keyword", "keyword"),
    ],
)
def test_a_vendors_own_name_is_found_as_openrouter_lists_it_and_any_other_stays(name: str, listed: str):
    assert CATALOG.listed(name) == listed
