"""What a caller of the engine can rely on, on the simulator's real sockets."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from jarvis_ai.domain import Chain, Completion, FailureKind, Status
from jarvis_ai.policy import BreakerLimits, Concurrency, Hedging
from jarvis_ai.simulator import Fault, Simulator
from tests.failover.conftest import CHAIN, FIRST, QUICK, Caller

pytestmark = pytest.mark.anyio

ECHO = "Repeat exactly: "


def asked(completion: Completion) -> list[str]:
    return [str(attempt.link) for attempt in completion.attempts]


SECOND, DIRECT = (str(place.link) for place in CHAIN.links[1:3])


# Order of authority


async def test_a_wish_within_our_patience_is_waited_and_the_same_link_asked_again(simulator: Simulator, caller: Caller):
    simulator.faults.set(FIRST, Fault("rate_limited", retry_after=0.05, times=1))
    completion, _ = await caller.ask()
    assert asked(completion) == [FIRST, FIRST]
    assert completion.attempts[1].waited >= 0.05


async def test_a_longer_wish_sends_the_call_on_at_once_and_the_link_rests(simulator: Simulator, caller: Caller):
    simulator.faults.set(FIRST, Fault("rate_limited", retry_after=60, times=1))
    assert asked((await caller.ask())[0]) == [FIRST, SECOND]
    assert asked((await caller.ask())[0]) == [SECOND]


@pytest.mark.parametrize("kind", ["silence", "slow_first_token"])
async def test_a_silent_route_is_asked_once(simulator: Simulator, caller: Caller, kind: str):
    simulator.faults.set(FIRST, Fault(kind, seconds=30))
    completion, _ = await caller.ask()
    assert asked(completion) == [FIRST, SECOND]
    assert completion.latency < 2 * QUICK.deadlines.first_token + 1


@pytest.mark.parametrize("kind", ["server_error", "reset", "empty", "bad_gateway", "error_before_content"])
async def test_no_link_is_tried_more_than_twice(simulator: Simulator, caller: Caller, kind: str):
    simulator.faults.set(FIRST, Fault(kind))
    assert asked((await caller.ask())[0]) == [FIRST, FIRST, SECOND]


# Reach


@pytest.mark.parametrize("kind", ["unauthorized", "no_credit", "key_limit"])
async def test_what_concerns_the_account_leaves_the_provider(simulator: Simulator, caller: Caller, kind: str):
    simulator.faults.set("openrouter", Fault(kind))
    assert asked((await caller.ask())[0]) == [FIRST, DIRECT]


@pytest.mark.parametrize("kind", ["moderated", "invalid_request", "refused", "too_large"])
async def test_what_concerns_the_request_ends_it(simulator: Simulator, caller: Caller, kind: str):
    simulator.faults.set(FIRST, Fault(kind))
    completion, _ = await caller.ask()
    assert (completion.status, asked(completion)) == (Status.FAILED, [FIRST])
    assert completion.failure.raw or completion.failure.detail


@pytest.mark.parametrize("kind", ["not_found", "overloaded"])
async def test_what_concerns_one_model_leaves_its_neighbours(simulator: Simulator, caller: Caller, kind: str):
    simulator.faults.set(FIRST, Fault(kind))
    assert asked((await caller.ask())[0])[-1] == SECOND


async def test_a_context_too_long_skips_links_known_to_hold_no_more(simulator: Simulator, caller: Caller):
    small, same, unknown, large = CHAIN.links
    chain = Chain(
        (
            replace(small, context_length=8_000),
            replace(same, context_length=8_000),
            unknown,
            replace(large, context_length=200_000),
        )
    )
    simulator.faults.set(FIRST, Fault("context_too_long"))
    simulator.faults.set(DIRECT, Fault("context_too_long"))
    completion, _ = await caller.ask(chain=chain)
    assert asked(completion) == [FIRST, DIRECT, str(large.link)]
    simulator.faults.set(str(large.link), Fault("context_too_long"))
    completion, _ = await caller.ask(chain=chain)
    assert completion.failure == completion.attempts[0].failure


# Streams


@pytest.mark.parametrize("kind", ["malformed_chunk", "missing_done", "huge_token", "split_utf8"])
async def test_an_odd_stream_that_completes_is_a_success_at_the_first_link(
    simulator: Simulator, caller: Caller, kind: str
):
    healthy = (await caller.ask())[1]
    simulator.faults.set(FIRST, Fault(kind))
    completion, received = await caller.ask()
    assert (completion.status, asked(completion), received) == (Status.OK, [FIRST], healthy)


BREAKS = ["cut", "cut_clean", "no_finish", "stalled", "stream_error"]


@pytest.mark.parametrize("restarts", [True, False])
@pytest.mark.parametrize("kind", BREAKS)
async def test_a_stream_that_dies_is_gone_on_with_and_no_letter_is_lost_or_doubled(
    simulator: Simulator, caller: Caller, kind: str, restarts: bool
):
    healthy = (await caller.ask())[1]
    simulator.faults.set(FIRST, Fault(kind))
    completion, received = await caller.ask(restarts=restarts)
    assert (completion.status, received, completion.text) == (Status.OK, healthy, healthy)
    assert any(attempt.resumed for attempt in completion.attempts)


@pytest.mark.parametrize("kind", BREAKS)
async def test_where_nobody_can_go_on_a_caller_who_keeps_his_words_is_told(
    simulator: Simulator, caller: Caller, kind: str
):
    healthy = (await caller.ask())[1]
    for provider in caller.providers:
        simulator.faults.set(provider, Fault("forgets"))
    simulator.faults.set(FIRST, Fault(kind))
    completion, received = await caller.ask(restarts=False)
    assert completion.status is Status.FAILED
    assert completion.failure == completion.attempts[0].failure
    assert healthy.startswith(received) and received != healthy


async def test_where_nobody_can_go_on_the_console_begins_anew(simulator: Simulator, caller: Caller):
    for provider in caller.providers:
        simulator.faults.set(provider, Fault("forgets"))
    simulator.faults.set(FIRST, Fault("cut", times=1))
    completion, received = await caller.ask()
    assert (completion.status, completion.text) == (Status.OK, received)
    assert str(completion.link) == SECOND


async def test_a_link_that_refuses_a_prefill_is_asked_again_without_it(simulator: Simulator, caller: Caller):
    haiku = str(CHAIN.links[3].link)
    chain = Chain((CHAIN.links[0], CHAIN.links[3]))
    healthy = (await caller.ask(chain=chain))[1]
    simulator.faults.set(FIRST, Fault("cut_clean"))
    simulator.faults.set(haiku, Fault("refuses_prefill"))
    completion, received = await caller.ask(chain=chain, restarts=False)
    assert received == healthy
    assert [attempt.failure_kind for attempt in completion.attempts] == [
        FailureKind.TRUNCATED,
        FailureKind.PREFILL,
        None,
    ]


# Hedging


async def test_the_first_to_speak_wins_and_the_loser_keeps_its_row(simulator: Simulator, caller: Caller):
    caller.engine = caller.made(replace(QUICK, hedging=Hedging(floor=0.01, unknown=0.05)))
    simulator.faults.set(FIRST, Fault("slow_first_token", seconds=30))
    completion, received = await caller.ask()
    assert (completion.status, str(completion.link), completion.text) == (Status.OK, SECOND, received)
    assert [(each.status, each.hedge) for each in completion.attempts] == [
        (Status.CANCELLED, False),
        (Status.OK, True),
    ]


# Breakers


async def test_a_primary_that_is_down_for_a_minute_sees_four_probes_and_is_used_again(
    simulator: Simulator, caller: Caller
):
    now = [1000.0]
    caller.engine = caller.made(QUICK, clock=lambda: now[0])
    simulator.faults.set(FIRST, Fault("unavailable", retry_after=0))
    tried = 0
    while now[0] < 1060.0:
        tried += asked((await caller.ask())[0]).count(FIRST)
        now[0] += 0.5
    assert tried - BreakerLimits().failures <= 4
    simulator.faults.clear()
    while asked((await caller.ask())[0]) != [FIRST]:
        now[0] += 0.5
    assert now[0] <= 1070.0


# Concurrency


async def test_two_hundred_at_once_with_faults_get_each_its_own_answer_or_an_honest_failure(
    simulator: Simulator, caller: Caller
):
    caller.engine = caller.made(replace(QUICK, concurrency=Concurrency(limit=40)))
    for link, kind in zip(CHAIN.links, ("cut", "server_error", "empty", "reset"), strict=True):
        simulator.faults.set(str(link.link), Fault(kind, rate=0.3))

    async def one(number: int) -> None:
        words = f"{number} is the number of this caller, and its words are its own" + "!" * number
        completion, received = await caller.ask(ECHO + words)
        assert received == words if completion.ok else completion.status is Status.FAILED
        assert completion.ok or completion.text == ""

    async with asyncio.timeout(30):
        await asyncio.gather(*(one(number) for number in range(200)))
