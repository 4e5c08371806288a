"""When a message means, from its words alone: days, hours, lengths, periods and what comes again."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jarvis_ai.assistant.results import TimeInfo
from jarvis_ai.assistant.times import extract

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)  # a Tuesday


def read(words: str, now: datetime = NOW, intent: str | None = None) -> TimeInfo:
    return extract(words, now, intent=intent)


def moment(words: str, now: datetime = NOW, intent: str | None = None) -> str:
    """The local time that was read, without its offset; nothing when none was."""
    return (read(words, now, intent).datetime or "")[:16]


SPELLINGS = [
    ("at 4:00 p.m.", "2026-11-24T16:00"),
    ("at 4 P.M.", "2026-11-24T16:00"),
    ("four p . m .", "2026-11-24T16:00"),
    ("4p", "2026-11-24T16:00"),
    ("at 1600", "2026-11-24T16:00"),
    ("16h00", "2026-11-24T16:00"),
    ("four thirty pm", "2026-11-24T16:30"),
    ("half past four in the afternoon", "2026-11-24T16:30"),
    ("a quarter to five in the afternoon", "2026-11-24T16:45"),
    ("twenty past four pm", "2026-11-24T16:20"),
    ("five o'clock in the evening", "2026-11-24T17:00"),
    ("noon", "2026-11-24T12:00"),
    ("tonight at 8", "2026-11-24T20:00"),
    ("2nite at 8", "2026-11-24T20:00"),
    ("tmrw at 8am", "2026-11-25T08:00"),
    ("2moro 8am", "2026-11-25T08:00"),
    ("tommorow at 8 am", "2026-11-25T08:00"),
    ("tomorrow7pm", "2026-11-25T19:00"),
    ("dinner 7ish", "2026-11-24T19:00"),
    ("thrusday at 3pm", "2026-11-26T15:00"),
    ("٧ مساء at 7:30 pm", "2026-11-24T19:30"),
]


@pytest.mark.parametrize(("words", "expected"), SPELLINGS)
def test_a_time_may_be_written_in_many_ways(words: str, expected: str):
    assert moment(words) == expected


LENGTHS = [
    ("in 1h30m", "2026-11-24T11:30"),
    ("in an hour and a half", "2026-11-24T11:30"),
    ("in half an hour", "2026-11-24T10:30"),
    ("in a couple of hours", "2026-11-24T12:00"),
    ("in a few minutes", "2026-11-24T10:03"),
    ("in 2 hours and 20 minutes", "2026-11-24T12:20"),
    ("twenty minutes from now", "2026-11-24T10:20"),
    ("twenty minutes hence", "2026-11-24T10:20"),
    ("twenty minutes ago", "2026-11-24T09:40"),
    ("+15 minutes", "2026-11-24T10:15"),
    ("in three days", "2026-11-27T10:00"),
    ("in three days at 6pm", "2026-11-27T18:00"),
    ("two weeks from tomorrow", "2026-12-09T09:00"),
    ("three days after Friday", "2026-11-30T09:00"),
    ("the day before Christmas", "2026-12-24T09:00"),
    ("15 minutes before 6pm", "2026-11-24T17:45"),
    ("15 minutes before Friday at 6pm", "2026-11-27T17:45"),
    ("3 hours before tomorrow", "2026-11-24T21:00"),
    ("in 31 days", "2026-12-25T10:00"),
    ("a month from now", "2026-12-24T10:00"),
]


@pytest.mark.parametrize(("words", "expected"), LENGTHS)
def test_a_time_may_be_counted_from_another(words: str, expected: str):
    assert moment(words) == expected


DAYS = [
    ("the day after tomorrow at 9 am", "2026-11-26T09:00"),
    ("on Friday at 3 pm", "2026-11-27T15:00"),
    ("Tuesday at 3 pm", "2026-12-01T15:00"),
    ("next week on Wednesday at 3 pm", "2026-12-02T15:00"),
    ("on the 5th at 3 pm", "2026-12-05T15:00"),
    ("on the 24th at 3 pm", "2026-12-24T15:00"),
    ("March 3rd at noon", "2027-03-03T12:00"),
    ("the third of March at noon", "2027-03-03T12:00"),
    ("3 March 2028 at noon", "2028-03-03T12:00"),
    ("12/24 at noon", "2026-12-24T12:00"),
    ("24/12/2026 at noon", "2026-12-24T12:00"),
    ("24.12.2026 at noon", "2026-12-24T12:00"),
    ("2026-12-24 12:00", "2026-12-24T12:00"),
    ("2026-12-24T09:30:00Z", "2026-12-24T10:30"),
    ("July 10th next year at noon", "2027-07-10T12:00"),
    ("Monday, two weeks from now, at noon", "2026-12-07T12:00"),
    ("the 12th of next month at noon", "2026-12-12T12:00"),
    ("sat at noon", "2026-11-28T12:00"),
    ("lunch with Ana on my Sun list at noon", "2026-11-29T12:00"),
    ("29 February at noon", "2028-02-29T12:00"),
    ("the second Monday of January at noon", "2027-01-11T12:00"),
    ("the last Friday of next month at noon", "2026-12-25T12:00"),
    ("Friday the 4th at noon", "2026-12-04T12:00"),
    ("Thanksgiving at noon", "2026-11-26T12:00"),
    ("Christmas next year at noon", "2027-12-25T12:00"),
    ("tomorrow a.m.", "2026-11-25T09:00"),
    ("Easter 2027 at noon", "2027-03-28T12:00"),
]


@pytest.mark.parametrize(("words", "expected"), DAYS)
def test_a_day_may_be_named_in_many_ways(words: str, expected: str):
    assert moment(words) == expected


PERIODS = [
    ("next week", "2026-11-30T00:00:00+01:00", "2026-12-07T00:00:00+01:00", "week"),
    ("this weekend", "2026-11-28T00:00:00+01:00", "2026-11-30T00:00:00+01:00", "weekend"),
    ("in March", "2027-03-01T00:00:00+01:00", "2027-04-01T00:00:00+02:00", "month"),
    ("last winter", "2025-12-21T00:00:00+01:00", "2026-03-21T00:00:00+01:00", "day"),
    ("mail of the last hour", "2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00", "minute"),
    ("last month", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", "month"),
    ("in 2028", "2028-01-01T00:00:00+01:00", "2029-01-01T00:00:00+01:00", "year"),
    ("Q1 2027", "2027-01-01T00:00:00+01:00", "2027-04-01T00:00:00+02:00", "quarter"),
    ("from Friday to Sunday", "2026-11-27T00:00:00+01:00", "2026-11-30T00:00:00+01:00", "day"),
    ("July 13 to 15", "2027-07-13T00:00:00+02:00", "2027-07-16T00:00:00+02:00", "day"),
]


@pytest.mark.parametrize(("words", "begin", "end", "precision"), PERIODS)
def test_a_period_ends_where_what_follows_begins(words: str, begin: str, end: str, precision: str):
    found = read(words)
    assert (found.type, found.datetime, found.end, found.precision) == ("range", begin, end, precision)


SPANS = [
    ("from 3 to 5pm", "2026-11-24T15:00", "2026-11-24T17:00"),
    ("11 to 1pm", "2026-11-24T11:00", "2026-11-24T13:00"),
    ("tomorrow between 2 and 4", "2026-11-25T14:00", "2026-11-25T16:00"),
    ("Monday 9-12", "2026-11-30T09:00", "2026-11-30T12:00"),
    ("Friday from 10 am until noon", "2026-11-27T10:00", "2026-11-27T12:00"),
    ("from 10pm to 2am", "2026-11-24T22:00", "2026-11-25T02:00"),
    ("5 to 7 in the morning", "2026-11-25T05:00", "2026-11-25T07:00"),
]


@pytest.mark.parametrize(("words", "begin", "end"), SPANS)
def test_the_two_ends_of_a_range_say_each_other_s_half_of_the_day(words: str, begin: str, end: str):
    found = read(words)
    assert (found.type, (found.datetime or "")[:16], (found.end or "")[:16]) == ("range", begin, end)


RECURRENCES = [
    ("every day at 9 AM", "FREQ=DAILY", "2026-11-25T09:00"),
    ("every morning", "FREQ=DAILY", "2026-11-25T09:00"),
    ("every other Friday at 3 pm", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-11-27T15:00"),
    ("each Monday and Thursday at 6 pm", "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-26T18:00"),
    ("on weekdays at 8 am", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-25T08:00"),
    ("Tuesdays at 5 pm", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24T17:00"),
    ("every Monday through Wednesday at 5 pm", "FREQ=WEEKLY;BYDAY=MO,TU,WE", "2026-11-24T17:00"),
    ("the 15th of every month at noon", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-12-15T12:00"),
    ("the last day of every month at noon", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30T12:00"),
    ("the first Monday of every month at noon", "FREQ=MONTHLY;BYDAY=1MO", "2026-12-07T12:00"),
    ("every year on December 5 at noon", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=5", "2026-12-05T12:00"),
    ("every Christmas at noon", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", "2026-12-25T12:00"),
    ("every 2 hours", "FREQ=HOURLY;INTERVAL=2", "2026-11-24T12:00"),
    ("every three days at noon", "FREQ=DAILY;INTERVAL=3", "2026-11-24T12:00"),
    ("once a week at noon", "FREQ=WEEKLY", "2026-11-24T12:00"),
    ("every day at noon until Friday", "FREQ=DAILY;UNTIL=20261127T225959Z", "2026-11-24T12:00"),
    ("every day but Sunday at noon", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA", "2026-11-24T12:00"),
    ("every weekday except Friday at noon", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", "2026-11-24T12:00"),
    ("the 1st and 15th of each month at noon", "FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-12-01T12:00"),
    ("every day at 8 am and 8 pm", "FREQ=DAILY;BYHOUR=8,20", "2026-11-24T20:00"),
    ("every hour from 9 to 12", "FREQ=HOURLY;BYHOUR=9,10,11,12", "2026-11-24T11:00"),
    ("every 20 minutes from 9 to 12", "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11", "2026-11-24T11:00"),
    ("every day at noon, 10 times", "FREQ=DAILY;COUNT=10", "2026-11-24T12:00"),
    ("every day at noon starting next Monday", "FREQ=DAILY", "2026-11-30T12:00"),
    ("every day at noon for the next two weeks", "FREQ=DAILY;UNTIL=20261208T225959Z", "2026-11-24T12:00"),
    ("every January at noon", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "2027-01-01T12:00"),
    ("alternate Fridays at noon", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-11-27T12:00"),
    ("every Wednesday at noon starting December 10", "FREQ=WEEKLY;BYDAY=WE", "2026-12-16T12:00"),
]


@pytest.mark.parametrize(("words", "rule", "first"), RECURRENCES)
def test_what_comes_again_has_a_rule_and_a_first_time(words: str, rule: str, first: str):
    found = read(words)
    assert (found.type, found.recurrence, (found.datetime or "")[:16]) == ("recurring", rule, first)


def test_a_word_that_describes_a_thing_makes_nothing_recur():
    assert read("the weekly review tomorrow at 9 am").type == "absolute"


BARE_HOURS = [
    ("wake me up at 7", None, "2026-11-25T07:00"),
    ("breakfast at 8", None, "2026-11-25T08:00"),
    ("dinner at 7", None, "2026-11-24T19:00"),
    ("concert at 9", None, "2026-11-24T21:00"),
    ("meeting at 9", None, "2026-11-25T09:00"),
    ("meeting at 3", None, "2026-11-24T15:00"),
    ("come over today at 9", None, "2026-11-24T21:00"),
    ("what is on today at 9?", None, "2026-11-24T09:00"),
    ("am I free today between 9:20 and 10:30?", None, "2026-11-24T09:20"),
    ("remind me at 9", None, "2026-11-24T21:00"),
    ("at 6 please", "wake_up_call", "2026-11-25T06:00"),
    ("at 6 please", "calendar_create", "2026-11-24T18:00"),
    ("tomorrow night at 1", None, "2026-11-26T01:00"),
    ("tonight at 12", None, "2026-11-25T00:00"),
    ("tomorrow morning at 5", None, "2026-11-25T05:00"),
]


@pytest.mark.parametrize(("words", "intent", "expected"), BARE_HOURS)
def test_an_hour_without_am_or_pm_is_judged_by_what_it_is_for(words: str, intent: str | None, expected: str):
    assert moment(words, intent=intent) == expected


def test_what_can_be_read_in_two_ways_carries_both_and_is_less_sure():
    open_hour, said = read("tomorrow at 7"), read("tomorrow at 7 pm")
    assert (open_hour.datetime, open_hour.alternatives) == ("2026-11-25T19:00:00+01:00", ("2026-11-25T07:00:00+01:00",))
    assert said.alternatives == ()
    assert open_hour.confidence < said.confidence


AMBIGUOUS = [
    ("next Friday at 3 pm", "2026-11-27T15:00:00+01:00", "2026-12-04T15:00:00+01:00"),
    ("Tuesday at 3 pm", "2026-12-01T15:00:00+01:00", "2026-11-24T15:00:00+01:00"),
    ("3/4/2027 at 3 pm", "2027-03-04T15:00:00+01:00", "2027-04-03T15:00:00+02:00"),
    ("Thursday or Friday at 3 pm", "2026-11-26T15:00:00+01:00", "2026-11-27T15:00:00+01:00"),
    ("Friday at midnight", "2026-11-28T00:00:00+01:00", "2026-11-27T00:00:00+01:00"),
]


@pytest.mark.parametrize(("words", "first", "other"), AMBIGUOUS)
def test_a_day_that_can_be_two_names_the_other_as_well(words: str, first: str, other: str):
    found = read(words)
    assert (found.datetime, found.alternatives) == (first, (other,))


PAST = [
    ("who called at 9", "2026-11-24T09:00"),
    ("who called at 5 pm", "2026-11-23T17:00"),
    ("did I get any mail on Monday at noon?", "2026-11-23T12:00"),
    ("what happened on May 3rd at noon", "2026-05-03T12:00"),
    ("anything new since Monday at noon?", "2026-11-23T12:00"),
    ("what did she say last Friday at noon", "2026-11-20T12:00"),
]


def test_mail_of_a_day_is_mail_that_has_come():
    assert moment("mail of Monday at noon", intent="email_query") == "2026-11-23T12:00"


@pytest.mark.parametrize(("words", "expected"), PAST)
def test_a_question_of_the_past_is_not_answered_with_the_future(words: str, expected: str):
    assert moment(words) == expected


MOVES = [
    ("move my 3 pm meeting to 5", "2026-11-24T17:00"),
    ("move tomorrow's 3 pm meeting to 5 pm", "2026-11-25T17:00"),
    ("reschedule the review from Wednesday to Friday at noon", "2026-11-27T12:00"),
]


@pytest.mark.parametrize(("words", "expected"), MOVES)
def test_what_is_moved_is_wanted_where_it_goes(words: str, expected: str):
    assert moment(words) == expected


NO_TIMES = [
    "good morning",
    "happy new year",
    "I may come, may I?",
    "set the volume at 7",
    "a table for 4",
    "he came second",
    "my code is 133-03-2026",
    "version 3.11.7",
    "call 555-0173",
    "march on",
    "50% of 10",
]


@pytest.mark.parametrize("words", NO_TIMES)
def test_what_only_looks_like_a_time_is_none(words: str):
    assert read(words).type == "none"


def test_a_length_alone_is_no_point_in_time():
    assert (read("for an hour and a half").datetime, read("for an hour and a half").readable_time) == (
        None,
        "1 hour 30 minutes",
    )


def test_an_appointment_with_a_length_has_an_end():
    assert read("tomorrow at 3 pm for 45 minutes").end == "2026-11-25T15:45:00+01:00"


READABLE = [
    ("tomorrow at 7 AM", "tomorrow (Wed 25 Nov 2026) at 7:00 AM"),
    ("in 2 hours", "today (Tue 24 Nov 2026) at 12:00 PM"),
    ("tomorrow", "tomorrow (Wed 25 Nov 2026)"),
    ("tomorrow evening", "tomorrow (Wed 25 Nov 2026), evening"),
    ("tomorrow from 3 to 5 pm", "tomorrow (Wed 25 Nov 2026) at 3:00 PM to 5:00 PM"),
    ("in March", "March 2027"),
    ("from Friday to Sunday", "Fri 27 Nov 2026 to Sun 29 Nov 2026"),
    ("every Monday and Thursday at 6 pm", "every Monday and Thursday at 6:00 PM, first Thu 26 Nov 2026"),
    ("every 20 minutes", "every 20 minutes, first today (Tue 24 Nov 2026) at 10:20 AM"),
    ("every day at 8 am and 8 pm", "every day at 8:00 AM and 8:00 PM, first today (Tue 24 Nov 2026)"),
    ("the 15th of every month at noon", "the 15th of every month at 12:00 PM, first Tue 15 Dec 2026"),
]


@pytest.mark.parametrize(("words", "readable"), READABLE)
def test_times_are_said_in_words_as_the_caller_s_clock_shows_them(words: str, readable: str):
    assert read(words).readable_time == readable


ASKED = [
    ("Please get me out of bed tomorrow, alarm for 7 AM", "2026-11-25T07:00"),
    ("In two hours, nudge me about the oven", "2026-11-24T12:00"),
    ("Ring Dana and shift our talk to Friday", "2026-11-27T09:00"),
    ("A table for two at 7 PM, please", "2026-11-24T19:00"),
    ("Put down that I meet Omar tomorrow at 3 PM", "2026-11-25T15:00"),
    ("My clock should go off at 6:30 AM on Monday", "2026-11-30T06:30"),
    ("Phone me again in 15 minutes", "2026-11-24T10:15"),
    ("Can we do next Friday at 3 PM?", "2026-11-27T15:00"),
    ("I take my pills every day at 9 AM", "2026-11-25T09:00"),
    ("What is new in my inbox?", ""),
    ("Which appointment comes next?", ""),
    ("Read me the list", ""),
    ("The digest, please", ""),
    ("Remind me of the appointment", ""),
    ("How many mails have I not read?", ""),
    ("Milk goes on the shopping list", ""),
]


@pytest.mark.parametrize(("words", "expected"), ASKED)
def test_what_callers_ask_for_most_is_read_as_they_mean_it(words: str, expected: str):
    assert moment(words) == expected
