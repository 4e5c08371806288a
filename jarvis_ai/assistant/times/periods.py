"""Weeks, months, quarters, seasons, years: "next week", "in March", "end of the month", "first week of June"."""

from __future__ import annotations

import re
from datetime import date

from jarvis_ai.assistant.times import wall
from jarvis_ai.assistant.times.dates import IN_YEAR, MONTH, YEAR, year_of
from jarvis_ai.assistant.times.lexicon import MONTHS
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Period, Value

STEPS = {
    **dict.fromkeys(("next", "coming", "upcoming", "following", "the following"), 1),
    **dict.fromkeys(("last", "past", "previous", "this past", "the past"), -1),
}
"""How many periods from the present one; words that are not here mean the present one."""
WHICH = (
    r"(?P<which>this past|this coming|this|that|current|the current|next|coming|upcoming|following|last|past|previous)"
)
GRAIN = r"(?P<grain>week|work ?week|weekend|month|quarter|qtr|year|yr|decade|century)"
GRAINS = {"qtr": "quarter", "yr": "year", "workweek": "week", "work week": "week"}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}
SEASONS = {"spring": (3, 20), "summer": (6, 21), "autumn": (9, 23), "fall": (9, 23), "winter": (12, 21)}
SHORTHANDS = {"eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year"}
THIRDS = {
    **dict.fromkeys(("beginning", "start", "early"), (0, 1)),
    **dict.fromkeys(("middle", "mid"), (1, 2)),
    **dict.fromkeys(("end", "late"), (2, 3)),
}
"""From which third to which: what "early" and "the end" take up."""


