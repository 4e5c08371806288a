"""The Playground as a user meets it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.chains import written
from jarvis_ai.chains.versions import KIND, save
from jarvis_ai.domain import Attempt, Failure, FailureKind, Source, Status
from jarvis_ai.runtime import Runtime
from jarvis_ai.simulator import Fault
from tests.pages.conftest import open_page, words


@pytest.fixture
def playground(app: AppTest) -> AppTest:
    return open_page(app, "playground.py")


@pytest.fixture
def healthy(demo: Runtime) -> Iterator[Runtime]:
    """A runtime whose faults and breakers are gone afterwards."""
    yield demo
    demo.simulator.faults.clear()
    demo.engine.breakers.clear()


def test_the_first_visit_says_what_to_do_and_shows_the_plan(playground: AppTest) -> None:
    assert "Nothing asked yet" in words(playground)
    assert "first" in playground.expander[1].label
    assert list(playground.dataframe[0].value.columns) == ["Model", "Through", "Why it stands here"]


def test_a_prompt_is_answered_with_its_attempt_tokens_and_cost(playground: AppTest, demo: Runtime) -> None:
    playground.chat_input(key="playground_prompt").set_value("Hello there").run()
    assert not playground.exception
    run = playground.session_state["playground_run"]
    assert run.completion.ok
    assert run.operation.source is Source.PLAYGROUND
    assert {metric.label for metric in playground.metric} == {
        "First token", "Whole time", "Tokens in / out", "Total cost",
    }  # fmt: skip
    assert "tokens in" in words(playground)
    assert demo.analytics.operation(run.operation_id) is not None


def test_a_rerun_finds_the_run_again_and_loses_no_text(playground: AppTest) -> None:
    playground.chat_input(key="playground_prompt").set_value("Hello there").run()
    run = playground.session_state["playground_run"]
    playground.slider(key="playground_temperature").set_value(0.7).run()
    assert playground.session_state["playground_run"] is run
    assert run.completion.text[:20].replace("$", r"\$") in words(playground)


def test_a_failing_model_is_shown_with_its_reason_and_the_fallback(playground: AppTest, healthy: Runtime) -> None:
    healthy.simulator.faults.set(str(healthy.plan().links[0].link), Fault("no_credit"))
    playground.chat_input(key="playground_prompt").set_value("Hello there").run()
    assert not playground.exception
    completion = playground.session_state["playground_run"].completion
    assert completion.attempts[0].status is Status.FAILED
    assert "No credit" in words(playground)
    assert "Answered by a fallback" in words(playground)


def test_an_exhausted_chain_says_why_and_what_to_do_next(playground: AppTest, healthy: Runtime) -> None:
    for provider in ("openrouter", "openai", "anthropic"):
        healthy.simulator.faults.set(provider, Fault("invalid_request"))
    playground.chat_input(key="playground_prompt").set_value("Hello there").run()
    assert not playground.exception
    assert "Nobody answered" in playground.error[0].value
    assert "send again" in playground.error[0].value


def test_named_models_lead_the_plan(playground: AppTest) -> None:
    playground.multiselect(key="playground_models").set_value(["anthropic/claude-haiku-4.5"]).run()
    assert playground.dataframe[0].value["Model"].iloc[0] == "anthropic/claude-haiku-4.5"
    assert "asked for by name" in playground.dataframe[0].value["Why it stands here"].iloc[0]


def test_the_price_stands_there_before_anything_is_asked(playground: AppTest) -> None:
    assert "At most" in words(playground)
    assert "nobody is billed" in words(playground)


def test_the_plan_says_who_is_passed_over_and_until_when(app: AppTest, healthy: Runtime) -> None:
    first, second = (place.link for place in healthy.plan().links[:2])
    for number in range(5):
        failure = Failure(FailureKind.OVERLOADED)
        attempt = Attempt("0", number, first, 0.0, status=Status.FAILED, failure=failure)
        healthy.engine.breakers.failed(attempt, time.time())
    playground = open_page(app, "playground.py")
    assert playground.expander[1].label.startswith(f"Plan: {second.model} first")
    assert playground.expander[1].label.endswith("1 is passed over after failures")
    assert playground.dataframe[0].value["Passed over"].iloc[0].startswith("until ")


def test_a_saved_chain_can_be_chosen_and_is_logged_under_its_name(playground: AppTest, demo: Runtime) -> None:
    version = save(demo.documents, written("short", [{"link": "anthropic:claude-haiku-4-5"}]), now=1.0)
    demo.reload_saved()
    try:
        playground.run()
        playground.selectbox(key="playground_chain").set_value("short").run()
        playground.chat_input(key="playground_prompt").set_value("Hello there").run()
    finally:
        demo.documents.remove(KIND, "short", now=2.0)
        demo.reload_saved()
    assert not playground.exception
    run = playground.session_state["playground_run"]
    row = demo.analytics.operation(run.operation_id)
    assert row is not None
    assert (row["requested_model"], row["provider"], row["chain_hash"]) == ("chain:short", "anthropic", version.hash)
    assert not playground.run().exception  # the chain is gone by now


def test_names_that_cannot_stand_together_are_refused_in_words(playground: AppTest) -> None:
    playground.session_state["playground_models"] = ["chain:short", "openai/gpt-4o"]
    playground.run()
    assert "asked for alone" in playground.error[0].value
