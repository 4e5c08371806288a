"""One operation from its plan to its completion."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from jarvis_ai.domain import (
    Attempt,
    AttemptFailed,
    AttemptStarted,
    Chain,
    ChainLink,
    Completed,
    Cost,
    CostSource,
    FailureKind,
    Finished,
    FinishReason,
    Opened,
    Operation,
    Planned,
    Prompt,
    Status,
    TextDelta,
    ToolCallDelta,
    Usage,
    Waiting,
)
from jarvis_ai.policy import Deadlines, Policy
from tests.builders import DIRECT, A, B, Scripted, refused, said
from tests.engine.world import World

pytestmark = pytest.mark.anyio

QUICK = Policy(deadlines=Deadlines(headers=0.02, first_token=0.03, silence=0.02, total=0.5))


async def test_the_first_link_answers_and_its_words_arrive_as_they_come():
    world = World(said("good morning"))
    completion = await world.ask()
    assert (completion.status, completion.text, completion.link) == (Status.OK, "goodmorning", A)
    assert world.seen(TextDelta) == [TextDelta("good"), TextDelta("morning")]
    assert isinstance(world.events[0], Planned)
    assert world.events[-1] == Completed(completion)
    assert not completion.fell_back


async def test_a_failing_model_is_followed_by_the_next_and_both_are_on_record():
    world = World(refused(FailureKind.MODEL_NOT_FOUND, http_status=404), said("hello"))
    completion = await world.ask()
    assert completion.fell_back
    assert [(attempt.link, attempt.status) for attempt in completion.attempts] == [(A, Status.FAILED), (B, Status.OK)]
    assert "model_not_found" in completion.attempts[1].reason
    assert len(world.seen(AttemptFailed)) == 1


async def test_each_attempt_is_on_record_before_it_is_dispatched():
    world = World(said("hello"))
    order: list[str] = []
    record, stream = world.notebook.record, world.router.stream

    async def noting_record(*facts):
        order.extend(type(fact).__name__ + str(getattr(fact, "status", "")) for fact in facts)
        await record(*facts)

    def noting_stream(model, prompt):
        order.append("dispatched")
        return stream(model, prompt)

    world.notebook.record, world.router.stream = noting_record, noting_stream
    await world.ask()
    assert order == ["Operation", "Attemptpending", "dispatched", "Attemptok", "Completionok"]


async def test_a_rate_limit_is_waited_out_and_the_wait_is_announced():
    world = World(refused(FailureKind.RATE_LIMITED, http_status=429, retry_after=1.0), said("hello"))
    completion = await world.ask()
    assert world.slept == [1.1]
    assert [event.seconds for event in world.seen(Waiting)] == [1.1]
    assert completion.attempts[1].waited == 1.1
    assert not completion.fell_back


async def test_a_wrong_key_leaves_the_provider():
    world = World(refused(FailureKind.UNAUTHORIZED, http_status=401), direct=[said("hello")])
    completion = await world.ask()
    assert (world.router.asked, completion.link) == (["acme/a"], DIRECT)


async def test_a_stream_without_a_finish_reason_is_never_a_success():
    world = World([Opened(), TextDelta("half a")], said("whole"))
    completion = await world.ask()
    assert completion.attempts[0].failure.kind is FailureKind.TRUNCATED


async def test_when_nobody_answers_every_reason_is_told():
    world = World(
        refused(FailureKind.MODEL_NOT_FOUND), refused(FailureKind.STALLED), direct=[refused(FailureKind.TRUNCATED)]
    )
    completion = await world.ask()
    assert completion.status is Status.FAILED
    assert [attempt.failure.kind for attempt in completion.attempts] == [
        FailureKind.MODEL_NOT_FOUND,
        FailureKind.STALLED,
        FailureKind.TRUNCATED,
    ]


async def test_a_provider_without_a_key_is_a_failure_and_not_an_exception():
    world = World()
    completion = await world.ask(Chain.of("anthropic:claude-haiku-4-5"))
    assert completion.failure.kind is FailureKind.NOT_CONFIGURED


async def test_a_defect_in_a_provider_does_not_take_the_call_with_it(caplog: pytest.LogCaptureFixture):
    world = World([ZeroDivisionError()], said("hello"))
    completion = await world.ask()
    assert (completion.ok, completion.attempts[0].failure.kind) == (True, FailureKind.INTERNAL)
    assert "ZeroDivisionError" in caplog.text


class Mute(Scripted):
    """Plays its script and then says nothing more."""

    async def stream(self, model, prompt):
        async for chunk in super().stream(model, prompt):
            yield chunk
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ([], FailureKind.HEADERS_TIMEOUT),
        ([Opened()], FailureKind.FIRST_TOKEN_TIMEOUT),
        ([Opened(), TextDelta("half")], FailureKind.STALLED),
    ],
)
async def test_a_silence_is_named_by_the_place_where_it_fell(script: list, kind: FailureKind):
    world = World(policy=QUICK)
    world.engine.providers = {"openrouter": Mute([script])}
    completion = await world.ask(Chain.of(str(A)))
    assert completion.failure.kind is kind


async def test_the_whole_operation_ends_inside_its_deadline():
    policy = Policy(deadlines=Deadlines(headers=9, first_token=9, silence=9, total=0.03))
    world = World(policy=policy)
    world.engine.providers = {"openrouter": Mute([[Opened()]])}
    completion = await world.ask()
    assert completion.failure.kind is FailureKind.DEADLINE
    assert len(completion.attempts) == 1


async def test_a_cancelled_run_is_recorded_and_the_cancellation_goes_on():
    world = World()
    world.engine.providers = {"openrouter": Mute([[Opened(), TextDelta("half")]])}
    task = asyncio.create_task(world.ask())
    while not world.seen(TextDelta):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    attempt, completion = world.notebook.facts[-2:]
    assert (attempt.status, completion.status) == (Status.CANCELLED, Status.CANCELLED)
    assert completion.ttft >= attempt.ttft > 0
    assert world.events[-1] == Completed(completion)


async def test_a_sick_link_is_passed_over_after_three_failures():
    world = World(*[refused(FailureKind.STALLED), said("hello")] * 3, said("hello"))
    for _ in range(3):
        await world.ask()
    world.router.asked.clear()
    completion = await world.ask()
    assert world.router.asked == ["acme/b"]
    assert completion.fell_back


async def test_a_model_that_fails_by_itself_shows_that_its_provider_takes_the_key_again():
    wrong, gone = refused(FailureKind.UNAUTHORIZED), refused(FailureKind.MODEL_NOT_FOUND)
    world = World(wrong, wrong, wrong, gone, said("hello"), direct=[refused(FailureKind.REFUSED)] * 3)
    for _ in range(3):
        await world.ask()
    completion = await world.ask(Chain((ChainLink(A), ChainLink(B))))
    assert [attempt.link for attempt in completion.attempts] == [A, B]
    assert completion.ok


async def test_a_balance_too_small_for_the_longest_answer_is_asked_for_a_shorter_one():
    short = refused(FailureKind.NO_CREDIT, http_status=402, affordable=3395)
    world = World(short, said("hello"))
    prompt = replace(Prompt.of("Hello"), max_tokens=None)
    completion = await world.ask(prompt=prompt)
    assert [attempt.link for attempt in completion.attempts] == [A, A]
    assert [asked.max_tokens for asked in world.router.prompts] == [None, 3395]
    assert (completion.ok, world.slept, dict(world.engine.breakers)) == (True, [], {})


async def test_an_account_that_cannot_pay_for_the_shorter_answer_either_is_left():
    short = refused(FailureKind.NO_CREDIT, http_status=402, affordable=3395)
    world = World(short, short, direct=[said("hello")])
    completion = await world.ask(prompt=replace(Prompt.of("Hello"), max_tokens=None))
    assert [attempt.failure_kind for attempt in completion.attempts][:2] == [
        FailureKind.UNAFFORDABLE,
        FailureKind.NO_CREDIT,
    ]
    assert completion.link == DIRECT


async def test_money_is_counted_in_attempts():
    world = World(
        refused(FailureKind.MODEL_NOT_FOUND, http_status=404), said("hello", usage=Usage(1, 2, cost_nanos=700))
    )
    completion = await world.ask()
    assert completion.cost == Cost(700, CostSource.BILLED)


async def test_an_attempt_that_may_have_been_billed_makes_the_sum_unknown():
    world = World([Opened(), TextDelta("half"), *refused(FailureKind.TRUNCATED)], said("whole"))
    completion = await world.ask()
    assert completion.cost == Cost(None, CostSource.UNKNOWN)


async def test_tool_calls_are_put_together_from_their_pieces():
    pieces = [
        ToolCallDelta({"index": 0, "id": "call_1", "function": {"name": "look_up", "arguments": '{"a"'}}),
        ToolCallDelta({"index": 0, "function": {"arguments": ": 1}"}}),
    ]
    world = World([Opened(), *pieces, Finished(FinishReason.TOOL_CALLS)])
    completion = await world.ask()
    assert completion.tool_calls == (
        {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"a": 1}'}},
    )


async def test_a_log_row_exists_for_every_dispatch_even_when_it_failed():
    world = World(refused(FailureKind.EMPTY), refused(FailureKind.EMPTY), said("hello"))
    await world.ask()
    numbers = [(fact.number, fact.status) for fact in world.notebook.of(Attempt)]
    pending = [number for number, status in numbers if status is Status.PENDING]
    ended = [number for number, status in numbers if status is not Status.PENDING]
    assert pending == ended == [1, 2, 3]
    assert len(list(world.notebook.of(Operation))) == 1


async def test_attempts_start_in_the_order_of_the_chain():
    world = World(refused(FailureKind.STALLED), refused(FailureKind.STALLED), direct=[said("hello")])
    await world.ask()
    assert [event.attempt.link for event in world.seen(AttemptStarted)] == [A, B, DIRECT]
