"""A model's time beside the local parser's."""

from __future__ import annotations

from dataclasses import replace

from jarvis_ai.assistant.agreement import CONTRADICTED, OF_TWO_READINGS, checked
from jarvis_ai.assistant.results import NO_TIME, TimeInfo
from tests.assistant.models import NOW

SEVEN, NINETEEN = "2026-11-25T07:00:00+01:00", "2026-11-25T19:00:00+01:00"
MODEL = TimeInfo("absolute", "tomorrow at seven", SEVEN, confidence=0.95, source="model")
LOCAL = TimeInfo("absolute", "tomorrow at seven", SEVEN, confidence=0.9)


def test_two_that_agree_keep_the_models_confidence():
    assert checked(MODEL, LOCAL, NOW) == MODEL


def test_they_agree_to_the_minute_and_in_any_zone():
    elsewhere = replace(MODEL, datetime="2026-11-25T06:00:42+00:00")
    assert checked(elsewhere, LOCAL, NOW) == elsewhere


def test_a_time_that_the_words_contradict_is_not_sure_and_carries_the_other_reading():
    found = checked(MODEL, replace(LOCAL, datetime=NINETEEN), NOW)
    assert (found.datetime, found.confidence, found.alternatives) == (SEVEN, CONTRADICTED, (NINETEEN,))
    assert found.note == ("Model and local parser disagree: the parser reads tomorrow (Wed 25 Nov 2026) at 7:00 PM.")


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
