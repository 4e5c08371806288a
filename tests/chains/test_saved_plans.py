"""Plans that follow what operators saved: by name, for all traffic, for a task, and on both sides of a migration."""

from __future__ import annotations

import pytest

from jarvis_ai.catalog import Catalog, Model
from jarvis_ai.chains import DIRECT, Migration, Planner, Saved, Wishes, written
from jarvis_ai.chains.versions import Version
from jarvis_ai.domain import KEYWORD, OPENROUTER, PROVIDERS
from tests.chains.builders import names, saved, version

NIGHT = version("night", "openai/gpt-4o-mini", "anthropic:claude-haiku-4-5", "keyword")
QUICK = version("quick", "meta-llama/llama-3.1-8b-instruct")


def planner(state: Saved, configured: tuple[str, ...] = PROVIDERS, **wishes: bool) -> Planner:
    return Planner(Wishes(**wishes), Catalog(), configured, state)


def test_a_saved_chain_is_followed_by_its_name_link_by_link():
    chain = planner(saved(NIGHT)).plan(chain="night")
    assert names(chain) == ["openrouter:openai/gpt-4o-mini", "anthropic:claude-haiku-4-5", "keyword"]
    assert (chain.name, chain.hash) == ("night", NIGHT.hash)
    assert chain.links[1].reason == "place 2 of the chain night"


def test_a_saved_chain_can_be_named_where_a_model_is():
    planned = planner(saved(NIGHT))
    assert planned.plan(["chain:night"]) == planned.plan(chain="night")


def test_an_unknown_chain_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match=r"no chain named 'day'\. Known: night, quick"):
        planner(saved(NIGHT, QUICK)).plan(["chain:day"])


def test_a_saved_chain_is_asked_for_alone():
    with pytest.raises(ValueError, match="alone"):
        planner(saved(NIGHT)).plan(["chain:night", "openai/gpt-4o"])


def test_retries_and_deadlines_of_a_link_reach_the_plan():
    row = {"link": "openai/gpt-4o", "retries": 0, "first_token": 4, "silence": 9.5}
    careful = Version(1, 0.0, written("careful", [row]))
    [place] = planner(saved(careful)).plan(chain="careful").links
    assert (place.retries, place.first_token, place.silence) == (0, 4.0, 9.5)


def test_what_a_plan_leaves_out_or_replaces_does_not_change_the_versions_hash():
    old = version("old", "google/gemini-pro-1.5", "openai:gpt-4o", "keyword")
    chain = planner(saved(old), (OPENROUTER, KEYWORD)).plan(chain="old", keyword=False)
    assert names(chain) == ["openrouter:google/gemini-2.5-flash"]
    assert chain.links[0].requested == "google/gemini-pro-1.5"
    assert chain.hash == old.hash


def test_without_fallback_only_the_first_link_of_a_saved_chain_is_asked():
    assert len(planner(saved(NIGHT), fallback_enabled=False).plan(chain="night").links) == 1


def test_the_chain_of_all_traffic_answers_where_none_is_named_and_follows_named_models():
    planned = planner(saved(NIGHT, QUICK, default="night"))
    assert planned.plan().name == "night"
    led = planned.plan(["google/gemini-2.5-flash"])
    assert names(led) == ["openrouter:google/gemini-2.5-flash", *names(planned.plan())]
    assert led.name == ""


def test_a_task_may_have_a_chain_of_its_own():
    planned = planner(saved(NIGHT, QUICK, default="night", fast="quick"))
    assert [planned.plan(task=task).name for task in ("fast", "routine", "")] == ["quick", "night", "night"]


def test_both_sides_of_a_migration_ask_the_same_model_by_another_door():
    routed = planner(saved(migration=Migration(100))).plan(caller="ann")
    direct = planner(saved(migration=Migration(0))).plan(caller="ann")
    assert (routed.arm, names(routed)[0]) == (OPENROUTER, "openrouter:openai/gpt-4o")
    assert (direct.arm, names(direct)[:2]) == (DIRECT, ["openai:gpt-4o", "openrouter:openai/gpt-4o"])
    assert sorted(names(routed)) == sorted(names(direct))
    assert names(direct)[-1] == "keyword"
    assert "direct side" in direct.links[0].reason


def test_a_migration_moves_models_that_callers_name_and_chains_that_serve_all():
    planned = planner(saved(NIGHT, migration=Migration(0), default="night"))
    assert names(planned.plan(caller="ann"))[0] == "openai:gpt-4o-mini"
    assert names(planned.plan(["anthropic/claude-sonnet-4.6"], caller="ann"))[0] == "anthropic:claude-sonnet-4-6"


@pytest.mark.parametrize(
    ("models", "chain"), [((), "night"), (("chain:night",), ""), (("openrouter:openai/gpt-4o",), "")]
)
def test_who_names_a_chain_or_a_door_is_on_no_side(models: tuple[str, ...], chain: str):
    plan = planner(saved(NIGHT, migration=Migration(0))).plan(models, chain=chain, caller="ann")
    assert plan.arm == ""
    assert names(plan)[0].startswith("openrouter:")


def test_a_migration_needs_both_doors_to_the_leading_model():
    state = saved(migration=Migration(0))
    assert planner(state, (OPENROUTER, KEYWORD)).plan(caller="ann").arm == ""
    assert planner(state, ("openai", KEYWORD)).plan(caller="ann").arm == ""
    assert planner(state).plan(["google/gemini-2.5-flash"], caller="ann").arm == ""


def test_a_chain_that_begins_with_a_vendor_is_moved_towards_openrouter():
    state = saved(version("own", "openai:gpt-4o"), migration=Migration(100), default="own")
    plan = Planner(Wishes(), Catalog([Model("openai/gpt-4o")]), PROVIDERS, state).plan(caller="ann")
    assert names(plan) == ["openrouter:openai/gpt-4o", "openai:gpt-4o"]


def test_who_only_looks_sees_no_migration():
    planned = planner(saved(migration=Migration(0)))
    assert planned.plan() == planner(saved()).plan()
