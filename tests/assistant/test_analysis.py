"""Intent and time with a model: what it says is checked, and words alone stand in for it."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jarvis_ai.assistant import analyze_intent, extract_time, respond
from jarvis_ai.assistant.analysis import read_object
from jarvis_ai.domain import Completion, Link, Prompt, Status

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
GPT, KEYWORD = Link.parse("openai/gpt-4o-mini"), Link.parse("keyword")


class Says:
    """A model that says what it is told, and notes what it was asked."""

    def __init__(self, text: str, *, link: Link = GPT, status: Status = Status.OK) -> None:
        self.completion = Completion("op", 0.0, status, text, link)
        self.prompts: list[Prompt] = []

    async def __call__(self, prompt: Prompt, tag: str) -> Completion:
        self.prompts.append(prompt)
        return self.completion


async def test_a_models_intent_is_taken():
    said = Says('```json\n{"intent": "make_call", "confidence": 0.9, "entities": {"who": "Ana", "when": null}}\n```')
    intent = (await analyze_intent(said, "Ring Ana", now=NOW)).as_dict()
    assert (intent["intent"], intent["confidence"], intent["entities"]) == ("make_call", 0.9, {"who": "Ana"})
    assert (intent["source"], intent["action_needed"], intent["priority"]) == ("model", True, "normal")


@pytest.mark.parametrize("text", ["Sure! I think it is an alarm.", '{"intent": "launch_rocket"}', "", "{", "[1]"])
async def test_an_unusable_answer_leaves_it_to_the_words(text: str):
    intent = await analyze_intent(Says(text), "Wake me up at 7", now=NOW)
    assert (intent.intent, intent.source) == ("wake_up_call", "keyword")


async def test_when_nobody_answers_words_decide():
    assert (await analyze_intent(Says("", status=Status.FAILED), "Wake me up at 7", now=NOW)).intent == "wake_up_call"


async def test_the_keyword_links_answer_says_where_it_came_from():
    prompt = Prompt.of("Wake me up at 7", extra={"response_format": {"json_schema": {"name": "intent"}}})
    intent = await analyze_intent(Says(respond(prompt), link=KEYWORD), "Wake me up at 7", now=NOW)
    assert (intent.intent, intent.source) == ("wake_up_call", "keyword")


async def test_a_models_time_that_agrees_with_the_words_keeps_its_confidence():
    said = {"type": "relative", "datetime": "2026-11-24T12:00:00+01:00", "readable_time": "noon", "confidence": 0.9}
    found = await extract_time(Says(json.dumps(said)), "in 2 hours", now=NOW)
    assert (found.readable_time, found.confidence, found.source) == ("noon", 0.9, "model")


async def test_a_models_time_agrees_with_the_words_to_the_minute_and_in_any_zone():
    said = {"type": "relative", "datetime": "2026-11-24T11:00:00+00:00", "readable_time": "noon", "confidence": 0.9}
    found = await extract_time(Says(json.dumps(said)), "in 2 hours", now=NOW.replace(second=42))
    assert (found.datetime, found.confidence) == ("2026-11-24T11:00:00+00:00", 0.9)


async def test_a_confidence_that_is_no_share_is_a_half():
    intent = await analyze_intent(Says('{"intent": "weather", "confidence": NaN}'), "Rain?", now=NOW)
    assert (intent.intent, intent.confidence, intent.source) == ("weather", 0.5, "model")


async def test_a_models_time_that_the_words_contradict_is_not_sure():
    said = {"type": "relative", "datetime": "2026-11-25T12:00:00+01:00", "readable_time": "noon", "confidence": 0.9}
    assert (await extract_time(Says(json.dumps(said)), "in 2 hours", now=NOW)).confidence == 0.5


@pytest.mark.parametrize("moment", ["noon", "2026-11-24T12:00:00", 12])
async def test_a_moment_without_an_offset_is_no_moment(moment: object):
    found = await extract_time(Says(json.dumps({"type": "absolute", "datetime": moment})), "in 2 hours", now=NOW)
    assert (found.datetime, found.source) == ("2026-11-24T12:00:00+01:00", "keyword")


async def test_the_model_is_told_the_present_and_its_zone():
    said = Says("")
    await extract_time(said, "in 2 hours", now=NOW)
    assert "2026-11-24T10:00+01:00 (CET)" in said.prompts[0].messages[0]["content"]


def test_without_a_shape_the_keyword_link_says_what_it_is():
    prompt = Prompt.of("Wake me up tomorrow at 7 AM", extra={"metadata": {"now": NOW.isoformat()}})
    assert respond(prompt) == (
        "No AI model could be reached, so this is a keyword analysis of your message: "
        "you seem to want: wake up call, tomorrow (Wed 25 Nov 2026) at 7:00 AM."
    )


def test_an_object_nested_without_end_is_no_object():
    assert read_object('{"a":' * 20_000) is None


def test_an_object_is_found_among_prose_and_broken_braces():
    assert read_object('Well { not this } but {"a": {"b": 1}} and so on') == {"a": {"b": 1}}
