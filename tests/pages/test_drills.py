"""Drills as a user meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai import runtime as runtimes
from jarvis_ai.console import drills
from jarvis_ai.domain import Chain, ChainLink, Link, Source
from jarvis_ai.drills import Drill, Grade, Outcome, foresee, kept
from jarvis_ai.policy import Deadlines, Policy
from jarvis_ai.runtime import Rehearsals, Runtime
from jarvis_ai.simulator import Fault
from tests.pages.conftest import open_page, words

pytestmark = pytest.mark.usefixtures("demo")

GPT, MINI = Link.parse("openai/gpt-4o"), Link.parse("openai/gpt-4o-mini")
PAIR = Chain((ChainLink(GPT), ChainLink(MINI)), name="pair")


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return open_page(app, "drills.py")


@pytest.fixture
def rehearsals(demo: Runtime) -> Rehearsals:
    return Rehearsals(runtimes.drills(), demo)


@pytest.fixture
def real(demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The demo's simulator in the place of real providers."""
    monkeypatch.setattr(demo, "simulated", False)
    yield


def drill(app: AppTest, scenario: str) -> Outcome:
    app.button(key=f"drills_scenario_{scenario}").click().run()
    app.button(key="drills_start").click().run()
    assert not app.exception
    return app.session_state["drills_run"].outcome


def opened(app: AppTest, view: str) -> AppTest:
    app.segmented_control(key="drills_view").set_value(view).run()
    assert not app.exception
    return app


def test_without_a_drill_the_page_says_how_to_run_one(page: AppTest) -> None:
    assert "No drill yet" in words(page)


def test_when_nothing_breaks_the_first_model_answers(page: AppTest) -> None:
    outcome = drill(page, "Nothing breaks")
    assert outcome.completion.ok and not outcome.completion.fell_back
    assert page.success[0].value.startswith("**Pass** in ")


def test_a_spent_credit_leads_to_a_direct_door(page: AppTest) -> None:
    outcome = drill(page, "Credit is spent")
    assert outcome.completion.link.provider != "openrouter"
    assert page.session_state["drills_run"].run.operation.source is Source.DRILL


def test_a_broken_answer_is_finished_and_judged_letter_by_letter(page: AppTest) -> None:
    assert drill(page, "First answer breaks off").verdict.grade is Grade.PASS
    assert "letter by letter" in page.success[0].value


def test_when_nobody_can_go_on_the_caller_is_told_or_words_are_taken_back(page: AppTest) -> None:
    assert drill(page, "Nobody can go on").verdict.grade is Grade.SAFE
    page.toggle(key="drills_restarts").set_value(True).run()
    assert drill(page, "Nobody can go on").verdict.grade is Grade.PARTIAL
    assert "taken back" in page.warning[0].value


def test_when_every_model_is_down_only_keyword_analysis_is_left(page: AppTest) -> None:
    assert drill(page, "Every model is down").completion.link == Link("keyword")
    assert "No model was left" in page.success[0].value


def test_the_plan_is_shown_before_anything_is_pressed(page: AppTest) -> None:
    page.button(key="drills_scenario_Rate limited once").click().run()
    table = page.dataframe[0].value
    assert list(table["What happens"]) == ["Fails: rate limited. It is asked again.", "Answers."]
    assert "is asked within" in words(page)


def test_a_fault_can_be_set_in_detail(page: AppTest) -> None:
    page.selectbox(key=f"drills_fault_{GPT}").set_value("rate_limited").run()
    page.number_input(key=f"drills_retry_after_{GPT}").set_value(60.0).run()
    assert list(page.dataframe[0].value["Asked"]) == [drills.name(GPT), drills.name(MINI)]
    page.button(key="drills_scenario_Nothing breaks").click().run()
    assert page.selectbox(key=f"drills_fault_{GPT}").value == drills.NONE


def test_every_detail_is_one_that_a_fault_has() -> None:
    for setting, of in drills.SETTINGS.items():
        for kind in of.kinds:
            Fault(kind, **{setting: 500 if setting == "status" else 1})


def test_the_page_says_which_deadlines_hold(page: AppTest) -> None:
    assert "Deadlines of drills: 3 s to the headers" in words(page)


def test_a_drill_leaves_the_shared_runtime_alone(page: AppTest, demo: Runtime) -> None:
    drill(page, "Every model is down")
    assert demo.breakers() == []
    assert demo.simulator.faults.active() == {}


def test_a_drill_begins_with_closed_breakers(page: AppTest) -> None:
    drill(page, "Every model is down")
    assert not drill(page, "Nothing breaks").completion.fell_back


