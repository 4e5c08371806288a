"""A forecast is what the policy decides, asked beforehand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jarvis_ai.domain import Chain, ChainLink, FailureKind, Link, Prompt
from jarvis_ai.drills import Faults, Forecast, foresee
from jarvis_ai.policy import Policy, Reach
from jarvis_ai.simulator import Fault
from tests.drills.builders import CHAIN, DIRECT, GPT, KEYWORD, MINI, SONNET

HAIKU = Link.parse("openrouter:anthropic/claude-haiku-4.5")
POLICY = Policy()
CUT = Fault("cut")


def foreseen(faults: Faults, *, chain: Chain = CHAIN, restarts: bool = False) -> Forecast:
    return foresee(chain, faults, POLICY, prompt=Prompt.of("Hello"), restarts=restarts)


def links(forecast: Forecast) -> list[Link]:
    return [step.link for step in forecast.steps]


def test_when_nothing_breaks_the_first_link_answers_at_once() -> None:
    forecast = foreseen({})
    assert (links(forecast), forecast.answers, forecast.latest) == ([GPT], GPT, 0.0)


def test_a_link_is_asked_again_as_often_as_the_rule_says_and_waited_for_as_long_as_it_wishes() -> None:
    forecast = foreseen({GPT: Fault("rate_limited", retry_after=2)})
    assert links(forecast) == [GPT, GPT, MINI]
    assert forecast.steps[1].wait == pytest.approx(2.2)
    assert forecast.steps[0].reach is Reach.MODEL


def test_a_long_wish_sends_the_call_on_at_once() -> None:
    assert links(foreseen({GPT: Fault("rate_limited", retry_after=60)})) == [GPT, MINI]


def test_a_fault_wears_off_after_as_many_calls_as_it_says() -> None:
    forecast = foreseen({GPT: Fault("overloaded", times=1)})
    assert (links(forecast), forecast.answers) == ([GPT, GPT], GPT)


def test_an_account_without_credit_is_left_for_the_direct_door() -> None:
    forecast = foreseen({GPT: Fault("no_credit")})
    assert (links(forecast), forecast.steps[0].reach) == ([GPT, DIRECT], Reach.PROVIDER)


def test_a_refused_request_is_sent_to_nobody_else() -> None:
    forecast = foreseen({GPT: Fault("moderated")})
    assert (links(forecast), forecast.answers, forecast.failure) == ([GPT], None, FailureKind.MODERATED)
    assert forecast.refuses


def test_when_all_is_down_keywords_are_left_or_the_first_error() -> None:
    down = {link: Fault("unavailable") for link in (GPT, MINI, SONNET, DIRECT)}
    assert foreseen(down).answers == KEYWORD
    alone = foreseen(down, chain=Chain(CHAIN.links[:-1]))
    assert (alone.answers, alone.failure, alone.refuses) == (None, FailureKind.OVERLOADED, False)


def test_a_silent_link_takes_as_long_as_its_deadline() -> None:
    forecast = foreseen({GPT: Fault("silence")})
    assert (links(forecast), forecast.latest) == ([GPT, MINI], POLICY.deadlines.headers)


def test_a_delay_below_the_deadline_is_no_failure() -> None:
    for kind in ("silence", "stalled", "slow_first_token", "slow_tokens"):
        assert foreseen({GPT: Fault(kind, seconds=0.5)}).answers == GPT
        assert foreseen({GPT: Fault(kind, seconds=1000)}).answers == MINI


def test_the_last_link_is_given_more_time_since_nobody_comes_after_it() -> None:
    slow = Fault("slow_first_token", seconds=POLICY.deadlines.first_token + 1)
    assert foreseen({GPT: slow}).answers == MINI
    assert foreseen({GPT: slow}, chain=Chain.of(str(GPT))).answers == GPT


def test_a_links_own_deadlines_and_retries_hold() -> None:
    chain = Chain((ChainLink(GPT, retries=0, first_token=2.0), ChainLink(MINI)))
    assert links(foreseen({GPT: Fault("overloaded")}, chain=chain)) == [GPT, MINI]
    assert foreseen({GPT: Fault("silence")}, chain=chain).latest == 2.0


def test_an_answer_that_breaks_off_is_gone_on_with_by_the_next_link() -> None:
    forecast = foreseen({GPT: CUT})
    assert links(forecast) == [GPT, MINI]
    assert forecast.steps[1].resumed and forecast.restarts == 0


def test_a_link_that_forgets_is_passed_over_where_words_cannot_be_taken_back() -> None:
    faults = {GPT: CUT, MINI: Fault("forgets")}
    forecast = foreseen(faults)
    assert links(forecast) == [GPT, MINI, SONNET]
    assert forecast.steps[1].failure is FailureKind.SEAM
    anew = foreseen(faults, restarts=True)
    assert (links(anew), anew.restarts) == ([GPT, MINI, MINI], 1)


def test_after_two_broken_seams_nobody_is_asked_and_the_first_error_is_told() -> None:
    forecast = foreseen({GPT: CUT, MINI: Fault("forgets"), SONNET: Fault("forgets")})
    assert (links(forecast), forecast.failure) == ([GPT, MINI, SONNET], FailureKind.TRUNCATED)


def test_a_refused_prefill_is_asked_for_in_words() -> None:
    chain = Chain.of(str(GPT), str(HAIKU))
    forecast = foreseen({GPT: CUT, HAIKU: Fault("refuses_prefill")}, chain=chain)
    assert links(forecast) == [GPT, HAIKU, HAIKU]
    assert [step.failure for step in forecast.steps][1:] == [FailureKind.PREFILL, None]


def test_faults_of_a_rescue_meet_nobody_else() -> None:
    assert links(foreseen({GPT: Fault("forgets")})) == [GPT]
    assert links(foreseen({GPT: Fault("refuses_prefill")})) == [GPT]


def test_keywords_do_not_go_on_with_words_that_cannot_be_taken_back() -> None:
    chain = Chain.of(str(GPT), str(KEYWORD))
    assert foreseen({GPT: CUT}, chain=chain).failure is FailureKind.TRUNCATED
    anew = foreseen({GPT: CUT}, chain=chain, restarts=True)
    assert (anew.answers, anew.restarts) == (KEYWORD, 1)


def test_what_chance_decides_is_not_certain() -> None:
    assert foreseen({GPT: Fault("overloaded")}).certain
    assert not foreseen({GPT: replace(Fault("overloaded"), rate=0.5)}).certain


def test_an_empty_chain_is_told_of() -> None:
    assert foreseen({}, chain=Chain(())).failure is FailureKind.NOT_CONFIGURED
