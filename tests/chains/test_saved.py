"""Chains, defaults and a migration as documents: what was saved is read back, and what is broken stops nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.chains import Defaults, Migration, read_saved, save_defaults, save_migration, written
from jarvis_ai.chains.saved import DEFAULTS, MIGRATION, ROUTING
from jarvis_ai.chains.versions import KIND, rows_of, save
from jarvis_ai.documents import Documents

SECONDS = st.none() | st.floats(0.1, 3600)
ROWS = st.fixed_dictionaries(
    {
        "link": st.sampled_from(["openrouter:openai/gpt-4o", "openai:gpt-4o", "keyword", "openrouter:acme/large:free"]),
        "retries": st.sampled_from([None, 0, 1]),
        "first_token": SECONDS,
        "silence": SECONDS,
    }
)


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(tmp_path / "operator.db")


@given(st.lists(ROWS, min_size=1, max_size=30))
def test_a_written_chain_is_read_back_as_it_was_written(rows: list[dict[str, Any]]):
    assert rows_of(written("night", rows)) == rows


def test_every_save_is_a_version_and_the_newest_is_what_holds(documents: Documents):
    first = save(documents, written("night", [{"link": "openai/gpt-4o"}]), now=1.0)
    second = save(documents, written("night", [{"link": "openai:gpt-4o"}]), note=" outage ", now=2.0)
    assert (second.note, second.id > first.id, second.hash != first.hash) == ("outage", True, True)
    assert read_saved(documents).chains == {"night": second}


def test_the_hash_is_the_same_for_chains_that_act_the_same(documents: Documents):
    one = save(documents, written("one", [{"link": "openai/gpt-4o"}]), now=1.0)
    other = save(documents, written("other", [{"link": "openrouter:openai/gpt-4o", "retries": None}]), now=2.0)
    slower = save(documents, written("slower", [{"link": "openai/gpt-4o", "first_token": 30}]), now=3.0)
    assert one.hash == other.hash != slower.hash


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"link": ""}, "Place 1: A link needs a model"),
        ({"link": None}, "Place 1: A link needs a model"),
        ({"link": "openai:"}, "'openai:' is not a link"),
        ({"link": "openai"}, "'openai' is not a link"),
        ({"link": "keyword:x"}, "'keyword:x' is not a link"),
        ({"link": "openai/gpt 4o"}, "is not a link"),
        ({"link": "openai/gpt-4o", "retries": 2}, "retries must be 0 to 1"),
        ({"link": "openai/gpt-4o", "retries": True}, "retries must be 0 to 1"),
        ({"link": "openai/gpt-4o", "first_token": 0}, "first-token deadline must be above 0"),
        ({"link": "openai/gpt-4o", "silence": float("nan")}, "silence deadline must be above 0"),
        ({"link": "openai/gpt-4o", "silence": "9"}, "silence deadline must be above 0"),
    ],
)
def test_what_no_engine_could_act_on_is_refused_with_its_place(row: dict[str, Any], words: str):
    with pytest.raises(ValueError, match=words):
        written("night", [row])


@pytest.mark.parametrize("name", ["", " night", "a/b", "x" * 61, "<b>", "a\nb"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(name: str):
    with pytest.raises(ValueError, match="A chain's name has"):
        written(name, [{"link": "keyword"}])


def test_a_chain_has_at_least_one_link_and_not_too_many():
    with pytest.raises(ValueError, match="no links"):
        written("night", [])
    with pytest.raises(ValueError, match="31 links; 30 are the most"):
        written("night", [{"link": "keyword"}] * 31)


def test_defaults_and_migration_are_read_back(documents: Documents):
    save(documents, written("night", [{"link": "keyword"}]), now=1.0)
    save_defaults(documents, Defaults("night", {"fast": "night"}), now=2.0)
    save_migration(documents, Migration(30, "salt"), now=3.0)
    state = read_saved(documents)
    assert (state.defaults, state.migration, state.problems) == (
        Defaults("night", {"fast": "night"}),
        Migration(30, "salt"),
        (),
    )
    assert state.defaults.uses("night") == ["all traffic", "fast tasks"]


def test_a_migration_that_was_stopped_keeps_its_salt(documents: Documents):
    save_migration(documents, Migration(None, "salt"), now=1.0)
    assert read_saved(documents).migration == Migration(None, "salt")


def test_a_share_that_is_none_is_not_saved(documents: Documents):
    with pytest.raises(ValueError, match="0 to 100"):
        save_migration(documents, Migration(101), now=1.0)
    assert documents.last_id() == 0


@pytest.mark.parametrize("body", [{}, {"links": 3}, {"links": ["a"]}, {"links": [{"link": ""}]}, ["no", "object"]])
def test_a_broken_chain_is_left_out_and_told_of(documents: Documents, body: Any):
    kept = save(documents, written("good", [{"link": "keyword"}]), now=1.0)
    documents.save(KIND, "bad", body, now=2.0)
    state = read_saved(documents)
    assert state.chains == {"good": kept}
    assert [problem[:22] for problem in state.problems] == ["The saved chain 'bad' "]


def test_a_default_that_is_gone_is_told_of_and_the_planned_chain_is_used(documents: Documents):
    save(documents, written("night", [{"link": "keyword"}]), now=1.0)
    save_defaults(documents, Defaults("night", {"fast": "night"}), now=2.0)
    documents.remove(KIND, "night", now=3.0)
    state = read_saved(documents)
    assert state.defaults == Defaults()
    assert len(state.problems) == 2
    assert "all traffic" in state.problems[0]


@pytest.mark.parametrize("body", [{"share": 300}, {"share": "30"}, {"share": True}])
def test_a_share_that_cannot_be_read_is_no_migration(documents: Documents, body: Any):
    documents.save(ROUTING, MIGRATION, body, now=1.0)
    documents.save(ROUTING, DEFAULTS, {"tasks": 3}, now=2.0)
    state = read_saved(documents)
    assert (state.migration, len(state.problems)) == (Migration(), 1)
