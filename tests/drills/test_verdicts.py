"""A verdict is the worst of what was found, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.domain import Completed, Cost, CostSource, FailureKind, Status, TextDelta, TextDiscarded
from jarvis_ai.drills import Grade, Row, Seen, judge
from jarvis_ai.policy import Reach
from tests.drills.builders import (
    GPT,
    HEALTHY,
    KEYWORD,
    MINI,
    OTHERS,
    WORDS,
    answered,
    found,
    promise,
    refusal,
    refused,
    tried,
)


def test_a_whole_answer_in_time_from_who_should_give_it_passes() -> None:
    verdict = judge(promise(), found(answered()))
    assert verdict.grade is Grade.PASS
    assert "letter by letter" in verdict.reasons[0]


def test_an_answer_that_another_link_finished_passes_when_it_is_that_of_the_first() -> None:
    assert judge(promise(), found(answered(WORDS))).grade is Grade.PASS


@given(st.integers(1, len(OTHERS) - 1))
def test_a_part_passed_off_as_the_whole_fails(length: int) -> None:
    verdict = judge(promise(), found(answered(OTHERS[:length])))
    assert verdict.grade is Grade.FAIL
    assert "part of an answer" in verdict.reasons[0]


@given(st.text(min_size=1))
def test_words_that_no_link_says_fail(text: str) -> None:
    if not any(whole.startswith(text) for whole in HEALTHY.values()):
        assert judge(promise(), found(answered(text))).grade is Grade.FAIL


def test_mixed_and_doubled_words_fail() -> None:
    for text in (WORDS[:40] + OTHERS[40:], WORDS + OTHERS, OTHERS + OTHERS[-5:]):
        verdict = judge(promise(), found(answered(text)))
        assert (verdict.grade, verdict.reasons[0][:12]) == (Grade.FAIL, "The answer i")


def test_words_that_the_caller_did_not_see_fail() -> None:
    verdict = judge(promise(), found(answered(), seen=Seen(OTHERS[:-3], ended=True)))
    assert verdict.grade is Grade.FAIL
    assert "lost or doubled" in verdict.reasons[0]


def test_a_real_models_words_cannot_be_compared() -> None:
    assert (
        judge(promise(), found(answered("Anything."), seen=Seen("Anything.", ended=True), healthy={})).grade == "pass"
    )


def test_words_taken_back_make_it_partial() -> None:
    verdict = judge(promise(), found(answered(), seen=Seen(OTHERS, restarts=1, ended=True)))
    assert (verdict.grade, len(verdict.reasons)) == (Grade.PARTIAL, 1)


def test_keywords_are_partial_where_a_model_could_have_answered_and_a_pass_where_none_was_left() -> None:
    completion = answered("Noted.", link=KEYWORD)
    assert judge(promise(), found(completion, dispatched=1)).grade is Grade.PARTIAL
    assert judge(promise(answers=KEYWORD), found(completion, dispatched=1)).grade is Grade.PASS


def test_an_answer_later_than_promised_is_partial() -> None:
    assert judge(promise(latest=1.0), found(answered())).grade is Grade.PASS
    late = replace(answered(), attempts=(tried(GPT, Status.FAILED, nanos=0), tried(MINI, number=2, at=9.0)))
    verdict = judge(promise(), found(late))
    assert verdict.grade is Grade.PARTIAL
    assert "9.0 s" in verdict.reasons[0] and "3.0 s" in verdict.reasons[0]


def test_a_run_that_outlasts_its_deadline_fails() -> None:
    assert judge(promise(), found(answered(latency=60.0))).grade is Grade.FAIL


def test_a_run_without_an_end_fails() -> None:
    assert judge(promise(), found(answered(), seen=Seen(OTHERS))).grade is Grade.FAIL


def test_an_answer_of_a_broken_link_fails() -> None:
    verdict = judge(promise(), found(answered(WORDS, link=GPT)))
    assert verdict.grade is Grade.FAIL
    assert "the fault did not happen" in verdict.reasons[0]


def test_by_chance_a_broken_link_may_answer() -> None:
    assert judge(promise(certain=False), found(answered(WORDS, link=GPT))).grade is Grade.PASS


def test_the_original_error_passes_where_the_request_is_at_fault() -> None:
    verdict = judge(refusal(), found(refused()))
    assert verdict.grade is Grade.PASS
    assert "moderated" in verdict.reasons[0]


def test_another_error_than_the_original_is_only_safe() -> None:
    assert judge(refusal(), found(refused(FailureKind.DEADLINE))).grade is Grade.SAFE


def test_an_honest_error_is_safe_whether_or_not_somebody_could_have_answered() -> None:
    overloaded = refused(FailureKind.OVERLOADED)
    nobody = judge(refusal(FailureKind.OVERLOADED, Reach.MODEL), found(overloaded))
    somebody = judge(promise(), found(overloaded))
    assert (nobody.grade, somebody.grade) == (Grade.SAFE, Grade.SAFE)
    assert nobody.reasons != somebody.reasons


def test_a_cancelled_run_is_safe() -> None:
    assert judge(promise(), found(replace(refused(), status=Status.CANCELLED, failure=None))).grade is Grade.SAFE


def test_the_log_must_have_a_closed_row_of_every_attempt_and_of_the_operation() -> None:
    completion = answered()
    gone, opened = [Row(1, "failed", 0)], [Row(1, "failed", 0), Row(2, "pending", None)]
    assert "no row of attempt 2" in judge(promise(), found(completion, rows=gone)).reasons[0]
    assert "attempt 2 is still pending" in judge(promise(), found(completion, rows=opened, charges={})).reasons[0]
    assert "the operation is missing" in judge(promise(), found(completion, row_status="")).reasons[0]
    assert "3 requests were sent" in judge(promise(), found(completion, dispatched=3)).reasons[0]


@pytest.mark.parametrize("logged", [None, 8, 0])
def test_a_cost_that_the_ledger_does_not_confirm_fails(logged: int | None) -> None:
    rows = [Row(1, "failed", 0), Row(2, "ok", logged)]
    assert judge(promise(), found(answered(), rows=rows)).grade is Grade.FAIL


def test_what_broke_off_may_be_of_unknown_cost() -> None:
    broken = tried(GPT, Status.FAILED, nanos=None)
    completion = answered(attempts=(broken, tried(MINI, number=2, at=1.0)), cost=Cost())
    assert judge(promise(), found(completion, charges={"gen-1": 5, "gen-2": 7})).grade is Grade.PASS


def test_a_sum_that_is_not_that_of_its_parts_fails() -> None:
    assert judge(promise(), found(answered(cost=Cost(9, CostSource.BILLED)))).grade is Grade.FAIL


def test_the_worst_finding_decides_and_only_its_reasons_are_given() -> None:
    verdict = judge(promise(), found(answered("Nonsense."), seen=Seen("Nonsense.", restarts=1, ended=True)))
    assert verdict.grade is Grade.FAIL
    assert not any("taken back" in reason for reason in verdict.reasons)


def test_what_a_caller_sees_is_what_was_said_since_it_was_last_told_to_forget() -> None:
    events = [TextDelta("Once "), TextDelta("upon"), TextDiscarded(1), TextDelta("Anew."), Completed(answered())]
    assert Seen.of(events) == Seen("Anew.", restarts=1, ended=True)
    assert Seen.of([]) == Seen()
