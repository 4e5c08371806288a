"""Drills as a user meets them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.console import drills
from jarvis_ai.domain import Completion, Failure, FailureKind, Link, Source, Status
from jarvis_ai.runtime import Runtime
from tests.builders import A
from tests.pages.conftest import open_page, words

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return open_page(app, "drills.py")


def drill(app: AppTest, scenario: str) -> Completion:
    app.button(key=f"drills_scenario_{scenario}").click().run()
    app.button(key="drills_start").click().run()
    assert not app.exception
    return app.session_state["drills_run"].completion


def test_without_a_drill_the_page_says_how_to_run_one(page: AppTest) -> None:
    assert "No drill yet" in words(page)


def test_when_nothing_breaks_the_first_model_answers(page: AppTest) -> None:
    completion = drill(page, "Nothing breaks")
    assert completion.ok and not completion.fell_back
    assert "at the first attempt" in page.success[0].value


def test_a_spent_credit_leads_to_a_direct_door(page: AppTest) -> None:
    completion = drill(page, "Credit is spent")
    assert completion.ok and completion.link.provider != "openrouter"
    assert "after" in page.success[0].value
    assert page.session_state["drills_run"].operation.source is Source.DRILL


@pytest.mark.parametrize(("simulated", "links"), [(True, ["Open in History"]), (False, [])])
def test_history_is_linked_where_it_lists_drills(
    page: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, simulated: bool, links: list[str]
) -> None:
    monkeypatch.setattr(demo, "simulated", simulated)
    drill(page, "Nothing breaks")
    assert [link.label for link in page.get("page_link")] == links


def test_when_every_model_is_down_only_keyword_analysis_is_left(page: AppTest) -> None:
    completion = drill(page, "Every model is down")
    assert completion.link == Link("keyword")
    assert "only keyword analysis was left" in page.warning[0].value


def test_a_drill_leaves_the_shared_runtime_alone(page: AppTest, demo: Runtime) -> None:
    drill(page, "Every model is down")
    assert demo.breakers() == []
    assert demo.simulator.faults.active() == {}


def test_a_drill_begins_with_closed_breakers(page: AppTest) -> None:
    drill(page, "Every model is down")
    assert not drill(page, "Nothing breaks").fell_back


def test_the_verdict_says_that_nobody_answered() -> None:
    refused = Completion("1", 0.0, Status.FAILED, failure=Failure(FailureKind.MODERATED), latency=2.0)
    assert drills.verdict_words(refused) == (
        "Nobody answered, and the caller was told so: moderated, without a single attempt in 2.0 s."
    )


def test_the_verdict_names_who_answered() -> None:
    answered = Completion("1", 0.0, Status.OK, "Hello", link=A, latency=0.5)
    assert drills.name(A) in drills.verdict_words(answered)
