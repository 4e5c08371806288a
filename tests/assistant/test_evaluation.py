"""Measuring a model and words on the same examples."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import count

import pytest

from jarvis_ai.assistant.evaluation import AT_A_TIME, Evaluation, calls_for, measure_model, measure_words
from jarvis_ai.assistant.examples import Example
from jarvis_ai.assistant.scores import GoldTime
from tests.assistant.models import NOW, Says

pytestmark = pytest.mark.anyio

NOON = GoldTime("relative", datetime.fromisoformat("2026-11-24T12:00"))
RING = Example(2, "Ring Ana in 2 hours", NOW, "make_call", NOON)
CALL = '{"intent": "make_call", "confidence": 0.9, "entities": {}}'
TWELVE = json.dumps({"type": "relative", "datetime": "2026-11-24T12:00:00+01:00", "confidence": 0.8})


async def test_a_model_is_asked_for_all_that_is_to_be_judged():
    model = Says(CALL, TWELVE)
    measured = await measure_model(model.asker, RING, timer=count(0.0, 0.5).__next__)
    assert [judged.right for judged in (measured.judged_intent, measured.judged_time) if judged] == [True, True]
    assert (measured.seconds, measured.method, measured.by_words) == (0.5, "model", False)
    assert model.tags == ["intent_v2", "time_v2"]


async def test_what_is_not_to_be_judged_is_not_asked():
    model = Says(CALL)
    measured = await measure_model(model.asker, Example(2, "Ring Ana", NOW, "make_call"))
    assert (measured.time, measured.judged_time, len(model.prompts)) == (None, None, 1)


async def test_the_calls_are_known_beforehand_with_the_longest_prompt_of_each_kind():
    short = Example(3, "Ring Ana", NOW, "make_call")
    ((intent, intents), (moment, times)) = calls_for([short, RING, short], Says("").asker)
    assert (intent.text, intents, moment.text, times) == (RING.text, 3, RING.text, 1)


def test_words_alone_cost_nothing():
    measured = measure_words(RING)
    assert (measured.by_words, measured.cost.nanos) == (True, 0)
    assert measured.judged_time is not None and measured.judged_time.right


async def test_a_row_of_the_export_has_what_was_right_and_what_was_said():
    row = (await measure_model(Says("nonsense").asker, RING)).as_row()
    assert (row["row"], row["method"], row["source"]) == (2, "model", "keyword")
    assert (row["right_intent"], row["intent"], row["intent_is_right"]) == ("make_call", "make_call", True)
    assert (row["right_datetime"], row["datetime"]) == ("2026-11-24T12:00:00", "2026-11-24T12:00:00+01:00")
    assert "could not be used" in row["note"]
    assert json.loads(json.dumps(row)) == row


async def test_an_evaluation_goes_on_step_by_step_and_keeps_what_it_has_when_stopped():
    examples = [Example(number, "Ring Ana", NOW, "make_call") for number in range(2, 2 + AT_A_TIME * 2 + 1)]
    evaluation = Evaluation(examples, Says(CALL).asker)
    await evaluation.step()
    assert (len(evaluation.measured), evaluation.over) == (AT_A_TIME, False)
    evaluation.stop()
    assert (evaluation.over, evaluation.share) == (True, AT_A_TIME / len(examples))


async def test_an_evaluation_is_over_when_every_example_was_measured_in_order():
    examples = [Example(number, "Ring Ana", NOW, "make_call") for number in range(2, 2 + AT_A_TIME + 2)]
    evaluation = Evaluation(examples, Says(CALL).asker)
    while not evaluation.over:
        await evaluation.step()
    assert [measured.example for measured in evaluation.measured] == examples
