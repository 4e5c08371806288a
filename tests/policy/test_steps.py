"""What is asked next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.domain import Attempt, Chain, ChainLink, Failure, FailureKind, Link, Status
from jarvis_ai.policy import RULES, Breaker, Flight, GiveUp, Hedging, Policy, Reach, Send, Wait, backoff, next_step
from tests.builders import DIRECT, A, B, C, failed

POLICY = Policy()
CHAIN = Chain(tuple(ChainLink(link) for link in (A, B, DIRECT)))


def step(*attempts: Attempt, chain: Chain = CHAIN, breakers: dict[str, Breaker] | None = None, **world: float | bool):
    clock = {"now": 0.0, "deadline": 60.0, "jitter": 0.5} | world
    return next_step(chain, attempts, (), POLICY, breakers or {}, **clock)


def test_the_first_link_is_asked_first():
    assert step() == Send(ChainLink(A), "first in the chain")


def test_every_kind_of_failure_has_a_rule():
    assert set(RULES) == set(FailureKind)


def test_a_rate_limit_waits_as_long_as_the_provider_asked():
    decision = step(failed(A, FailureKind.RATE_LIMITED, retry_after=2.0))
    assert isinstance(decision, Send)
    assert decision.place.link == A
    assert 2.0 <= decision.wait <= 2.2


def test_a_wish_beyond_our_patience_sends_the_call_on_at_once():
    decision = step(failed(A, FailureKind.RATE_LIMITED, retry_after=30.0))
    assert (decision.place.link, decision.wait) == (B, 0.0)


def test_a_link_is_asked_no_more_than_twice():
    twice = [failed(A, FailureKind.SERVER_ERROR)] * 2
    assert step(*twice).place.link == B


def test_the_word_of_a_server_against_a_retry_is_obeyed():
    failure = Failure(FailureKind.OVERLOADED, retryable=False)
    attempt = Attempt("op", 1, A, 0.0, failure=failure)
    assert step(attempt).place.link == B


def test_a_failure_that_opened_the_breaker_is_not_followed_by_another_try():
    resting = {str(A): Breaker(failures=3, reopens_at=10.0)}
    assert step(failed(A, FailureKind.SERVER_ERROR), breakers=resting).place.link == B


@pytest.mark.parametrize("kind", [FailureKind.HEADERS_TIMEOUT, FailureKind.STALLED, FailureKind.FIRST_TOKEN_TIMEOUT])
def test_a_silent_route_is_never_asked_again(kind: FailureKind):
    assert step(failed(A, kind)).place.link == B


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if rule.reach is Reach.PROVIDER])
def test_a_failure_of_the_provider_rules_out_its_other_models(kind: FailureKind):
    tries = [failed(A, kind)] * (1 + RULES[kind].retries)
    assert step(*tries).place.link == DIRECT


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if rule.reach is Reach.REQUEST])
def test_a_failure_of_the_request_ends_the_chain(kind: FailureKind):
    attempt = failed(A, kind)
    assert step(attempt) == GiveUp(attempt.failure)


def test_a_context_too_long_skips_links_that_hold_no_more_and_tries_unknown_ones():
    chain = Chain((ChainLink(A, context_length=8000), ChainLink(B, context_length=8000), ChainLink(C)))
    assert step(failed(A, FailureKind.CONTEXT_TOO_LONG), chain=chain).place.link == C


def test_a_context_too_long_everywhere_is_what_the_caller_is_told():
    chain = Chain((ChainLink(A), ChainLink(B)))
    tries = [failed(A, FailureKind.EMPTY)] * 2 + [failed(B, FailureKind.CONTEXT_TOO_LONG)]
    assert step(*tries, chain=chain) == GiveUp(Failure(FailureKind.CONTEXT_TOO_LONG))


def test_a_link_behind_an_open_breaker_is_passed_over():
    sent = step(breakers={str(A): Breaker(failures=3, reopens_at=10.0)})
    assert sent.place.link == B
    assert sent.reason.endswith(f"passed over, since at rest after failures: {A}")


def test_when_every_link_rests_the_one_due_back_soonest_is_asked():
    due = {str(A): 30.0, str(B): 20.0, "openai": 40.0}
    breakers = {key: Breaker(failures=3, reopens_at=at) for key, at in due.items()}
    assert step(breakers=breakers).place.link == B


def test_the_end_of_the_time_is_the_end_of_the_operation():
    assert step(failed(A, FailureKind.EMPTY), now=60.0).failure.kind is FailureKind.DEADLINE


def test_a_wait_that_does_not_fit_the_deadline_sends_the_call_on():
    assert step(failed(A, FailureKind.RATE_LIMITED, retry_after=2.5), now=58.0).place.link == B


def beside(*flights: Flight, policy: Policy = POLICY, breakers: dict[str, Breaker] | None = None):
    return next_step(CHAIN, (), flights, policy, breakers or {}, now=0.0, deadline=60.0, jitter=0.0)


SLOW = Flight(Attempt("op", 1, A, 0.0), slow=True)


def test_with_a_flight_in_the_air_there_is_nothing_to_do():
    assert beside(Flight(Attempt("op", 1, A, 0.0))) == Wait()


def test_beside_a_slow_flight_the_next_link_is_asked_too():
    assert beside(SLOW) == Send(ChainLink(B), f"asked beside {A}, which is slow to speak", hedge=True)


def test_beside_two_flights_nobody_else_is_asked():
    assert beside(SLOW, Flight(Attempt("op", 2, B, 0.0), slow=True)) == Wait()


def test_a_link_that_was_sick_is_not_asked_on_a_guess():
    half_open = {str(B): Breaker(failures=3, reopens_at=-1.0)}
    assert beside(SLOW, breakers=half_open).place.link == DIRECT


def test_hedging_can_be_switched_off():
    assert beside(SLOW, policy=Policy(hedging=Hedging(on=False))) == Wait()


def test_a_link_may_have_fewer_retries_than_the_rule_but_never_more():
    def again(retries: int) -> Link:
        chain = Chain((ChainLink(A, retries=retries), ChainLink(B)))
        return step(failed(A, FailureKind.SERVER_ERROR), chain=chain).place.link

    assert (again(0), again(1)) == (B, A)
    chain = Chain((ChainLink(A, retries=5), ChainLink(B)))
    assert step(*[failed(A, FailureKind.SERVER_ERROR)] * 2, chain=chain).place.link == B


def test_what_a_link_says_to_the_request_to_go_on_does_not_end_the_chain():
    refused = replace(failed(A, FailureKind.INVALID_REQUEST), resumed=True)
    assert step(refused).place.link == B


@pytest.mark.parametrize("kind", [FailureKind.SEAM, FailureKind.PREFILL])
def test_a_link_that_could_not_go_on_is_asked_anew_once_the_words_are_taken_back(kind: FailureKind):
    tries = [failed(A, FailureKind.TRUNCATED), *[failed(B, kind)] * (1 + RULES[kind].retries)]
    assert step(*tries, resuming=True).place.link == DIRECT
    assert step(*tries[:2]).place.link == B


def test_to_go_on_and_to_answer_anew_are_two_tries():
    tries = [failed(A, FailureKind.TRUNCATED), failed(B, FailureKind.SEAM), failed(B, FailureKind.SERVER_ERROR)]
    assert step(*tries).place.link == DIRECT


def test_a_call_that_was_called_off_counts_as_a_try_and_not_against_its_link():
    outrun = Attempt("op", 1, A, 0.0, Status.CANCELLED)
    assert step(outrun, failed(B, FailureKind.TRUNCATED), resuming=True).place.link == A
    assert step(outrun, failed(A, FailureKind.SERVER_ERROR)).place.link == B


def test_an_empty_chain_says_so():
    assert step(chain=Chain(())).failure.kind is FailureKind.NOT_CONFIGURED


@given(st.integers(1, 20), st.floats(0, 1))
def test_backoff_stays_between_nothing_and_its_cap(tries: int, jitter: float):
    assert 0 <= backoff(tries, POLICY, jitter=jitter) <= POLICY.backoff.cap


@given(st.data())
def test_every_walk_ends_and_asks_no_link_more_than_twice(data: st.DataObject):
    """Whatever fails however, the steps stop, and no link is asked a third time."""
    attempts: list[Attempt] = []
    while isinstance(decision := step(*attempts, resuming=data.draw(st.booleans())), Send):
        kind = data.draw(st.sampled_from(list(FailureKind)))
        wish = data.draw(st.none() | st.floats(0, 100))
        attempts.append(failed(decision.place.link, kind, retry_after=wish))
        asked: list[Link] = [attempt.link for attempt in attempts]
        assert max(map(asked.count, asked)) <= 2
    assert isinstance(decision, GiveUp)