def test_history_is_linked_where_it_lists_drills(page: AppTest) -> None:
    drill(page, "Nothing breaks")
    assert [link.label for link in page.get("page_link")] == ["Open in History"]


@pytest.mark.usefixtures("real")
def test_a_simulated_drill_beside_real_providers_is_in_no_history(page: AppTest) -> None:
    drill(page, "Nothing breaks")
    assert page.get("page_link") == []
    assert "History does not list this one" in words(page)


@pytest.mark.usefixtures("real")
def test_what_a_drill_costs_on_real_providers_is_said_before_it_is_pressed(page: AppTest, demo: Runtime) -> None:
    page.segmented_control(key="drills_where").set_value("Real providers").run()
    page.button(key="drills_scenario_First answer breaks off").click().run()
    assert "of real money" in words(page)
    outcome = drill(page, "First answer breaks off")
    assert (outcome.verdict.grade, outcome.simulated) == (Grade.PASS, False)
    assert demo.simulator.faults.active() == {}
    page.button(key="drills_scenario_Every model is down").click().run()
    assert "Costs nothing" in words(page)


def test_a_verdict_is_kept_and_can_be_found_opened_and_taken_away(page: AppTest, rehearsals: Rehearsals) -> None:
    outcome = drill(page, "First answer breaks off")
    opened(page, "Verdicts")
    table = page.dataframe[0].value
    assert (table["Verdict"][0], table["Attempts"][0]) == ("Pass", 2)
    assert outcome.drill.chain.hash in table["Chain"][0]
    page.pills(key="drills_grades").set_value([Grade.FAIL]).run()
    assert "No verdict fits" in words(page)
    latest = kept(rehearsals.runtime(real=False).documents, outcome.drill.chain.hash)[0]
    assert latest["operation_id"] == outcome.completion.operation_id
    assert json.loads(json.dumps(latest)) == latest


@pytest.mark.usefixtures("real")
def test_a_full_drill_with_real_providers_says_its_price_first(page: AppTest, rehearsals: Rehearsals) -> None:
    opened(page, "Full drill")
    assert "costs nothing" in words(page)
    page.segmented_control(key="drills_where").set_value("Real providers").run()
    assert "of real money" in words(page)
    under_way = rehearsals.start_full([Drill("cut", PAIR, {GPT: Fault("cut")})], real=True)
    page.session_state["drills_every"] = under_way
    opened(page, "Full drill")
    assert [outcome.simulated for outcome in under_way.outcomes] == [False]


def test_a_full_drill_is_announced_before_it_is_run(page: AppTest) -> None:
    opened(page, "Full drill")
    assert "No full drill yet" in words(page)
    assert "46 drills" in words(page)


def test_the_results_of_a_full_drill_are_a_table_in_order(page: AppTest, rehearsals: Rehearsals) -> None:
    cases = [Drill("cut", PAIR, {GPT: Fault("cut")}), Drill("not_found", PAIR, {GPT: Fault("not_found")})]
    page.session_state["drills_every"] = rehearsals.start_full(cases)
    opened(page, "Full drill")
    table = page.dataframe[0].value
    assert list(table["Fault"]) == ["Cut", "Not found"]
    assert list(table["Verdict"]) == ["Pass", "Pass"]
    assert [button.label for button in page.get("download_button")] == ["Markdown", "JSON"]


def test_a_full_drill_can_be_stopped_on_the_page(page: AppTest, rehearsals: Rehearsals) -> None:
    slow = Drill("slow_tokens", PAIR, {GPT: Fault("slow_tokens", seconds=30.0)})
    under_way = rehearsals.start_full([slow])
    under_way.cancel()
    page.session_state["drills_every"] = under_way
    opened(page, "Full drill")
    assert page.dataframe[0].value.empty


def test_the_promise_says_when_nobody_answers_and_when_chance_decides() -> None:
    chain = Chain((ChainLink(GPT),))
    told = foresee(chain, {GPT: Fault("unavailable")}, Policy(), prompt=drills.Prompt.of("Hello"))
    assert drills.promise(told).startswith("The caller is told the error within")
    chance = foresee(PAIR, {GPT: Fault("unavailable", rate=0.5)}, Policy(), prompt=drills.Prompt.of("Hello"))
    assert "Chance decides" in drills.promise(chance)


def test_deadlines_that_are_those_of_real_traffic_are_said_once() -> None:
    assert drills.deadline_words(Deadlines(), Deadlines()).startswith("Deadlines: ")