def period_of(day: date, grain: str) -> Period:
    """The week, month, quarter or year that `day` lies in; weeks begin on Monday, a weekend is Saturday and Sunday."""
    if grain in {"week", "weekend"}:
        monday = wall.add_days(day, -day.weekday())
        return Period(wall.add_days(monday, 5 if grain == "weekend" else 0), wall.add_days(monday, 7), grain)
    months = MONTHS_OF[grain]
    index = (day.year * 12 + day.month - 1) // months * months
    begin = date(max(index // 12, 1), index % 12 + 1, 1)
    return Period(begin, wall.add_months(begin, months), "year" if months > 12 else grain)


def _steps(match: re.Match[str], reading: Reading) -> Value:
    grain = GRAINS.get(match["grain"], match["grain"])
    steps = STEPS.get(match["which"], 0)
    if grain in MONTHS_OF:
        return period_of(wall.add_months(reading.today, steps * MONTHS_OF[grain]), grain)
    return period_of(wall.add_days(reading.today, 7 * steps), grain)


def _two_steps(match: re.Match[str], reading: Reading) -> Value:
    grain = GRAINS.get(match["grain"], match["grain"])
    steps = 2 if match["side"] == "after next" else -2
    if grain in MONTHS_OF:
        return period_of(wall.add_months(reading.today, steps * MONTHS_OF[grain]), grain)
    return period_of(wall.add_days(reading.today, 7 * steps), grain)


def _decade(match: re.Match[str], _: Reading) -> Value:
    return period_of(date(int(match["decade"]), 1, 1), "decade")


def _to_date(_: re.Match[str], reading: Reading) -> Value:
    return Period(date(reading.today.year, 1, 1), wall.add_days(reading.today, 1), "day")


def _years(match: re.Match[str], _: Reading) -> Value | None:
    first, last = int(match["year"]), int(match["last"])
    return Period(date(first, 1, 1), date(last + 1, 1, 1), "year") if first < last else None


def _half_year(match: re.Match[str], _: Reading) -> Value:
    begin = date(int(match["year"]), 6 * int(match["nth"]) - 5, 1)
    return Period(begin, wall.add_months(begin, 6), "quarter")


def _weekend(_: re.Match[str], reading: Reading) -> Value:
    """The coming one or the one that is on; in a story of the past the last one."""
    back = 7 if reading.past and reading.today.weekday() < 5 else 0
    return period_of(wall.add_days(reading.today, -back), "weekend")


def _month(match: re.Match[str], reading: Reading) -> Value | None:
    """A month by its name: this year's if it is not over, else the next year's; with a year, that one."""
    number = MONTHS.index(match["month"]) + 1
    which = match.groupdict().get("which") or ""
    if match["year"]:
        return period_of(date(year_of(match["year"]), number, 1), "month")
    here = period_of(reading.today.replace(month=number, day=1), "month")
    return period_of(wall.add_months(here.begin, 12 * _years_away(here, which, reading)), "month")


def _years_away(here: Period, which: str, reading: Reading) -> int:
    """How many years from `here`, the month of this year, the one is that is meant."""
    if which == "this":
        return 0
    if which == "last":
        return -1 if here.end > reading.today else 0
    if which == "next":
        return 1 if here.begin <= reading.today else 0
    if reading.past:
        return -1 if here.begin > reading.today else 0
    return 1 if here.end <= reading.today else 0


def _months(match: re.Match[str], reading: Reading) -> Value | None:
    begin = _month(match, reading)
    number = MONTHS.index(match["until"]) + 1
    if not isinstance(begin, Period):
        return None
    year = begin.begin.year + (number < begin.begin.month)
    return under_way(Period(begin.begin, period_of(date(year, number, 1), "month").end, "month"), reading.today)


def under_way(period: Period, today: date) -> Period:
    """A period that begins in a coming year, a year earlier if it is going on: in June, "May to September"."""
    begin, end = wall.add_months(period.begin, -12), wall.add_months(period.end, -12)
    return Period(begin, end, period.grain) if begin <= today < end and period.begin > today else period


def _numbered_month(match: re.Match[str], _: Reading) -> Value | None:
    number = int(match["month"])
    return period_of(date(int(match["year"]), number, 1), "month") if 1 <= number <= 12 else None


def _year(match: re.Match[str], _: Reading) -> Value:
    return period_of(date(year_of(match["year"]), 1, 1), "year")


def _quarter(match: re.Match[str], reading: Reading) -> Value:
    year = year_of(match["year"]) if match["year"] else reading.today.year
    return period_of(date(year, 3 * int(match["nth"][0]) - 2, 1), "quarter")


def _season(match: re.Match[str], reading: Reading) -> Value | None:
    month, first = SEASONS[match["season"]]
    year = year_of(match["year"]) if match["year"] else reading.today.year + STEPS.get(match["which"] or "", 0)
    begin = date(year, month, first)
    last = wall.add_months(begin, -12)
    if match["which"] == "last" and wall.add_months(begin, 15) <= reading.today:
        begin = wall.add_months(begin, 12)
    if match["which"] == "" and wall.add_months(begin, 3) <= reading.today:
        begin = wall.add_months(begin, 12)
    if match["which"] == "this" and wall.add_months(last, 3) > reading.today:
        begin = last
    return Period(begin, wall.add_months(begin, 3), "day")


def _shorthand(match: re.Match[str], reading: Reading) -> Value:
    return third(period_of(reading.today, SHORTHANDS[match["short"]]), "end")


def third(period: Period, which: str) -> Period:
    """A month in tens of days and a year in fours of months; of a week its first half, its middle or its last days."""
    first, last = THIRDS[which]
    if period.grain == "year":
        return Period(wall.add_months(period.begin, 4 * first), wall.add_months(period.begin, 4 * last), "quarter")
    if period.grain == "week":
        skip, until = {0: (0, 3), 1: (2, 4), 2: (4, 7)}[first]
        return Period(wall.add_days(period.begin, skip), wall.add_days(period.begin, until), "day")
    third = 10 if period.grain == "month" else (period.end - period.begin).days // 3
    end = period.end if last == 3 else wall.add_days(period.begin, third * last)
    return Period(wall.add_days(period.begin, third * first), end, "day")


def _numbered_week(match: re.Match[str], reading: Reading) -> Value:
    """A week of this year by its number in ISO 8601."""
    return period_of(wall.add_days(date(reading.today.year, 1, 4), 7 * (int(match["nth"]) - 1)), "week")


def ordinal_of(match: re.Match[str]) -> int:
    return int(match["nth"].rstrip("stndrh"))


def _century(match: re.Match[str], _: Reading) -> Value:
    hundreds = ordinal_of(match)
    return Period(date(max(100 * (hundreds - 1), 1), 1, 1), date(100 * hundreds, 1, 1), "year")


LIKE_LENGTHS: tuple[Rule, ...] = (
    rule(r"\b(?:in|during|since|of) the (?P<decade>(?:19|20)[0-9]0) ?s\b", _decade),
    rule(r"\b(?:the )?(?:year to date|ytd)\b", _to_date),
    rule(r"\bh(?P<nth>[12])\b,? ?(?:of )?(?P<year>(?:19|20)[0-9]{2})\b", _half_year),
    rule(r"\b(?P<year>(?:19|20)[0-9]{2}) ?h(?P<nth>[12])\b", _half_year),
)
"""Read before the lengths, whose short units these letters are."""

PERIODS: tuple[Rule, ...] = (
    rule(r"(?<![\w.:/-])(?P<year>[12][0-9]{3})[-/](?P<month>0?[1-9]|1[0-2])(?![\w/-]|\.[0-9])", _numbered_month),
    rule(r"(?<![\w.:/$-])(?P<month>0?[1-9]|1[0-2])/(?P<year>(?:19|20)[0-9]{2})(?![\w/-])", _numbered_month),
    rule(rf"\b{WHICH} {GRAIN}\b(?! (?:of|in) (?:the |this |next |last )?(?:{MONTH}|year|[12][0-9]))", _steps),
    rule(rf"\b(?P<month>{MONTH}) ?(?:-|to|through|until) ?(?P<until>{MONTH})\b{IN_YEAR}", _months),
    rule(
        r"\b(?:(?P<which>next|this|last) )?(?P<season>spring|summer|autumn|fall|winter)(?:,? (?:of )?(?P<year>"
        r"(?:19|20)[0-9]{2}))\b",
        _season,
    ),
    rule(r"\b(?:in|during|over)(?P<which>) the (?P<season>spring|summer|autumn|fall|winter)\b(?P<year>)", _season),
    rule(r"\b(?P<which>next|this|last) (?P<season>spring|summer|autumn|fall|winter)\b(?P<year>)", _season),
    rule(
        rf"\b(?P<keep>(?:end|rest|beginning|start|middle|remainder|half) of )(?:the )?"
        rf"(?P<which>){GRAIN}\b",
        _steps,
    ),
    rule(rf"\bfor the (?P<which>){GRAIN}\b(?! (?:of|starting|beginning|commencing|in)\b)", _steps),
    rule(r"\b(?:on |over |for )?the weekend\b(?! (?:after next|before last)\b)", _weekend),
    rule(rf"\b(?:the )?(?P<nth>[1-4])(?:st|nd|rd|th) (?:quarter|qtr)\b(?:,? (?:of |in )?(?P<year>{YEAR}))?", _quarter),
    rule(rf"\bq(?P<nth>[1-4])\b(?:,? ?(?:of |in )?(?P<year>{YEAR}))?", _quarter),
    rule(r"\b(?:the )?week (?P<nth>[1-5]?[0-9])\b(?! (?:of|in) )(?![:/0-9])", _numbered_week),
    rule(rf"\b(?P<month>{MONTH})[ ,./-]{{1,2}}(?:of |in )?(?P<year>{YEAR})", _month),
    rule(
        rf"\b(?P<keep>(?:in|of|during|since|until|by|before|after|for|through|to|from|mid|middle of|early|late"
        rf"|end of|between|and)[ -](?:the |the month of )?)"
        rf"(?:(?<!to )(?<!and )(?<!for )|(?!may|march))(?P<month>{MONTH})\b(?P<year>)",
        _month,
    ),
    rule(
        rf"\b(?P<which>this|next|last) (?P<month>{MONTH})\b(?P<year>)(?!(?<=may|rch) "
        rf"(?!in|on|at|for|with|and|but)[a-z])",
        _month,
    ),
    rule(rf"^(?P<month>{MONTH})$(?P<year>)", _month),
    rule(
        r"\b(?:from|between|in|is) (?P<year>(?:19|20)[0-9]{2}) ?(?:to|through|until|and|-) ?"
        r"(?:the )?(?:end of )?(?P<last>(?:19|20)[0-9]{2})\b(?![:/-]|\.?[0-9])",
        _years,
    ),
    rule(
        r"\b(?P<keep>(?:in|since|during|until|by|before|after|(?<!songs )(?<!music )(?<!hits )(?<!movies )from"
        r"|(?:beginning|start|middle|end|half|weeks?|week [0-9]{1,2}|months|weekend|quarter|year) of) )(?:the )?"
        r"(?:calendar )?"
        r"(?:year )?(?P<year>(?:19|20)[0-9]{2})\b(?![:/.-]|[0-9])",
        _year,
    ),
    rule(
        r"(?P<keep><R[0-9]+> ?(?:to|through|and|until|-) ?(?:the )?(?:end of )?)(?P<year>(?:19|20)[0-9]{2})\b"
        r"(?![:/.-]|[0-9])",
        _year,
    ),
    rule(rf"\bthe {GRAIN} (?P<side>after next|before last)\b", _two_steps),
    rule(r"\b(?:calendar )?year (?P<year>(?:19|20)[0-9]{2})\b", _year),
    rule(r"\b(?:the )?(?P<nth>[12]?[0-9](?:st|nd|rd|th)) century\b", _century),
    rule(r"\b(?:by |at |the ){0,2}(?P<short>eow|eom|eoq|eoy)\b", _shorthand),
)
"""What names a period by itself. Read after the days, whose names hold those of months and years."""
