"""How long a link may take."""

from __future__ import annotations

from jarvis_ai.domain import ChainLink, Prompt
from jarvis_ai.policy import UNKNOWN_SPEED, Deadlines, Hedging, Policy, Speed, deadlines_for, hedge_delay
from tests.builders import A

POLICY = Policy()
PROMPT = Prompt.of("Hi")
PLACE = ChainLink(A)


def first_token(place: ChainLink = PLACE, prompt: Prompt = PROMPT, speed: Speed = UNKNOWN_SPEED) -> float:
    return deadlines_for(place, prompt, speed, POLICY).first_token


def test_a_link_of_unknown_speed_has_the_policys_time():
    assert deadlines_for(PLACE, PROMPT, UNKNOWN_SPEED, POLICY) == Deadlines()


def test_a_provider_that_never_speaks_costs_less_than_eleven_seconds():
    assert first_token() <= 11.0


def test_a_quick_link_has_a_few_times_its_own_time_but_no_less_than_the_floor():
    assert first_token(speed=Speed(50, 1.0, 1.5)) == 6.0
    assert first_token(speed=Speed(50, 0.1, 0.2)) == POLICY.adaptive.floor


def test_a_slow_link_has_no_more_than_the_policys_time():
    assert first_token(speed=Speed(50, 5.0, 9.0)) == 10.0


def test_a_few_calls_are_not_believed():
    assert first_token(speed=Speed(19, 0.1, 0.1)) == 10.0


def test_headers_have_no_longer_than_the_first_token():
    assert deadlines_for(PLACE, PROMPT, Speed(50, 1.0, 1.0), POLICY).headers == 4.0


def test_a_model_that_thinks_first_gets_more_and_so_does_a_prompt_that_asks_for_it():
    thinking = Prompt.of("Hi", extra={"reasoning": {"effort": "high"}})
    assert first_token(ChainLink(A, thinks=True)) == 45.0
    assert first_token(prompt=thinking) == 45.0
    assert first_token(prompt=Prompt.of("Hi", extra={"reasoning_effort": "none"})) == 10.0


def test_the_last_link_is_given_time_however_quick_it_usually_is():
    assert deadlines_for(PLACE, PROMPT, Speed(50, 0.1, 0.2), POLICY, last=True).first_token == 45.0


def test_a_long_prompt_gets_the_time_to_be_read():
    assert first_token(prompt=Prompt.of("word " * 80_000)) == 20.0


def test_what_is_set_for_the_link_goes_before_everything():
    place = ChainLink(A, first_token=2.0, silence=1.0)
    deadlines = deadlines_for(place, PROMPT, Speed(50, 1.0, 9.0), POLICY)
    assert (deadlines.headers, deadlines.first_token, deadlines.silence) == (2.0, 2.0, 1.0)


def test_an_answer_in_one_piece_may_take_half_of_the_operation():
    deadlines = deadlines_for(PLACE, Prompt.of("Hi", stream=False), UNKNOWN_SPEED, POLICY)
    assert (deadlines.headers, deadlines.first_token) == (45.0, 45.0)


def test_a_link_is_slow_beyond_its_95th_percentile_near_twice_its_median():
    hedging = Hedging(floor=0.1)
    assert hedge_delay(PLACE, PROMPT, Speed(50, 1.0, 1.9), hedging) == 1.9
    assert hedge_delay(PLACE, PROMPT, Speed(50, 1.0, 1.2), hedging) == 1.75
    assert hedge_delay(PLACE, PROMPT, Speed(50, 1.0, 10.0), hedging) == 2.0


def test_nobody_is_slow_before_the_floor_and_the_unknown_have_their_own():
    assert hedge_delay(PLACE, PROMPT, Speed(50, 0.01, 0.02), Hedging()) == 1.0
    assert hedge_delay(PLACE, PROMPT, UNKNOWN_SPEED, Hedging()) == 5.0
    assert hedge_delay(ChainLink(A, thinks=True), PROMPT, UNKNOWN_SPEED, Hedging()) == 30.0
