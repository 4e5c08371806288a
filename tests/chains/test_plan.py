"""Which links answer, in which order, and why."""

from __future__ import annotations

import pytest

from jarvis_ai.catalog import Catalog, Model
from jarvis_ai.chains.plan import Planner, Wishes, plan
from jarvis_ai.domain import PROVIDERS, Chain

DEFAULT = [
    "openrouter:openai/gpt-4o",
    "openrouter:openai/gpt-4o-mini",
    "openrouter:anthropic/claude-sonnet-4.6",
    "openrouter:anthropic/claude-haiku-4.5",
    "openrouter:meta-llama/llama-3.1-8b-instruct",
    "openrouter:google/gemini-2.5-flash",
]


def names(chain: Chain) -> list[str]:
    return [str(place.link) for place in chain.links]


def test_the_default_chain_is_the_default_order_then_the_vendors_then_keywords():
    assert names(plan(Wishes(), Catalog(), PROVIDERS)) == [
        *DEFAULT,
        "openai:gpt-4o",
        "anthropic:claude-sonnet-4-6",
        "keyword",
    ]


def test_every_place_has_a_reason_and_a_retired_name_says_what_took_its_place():
    chain = plan(Wishes(), Catalog(), PROVIDERS)
    assert all(place.reason for place in chain.links)
    sonnet = chain.links[2]
    assert sonnet.requested == "anthropic/claude-3-5-sonnet-20241022"
    assert "retired" in sonnet.reason


@pytest.mark.parametrize(
    ("task", "leader"),
    [
        ("complex", "openrouter:openai/gpt-4o"),
        ("routine", "openrouter:openai/gpt-4o-mini"),
        ("fast", "openrouter:anthropic/claude-haiku-4.5"),
    ],
)
def test_a_task_chooses_who_leads(task: str, leader: str):
    chain = plan(Wishes(), Catalog(), PROVIDERS, task=task)
    assert names(chain)[0] == leader
    assert sorted(names(chain)[:6]) == sorted(DEFAULT)
    assert task in chain.links[0].reason


def test_without_cost_optimization_a_task_changes_nothing():
    wishes = Wishes(cost_optimization=False)
    assert plan(wishes, Catalog(), PROVIDERS, task="fast") == plan(wishes, Catalog(), PROVIDERS)


def test_the_preferred_model_leads():
    assert names(plan(Wishes("google/gemini-2.5-flash"), Catalog(), PROVIDERS))[0] == DEFAULT[-1]


def test_a_named_model_leads_even_when_a_task_is_given():
    chain = plan(Wishes(), Catalog(), PROVIDERS, models=["acme/large"], task="fast")
    assert names(chain)[:2] == ["openrouter:acme/large", DEFAULT[0]]


def test_a_link_can_be_named_with_its_provider():
    assert names(plan(Wishes(), Catalog(), PROVIDERS, models=["anthropic:claude-haiku-4-5"]))[0] == (
        "anthropic:claude-haiku-4-5"
    )


def test_without_fallback_there_is_one_link():
    assert names(plan(Wishes(fallback_enabled=False), Catalog(), PROVIDERS)) == DEFAULT[:1]


def test_providers_without_a_key_are_left_out():
    assert names(plan(Wishes(), Catalog(), {"openai", "keyword"})) == ["openai:gpt-4o", "keyword"]


def test_the_keyword_link_can_be_left_out():
    assert "keyword" not in names(plan(Wishes(), Catalog(), PROVIDERS, keyword=False))


def test_a_link_knows_how_much_its_model_holds():
    catalog = Catalog([Model("openai/gpt-4o", context_length=128_000)])
    assert plan(Wishes(), catalog, PROVIDERS).links[0].context_length == 128_000


def test_an_unknown_task_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match="Known: complex, routine, fast"):
        plan(Wishes(), Catalog(), PROVIDERS, task="lazy")


def test_a_planner_works_each_question_out_once():
    planner = Planner(Wishes(), Catalog(), PROVIDERS)
    assert planner.plan(["acme/large"], "fast") == plan(
        Wishes(), Catalog(), PROVIDERS, models=["acme/large"], task="fast"
    )
    assert planner.plan() is planner.plan([])
    assert names(planner.plan(keyword=False)) == names(planner.plan())[:-1]


def test_a_link_knows_whether_its_model_thinks_from_the_catalogue_or_from_its_name():
    catalog = Catalog.read([{"id": "acme/sage", "reasoning": {"mandatory": True}}, {"id": "openai/gpt-4o"}])
    models = ["acme/sage", "openai:o3-mini", "openai/gpt-4o", "openai/gpt-4o:thinking"]
    chain = plan(Wishes(), catalog, PROVIDERS, models=models)
    assert [place.thinks for place in chain.links[:4]] == [True, True, False, True]


def test_a_link_past_openrouter_knows_what_the_same_model_holds():
    catalog = Catalog([Model("anthropic/claude-haiku-4.5", context_length=200_000)])
    chain = plan(Wishes(), catalog, PROVIDERS, models=["anthropic:claude-haiku-4-5-20251001"])
    assert chain.links[0].context_length == 200_000


def test_a_model_that_its_vendor_serves_no_more_has_no_door_past_openrouter():
    chain = plan(Wishes("openai/gpt-oss-20b"), Catalog(), PROVIDERS)
    assert "openai:gpt-oss-20b" not in names(chain)
    assert "openai:gpt-4o" in names(chain)
