"""Whatever is asked, saved and configured: what holds for every plan."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.catalog import DEFAULT_ORDER, TASK_LEADERS, Catalog, Model
from jarvis_ai.chains import ARMS, DIRECT, Migration, Planner, Wishes
from jarvis_ai.domain import KEYWORD, OPENROUTER, PROVIDERS
from tests.chains.builders import names, saved, version

CATALOG = Catalog([Model("openai/gpt-4o"), Model("anthropic/claude-haiku-4.5"), Model("google/gemini-2.5-flash")])
LINKS = ("openai/gpt-4o", "openai:gpt-4o", "anthropic:claude-haiku-4-5", "google/gemini-2.5-flash", "nobody/knows")
WRITTEN = st.lists(st.sampled_from([*LINKS, *DEFAULT_ORDER, "keyword"]), min_size=1, max_size=6)


@st.composite
def planners(draw: st.DrawFn) -> Planner:
    """A planner over any chain that answers all traffic, or none, any keys, and a migration at any share."""
    kept = draw(st.one_of(st.none(), WRITTEN))
    chains = [version("night", *kept)] if kept else []
    migration = Migration(draw(st.one_of(st.none(), st.integers(0, 100))))
    state = saved(*chains, migration=migration, default="night" if kept else "")
    configured = draw(st.sets(st.sampled_from(PROVIDERS)))
    wishes = Wishes(draw(st.sampled_from(LINKS)), draw(st.booleans()), draw(st.booleans()))
    return Planner(wishes, draw(st.sampled_from([CATALOG, Catalog()])), configured, state)


@given(
    planners(),
    st.lists(st.sampled_from(LINKS), max_size=2),
    st.sampled_from(["", *TASK_LEADERS]),
    st.booleans(),
    st.text(max_size=4),
)
def test_links_stand_once_have_reasons_and_a_side_has_its_own_door_first(
    planner: Planner, models: list[str], task: str, keyword: bool, caller: str
):
    chain = planner.plan(models, task, keyword=keyword, caller=caller)
    links = names(chain)
    assert len(set(links)) == len(links)
    assert all(place.reason for place in chain.links)
    assert keyword or KEYWORD not in links
    assert chain.arm in ("", *ARMS)
    if chain.arm:
        assert (chain.links[0].link.provider == OPENROUTER) is (chain.arm != DIRECT)
    assert planner.plan(models, task, keyword=keyword, caller=caller) is chain
