"""What a message wants, and when, from its words alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.assistant.keyword import intent_of
from jarvis_ai.assistant.results import INTENTS, TIME_TYPES
from jarvis_ai.assistant.times import extract

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)  # a Tuesday


@pytest.mark.parametrize(("intent", "message"), [(intent, message) for intent, message in INTENTS.items()])
def test_each_intent_is_found_in_the_message_that_explains_it(intent: str, message: str):
    assert intent_of(message).intent == intent


PHRASES = [
    ("Please wake me up tomorrow at 7 in the morning", "wake_up_call"),
    ("What's new in my inbox?", "email_query"),
    ("When does my next meeting start?", "calendar_query"),
    ("What is on my to-do list?", "notes_todo"),
    ("Remind me in two hours to turn the oven off", "set_reminder"),
    ("Call Dana and ask to reschedule to Friday", "make_call"),
    ("Give me my digest", "daily_digest"),
    ("Make a reservation for four at 7 PM", "calendar_create"),
    ("Set a reminder for my appointment", "set_reminder"),
    ("Do I have unread e-mails?", "email_query"),
    ("Schedule a meeting with Omar tomorrow at 3 PM", "calendar_create"),
    ("Put eggs on the shopping list", "notes_todo"),
    ("I need an alarm at 6:30 AM on Monday", "wake_up_call"),
    ("Call me back in 15 minutes", "make_call"),
    ("Book a table next Friday at 3 PM", "calendar_create"),
    ("Remind me to take my medicine every day at 9 AM", "set_reminder"),
]


@pytest.mark.parametrize(("message", "intent"), PHRASES)
def test_common_requests_are_understood(message: str, intent: str):
    assert intent_of(message).intent == intent


TIMES = [
    ("tomorrow at 7 AM", "absolute", "2026-11-25T07:00:00+01:00"),
    ("in 2 hours", "relative", "2026-11-24T12:00:00+01:00"),
    ("in an hour and 30 minutes", "relative", "2026-11-24T11:30:00+01:00"),
    ("15 minutes from now", "relative", "2026-11-24T10:15:00+01:00"),
    ("in two weeks", "relative", "2026-12-08T10:00:00+01:00"),
    ("6:30 AM on Monday", "absolute", "2026-11-30T06:30:00+01:00"),
    ("next Friday at 3 PM", "absolute", "2026-11-27T15:00:00+01:00"),
    ("at 4:00 p.m.", "absolute", "2026-11-24T16:00:00+01:00"),
    ("at 9 am", "absolute", "2026-11-25T09:00:00+01:00"),
    ("at noon", "absolute", "2026-11-24T12:00:00+01:00"),
    ("on May 2nd", "absolute", "2027-05-02T09:00:00+02:00"),
    ("on 2026-12-24 at 18:00", "absolute", "2026-12-24T18:00:00+01:00"),
    ("wake me up at 7", "absolute", "2026-11-25T07:00:00+01:00"),
    ("dinner at 7", "absolute", "2026-11-24T19:00:00+01:00"),
    ("from 3 to 5 PM", "range", "2026-11-24T15:00:00+01:00"),
    ("every day at 9 AM", "recurring", "2026-11-25T09:00:00+01:00"),
    ("for twenty minutes", "duration", None),
    ("thank you", "none", None),
]


@pytest.mark.parametrize(("words", "kind", "moment"), TIMES)
def test_times_are_read_in_the_zone_of_the_caller(words: str, kind: str, moment: str | None):
    found = extract(words, NOW)
    assert (found.type, found.datetime) == (kind, moment)


@pytest.mark.parametrize(("kind", "words"), list(TIME_TYPES.items()))
def test_each_type_of_time_is_found_in_the_words_that_explain_it(kind: str, words: str):
    assert extract(words, NOW).type == kind


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("every day at 9", "FREQ=DAILY"),
        ("every Monday", "FREQ=WEEKLY;BYDAY=MO"),
        ("every other Friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("every weekday at 8", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("monthly", "FREQ=MONTHLY"),
    ],
)
def test_what_recurs_has_a_rule(words: str, rule: str):
    assert extract(words, NOW).recurrence == rule


def test_a_time_that_the_clocks_leave_out_is_moved_past_the_gap():
    night = datetime(2027, 3, 27, 22, 0, tzinfo=ZONE)
    assert extract("tomorrow at 2:30 AM", night).datetime == "2027-03-28T03:30:00+02:00"


def test_hours_ahead_are_hours_of_the_world_across_a_change_of_clock():
    night = datetime(2027, 3, 28, 1, 0, tzinfo=ZONE)
    assert extract("in 2 hours", night).datetime == "2027-03-28T04:00:00+02:00"


def test_the_time_is_said_in_words():
    assert extract("tomorrow at 7 AM", NOW).readable_time == "tomorrow (Wed 25 Nov 2026) at 7:00 AM"


TIME_WORDS = [
    "in", "after", "for", "from", "to", "at", "every", "other", "day", "weekday", "monday", "feb", "30", "0", "1.5",
    "99999999999999999999", "2026-02-30", "9999-12-31", "25:00", "13pm", "hours", "weeks", "tomorrow", "noon", "later",
    "and", "half an", "second", "daily", "of", "²", "٣",
]  # fmt: skip


@given(st.lists(st.sampled_from(TIME_WORDS), max_size=8))
def test_no_words_of_time_are_so_odd_that_reading_them_fails(words: list[str]):
    assert extract(" ".join(words), NOW).type in TIME_TYPES


def test_a_time_that_no_calendar_holds_is_none():
    assert extract("in 99999999999999999999 seconds", NOW).type == "none"


@given(st.text(max_size=80))
def test_no_message_is_so_odd_that_reading_it_fails(text: str):
    assert intent_of(text).intent in INTENTS
    assert extract(text, NOW).type in TIME_TYPES


@given(st.integers(1, 10_000))
def test_minutes_ahead_are_that_many_minutes_ahead(minutes: int):
    found = extract(f"in {minutes} minutes", NOW)
    assert datetime.fromisoformat(found.datetime or "") - NOW == timedelta(minutes=minutes)
