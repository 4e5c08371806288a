"""A full drill over real sockets: every fault, judged; and the table of it in the documentation."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_ai.domain import Chain, Link, Source
from jarvis_ai.drills import Drill, Grade, Outcome, as_markdown, catalogue, full, kept, record
from jarvis_ai.drills.cases import COMBINED
from jarvis_ai.drills.meanings import LATE
from jarvis_ai.policy import Deadlines
from jarvis_ai.runtime import Rehearsals, Runtime
from jarvis_ai.settings import Settings
from jarvis_ai.simulator import FAULTS, Fault

PAGE = Path(__file__).parents[2] / "docs" / "failover.md"
BEGINNING, END = "<!-- begin: written by tests/drills/test_full.py -->\n", "<!-- end -->\n"
QUICK = Deadlines(connect=2.0, headers=1.5, first_token=2.5, silence=1.5, total=30.0, answer=30.0)
SPEED = 50.0


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    made = Runtime(Settings(data_dir=tmp_path_factory.mktemp("drills"), demo_speed=SPEED), quiet=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def rehearsals(runtime: Runtime) -> Rehearsals:
    return Rehearsals(runtime, runtime, deadlines=QUICK)


@pytest.fixture(scope="module")
def outcomes(runtime: Runtime, rehearsals: Rehearsals) -> Sequence[Outcome]:
    return asyncio.run(full(rehearsals.theatre, catalogue(runtime.plan(), rehearsals.policy(real=False)), at_once=6))


def test_every_fault_is_played(outcomes: Sequence[Outcome]) -> None:
    assert [outcome.drill.name for outcome in outcomes] == ["nothing breaks", *FAULTS, *COMBINED]


def test_every_fault_is_survived(outcomes: Sequence[Outcome]) -> None:
    bad = {each.drill.name: each.verdict for each in outcomes if each.verdict.grade is not Grade.PASS}
    assert bad == {}


def test_what_happens_is_what_the_policy_promised(outcomes: Sequence[Outcome]) -> None:
    """Hedges aside, which nobody can foresee: they depend on the time that this machine takes."""
    for outcome in outcomes:
        attempts = outcome.completion.attempts
        if not any(attempt.hedge for attempt in attempts):
            happened = [(attempt.link, attempt.failure_kind, attempt.resumed) for attempt in attempts]
            assert happened == [(step.link, step.failure, step.resumed) for step in outcome.forecast.steps]


def test_a_full_drill_leaves_the_runtime_alone(runtime: Runtime, outcomes: Sequence[Outcome]) -> None:
    assert runtime.breakers() == []
    assert runtime.simulator is not None
    assert [call for call in runtime.simulator.calls if call.method == "POST"] == []


def test_drills_are_in_the_log_under_their_source(runtime: Runtime, outcomes: Sequence[Outcome]) -> None:
    operation = runtime.analytics.operation(outcomes[0].completion.operation_id) or {}
    assert (operation["source"], operation["tag"]) == (Source.DRILL, "nothing breaks")


def test_the_table_in_the_documentation_is_that_of_this_run(outcomes: Sequence[Outcome]) -> None:
    """Apart from the seconds. A table that is out of date is written anew, for whoever runs the tests to look at."""
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGINNING)
    table, end, after = rest.partition(END)
    assert begin and end, f"{PAGE} has lost its marks"
    fresh = as_markdown([record(outcome) for outcome in outcomes])
    if timeless(table) != timeless(fresh):
        PAGE.write_text(before + begin + fresh + end + after, encoding="utf-8")
        pytest.fail(f"{PAGE} was out of date and has been written anew: look at what has changed.")


def timeless(table: str) -> list[str]:
    return [re.sub(r"\| \d+ \| \d+\.\d \|", "|", line) for line in table.strip().splitlines()]


def test_a_drill_that_is_started_keeps_its_verdict(runtime: Runtime, rehearsals: Rehearsals) -> None:
    chain = Chain.of("openrouter:openai/gpt-4o", "openrouter:openai/gpt-4o-mini")
    first = chain.links[0].link
    rehearsal = rehearsals.start(Drill("by hand", chain, {first: Fault("cut")}))
    outcome = rehearsal.ending.result(timeout=20)
    assert outcome == rehearsal.outcome
    assert rehearsal.run.completion == outcome.completion
    (latest,) = kept(runtime.documents, chain.hash)
    assert (latest["name"], latest["grade"], latest["faults"]) == ("by hand", "pass", {str(first): {"kind": "cut"}})


def test_a_stopped_drill_has_a_row_and_no_verdict(runtime: Runtime, rehearsals: Rehearsals) -> None:
    chain = Chain.of("openrouter:openai/gpt-4o")
    rehearsal = rehearsals.start(Drill("stopped", chain, {chain.links[0].link: Fault("slow_tokens", seconds=1.0)}))
    rehearsal.run.wait(2, timeout=10)
    rehearsal.run.cancel()
    assert [type(event).__name__ for event in rehearsal.run.tail()][-1] == "Completed"
    assert rehearsal.outcome is None
    for _ in range(1_000):  # its row is written a turn of the loop after its end was told
        if status_of(rehearsal.run.operation_id, runtime) != "pending":
            break
        runtime.call(asyncio.sleep, 0)
    assert status_of(rehearsal.run.operation_id, runtime) == "cancelled"
    assert kept(runtime.documents, chain.hash) == []


def status_of(operation_id: str, runtime: Runtime) -> str:
    operation = runtime.analytics.operation(operation_id)
    return str(operation["status"]) if operation else "missing"


def test_a_full_drill_can_be_stopped_and_what_had_ended_stays(rehearsals: Rehearsals) -> None:
    chain = Chain.of("openrouter:openai/gpt-4o")
    slow = Drill("slow", chain, {chain.links[0].link: Fault("slow_tokens", seconds=1.0)})
    quick = Drill("quick", chain)
    under_way = rehearsals.start_full([quick, slow])
    while not under_way.outcomes:
        under_way.wait(timeout=0.1)
    under_way.cancel()
    assert under_way.done
    assert [outcome.drill.name for outcome in under_way.outcomes] == ["quick"]


def test_words_are_taken_back_only_where_they_may_be(rehearsals: Rehearsals) -> None:
    chain = Chain.of("openrouter:openai/gpt-4o", "openrouter:openai/gpt-4o-mini")
    faults = dict(zip((place.link for place in chain.links), (Fault("cut"), Fault("forgets")), strict=True))
    anew = rehearsals.start(Drill("anew", chain, faults, restarts=True)).ending.result(timeout=20)
    honest = rehearsals.start(Drill("honest", chain, faults)).ending.result(timeout=20)
    assert (anew.verdict.grade, honest.verdict.grade) == (Grade.PARTIAL, Grade.SAFE)


def test_when_every_link_is_broken_the_caller_is_told(rehearsals: Rehearsals) -> None:
    chain = Chain.of("openrouter:openai/gpt-4o", "anthropic:claude-haiku-4-5")
    broken = {place.link: Fault("unavailable") for place in chain.links}
    outcome = rehearsals.start(Drill("all down", chain, broken)).ending.result(timeout=20)
    assert outcome.verdict.grade is Grade.SAFE
    assert "Nobody could answer" in outcome.verdict.reasons[0]


def test_a_chain_without_a_model_has_nothing_to_drill(rehearsals: Rehearsals) -> None:
    assert catalogue(Chain.of("keyword"), rehearsals.policy(real=False)) == []
    assert Link("keyword") not in catalogue(Chain.of("gpt", "keyword"), rehearsals.policy(real=False))[1].faults


MIXED = Chain.of("openrouter:openai/gpt-4o", "openrouter:anthropic/claude-haiku-4.5", "openai:gpt-4o-mini", "keyword")
BREAKABLE = [place.link for place in MIXED.links[:-1]]
AT_ONCE = sorted(set(FAULTS) - set(LATE))
"""Faults that nobody has to wait for."""


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    kind = draw(st.sampled_from(AT_ONCE))
    breaks = kind in ("cut", "cut_clean", "no_finish", "stream_error")
    after = draw(st.none() | st.integers(0, 400)) if breaks else None
    return Fault(kind, after=after, times=draw(st.none() | st.integers(1, 2)))


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(BREAKABLE), faults()), st.booleans())
def test_whatever_breaks_together_no_caller_gets_what_cannot_be_trusted(
    rehearsals: Rehearsals, broken: dict[Link, Fault], restarts: bool
) -> None:
    drill = Drill("anything", MIXED, broken, restarts=restarts)
    verdict = rehearsals.start(drill).ending.result(timeout=30).verdict
    assert verdict.grade is not Grade.FAIL, verdict.reasons
