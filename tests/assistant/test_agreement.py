"""A model's time beside the local parser's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jarvis_ai.assistant.agreement import CONTRADICTED, OF_TWO_READINGS, checked
from jarvis_ai.assistant.results import NO_TIME, TimeInfo
from tests.assistant.models import NOW

SEVEN, NINETEEN = "2026-11-25T07:00:00+01:00", "2026-11-25T19:00:00+01:00"
MODEL = TimeInfo("absolute", "tomorrow (Wed 25 Nov 2026) at 7:00 AM", SEVEN, confidence=0.95, source="model")
LOCAL = TimeInfo("absolute", "tomorrow (Wed 25 Nov 2026) at 7:00 AM", SEVEN, confidence=0.9)


def test_two_that_agree_keep_the_models_confidence():
    assert checked(MODEL, LOCAL, NOW) == MODEL


def test_they_agree_to_the_minute_and_in_any_zone():
    assert checked(replace(MODEL, datetime="2026-11-25T06:00:42+00:00"), LOCAL, NOW) == MODEL
    assert checked(replace(MODEL, datetime="2026-11-25T06:01:00+00:00"), LOCAL, NOW).confidence == CONTRADICTED


def test_what_the_words_name_no_closer_than_a_day_is_any_hour_of_it_and_the_usual_one_is_kept():
    local = replace(LOCAL, readable_time="tomorrow", datetime="2026-11-25T09:00:00+01:00", precision="day")
    found = checked(replace(MODEL, datetime="2026-11-25T00:00:00+01:00"), local, NOW)
    assert found == replace(local, confidence=0.95, source="model")
    assert checked(replace(MODEL, datetime="2026-11-26T00:00:00+01:00"), local, NOW).confidence == CONTRADICTED


@pytest.mark.parametrize(
    ("precision", "first", "last", "beyond"),
    [
        ("part", "2026-12-07T00:00", "2026-12-07T23:00", "2026-12-08T00:00"),
        ("weekend", "2026-12-07T00:00", "2026-12-13T23:00", "2026-12-14T00:00"),
        ("week", "2026-12-07T00:00", "2026-12-13T23:00", "2026-12-14T00:00"),
        ("month", "2026-12-01T00:00", "2026-12-31T23:00", "2027-01-01T00:00"),
        ("quarter", "2026-10-01T00:00", "2026-12-31T23:00", "2027-01-01T00:00"),
        ("year", "2026-01-01T00:00", "2026-12-31T23:00", "2027-01-01T00:00"),
    ],
)
def test_they_agree_as_closely_as_the_words_name_it(precision: str, first: str, last: str, beyond: str):
    local = replace(LOCAL, type="range", datetime="2026-12-07T00:00:00+01:00", precision=precision)
    said = [replace(MODEL, type="range", datetime=f"{moment}:00+01:00") for moment in (first, last, beyond)]
    assert [checked(each, local, NOW).note == "" for each in said] == [True, True, False]


def test_a_type_of_the_models_own_is_kept_beside_the_moment():
    found = checked(replace(MODEL, type="relative"), replace(LOCAL, alternatives=(NINETEEN,)), NOW)
    assert (found.type, found.confidence, found.alternatives) == ("relative", 0.95, (NINETEEN,))


def test_a_time_that_the_words_contradict_is_not_sure_and_carries_the_other_reading():
    found = checked(MODEL, replace(LOCAL, readable_time="seven in the evening", datetime=NINETEEN), NOW)
    assert (found.datetime, found.confidence, found.alternatives) == (SEVEN, CONTRADICTED, (NINETEEN,))
    assert found.note == "Model and local parser disagree: the parser reads seven in the evening."


def test_a_time_where_the_parser_finds_none_is_not_sure():
    found = checked(MODEL, NO_TIME, NOW)
    assert (found.confidence, found.alternatives) == (CONTRADICTED, ())
    assert found.note.endswith("the parser reads no time.")


def test_no_time_where_the_parser_finds_one_carries_it():
    found = checked(TimeInfo("none", "no time mentioned", confidence=0.9, source="model"), LOCAL, NOW)
    assert (found.datetime, found.confidence, found.alternatives) == (None, CONTRADICTED, (SEVEN,))


def test_the_second_reading_of_ambiguous_words_is_less_sure_than_the_first():
    local = replace(LOCAL, datetime=NINETEEN, alternatives=(SEVEN,))
    found = checked(MODEL, local, NOW)
    assert (found.confidence, found.alternatives) == (OF_TWO_READINGS, (NINETEEN,))
    assert "second reading" in found.note
    assert checked(replace(MODEL, datetime=NINETEEN), local, NOW).confidence == 0.95


def test_a_doubt_is_never_made_smaller():
    assert checked(replace(MODEL, confidence=0.2), NO_TIME, NOW).confidence == 0.2


def test_a_rule_of_recurrence_that_the_model_left_out_is_taken_from_the_words():
    local = replace(LOCAL, type="recurring", recurrence="FREQ=WEEKLY;BYDAY=WE")
    found = checked(replace(MODEL, type="recurring"), local, NOW)
    assert (found.recurrence, found.confidence) == ("FREQ=WEEKLY;BYDAY=WE", 0.95)


def test_two_rules_that_differ_are_not_sure_but_their_order_does_not_matter():
    local = replace(LOCAL, type="recurring", recurrence="FREQ=WEEKLY;BYDAY=WE;INTERVAL=2")
    same = replace(MODEL, type="recurring", recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=WE")
    assert checked(same, local, NOW).confidence == 0.95
    for other in (replace(same, recurrence="FREQ=DAILY"), MODEL):
        found = checked(other, local, NOW)
        assert (found.confidence, "the recurrence FREQ=WEEKLY" in found.note) == (CONTRADICTED, True)
