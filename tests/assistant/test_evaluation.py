"""Measuring a model and words on the same examples."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import datetime
from itertools import count

import pytest

from jarvis_ai.assistant.evaluation import AT_A_TIME, Evaluation, calls_for, measure_model, measure_words
from jarvis_ai.assistant.examples import Example
from jarvis_ai.assistant.scores import GoldTime
from jarvis_ai.domain import Completion, Prompt
from tests.assistant.models import NOW, Says

NOON = GoldTime("relative", datetime.fromisoformat("2026-11-24T12:00"))
RING = Example(2, "Ring Ana in 2 hours", NOW, "make_call", NOON)
CALL = '{"intent": "make_call", "confidence": 0.9, "entities": {}}'
TWELVE = json.dumps({"type": "relative", "datetime": "2026-11-24T12:00:00+01:00", "confidence": 0.8})


@pytest.mark.anyio
async def test_a_model_is_asked_for_all_that_is_to_be_judged():
    model = Says(CALL, TWELVE)
    measured = await measure_model(model.asker, RING, timer=count(0.0, 0.5).__next__)
    assert [judged.right for judged in (measured.judged_intent, measured.judged_time) if judged] == [True, True]
    assert (measured.seconds, measured.method, measured.by_words) == (0.5, "model", False)
    assert model.tags == ["intent_v2", "time_v2"]


@pytest.mark.anyio
async def test_what_is_not_to_be_judged_is_not_asked():
    model = Says(CALL)
    measured = await measure_model(model.asker, Example(2, "Ring Ana", NOW, "make_call"))
    assert (measured.time, measured.judged_time, len(model.prompts)) == (None, None, 1)


@pytest.mark.anyio
async def test_the_calls_are_known_beforehand_with_the_longest_prompt_of_each_kind():
    short = Example(3, "Ring Ana", NOW, "make_call")
    ((intent, intents), (moment, times)) = calls_for([short, RING, short], Says("").asker)
    assert (intent.text, intents, moment.text, times) == (RING.text, 3, RING.text, 1)


def test_words_alone_cost_nothing():
    measured = measure_words(RING)
    assert (measured.by_words, measured.cost.nanos) == (True, 0)
    assert measured.judged_time is not None and measured.judged_time.right


@pytest.mark.anyio
async def test_a_row_of_the_export_has_what_was_right_and_what_was_said():
    row = (await measure_model(Says("nonsense").asker, RING)).as_row()
    assert (row["row"], row["method"], row["source"]) == (2, "model", "keyword")
    assert (row["right_intent"], row["intent"], row["intent_is_right"]) == ("make_call", "make_call", True)
    assert (row["right_datetime"], row["datetime"]) == ("2026-11-24T12:00:00", "2026-11-24T12:00:00+01:00")
    assert "could not be used" in row["note"]
    assert json.loads(json.dumps(row)) == row


def examples(number: int) -> list[Example]:
    return [Example(row, "Ring Ana", NOW, "make_call") for row in range(2, 2 + number)]


def test_an_evaluation_goes_on_step_by_step_until_every_example_was_measured_in_order():
    evaluation = Evaluation(examples(AT_A_TIME + 2), Says(CALL).asker)
    evaluation.advance()
    assert (len(evaluation.measured), evaluation.over) == (AT_A_TIME, False)
    evaluation.advance()
    assert [measured.example for measured in evaluation.measured] == evaluation.examples
    assert (evaluation.over, evaluation.share) == (True, 1.0)


def test_one_that_was_stopped_asks_nothing_more_and_keeps_what_it_has():
    model = Says(CALL)
    evaluation = Evaluation(examples(AT_A_TIME * 2), model.asker)
    evaluation.advance()
    evaluation.stop()
    evaluation.advance()
    assert (len(model.prompts), evaluation.over, evaluation.share) == (AT_A_TIME, True, 0.5)


class NeverAnswers(Says):
    """A model that answers the first question alone; says when all are asked, and how many were cancelled."""

    def __init__(self) -> None:
        super().__init__(CALL)
        self.all_asked = threading.Event()
        self.cancelled = 0

    async def ask(self, prompt: Prompt, tag: str) -> Completion:
        answer = await super().ask(prompt, tag)
        if len(self.prompts) == 1:
            return answer
        if len(self.prompts) == AT_A_TIME:
            self.all_asked.set()
        try:
            return await asyncio.Future()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def test_a_stop_cancels_what_is_under_way_and_keeps_what_had_answered():
    model = NeverAnswers()
    evaluation = Evaluation(examples(AT_A_TIME * 2), model.asker)
    asking = threading.Thread(target=evaluation.advance)
    asking.start()
    assert model.all_asked.wait(10)
    evaluation.stop()
    asking.join(10)
    assert (model.cancelled, len(evaluation.measured), evaluation.over) == (AT_A_TIME - 1, 1, True)


def test_two_threads_that_go_on_at_once_ask_about_no_example_twice():
    model = Says(CALL)
    evaluation = Evaluation(examples(AT_A_TIME * 4), model.asker)
    threads = [threading.Thread(target=evaluation.advance) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [measured.example for measured in evaluation.measured] == evaluation.examples
    assert len(model.prompts) == AT_A_TIME * 4
