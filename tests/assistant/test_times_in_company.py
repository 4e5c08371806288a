"""Times beside what is none: names of things, quantities, what is denied, other times and the talk around them."""

from __future__ import annotations

import pytest

from tests.assistant.test_times import moment, read

NAMES_OF_THINGS = [
    ('Put "Tea at 4 Gables" down for Friday at 2', "2026-11-27T14:00"),
    ("Put “90 Days On” in for Friday at 9pm", "2026-11-27T21:00"),
    ("Plan Sunday roast shopping on Saturday at 10 am", "2026-11-28T10:00"),
    ("Plan the Christmas play rehearsal for December 12th, 5 to 6 pm", "2026-12-12T17:00"),
    ("Put the Tuesday club on Thursday at 4 pm", "2026-11-26T16:00"),
    ("Friday remind me of the fair on Sunday", "2026-11-27T09:00"),
    ("Play Monday Monday by the band", ""),
    ("Please play my Sunday morning playlist", ""),
    ("Open the evening news", ""),
    ("Put on some music tonight", "2026-11-24T20:00"),
    ("Play something quiet at 9 pm", "2026-11-24T21:00"),
]


@pytest.mark.parametrize(("words", "expected"), NAMES_OF_THINGS)
def test_the_name_of_a_thing_gives_way_to_the_time_that_is_told(words: str, expected: str):
    assert moment(words) == expected


SEVERAL = [
    ("Alarms for 5, 5:20 and 5:40 am", "2026-11-25T05:00"),
    ("Can we talk at 2 or 3 pm?", "2026-11-24T14:00"),
    ("Not at 5 pm, make it 6 pm", "2026-11-24T18:00"),
    ("Not on Thursday but on Friday", "2026-11-27T09:00"),
    ("An hour before my train at 6 pm", "2026-11-24T17:00"),
    ("Ten minutes before the talk at noon", "2026-11-24T11:50"),
    ("A day before the test on Friday", "2026-11-26T09:00"),
    ("The Friday before Christmas", "2026-12-18T09:00"),
    ("The Monday after Christmas", "2026-12-28T09:00"),
    ("The Wednesday before last", "2026-11-11T09:00"),
    ("A week on Friday", "2026-12-04T09:00"),
    ("A fortnight tomorrow", "2026-12-09T09:00"),
    ("Saturday week at 3 pm", "2026-12-05T15:00"),
    ("Fortnight from Monday", "2026-12-14T09:00"),
]


@pytest.mark.parametrize(("words", "expected"), SEVERAL)
def test_of_several_times_the_one_that_is_meant_is_read(words: str, expected: str):
    assert moment(words) == expected


WRITTEN = [
    ("Wake me at oh six hundred", "2026-11-25T06:00"),
    ("Meet at 16:00 hrs", "2026-11-24T16:00"),
    ("At two thirty o'clock", "2026-11-24T14:30"),
    ("Drop the ten fifteen meeting", "2026-11-24T10:15"),
    ("Tomorrow 10-11 optician", "2026-11-25T10:00"),
    ("Optician 12-4 at 9:30 am", "2026-12-04T09:30"),
    ("Piano Thursday 4 30", "2026-11-26T16:30"),
    ("Plan a meeting on Friday for 4 and tell Omar", "2026-11-27T16:00"),
    ("Cards on Friday from 8 until midnight", "2026-11-27T20:00"),
    ("Make it 2", "2026-11-24T14:00"),
    ("Seats for the nine fifteen show tonight", "2026-11-24T21:15"),
    ("The late shift tomorrow is 2 to 10", "2026-11-25T14:00"),
    ("Poker at 8 on Saturday", "2026-11-28T20:00"),
    ("A trim for sat around 11", "2026-11-28T11:00"),
    ("Get me up by 6", "2026-11-25T06:00"),
    ("How warm will the temperature be at 6 tonight?", "2026-11-24T18:00"),
    ("Clear my afternoon", "2026-11-24T15:00"),
    ("The weekend after next", "2026-12-12T00:00"),
    ("Brunch on Mother's Day at 11", "2027-05-09T11:00"),
    ("Is the shop shut on Presidents' Day?", "2027-02-15T09:00"),
]


@pytest.mark.parametrize(("words", "expected"), WRITTEN)
def test_a_time_is_read_however_it_stands_in_a_sentence(words: str, expected: str):
    assert moment(words) == expected


POLITE = [
    ("I was wondering if you could book the court for Friday", "2026-11-27T09:00"),
    ("We were hoping to eat on Saturday at 7", "2026-11-28T19:00"),
    ("I was supposed to swim on Thursday at 3", "2026-11-26T15:00"),
    ("I've got the plumber coming on Friday at 2", "2026-11-27T14:00"),
]


@pytest.mark.parametrize(("words", "expected"), POLITE)
def test_a_polite_or_reported_wish_is_no_story_of_the_past(words: str, expected: str):
    assert moment(words) == expected


QUANTITIES = [
    "Read me the daily digest",
    "Add 3/4 cup of oats",
    "We are open 24/7",
    "Half is 1/2 of it",
    "What is 12 divided by 4?",
    "Count from 1 to 10",
    "On a scale from 1 to 10",
    "The odds are 20 to 1",
    "How many minutes are in an hour?",
    "How many weeks in a year?",
    "I sit in seat 12a",
    "We looked at 3 houses",
    "Go to 12 May Street",
    "We met at 10 Elm Road",
    "How hot is the sun",
    "Songs from 2004",
]


@pytest.mark.parametrize("words", QUANTITIES)
def test_a_quantity_or_an_address_is_no_time(words: str):
    assert moment(words) == ""


RECURRING = [
    ("Plan a weekly call on Thursday at 2", "FREQ=WEEKLY"),
    ("Biweekly lunch with Dana starting next Monday", "FREQ=WEEKLY;INTERVAL=2"),
    ("Set up a monthly check on the 3rd at 10 am", "FREQ=MONTHLY"),
    ("Weeknights at 9", "FREQ=WEEKLY"),
    ("Set up a daily digest at 8 am", "FREQ=DAILY"),
    ("Rent is due every first of the month", "FREQ=MONTHLY"),
]


@pytest.mark.parametrize(("words", "rule"), RECURRING)
def test_what_is_to_come_again_says_so_before_or_after_its_day(words: str, rule: str):
    assert (read(words).recurrence or "").startswith(rule)
