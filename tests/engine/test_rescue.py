"""An answer that breaks off after its first words is finished by another link, or it is no answer."""

from __future__ import annotations

from itertools import count

import pytest

from jarvis_ai.domain import (
    AttemptFailed,
    Chain,
    ChainLink,
    Completion,
    ExtraDelta,
    FailureKind,
    Finished,
    FinishReason,
    Link,
    Opened,
    ReasoningDelta,
    Status,
    TextDelta,
    TextDiscarded,
    ToolCallDelta,
)
from tests.builders import DIRECT, A, B, C, refused, said
from tests.engine.world import World

pytestmark = pytest.mark.anyio

SHOWN = "The tide comes in twice a day"
ANCHOR = "tide comes in twice a day"
REST = " because of the moon."
CHAIN = Chain((ChainLink(A), ChainLink(B), ChainLink(C)))


def broken(text: str = SHOWN, kind: FailureKind = FailureKind.TRUNCATED) -> list:
    return [Opened("gen-1"), TextDelta(text), *refused(kind)]


def whole(text: str) -> list:
    return [Opened("gen-2"), *(TextDelta(letter) for letter in text), Finished(FinishReason.STOP)]


def heard(world: World) -> str:
    return "".join(event.text for event in world.seen(TextDelta))


def told(completion: Completion) -> list[tuple[Link, FailureKind | None]]:
    return [(attempt.link, attempt.failure_kind) for attempt in completion.attempts]


async def test_the_next_link_goes_on_and_exactly_the_missing_part_is_sent():
    world = World(broken(), whole(ANCHOR + REST))
    completion = await world.ask(CHAIN, restarts=False)
    assert (completion.status, completion.text, completion.link) == (Status.OK, SHOWN + REST, B)
    assert heard(world) == SHOWN + REST
    assert not world.seen(TextDiscarded)
    assert [attempt.resumed for attempt in completion.attempts] == [False, True]


async def test_a_new_answer_that_begins_with_all_of_the_shown_text_goes_on_as_well():
    world = World(broken(), whole(SHOWN + REST))
    assert (await world.ask(CHAIN, restarts=False)).text == SHOWN + REST
    assert heard(world) == SHOWN + REST


async def test_an_answer_may_break_off_twice_and_still_be_whole():
    world = World(broken(), broken(ANCHOR + " because"), whole("comes in twice a day because of the moon."))
    completion = await world.ask(CHAIN, restarts=False)
    assert (completion.text, heard(world)) == (SHOWN + REST, SHOWN + REST)
    assert told(completion) == [(A, FailureKind.TRUNCATED), (B, FailureKind.TRUNCATED), (C, None)]


async def test_without_a_seam_the_end_is_the_first_error_and_nothing_more_was_sent():
    world = World(broken(), whole("It is the moon."), whole("Moon."))
    completion = await world.ask(CHAIN, restarts=False)
    assert (completion.status, completion.failure.kind) == (Status.FAILED, FailureKind.TRUNCATED)
    assert heard(world) == SHOWN
    assert told(completion) == [(A, FailureKind.TRUNCATED), (B, FailureKind.SEAM), (C, FailureKind.SEAM)]


async def test_no_more_than_two_links_are_paid_for_a_rescue_that_fails():
    chain = Chain((*CHAIN.links, ChainLink(DIRECT)))
    world = World(broken(), whole("Moon."), whole("Moon."), direct=[whole(SHOWN + REST)])
    assert not (await world.ask(chain, restarts=False)).ok
    assert world.direct.asked == []


async def test_where_words_can_be_taken_back_the_answer_starts_anew_with_the_link_that_is_well():
    world = World(broken(), whole("It is the moon."), whole("The moon."))
    completion = await world.ask(Chain((ChainLink(A), ChainLink(B))))
    assert (completion.text, completion.link) == ("The moon.", B)
    assert world.seen(TextDiscarded) == [TextDiscarded(1)]
    assert told(completion) == [(A, FailureKind.TRUNCATED), (B, FailureKind.SEAM), (B, None)]
    assert world.router.prompts[2] == world.router.prompts[0]


