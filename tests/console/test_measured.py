"""What a measurement came to, as the page and its files say it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime

from jarvis_ai.assistant.evaluation import Measured
from jarvis_ai.assistant.examples import Example
from jarvis_ai.assistant.results import Intent, TimeInfo
from jarvis_ai.assistant.scores import GoldTime, score_intents
from jarvis_ai.console import measured
from jarvis_ai.domain import UNKNOWN_COST
from jarvis_ai.engine.costs import NOTHING
from tests.assistant.models import NOW

SEVEN = "2026-11-25T07:00:00+01:00"
GOLD = GoldTime("absolute", datetime.fromisoformat("2026-11-25T07:00"))
RIGHT = Measured(
    Example(2, "Wake me at 7", NOW, "wake_up_call", GOLD),
    "keyword",
    Intent.of("wake_up_call", 0.9, {}, "keyword"),
    TimeInfo("absolute", "tomorrow", SEVEN, confidence=0.8),
    0.0001,
    NOTHING,
)
SURE = replace(RIGHT, intent=Intent.of("cancel", 0.95, {}, "keyword"))
UNSURE = replace(RIGHT, time=TimeInfo("none", confidence=0.3, note="odd"))


def test_the_figures_are_said_as_people_read_them():
    figures = measured.figures([RIGHT, SURE])
    assert (figures["Intent right"], figures["Wrong command"], figures["Time right"]) == ("50.0%", "50.0%", "100.0%")
    assert (figures["Median time a message"], figures["Cost"]) == ("0.10 ms", "$0.00")
    assert figures["Small talk left alone"] == "–"


def test_a_cost_that_is_not_known_is_not_nothing():
    assert measured.figures([RIGHT, replace(RIGHT, cost=UNKNOWN_COST)])["Cost"] == "unknown"


def test_the_surest_miss_is_the_worst():
    table = measured.misses([RIGHT, UNSURE, SURE])
    assert table[["Right", "Said", "Note"]].to_numpy().tolist() == [
        ["wake_up_call", "cancel", ""],
        ["2026-11-25T07:00:00", "none", "odd"],
    ]
    assert measured.misses([RIGHT]).empty


def test_the_confusion_has_a_cell_for_each_pair():
    score = score_intents([each.judged_intent for each in (RIGHT, SURE) if each.judged_intent])
    spec = measured.confusion(score).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert [(row["right"], row["said"], row["verdict"]) for row in rows] == [
        ("wake_up_call", "wake_up_call", "right"),
        ("wake_up_call", "cancel", "wrong"),
    ]


def test_no_cell_of_the_file_is_a_formula():
    odd = replace(RIGHT, example=replace(RIGHT.example, text='=HYPERLINK("http://x")'))
    (row,) = csv.DictReader(io.StringIO(measured.as_csv([odd]).decode()))
    assert row["text"] == '\'=HYPERLINK("http://x")'
    assert (row["datetime"], row["intent_is_right"]) == (SEVEN, "True")


def test_the_other_file_has_figures_and_rows_of_each_method():
    document = json.loads(measured.as_json({"keyword": [RIGHT, SURE]}))
    assert document["keyword"]["figures"]["Intent right"] == "50.0%"
    assert [row["intent"] for row in document["keyword"]["rows"]] == ["wake_up_call", "cancel"]
