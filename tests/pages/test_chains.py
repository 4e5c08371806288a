"""Chains as an operator edits, uses and divides them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.chains import Migration, save_migration, written
from jarvis_ai.chains.saved import MIGRATION, ROUTING
from jarvis_ai.chains.versions import KIND, save
from jarvis_ai.console.drafts import Draft, Row
from jarvis_ai.domain import Prompt, Source
from jarvis_ai.runtime import Runtime
from tests.pages.conftest import SHELL, open_page, words


@pytest.fixture
def clean(demo: Runtime) -> Iterator[Runtime]:
    """A runtime whose chains, defaults and migration are gone afterwards."""
    yield demo
    for kind in (KIND, ROUTING):
        for document in demo.documents.all(kind):
            demo.documents.remove(kind, document.name, now=time.time())
    demo.reload_saved()


@pytest.fixture
def night(clean: Runtime) -> Runtime:
    """A runtime with one saved chain of two links."""
    save(clean.documents, written("night", [{"link": "openai/gpt-4o"}, {"link": "keyword"}]), now=1.0)
    clean.reload_saved()
    return clean


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return open_page(app, "chains.py")


def press(page: AppTest, key: str) -> None:
    page.button(key=key).click().run()
    assert not page.exception


def set_link(page: AppTest, number: int, link: str) -> None:
    page.selectbox(key=f"chains_link_{number}").set_value(link).run()
    assert not page.exception


def links(page: AppTest) -> list[str]:
    return [box.value for box in page.selectbox if box.key and box.key.startswith("chains_link_")]


def column(page: AppTest, name: str) -> list[object]:
    """A column of the first table that has it."""
    return next(list(table.value[name]) for table in page.dataframe if name in table.value)


def opened(page: AppTest, label: str) -> list[object]:
    """The ids that History lists when a link of the page is followed."""
    [query] = [link.proto.query_string for link in page.get("page_link") if link.label == label]
    history = AppTest.from_file(SHELL, default_timeout=30)
    for name, values in parse_qs(query).items():
        history.query_params[name] = values
    return column(open_page(history, "history.py"), "id")


def saved(runtime: Runtime, name: str) -> list[str]:
    return [str(place.link) for place in runtime.planner.saved.chains[name].chain.links]


def test_the_first_visit_begins_with_the_planned_chain_and_says_that_it_is_not_saved(
    clean: Runtime, page: AppTest
) -> None:
    assert links(page)[0] == "openai/gpt-4o"
    assert links(page)[-1] == "keyword"
    assert "Not saved yet" in words(page)
    assert page.button(key="chains_save").disabled


def test_the_default_order_as_given_shows_its_four_dead_names(clean: Runtime, page: AppTest) -> None:
    page.selectbox(key="chains_beginning").set_value("default").run()
    assert not page.exception
    dead = [said for said in words(page).split("\n") if "is retired" in said]
    assert len(dead) == 4


def test_a_chain_is_named_ordered_saved_and_answers_under_its_name(clean: Runtime, page: AppTest) -> None:
    page.text_input(key="chains_name").set_value("night").run()
    press(page, "chains_down_0")
    press(page, "chains_remove_2")
    press(page, "chains_save")
    assert saved(clean, "night")[:2] == ["openrouter:openai/gpt-4o-mini", "openrouter:openai/gpt-4o"]
    assert "openrouter:anthropic/claude-sonnet-4.6" not in saved(clean, "night")
    assert page.selectbox(key="chains_chosen").value == "night"
    assert [code.value for code in page.code] == ["chain:night"]
    assert clean.plan("chain:night").version == clean.planner.saved.chains["night"].hash


def test_a_name_that_nobody_lists_is_doubted_with_the_nearest_that_there_is(night: Runtime, app: AppTest) -> None:
    save(night.documents, written("odd", [{"link": "openai/gpt-4oo"}]), now=2.0)
    night.reload_saved()
    page = open_page(app, "chains.py")
    page.selectbox(key="chains_chosen").set_value("odd").run()
    assert links(page) == ["openai/gpt-4oo"]
    assert "Did you mean openai/gpt\\-4o?" in words(page)
    [fix] = [button.key for button in page.button if button.label == "Write openai/gpt-4o"]
    press(page, fix)
    assert links(page) == ["openai/gpt-4o"]
    assert "Did you mean" not in words(page)


def test_what_is_no_link_is_refused_in_words_and_nothing_is_lost(night: Runtime, app: AppTest) -> None:
    base = night.planner.saved.chains["night"]
    typed = [Row(0, "openai:"), Row(1, "keyword")]
    app.session_state["chains_drafts"] = {"night": Draft("night", typed, base)}
    page = open_page(app, "chains.py")
    assert "is not a link" in page.error[0].value
    assert page.button(key="chains_save").disabled
    assert "Unsaved changes" in words(page)
    assert links(page) == ["openai:", "keyword"]


def test_a_new_link_comes_before_keyword_analysis(night: Runtime, page: AppTest) -> None:
    press(page, "chains_add")
    assert links(page)[-1] == "keyword"
    assert len(links(page)) == 3


def test_retries_and_deadlines_of_a_link_are_saved_with_a_note(night: Runtime, page: AppTest) -> None:
    page.number_input(key="chains_first_0").set_value(4.0)
    page.selectbox(key="chains_retries_0").set_value("0").run()
    [note] = [box for box in page.text_input if box.label == "Note"]
    note.set_value("quicker").run()
    press(page, "chains_save")
    version = night.planner.saved.chains["night"]
    assert (version.chain.links[0].first_token, version.chain.links[0].retries) == (4.0, 0)
    assert version.note == "quicker"
    assert "Unsaved changes" not in words(page)


def test_changes_can_be_discarded_and_outlive_a_look_at_another_chain(night: Runtime, page: AppTest) -> None:
    set_link(page, 0, "openai/gpt-4o-mini")
    page.selectbox(key="chains_chosen").set_value("").run()
    assert "Unsaved changes wait in" in words(page)
    page.selectbox(key="chains_chosen").set_value("night").run()
    assert links(page)[0] == "openai/gpt-4o-mini"
    press(page, "chains_discard")
    assert links(page)[0] == "openai/gpt-4o"


def test_an_older_version_can_be_looked_at_and_restored(clean: Runtime, app: AppTest) -> None:
    first = save(clean.documents, written("restored", [{"link": "openai/gpt-4o"}]), now=1.0)
    clean.reload_saved()
    page = open_page(app, "chains.py")
    set_link(page, 0, "google/gemini-2.5-flash")
    press(page, "chains_save")
    press(page, "chains_restore")
    restored = clean.planner.saved.chains["restored"]
    assert (restored.hash, restored.note) == (first.hash, "Version 1 restored")
    assert links(page) == ["openai/gpt-4o"]
    assert column(page, "Version") == [3, 2, 1]


def test_a_version_tells_how_often_it_was_asked_and_leads_to_those_requests(clean: Runtime, app: AppTest) -> None:
    save(clean.documents, written("counted", [{"link": "openai/gpt-4o", "silence": 77}]), now=1.0)
    clean.reload_saved()
    run = clean.start(Prompt.of("Hi"), clean.plan(chain="counted"), source=Source.API)
    list(run.tail())
    page = open_page(app, "chains.py")
    assert opened(page, "Open the requests of version 1") == [run.operation_id]
    press(page, "chains_add")
    press(page, "chains_save")
    assert column(page, "Requests") == [0, 1]


def test_who_saves_over_a_colleague_is_told_and_both_versions_stay(night: Runtime, page: AppTest) -> None:
    set_link(page, 0, "google/gemini-2.5-flash")
    save(night.documents, written("night", [{"link": "openai:gpt-4o"}]), now=2.0)
    night.reload_saved()
    page.run()
    assert "saved by somebody else" in page.warning[0].value
    press(page, "chains_save")
    assert saved(night, "night")[0] == "openrouter:google/gemini-2.5-flash"
    assert len(night.documents.versions(KIND, "night")) >= 3


def test_a_chain_answers_all_traffic_and_a_task_from_the_next_call_on(night: Runtime, page: AppTest) -> None:
    page.selectbox(key="chains_default").set_value("night")
    page.selectbox(key="chains_task_fast").set_value("night").run()
    press(page, "chains_use")
    assert night.plan().name == "night"
    assert "cannot be removed while it answers all traffic and fast tasks" in words(page)


def test_a_chain_in_nobodys_use_can_be_removed(night: Runtime, page: AppTest) -> None:
    press(page, "chains_removed")
    assert "night" not in night.planner.saved.chains
    assert "Not saved yet" in words(page)


def test_a_share_is_set_kept_with_its_salt_and_stopped(clean: Runtime, page: AppTest) -> None:
    page.toggle(key="chains_migrate").set_value(True).run()
    page.slider(key="chains_share").set_value(30).run()
    press(page, "chains_apply")
    migration = clean.planner.saved.migration
    assert migration.share == 30
    assert "30 % of callers ask OpenRouter first" in words(page)
    page.toggle(key="chains_migrate").set_value(False).run()
    press(page, "chains_apply")
    assert clean.planner.saved.migration == Migration(None, migration.salt)
    assert clean.documents.find(ROUTING, MIGRATION) is not None


def test_usage_has_both_sides_beside_everything_else_while_callers_are_divided(clean: Runtime, app: AppTest) -> None:
    assert "Both sides of the migration" not in [each.value for each in open_page(app, "usage.py").subheader]
    save_migration(clean.documents, Migration(50, "salt"), now=1.0)
    clean.reload_saved()
    assert "Both sides of the migration" in [each.value for each in open_page(app, "usage.py").subheader]


def test_both_sides_are_compared_and_lead_to_their_requests(clean: Runtime, page: AppTest) -> None:
    assert "No request was on a side" in words(page)
    runs = []
    for share in (100, 0):
        save_migration(clean.documents, Migration(share), now=time.time())
        clean.reload_saved()
        runs.append(clean.start(Prompt.of("Hi"), clean.plan(caller="ann"), source=Source.API))
        list(runs[-1].tail())
    page.segmented_control(key="chains_period_of_sides").set_value("30d").run()
    assert column(page, "Side") == ["OpenRouter first", "Direct first"]
    assert column(page, "Requests") == [1, 1]
    sides = [opened(page, f"Open the requests: {side}") for side in column(page, "Side")]
    assert sides == [[run.operation_id] for run in runs]


def test_without_a_direct_key_the_migration_says_what_it_lacks(
    clean: Runtime, monkeypatch: pytest.MonkeyPatch, app: AppTest
) -> None:
    monkeypatch.setattr(clean, "providers", {"openrouter": None, "keyword": None})
    page = open_page(app, "chains.py")
    assert "neither OPENAI_API_KEY nor ANTHROPIC_API_KEY is set" in page.info[0].value
    assert page.toggle(key="chains_migrate").disabled
