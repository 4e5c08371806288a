"""When a link rests, and when it may try again."""

from __future__ import annotations

from jarvis_ai.policy import CLOSED, Breaker, BreakerLimits
from jarvis_ai.policy.breaker import BreakerState

LIMITS = BreakerLimits(failures=3, rests=(10.0, 15.0))


def after(failures: int) -> Breaker:
    breaker = CLOSED
    for _ in range(failures):
        breaker = breaker.failed(0.0, LIMITS)
    return breaker


def test_a_breaker_opens_at_the_third_failure_in_a_row():
    assert [after(count).admits(1.0) for count in range(4)] == [True, True, True, False]


def test_after_its_cooldown_one_trial_goes_through_and_no_second():
    breaker = after(3)
    assert breaker.state(10.0) is BreakerState.HALF_OPEN
    assert breaker.admits(10.0)
    assert not breaker.asked(10.0).admits(10.0)


def test_a_failed_trial_opens_it_again_for_the_next_rest_and_the_last_rest_holds_from_then_on():
    second = after(3).asked(10.0).failed(11.0, LIMITS)
    assert second.reopens_at == 26.0
    assert second.asked(26.0).failed(26.0, LIMITS).reopens_at == 41.0


def test_a_link_that_is_down_for_a_minute_is_tried_four_times_and_used_again_within_ten_seconds():
    breaker, trials = CLOSED, []
    for _ in range(3):
        breaker = breaker.failed(0.5, BreakerLimits())
    for tenth in range(5, 600):
        now = tenth / 10
        if breaker.admits(now):
            trials.append(now)
            breaker = breaker.asked(now).failed(now, BreakerLimits())
    assert trials == [10.5, 25.5, 40.5, 50.5]
    assert breaker.admits(70.0)


def test_one_that_fails_half_of_its_calls_opens_though_never_three_times_in_a_row():
    breaker, calls = CLOSED, 0
    while breaker.admits(0.0):
        breaker = breaker.failed(0.0, LIMITS) if calls % 2 else breaker.answered(0.0, LIMITS)
        calls += 1
    assert calls == LIMITS.window


def test_a_straggler_of_the_same_sickness_does_not_put_the_trial_off():
    assert after(3).failed(9.0, LIMITS).reopens_at == 10.0


def test_a_trial_that_was_abandoned_leaves_room_for_another():
    assert after(3).asked(10.0).abandoned().admits(10.0)


def test_a_server_that_asks_for_rest_gets_it_at_the_first_failure():
    assert CLOSED.failed(5.0, LIMITS, rest=60.0).reopens_at == 65.0


def test_a_straggler_never_shortens_what_a_server_asked_for():
    resting = after(2).failed(5.0, LIMITS, rest=600.0)
    assert resting.failed(6.0, LIMITS).reopens_at == 605.0


def test_an_answer_to_a_call_from_before_it_opened_does_not_close_it():
    opened = CLOSED.failed(5.0, LIMITS, rest=60.0).failed(8.0, LIMITS)
    closed = [opened.answered(asked_at, LIMITS) == CLOSED for asked_at in (4.0, 5.0, 66.0)]
    assert closed == [False, True, True]