async def test_no_link_is_asked_a_third_time_whatever_it_was_asked_before():
    unwell = refused(FailureKind.SERVER_ERROR, http_status=500)
    world = World(broken(), whole("It is the moon."), unwell, whole("The moon."))
    completion = await world.ask(CHAIN)
    assert told(completion) == [
        (A, FailureKind.TRUNCATED),
        (B, FailureKind.SEAM),
        (B, FailureKind.SERVER_ERROR),
        (C, None),
    ]


async def test_a_link_that_may_not_be_asked_again_to_go_on_is_asked_anew():
    links = (ChainLink(A), ChainLink(Link.parse("meta-llama/llama-3.1-8b-instruct"), retries=0))
    world = World(broken(), refused(FailureKind.INVALID_REQUEST, http_status=400), whole("The moon."))
    completion = await world.ask(Chain(links))
    assert (completion.text, len(world.seen(TextDiscarded))) == ("The moon.", 1)


async def test_a_model_known_to_take_it_is_given_the_beginning_of_its_answer():
    chain = Chain.of("acme/a", "meta-llama/llama-3.1-8b-instruct")
    world = World(broken(), whole("twice a day" + REST))
    completion = await world.ask(chain, restarts=False)
    assert completion.text == SHOWN + REST
    assert world.router.prompts[1].messages[-1] == {"role": "assistant", "content": "The tide comes in"}


@pytest.mark.parametrize("answer", [refused(FailureKind.INVALID_REQUEST, http_status=400), whole("The moon does it.")])
async def test_a_link_that_refuses_or_ignores_the_prefill_is_asked_again_without_it(answer: list):
    chain = Chain.of("acme/a", "meta-llama/llama-3.1-8b-instruct")
    world = World(broken(), answer, whole(ANCHOR + REST))
    completion = await world.ask(chain, restarts=False)
    assert completion.text == SHOWN + REST
    assert [attempt.failure_kind for attempt in completion.attempts][1:] == [FailureKind.PREFILL, None]
    assert world.router.prompts[2].messages[-1]["role"] == "user"
    assert world.slept == []


async def test_what_links_say_to_the_request_to_go_on_never_hides_the_first_error():
    refusal = refused(FailureKind.INVALID_REQUEST, http_status=400)
    world = World(broken(kind=FailureKind.STALLED), refusal, refusal)
    completion = await world.ask(CHAIN, restarts=False)
    assert completion.failure.kind is FailureKind.STALLED


async def test_what_is_thought_while_going_on_stays_unseen():
    answer = [Opened(), ReasoningDelta("cut off"), TextDelta(ANCHOR), ReasoningDelta("done"), *whole(REST)[1:]]
    world = World(broken(), answer)
    assert (await world.ask(CHAIN, restarts=False)).ok
    assert not world.seen(ReasoningDelta)


async def test_what_a_second_model_thinks_is_not_read_after_what_the_first_one_thought():
    musing = [Opened(), ReasoningDelta("Let me see."), *refused(FailureKind.DISCONNECTED)]
    world = World(musing, musing, [Opened(), ReasoningDelta("The moon?"), *whole("Twice.")[1:]])
    completion = await world.ask(CHAIN, restarts=False)
    assert (completion.text, completion.reasoning) == ("Twice.", "The moon?")
    assert world.seen(ReasoningDelta) == [ReasoningDelta("Let me see.")]
    assert not any(attempt.resumed for attempt in completion.attempts)


async def test_an_answer_that_starts_anew_thinks_aloud_again():
    musing = [Opened(), ReasoningDelta("Let me see."), *broken()[1:]]
    world = World(musing, whole("No."), [Opened(), ReasoningDelta("The moon?"), *whole("Twice.")[1:]])
    assert (await world.ask(CHAIN)).reasoning == "The moon?"
    seen = world.seen(ReasoningDelta, TextDiscarded)
    assert seen == [ReasoningDelta("Let me see."), TextDiscarded(1), ReasoningDelta("The moon?")]


CALL = {"index": 0, "id": "call_1", "function": {"name": "tides", "arguments": "{"}}


async def test_a_tool_call_that_broke_off_cannot_be_gone_on_with():
    world = World([Opened(), ToolCallDelta(CALL), *refused(FailureKind.DISCONNECTED)])
    completion = await world.ask(CHAIN, restarts=False)
    assert (completion.failure.kind, len(completion.attempts)) == (FailureKind.DISCONNECTED, 1)


