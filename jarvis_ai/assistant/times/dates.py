"""Days of the calendar: "tomorrow", "next Friday", "the 5th", "May 2nd", "12/24", "the second Monday of October"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from jarvis_ai.assistant.times import wall
from jarvis_ai.assistant.times.holidays import HOLIDAYS, nth_weekday
from jarvis_ai.assistant.times.lexicon import MONTHS, WEEKDAYS, either
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Day, Period, Value

MONTH = rf"(?:{either(MONTHS)})"
WEEKDAY = rf"(?:{either(WEEKDAYS)})"
DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
ORDINAL = rf"{DAY}(?:st|nd|rd|th)"
YEAR = r"(?:(?:19|20)[0-9]{2}\b|(?:19|20) [0-9]{2}\b|'[0-9]{2}\b|(?:3[2-9]|[4-9][0-9])\b(?! ?[ap]m|:))"
NO_CLOCK = r"(?! ?[ap]m\b|:[0-9]|[0-9])"
NTH = r"(?:[1-5](?:st|nd|rd|th)|last)"
IN_YEAR = rf"(?:(?: ?,)? ?[ /-]?(?:of |in )?(?P<year>{YEAR}))?"
TO = r" ?(?:-|to|through|until|and) ?"
NOT_A_DAY = (
    r"(?! (?:floor|street|st\b|avenue|ave\b|grade|grader|birthday|anniversary|place|time|thing|one|edition|"
    r"day|century|version|row|line|item|door|base|class|person|week|month|quarter|year|half|of "
    r"(?!the month|this month|next month)))"
)
NOT_THE_DAY = (
    r"(?! (?:carols?|cards?|cakes?|songs?|music|movies?|trees?|lights?|gifts?|presents?|stor(?:y|ies)|costumes?|eggs?"
    r"|playlist|lists?)\b)"
)
"""What is called after a holiday and is not on it."""
NO_FRACTION = (
    r"(?! (?:of\b|cups?\b|(?:tea|table)spoons?\b|tsp\b|tbsp\b|inch|miles?\b|pounds?\b|ounces?\b|gallons?\b|pints?\b"
    r"|majority|pounder|full\b|empty\b|memorial|attacks?\b|near\b|store\b|support))"
)
"""What is divided into such parts: "3/4 cup" is no date."""
NO_STREET = r"(?! (?:street|st|avenue|ave|road|rd|lane|drive|boulevard)\b)"
THIS_FAR = 8
"""Years within which a 29 February comes again."""


def soon(reading: Reading, find: Callable[[int], date | None]) -> date | None:
    """The next day that `find` gives for a year from this one on; in a story of the past the latest instead."""
    step = -1 if reading.past else 1
    for away in range(THIS_FAR + 1):
        day = find(reading.today.year + step * away)
        if day and (day <= reading.today if reading.past else day >= reading.today):
            return day
    return None


def year_of(text: str) -> int:
    """`1986`, `19 86` and `'86` alike; two digits are of this century up to 49."""
    number = int(re.sub(r"\D", "", text))
    return number if number > 99 else number + (2000 if number < 50 else 1900)


def _dated(reading: Reading, year: str | None, month: int, day: int) -> Day | None:
    found = wall.valid(year_of(year), month, day) if year else soon(reading, lambda each: wall.valid(each, month, day))
    return Day(found, rolled=not year) if found else None


def _iso(match: re.Match[str], reading: Reading) -> Value | None:
    return _dated(reading, match["year"], int(match["month"]), int(match["day"]))


def _slashed(match: re.Match[str], reading: Reading) -> Value | None:
    """Month first, as in the United States, unless only day first makes a date; with dots day first."""
    first, last = int(match["first"]), int(match["last"])
    month, day = (last, first) if first > 12 or match["joint"] == "." else (first, last)
    found = _dated(reading, match["year"], month, day)
    other = _dated(reading, match["year"], day, month) if day <= 12 and day != month and match["joint"] != "." else None
    return replace(found, others=(other.date,) if other else ()) if found else None


def _month_day(match: re.Match[str], reading: Reading) -> Value | None:
    groups = match.groupdict()
    month, day = groups.get("month") or groups["month2"], groups.get("day") or groups["day2"]
    year = groups.get("year") or groups.get("year2")
    return _dated(reading, year, MONTHS.index(month) + 1, _number(day))


def _days_of_month(match: re.Match[str], reading: Reading) -> Value | None:
    month = MONTHS.index(match["month"]) + 1
    begin = _dated(reading, match["year"], month, _number(match["day"]))
    end = begin and wall.valid(begin.date.year, month, _number(match["until"]))
    if not begin or not end:
        return None
    # "From the 27th to the 3rd of April" begins in March.
    start = begin.date if begin.date <= end else wall.add_months(begin.date, -1)
    return Period(start, wall.add_days(end, 1), "day")


def _number(text: str) -> int:
    return int(text.rstrip("stndrh"))


def _named(days: int) -> Callable[[re.Match[str], Reading], Value]:
    return lambda _, reading: Day(wall.add_days(reading.today, days))


def _weekday(match: re.Match[str], reading: Reading) -> Value:
    """The coming one, never today; "last" and a story of the past mean the one before."""
    weekday, which = WEEKDAYS.index(match["weekday"]), match["which"] or ""
    ahead = _days_to(weekday, reading)
    if which in {"last", "past", "previous", "this past"} or (
        reading.past and not which.startswith(("next", "coming"))
    ):
        back = (reading.today.weekday() - weekday - 1) % 7 + 1
        return Day(wall.add_days(reading.today, -back))
    day = wall.add_days(reading.today, ahead)
    if which == "next":
        return Day(day, weekday, others=(wall.add_days(day, 7),))
    return Day(day, weekday, others=(reading.today,) if ahead == 7 else ())


def _days_to(weekday: int, reading: Reading) -> int:
    """1 to 7: today is never meant."""
    return (weekday - reading.today.weekday() - 1) % 7 + 1


def _after_next(match: re.Match[str], reading: Reading) -> Value:
    return Day(wall.add_days(reading.today, 7 + _days_to(WEEKDAYS.index(match["weekday"]), reading)))


def _before_last(match: re.Match[str], reading: Reading) -> Value:
    back = (reading.today.weekday() - WEEKDAYS.index(match["weekday"]) - 1) % 7 + 1
    return Day(wall.add_days(reading.today, -7 - back))


def _of_week(match: re.Match[str], reading: Reading) -> Value:
    """A weekday of this, the next or the last week; weeks begin on Monday."""
    which = match["week"] or match["week2"]
    weeks = {"next": 1, "coming": 1, "following": 1, "last": -1, "past": -1, "previous": -1}.get(which, 0)
    monday = wall.add_days(reading.today, -reading.today.weekday())
    return Day(wall.add_days(monday, 7 * weeks + WEEKDAYS.index(match["weekday"] or match["weekday2"])))


def _of_month(match: re.Match[str], reading: Reading) -> Value | None:
    """A day by its number: of this month if it is still to come, else of the next that has it. Never today."""
    number, which = _number(match["day"]), match["which"]
    first = reading.today.replace(day=1)
    if which in {"this", "next", "last"}:
        month = wall.add_months(first, {"this": 0, "next": 1, "last": -1}[which])
        day = wall.valid(month.year, month.month, number)
        return Day(day) if day else None
    for away in range(3):
        month = wall.add_months(first, -away if reading.past else away)
        day = wall.valid(month.year, month.month, number)
        if day and (day < reading.today if reading.past else day > reading.today):
            return Day(day, of_month=number)
    return None


def _nth(match: re.Match[str], reading: Reading) -> Value | None:
    weekday, month = WEEKDAYS.index(match["weekday"]), MONTHS.index(match["month"]) + 1
    nth = -1 if match["nth"] == "last" else int(match["nth"][0])
    if match["year"]:
        return Day(nth_weekday(year_of(match["year"]), month, weekday, nth))
    day = soon(reading, lambda year: nth_weekday(year, month, weekday, nth))
    return Day(day) if day else None


def _nth_of_month(match: re.Match[str], reading: Reading) -> Value:
    steps = {"next": 1, "last": -1, "the last": -1, "the next": 1}.get(match["which"], 0)
    month = wall.add_months(reading.today.replace(day=1), steps)
    nth = -1 if match["nth"] == "last" else int(match["nth"][0])
    return Day(nth_weekday(month.year, month.month, WEEKDAYS.index(match["weekday"]), nth))


def _several_ahead(match: re.Match[str], reading: Reading) -> Value:
    """The third Friday from now is two weeks after the coming one."""
    ahead = _days_to(WEEKDAYS.index(match["weekday"]), reading)
    return Day(wall.add_days(reading.today, ahead + 7 * (int(match["count"]) - 1)))


def _several_ago(match: re.Match[str], reading: Reading) -> Value:
    back = (reading.today.weekday() - WEEKDAYS.index(match["weekday"]) - 1) % 7 + 1
    return Day(wall.add_days(reading.today, -back - 7 * (int(match["count"]) - 1)))


def _nth_of_year(match: re.Match[str], _: Reading) -> Value:
    return Day(nth_weekday(int(match["year"]), 1, WEEKDAYS.index(match["weekday"]), int(match["nth"][0])))


def _holiday(match: re.Match[str], reading: Reading) -> Value | None:
    of_year = next(find for name, find in HOLIDAYS.items() if re.fullmatch(name, match["name"]))
    if match["year"]:
        return Day(of_year(year_of(match["year"])), holiday=True)
    if match["of"]:
        return Day(of_year(reading.today.year + {"next": 1, "last": -1}.get(match["of"], 0)), holiday=True)
    found = _holiday_of(match["which"], of_year, reading)
    return Day(found, holiday=True) if found else None


def _holiday_of(which: str | None, of_year: Callable[[int], date], reading: Reading) -> date | None:
    days = [of_year(reading.today.year + away) for away in (-1, 0, 1)]
    if which in {"last", "past", "previous"}:
        return max(day for day in days if day < reading.today)
    if which in {"next", "following", "coming", "upcoming"}:
        return min(day for day in days if day > reading.today)
    return soon(reading, of_year)


WHICH = r"(?:(?P<which>this past|this coming|next coming|this|next|coming|upcoming|following|last|past|previous) )?"
D = r"<D[0-9]+>"

DATES: tuple[Rule, ...] = (
    rule(
        r"(?<![\w.:/-])(?P<year>[12][0-9]{3})(?P<joint>[-/. ])(?P<month>[0-9]{1,2})(?P=joint)(?P<day>[0-9]{1,2})"
        r"(?![0-9/-]| ?[ap]m)",
        _iso,
    ),
    rule(rf"(?<![\w.:/-])(?P<year>[12][0-9]{{3}})[-/ ](?P<month>{MONTH})[-/ ](?P<day>{DAY})\b", _month_day),
    rule(
        r"(?<![\w.:/$-])(?P<first>[0-9]{1,2})(?P<joint>[./-])(?P<last>[0-9]{1,2})(?P=joint)(?P<year>[0-9]{4}|"
        r"(?<!-)[0-9]{2})(?![\w/%-]|\.[0-9])",
        _slashed,
    ),
    rule(
        r"(?<![\w.:/$-])(?<![0-9] )(?!24/7\b)(?P<first>[0-9]{1,2})(?P<joint>/)(?P<last>[0-9]{1,2})(?P<year>)"
        rf"(?![\w/%]|-[0-9]{{1,2}}-|\.[0-9]){NO_FRACTION}",
        _slashed,
    ),
    rule(
        rf"(?<![\w.:/$-])(?P<first>0?[1-9]|1[0-2])(?P<joint>-)(?P<last>{DAY})(?P<year>)"
        rf"(?=,? at [0-9]|,? [0-9]{{1,2}}(?::[0-9]{{2}})?[ap]m)",
        _slashed,
    ),
    rule(
        rf"\b(?P<month>{MONTH}),? (?:the )?(?P<day>{DAY})(?:st|nd|rd|th)?{TO}(?:the )?(?P<until>{DAY})"
        rf"(?:st|nd|rd|th)?{NO_CLOCK}{IN_YEAR}",
        _days_of_month,
    ),
    rule(
        rf"(?<![\w:/.-])(?P<day>{DAY})(?:st|nd|rd|th)?{TO}(?:the )?(?P<until>{DAY})(?:st|nd|rd|th)?(?: of)? "
        rf"(?P<month>{MONTH})\b{IN_YEAR}",
        _days_of_month,
    ),
    rule(
        rf"(?:\bthe )?\b(?P<nth>{NTH}) (?P<weekday>{WEEKDAY}),? (?:of|in|this) (?P<month>{MONTH})\b{IN_YEAR}",
        _nth,
    ),
    rule(
        rf"(?:\bthe )?\b(?P<nth>[1-5](?:st|nd|rd|th)) (?P<weekday>{WEEKDAY}) (?:of|in) (?P<year>(?:19|20)[0-9]{{2}})\b",
        _nth_of_year,
    ),
    rule(
        rf"(?:\bthe )?\b(?P<nth>{NTH}) (?P<weekday>{WEEKDAY}) (?:of|in) "
        rf"(?P<which>this|next|last|the|the next|the last) month\b",
        _nth_of_month,
    ),
    rule(
        rf"(?:\bthe )?(?:\b(?P<month>{MONTH})[ .,/-]{{0,3}}(?:the )?(?P<day>{DAY})(?:st|nd|rd|th)?{NO_CLOCK}"
        rf"(?!/){IN_YEAR}"
        rf"|(?<![\w:/.-])(?P<day2>{DAY})(?:st|nd|rd|th)?(?: day)?(?: of|,)?[ /-]?"
        rf"(?P<month2>{MONTH})\b{NO_STREET}(?! ?{ORDINAL}){IN_YEAR.replace('year', 'year2')})",
        _month_day,
    ),
    rule(
        rf"\b(?:on |the )?{WHICH}(?P<name>{'|'.join(HOLIDAYS)}){NOT_THE_DAY}\b"
        rf"(?:,? (?:of |in )?(?P<year>{YEAR})| (?P<of>this|next|last) year)?",
        _holiday,
    ),
    rule(r"(?:\bthe )?\bday after tomorrow\b|\bovermorrow\b", _named(2)),
    rule(r"(?:\bthe )?\bday before yesterday\b", _named(-2)),
    rule(r"\b(?:for|(?:rest|remainder) of) the day\b", _named(0)),
    rule(r"\btomorrow\b", _named(1)),
    rule(r"\byesterday\b", _named(-1)),
    rule(r"\b(?:later |earlier )?today\b|\b(?:this|the same|the current) day\b(?! in)", _named(0)),
    rule(rf"\b(?P<weekday>{WEEKDAY}) (?:after next\b|week(?=$|[.,?!]| at\b))", _after_next),
    rule(rf"\b(?:the )?(?P<weekday>{WEEKDAY}) before last\b", _before_last),
    rule(
        rf"\b(?P<weekday>{WEEKDAY}),? (?:of |in |from |the )?"
        rf"(?P<week>this|next|last|coming|following|past|previous) week\b"
        rf"|\b(?:on )?(?P<week2>this|next|last|coming|following|past|previous) week,?(?: -)?(?: on)? "
        rf"(?P<weekday2>{WEEKDAY})\b",
        _of_week,
    ),
    rule(rf"\b(?P<count>[1-9]) (?P<weekday>{WEEKDAY})s? (?:from (?:now|today)|ahead)\b", _several_ahead),
    rule(rf"\b(?P<count>[1-9]) (?P<weekday>{WEEKDAY})s? ago\b", _several_ago),
    rule(rf"\b{WHICH}(?P<weekday>{WEEKDAY})s?\b", _weekday),
    rule(
        rf"\b(?P<keep>(?:on|by|for|until|since|from|to|before|after|through|starting|between|and) )(?:the )?"
        rf"(?P<day>{ORDINAL})\b(?: of (?:the |(?P<which>this|next|last) )month)?{NOT_A_DAY}",
        _of_month,
    ),
    rule(
        rf"\b(?P<keep>(?:on|for) )the (?P<day>{DAY})(?P<which>)(?=$|[,.!?]| "
        rf"(?:at|from|starting|for|in|to|please|and|with|until)\b)",
        _of_month,
    ),
    rule(rf"\bthe (?P<day>{DAY}(?:st|nd|rd|th)?) of (?:the|(?P<which>this|next|last)) month\b", _of_month),
    rule(rf"(?P<keep><D[0-9]+>,? )(?:the )?(?P<day>{ORDINAL})\b(?P<which>){NOT_A_DAY}", _of_month),
    rule(
        rf"(?:\bthe |^)(?P<day>{ORDINAL})(?P<which>)(?=$|[,.!?;:)]| ?-| ?<| [0-9]| "
        rf"(?:at|for|from|to|in|and|starting|until|by|between|around|before|after|night|morning|evening"
        rf"|afternoon|please|with|called|i|we|is|will)\b)",
        _of_month,
    ),
)
