"""Times without a model: what holds for every text, every zone and every moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.assistant.results import INTENTS, TIME_TYPES
from jarvis_ai.assistant.times import extract
from jarvis_ai.assistant.times.normal import normalise

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "UTC",
]
EARLIEST, LATEST = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2060-01-01")
PRESENTS = st.builds(
    lambda moment, zone: moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)),
    st.datetimes(EARLIEST, LATEST),
    st.sampled_from(ZONES),
)
TIME_WORDS = """
in after for from to at every other day weekday monday feb 30 0 1.5 99999999999999999999 2026-02-30 9999-12-31 25:00
13pm
hours weeks tomorrow noon later and half an second daily of the 5th last next first week month year end until through -
/ 12/24 night morning midnight past quarter ago before christmas q1 31st february 29 decade century rest days 100000
years mondays starting once all 1h30m 24:00 @ now + 1/2 a couple few on this weekend between eoy did move 3pm est ² ٣ ﷺ
<D0> <C99>
"""


def is_sound(moment: str | None) -> bool:
    return moment is None or datetime.fromisoformat(moment).utcoffset() is not None


@given(
    st.one_of(st.text(max_size=80), st.lists(st.sampled_from(TIME_WORDS.split()), max_size=9).map(" ".join)),
    PRESENTS,
    st.one_of(st.none(), st.sampled_from(list(INTENTS))),
)
def test_any_text_has_a_type_a_confidence_and_moments_with_their_offset(text: str, now: datetime, intent: str | None):
    found = extract(text, now, intent=intent)
    assert found.type in TIME_TYPES
    assert 0 <= found.confidence <= 1
    assert all(map(is_sound, (found.datetime, found.end, *found.alternatives)))
    assert found.datetime not in found.alternatives
    assert (found.recurrence is not None) == (found.type == "recurring")
    assert found.end is None or datetime.fromisoformat(found.end) > datetime.fromisoformat(found.datetime or "")


@pytest.mark.parametrize("year", [1, 9999])
@given(words=st.lists(st.sampled_from(TIME_WORDS.split()), max_size=6))
def test_the_ends_of_the_calendar_are_no_reason_to_fail(year: int, words: list[str]):
    assert extract(" ".join(words), datetime(year, 6, 1, tzinfo=ZoneInfo("Asia/Tokyo"))).type in TIME_TYPES


CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59))


@given(PRESENTS, CLOCKS)
def test_a_time_of_the_day_is_the_next_one_on_the_wall_s_clock(now: datetime, clock: tuple[int, int]):
    hour, minute = clock
    words = f"{hour % 12 or 12}:{minute:02d} {'am' if hour < 12 else 'pm'}"
    found = datetime.fromisoformat(extract(f"wake me at {words}", now).datetime or "")
    assert timedelta() < found - now <= timedelta(hours=26)


@given(PRESENTS, st.dates(EARLIEST.date(), LATEST.date()), st.integers(13, 23))
def test_a_date_and_time_that_are_written_out_are_read_as_they_are(now: datetime, day: datetime, hour: int):
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%m/%d/%Y", "%A %d %B %Y"):
        found = extract(f"on {day:{form}} at {hour}:45", now).datetime or ""
        expected = datetime(day.year, day.month, day.day, hour, 45, tzinfo=now.tzinfo).astimezone(UTC)
        assert datetime.fromisoformat(found) == expected, form


@given(PRESENTS, st.sampled_from(["day", "week"]), st.integers(1, 500))
def test_days_ahead_are_days_on_the_wall_s_clock(now: datetime, unit: str, count: int):
    found = datetime.fromisoformat(extract(f"in {count} {unit}s", now).datetime or "")
    days = count * {"day": 1, "week": 7}[unit]
    assert found.date() == (now + timedelta(days=days)).date() or found - now >= timedelta(days=days)


@given(PRESENTS, st.integers(1, 5000))
def test_minutes_ahead_are_minutes_of_the_world(now: datetime, count: int):
    for words in (f"in {count} minutes", f"{count} minutes from now", f"{count}min hence"):
        found = datetime.fromisoformat(extract(words, now).datetime or "")
        assert found - now == timedelta(minutes=count) - timedelta(microseconds=now.microsecond)


RECURRING = ["every day at 9 am", "every other friday at noon", "each month on the 31st at 8 pm", "weekdays at 7 am"]


@given(PRESENTS, st.sampled_from(RECURRING))
def test_what_comes_again_begins_in_the_future(now: datetime, words: str):
    found = extract(f"remind me {words}" if "weekdays" not in words else f"on {words}", now)
    assert datetime.fromisoformat(found.datetime or "") > now


GAP = datetime(2027, 3, 27, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
TWICE = datetime(2027, 10, 30, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_time_that_the_clocks_leave_out_is_moved_past_the_gap_and_less_sure():
    found = extract("tomorrow at 2:30 AM", GAP)
    assert (found.datetime, found.confidence) == ("2027-03-28T03:30:00+02:00", 0.6)


def test_a_time_that_the_clocks_show_twice_carries_both():
    found = extract("tomorrow at 2:30 AM", TWICE)
    assert (found.datetime, found.alternatives) == ("2027-10-31T02:30:00+02:00", ("2027-10-31T02:30:00+01:00",))
    assert found.confidence == 0.6


def test_an_appointment_across_a_change_of_clock_lasts_as_long_as_was_said():
    found = extract("tomorrow at 1 AM for 3 hours", GAP)
    assert (found.datetime, found.end) == ("2027-03-28T01:00:00+01:00", "2027-03-28T05:00:00+02:00")


def test_a_zone_that_is_named_is_told_in_the_caller_s():
    assert extract("tomorrow at 3 pm Eastern", GAP).datetime == "2027-03-28T21:00:00+02:00"


ODD = (
    *(
        "1 ",
        "9",
        "a",
        "😀",
        "שלום ",
        "monday ",
        "every ",
        "at 5 ",
        "twenty ",
        "1 hour ",
        "1:",
        "1/",
        "-",
        "the 5th of ",
    ),
    *("from 5 to 6 ", "did ", "ﷺ", "<D0>", "12-", "half ", "in the ", "o'", "jan 5 ", "move to 5 ", "sat "),
)


@pytest.mark.parametrize("piece", ODD)
def test_a_long_and_odd_text_is_read_to_its_end(piece: str):
    text = piece * (10_000 // len(piece))
    assert extract(text, GAP).type in TIME_TYPES
    assert len(normalise(text)) <= 20_000


WORDS_AND_DIGITS = [
    ("six thirty", "6 30"),
    ("twenty-second", "20 second"),
    ("the twenty-second of may", "the 22nd of may"),
    ("nineteen hundred ninety three", "1993"),
    ("two thousand and seventeen", "2017"),
    ("one thousand one hundred", "1100"),
    ("seven oh five", "7 05"),
    ("march twentieth two thousand", "march 20th 2000"),
    ("that one", "that one"),
    ("at one", "at 1"),
    ("5 P . M", "5pm"),
    ("9pnm", "9pm"),
    ("half an hour", "30 minute"),
    ("2 and a half hours", "2.5 hour"),
    ("tues & thurs", "tuesday & thursday"),
    ("tomarow", "tomorrow"),
    ("tursday", "thursday"),
    ("wednsday", "wednesday"),
    ("mrach 3", "march 3"),
    ("toady", "today"),
    ("mourning", "mourning"),
    ("sundry", "sundry"),
    ("matches", "matches"),
    ("14april", "14 april"),
]


@pytest.mark.parametrize(("written", "normal"), WORDS_AND_DIGITS)
def test_there_is_one_way_of_writing(written: str, normal: str):
    assert normalise(written) == normal
