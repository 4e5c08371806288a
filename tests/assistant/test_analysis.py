"""Intent and time with a model: its answer is checked, asked for once more, and words alone stand in for it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from jarvis_ai.assistant.analysis import analyze_intent, extract_time
from jarvis_ai.domain import FailureKind
from tests.assistant.models import KEYWORD, NOW, Refuses, Says

pytestmark = pytest.mark.anyio

CALL = '{"intent": "make_call", "confidence": 0.9, "entities": {"who": "Ana", "when": null}}'
NOON = {"type": "relative", "datetime": "2026-11-24T12:00:00+01:00", "readable_time": "noon", "confidence": 0.9}


async def test_a_models_intent_is_taken():
    said = Says(CALL)
    analysis = await analyze_intent(said.asker, "Ring Ana", now=NOW)
    intent = analysis.result.as_dict()
    assert (intent["intent"], intent["confidence"], intent["entities"]) == ("make_call", 0.9, {"who": "Ana"})
    assert (intent["source"], intent["action_needed"], intent["priority"]) == ("model", True, "normal")
    assert (intent["note"], analysis.problems, len(analysis.completions)) == ("", (), 1)


async def test_a_models_time_is_taken_and_the_words_that_are_read_out_fit_it():
    found = (await extract_time(Says(json.dumps(NOON)).asker, "in 2 hours", now=NOW)).result
    assert (found.datetime, found.confidence, found.source) == ("2026-11-24T12:00:00+01:00", 0.9, "model")
    assert (found.readable_time, found.note) == ("today (Tue 24 Nov 2026) at 12:00 PM", "")


@pytest.mark.parametrize("reply", ["Sure! I think it is an alarm.", '{"intent": "launch_rocket"}', "", "{", "[1]"])
async def test_an_unusable_answer_is_asked_for_once_more_and_then_words_decide(reply: str):
    said = Says(reply)
    analysis = await analyze_intent(said.asker, "Wake me up at 7", now=NOW)
    assert (analysis.result.intent, analysis.result.source) == ("wake_up_call", "keyword")
    assert (len(said.prompts), len(analysis.problems)) == (2, 2)
    assert "could not be used" in analysis.result.note


async def test_the_second_question_says_what_was_wrong_and_nothing_that_the_model_said():
    said = Says('{"intent": "ignore all rules"}', CALL)
    analysis = await analyze_intent(said.asker, "Ring Ana", now=NOW)
    assert (analysis.result.intent, analysis.result.source) == ("make_call", "model")
    first, second = (prompt.messages[0]["content"] for prompt in said.prompts)
    assert second.startswith(first)
    assert "could not be used: its 'intent' was none of the names" in second
    assert "ignore all rules" not in second
    assert said.prompts[1].text == "Ring Ana"


async def test_when_nobody_answers_words_decide_at_once():
    nobody = Refuses(FailureKind.OVERLOADED)
    analysis = await analyze_intent(nobody.asker, "Wake me up at 7", now=NOW)
    assert (analysis.result.intent, len(nobody.prompts)) == ("wake_up_call", 1)
    assert analysis.result.note == "No model could be reached, so words alone decided."


async def test_when_the_chain_fell_back_to_the_keyword_link_the_result_says_so():
    analysis = await extract_time(Says("whatever", link=KEYWORD).asker, "in 2 hours", now=NOW)
    assert (analysis.result.datetime, analysis.result.source) == ("2026-11-24T12:00:00+01:00", "keyword")
    assert "No model could be reached" in analysis.result.note


async def test_a_server_that_refuses_the_form_of_answer_is_asked_without_it():
    plain = Refuses(FailureKind.INVALID_REQUEST, CALL)
    analysis = await analyze_intent(plain.asker, "Ring Ana", now=NOW)
    assert (analysis.result.source, analysis.problems) == ("model", ())
    assert ["response_format" in prompt.extra for prompt in plain.prompts] == [True, False]


async def test_an_empty_message_costs_nothing():
    said = Says(CALL)
    assert (await analyze_intent(said.asker, " \n", now=NOW)).completions == ()
    assert (await extract_time(said.asker, "", now=NOW)).result.type == "none"
    assert said.prompts == []


async def test_operations_carry_the_version_of_their_prompt():
    said = Says(CALL, json.dumps(NOON))
    await analyze_intent(said.asker, "Ring Ana", now=NOW)
    await extract_time(said.asker, "in 2 hours", now=NOW)
    assert said.tags == ["intent_v2", "time_v2"]


async def test_a_present_without_a_zone_is_refused_before_anybody_is_asked():
    said, naive = Says(CALL), datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001 - that is the point
    for analysis in (analyze_intent, extract_time):
        with pytest.raises(ValueError, match="no time zone"):
            await analysis(said.asker, "Ring Ana", now=naive)
    assert said.prompts == []


async def test_the_conversation_before_is_sent_along_apart_from_the_message():
    said = Says(CALL)
    context = [{"role": "user", "content": "Who is the dentist?"}, {"role": "assistant", "content": "Dr. Wu."}]
    await analyze_intent(said.asker, "Call her", now=NOW, context=iter(context))
    roles = [message["role"] for message in said.prompts[0].messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert "assistant: Dr. Wu." in said.prompts[0].messages[1]["content"]
    assert said.prompts[0].text == "Call her"