IMAGE = ExtraDelta({"images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}]})
CITED = ExtraDelta({"annotations": [{"type": "url_citation", "url_citation": {"url": "https://example.com"}}]})
SCORES = {"content": [{"token": "a", "logprob": -0.5}]}


@pytest.mark.parametrize("media", [IMAGE, ExtraDelta({"audio": {"data": "UklGRg=="}})])
async def test_an_image_or_sound_that_was_shown_cannot_be_gone_on_with(media: ExtraDelta):
    script = [Opened(), TextDelta("Look: "), media, *refused(FailureKind.DISCONNECTED)]
    completion = await World(script).ask(CHAIN, restarts=False)
    assert (completion.failure.kind, len(completion.attempts)) == (FailureKind.DISCONNECTED, 1)
    assert (await World(script, whole("The moon.")).ask(CHAIN)).text == "The moon."


async def test_an_image_in_place_of_the_missing_words_is_no_seam():
    world = World(broken(), [Opened(), IMAGE, TextDelta(ANCHOR + REST), Finished(FinishReason.STOP)], whole(ANCHOR))
    completion = await world.ask(CHAIN, restarts=False)
    assert told(completion)[1] == (B, FailureKind.SEAM)


async def test_what_tells_of_places_in_an_answer_is_never_that_of_two():
    first = [Opened(), TextDelta(SHOWN, SCORES), CITED, *refused(FailureKind.TRUNCATED)]
    second = [Opened(), CITED, TextDelta(ANCHOR), TextDelta(REST, SCORES), CITED, IMAGE, Finished(FinishReason.STOP)]
    world = World(first, second)
    completion = await world.ask(CHAIN, restarts=False)
    assert completion.text == SHOWN + REST
    assert (completion.logprobs, completion.extra) == ((), (IMAGE.fields,))
    assert [event.logprobs for event in world.seen(TextDelta)] == [SCORES, None]
    assert world.seen(ExtraDelta) == [CITED, IMAGE]


async def test_an_answer_of_one_link_keeps_what_came_beside_its_words():
    script = [Opened(), TextDelta("a", SCORES), CITED, Finished(FinishReason.STOP, native="end_turn")]
    completion = await World(script).ask(CHAIN)
    assert (completion.logprobs, completion.extra) == ((SCORES,), (CITED.fields,))
    assert completion.native_finish_reason == "end_turn"


async def test_a_tool_call_in_place_of_the_missing_words_is_no_seam():
    world = World(broken(), [Opened(), ToolCallDelta(CALL), Finished(FinishReason.TOOL_CALLS)], whole(ANCHOR + REST))
    completion = await world.ask(CHAIN, restarts=False)
    assert told(completion)[1] == (B, FailureKind.SEAM)
    assert completion.text == SHOWN + REST


async def test_the_keyword_link_never_goes_on_with_a_models_words():
    chain = Chain((ChainLink(A), ChainLink(Link("keyword"))))
    world = World(broken())
    assert not (await world.ask(chain, restarts=False)).ok
    world = World(broken())
    world.engine.providers["keyword"] = world.direct
    world.direct.scripts.append(said("keywords"))
    assert (await world.ask(chain)).text == "keywords"
    assert world.seen(TextDiscarded) == [TextDiscarded(1)]


async def test_when_nobody_is_left_the_words_are_taken_back():
    world = World(broken(), refused(FailureKind.MODEL_NOT_FOUND, http_status=404))
    completion = await world.ask(Chain((ChainLink(A), ChainLink(B))))
    assert (completion.status, completion.text) == (Status.FAILED, "")
    assert world.seen(AttemptFailed, TextDiscarded)[-1] == TextDiscarded(1)


async def test_the_first_token_that_stays_is_the_operations():
    rescued, whole_at_once = World(broken(), whole(ANCHOR + REST)), World(whole(SHOWN + REST))
    for world in (rescued, whole_at_once):
        world.engine.timer = count().__next__  # a clock that goes on by one whenever it is read
    completion = await rescued.ask(CHAIN, restarts=False)
    assert completion.ttft == (await whole_at_once.ask(CHAIN)).ttft
    assert completion.ttft >= completion.attempts[0].ttft


async def test_a_seam_that_was_not_found_says_nothing_about_the_health_of_a_link():
    world = World(broken(), whole("Moon."), whole("Moon."))
    await world.ask(CHAIN, restarts=False)
    assert str(B) not in world.engine.breakers
