"""What is said of a period: its first or last part, its nth day or week, what is left of it, what comes after it."""

from __future__ import annotations

import re

from jarvis_ai.assistant.times import wall
from jarvis_ai.assistant.times.periods import ordinal_of, period_of, third
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Day, Period, Value

R = r"<R[0-9]+>"


def _half_of(match: re.Match[str], reading: Reading) -> Value:
    """The first or the second half of a period; of a year it ends with a month."""
    period, late = reading.value(match["period"], Period), match["nth"] not in {"1st", "first"}
    if period.grain == "year":
        middle = wall.add_months(period.begin, 6)
    else:
        middle = wall.add_days(period.begin, (period.end - period.begin).days // 2)
    return Period(middle, period.end, "day") if late else Period(period.begin, middle, "day")


def _third_of(match: re.Match[str], reading: Reading) -> Value:
    return third(reading.value(match["period"], Period), match["third"])


def _edge_day(match: re.Match[str], reading: Reading) -> Value | None:
    """The nth or the last day of a period."""
    period = reading.value(match["period"], Period)
    day = (
        wall.add_days(period.end, -1) if match["nth"] == "last" else wall.add_days(period.begin, ordinal_of(match) - 1)
    )
    return Day(day) if period.begin <= day < period.end else None


def _edge_week(match: re.Match[str], reading: Reading) -> Value:
    """The nth week or weekend: the first is the one that holds the fourth day, as ISO 8601 counts weeks."""
    period, grain = reading.value(match["period"], Period), match["grain"]
    if match["nth"] == "last":
        last = period_of(wall.add_days(period.end, -4), grain)
        return last if last.begin < period.end else period_of(wall.add_days(last.begin, -7), grain)
    return period_of(wall.add_days(period.begin, 3 + 7 * (ordinal_of(match) - 1)), grain)


def _edge_month(match: re.Match[str], reading: Reading) -> Value:
    period = reading.value(match["period"], Period)
    begin = (
        wall.add_days(period.end, -1)
        if match["nth"] == "last"
        else wall.add_months(period.begin, ordinal_of(match) - 1)
    )
    return period_of(begin, "month")


def _day_of(match: re.Match[str], reading: Reading) -> Value | None:
    """A weekday within a week, or a date within a year, that is named beside it: "July 10th next year"."""
    period, day = reading.value(match["period"], Period), reading.value(match["day"], Day)
    if period.grain == "year" and day.rolled:
        return Day(wall.add_months(day.date, 12 * (period.begin.year - day.date.year)))
    if period.grain != "week" or day.weekday is None:
        return None
    return Day(wall.add_days(period.begin, day.weekday))


def _week_of(match: re.Match[str], reading: Reading) -> Value:
    return period_of(reading.value(match["day"], Day).date, "week")


def _rest(match: re.Match[str], reading: Reading) -> Value:
    """What is left of a period that has begun."""
    period = reading.value(match["period"], Period)
    left = max(period.begin, reading.today)
    return Period(left, period.end, period.grain)


def _after(match: re.Match[str], reading: Reading) -> Value:
    return Day(reading.value(match["period"], Period).end)


EDGES: tuple[Rule, ...] = (
    rule(rf"\b(?:the )?(?P<nth>[1-5]?[0-9](?:st|nd|rd|th)|last) day (?:of|in) (?:the )?(?P<period>{R})", _edge_day),
    rule(rf"\b(?:the )?(?P<nth>[1-9](?:st|nd|rd|th)) day (?P<period>{R})", _edge_day),
    rule(rf"\b(?:the )?(?P<nth>1st|2nd|last) half (?:of|in) (?:the )?(?P<period>{R})", _half_of),
    rule(
        rf"\b(?:the )?(?P<nth>[1-5]?[0-9](?:st|nd|rd|th)|last) (?P<grain>week|weekend) (?:of|in) (?:the )?"
        rf"(?P<period>{R})",
        _edge_week,
    ),
    rule(rf"\b(?P<grain>week) (?P<nth>[1-5]?[0-9]) (?:of|in) (?P<period>{R})", _edge_week),
    rule(rf"\b(?:the )?(?P<nth>[1-9](?:st|nd|rd|th)|1[0-2]th|last) month (?:of |in )?(?P<period>{R})", _edge_month),
    rule(rf"(?P<day><D[0-9]+>),? (?:of |in )?(?P<period>{R})", _day_of),
    rule(rf"(?P<period>{R}),? (?:on )?(?P<day><D[0-9]+>)", _day_of),
    rule(r"\b(?:the )?week (?:of|starting|beginning|commencing)(?: on)?(?: the)? (?P<day><D[0-9]+>)", _week_of),
    rule(
        rf"\b(?:at |by |in |the ){{0,3}}(?P<third>beginning|start|middle|end|early|mid|late)(?: (?:of|in)"
        rf"(?: the)?)?[ -](?P<period>{R})",
        _third_of,
    ),
    rule(rf"\b(?:the )?(?:rest of(?: the)?|later) (?P<period>{R})", _rest),
    rule(rf"(?<!day )(?<!week )(?<!month )\bafter (?:the )?(?P<period>{R})(?! (?:<|at))", _after),
)
"""What is said of a period that has been read."""
