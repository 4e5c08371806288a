"""How good intents and times are, counted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jarvis_ai.assistant.scores import (
    GoldTime,
    IntentScore,
    JudgedIntent,
    JudgedTime,
    TimeScore,
    calibration_error,
    is_right,
    on_the_wall,
    score_intents,
    score_times,
)

SEVEN, NINETEEN = map(datetime.fromisoformat, ("2026-11-25T07:00", "2026-11-25T19:00"))


def test_small_talk_and_what_nobody_understands_are_one():
    score = score_intents([JudgedIntent("unknown", "general_chat", 0.5), JudgedIntent("general_chat", "unknown", 0.5)])
    assert (score.accuracy, score.chat, score.chat_kept) == (1.0, 2, 2)


def test_a_command_that_nobody_asked_for_is_worse_than_none():
    judged = [
        JudgedIntent("weather", "weather", 0.9),
        JudgedIntent("weather", "unknown", 0.9),
        JudgedIntent("weather", "cancel", 0.9),
        JudgedIntent("unknown", "cancel", 0.9),
    ]
    score = score_intents(judged)
    assert (score.rows, score.right, score.wrong_commands, score.chat, score.chat_kept) == (4, 1, 2, 1, 0)
    assert score.confusion == {
        ("weather", "weather"): 1,
        ("weather", "general_chat"): 1,
        ("weather", "cancel"): 1,
        ("general_chat", "cancel"): 1,
    }


def test_who_is_right_as_often_as_they_say_has_no_calibration_error():
    sure = [JudgedIntent("cancel", "cancel", 0.75)] * 3 + [JudgedIntent("cancel", "weather", 0.75)]
    assert calibration_error(sure) == 0
    assert calibration_error([JudgedIntent("cancel", "weather", 1.0)]) == 1.0
    mixed = [JudgedIntent("cancel", "cancel", 0.95), JudgedIntent("cancel", "weather", 0.15)]
    assert calibration_error(mixed) == pytest.approx((0.05 + 0.15) / 2)


def test_nothing_has_no_shares():
    assert score_intents([]) == IntentScore()
    assert IntentScore().accuracy is None
    assert score_times([]) == TimeScore()


@pytest.mark.parametrize(
    ("said", "grain", "right"),
    [
        ("2026-11-25T07:00:59", "minute", True),
        ("2026-11-25T07:01", "minute", False),
        ("2026-11-25T23:00", "day", True),
        ("2026-11-26T07:00", "day", False),
        ("2026-12-01T23:00", "week", True),
        ("2026-11-24T07:00", "week", False),
        ("2026-12-02T00:00", "week", False),
        ("2026-11-01T00:00", "month", True),
        ("2027-11-25T00:00", "month", False),
        ("2026-10-01T00:00", "quarter", True),
        ("2026-09-30T00:00", "quarter", False),
        ("2026-01-01T00:00", "year", True),
    ],
)
def test_a_moment_is_right_as_closely_as_it_was_named(said: str, grain: str, right: bool):
    assert is_right(datetime.fromisoformat(said), SEVEN, grain) is right


def test_times_are_counted_by_what_they_name():
    seven = GoldTime("absolute", SEVEN, (NINETEEN,))
    score = score_times(
        [
            JudgedTime(seven, SEVEN, "absolute"),
            JudgedTime(seven, NINETEEN, "relative"),
            JudgedTime(seven, None, "none"),
            JudgedTime(GoldTime("absolute", SEVEN, grain="day"), NINETEEN, "absolute"),
            JudgedTime(GoldTime("none"), SEVEN, "absolute"),
            JudgedTime(GoldTime("none"), None, "none"),
            JudgedTime(GoldTime("duration"), None, "duration"),
        ]
    )
    assert score == TimeScore(
        moments=4, right=3, strictly_right=2, clocked=3, clocked_right=2, without=2, false_positives=1,
        typed=5, type_right=3,
    )  # fmt: skip


def test_where_only_the_type_is_known_it_alone_decides():
    assert JudgedTime(GoldTime("duration"), None, "duration").right
    assert not JudgedTime(GoldTime("recurring"), SEVEN, "absolute").right


def test_moments_are_compared_on_the_callers_wall():
    now = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    assert on_the_wall("2026-11-25T06:00:00+00:00", now) == SEVEN
    assert on_the_wall(None, now) is None
