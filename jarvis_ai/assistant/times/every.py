"""What comes again: "every other Friday", "on weekdays", "the 15th of every month", as rules of RFC 5545."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

from jarvis_ai.assistant.times import wall
from jarvis_ai.assistant.times.dates import DAY, NTH
from jarvis_ai.assistant.times.lexicon import UNITS, WEEKDAYS, either
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Day, Every, Length, Value

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING, WEEKEND = CODES[:5], CODES[5:]
FREQUENCIES: dict[str, tuple[str, int]] = {
    **{"minute": ("MINUTELY", 1), "hour": ("HOURLY", 1), "day": ("DAILY", 1), "week": ("WEEKLY", 1)},
    **{"fortnight": ("WEEKLY", 2), "month": ("MONTHLY", 1), "quarter": ("MONTHLY", 3), "year": ("YEARLY", 1)},
    **{"hourly": ("HOURLY", 1), "daily": ("DAILY", 1), "nightly": ("DAILY", 1), "weekly": ("WEEKLY", 1)},
    **{"fortnightly": ("WEEKLY", 2), "biweekly": ("WEEKLY", 2), "bi-weekly": ("WEEKLY", 2)},
    **{"monthly": ("MONTHLY", 1), "quarterly": ("MONTHLY", 3), "yearly": ("YEARLY", 1), "annual": ("YEARLY", 1)},
    **dict.fromkeys(("morning", "afternoon", "evening", "night", "lunch", "noon", "midnight"), ("DAILY", 1)),
}
"""Each with its interval."""
ADVERBS = "hourly|daily|nightly|weekly|fortnightly|bi-?weekly|monthly|quarterly|yearly|annual"
EACH = r"(?:every|each|any|all(?: the)?|on all)"
SKIP = r"(?:(?P<skip>other|alternate|second|2nd|3rd|4th|single) )?"
WEEKDAY = rf"(?:{either(WEEKDAYS)})"
LIST = rf"{WEEKDAY}s?(?:(?:, (?:and )?| and | & |, ?|/| or ){WEEKDAY}s?){{0,6}}"
PLURALS = rf"{WEEKDAY}s(?:(?:, (?:and )?| and | & |/){WEEKDAY}s){{0,6}}"
INTERVALS = {"other": 2, "alternate": 2, "second": 2, "2nd": 2, "3rd": 3, "4th": 4}


def _unit(match: re.Match[str], _: Reading) -> Value:
    name = UNITS.get(match["unit"], match["unit"])
    frequency, interval = FREQUENCIES[name]
    part = name if name in {"morning", "afternoon", "evening", "night", "lunch"} else None
    return Every(frequency, interval * INTERVALS.get(match["skip"] or "", 1), part=part)


def _adverb(match: re.Match[str], _: Reading) -> Value:
    """Before a noun it may only describe: a "weekly review tomorrow" is tomorrow."""
    frequency, interval = FREQUENCIES[match["adverb"]]
    follows = match.string[match.end() :]
    loose = re.match(r" (?!at |on |from |in |until |for |starting |with |and |by |to )[a-z]", follows) is not None
    return Every(frequency, interval, loose=loose)


def _weekdays(match: re.Match[str], _: Reading) -> Value:
    days = tuple(code for code, name in zip(CODES, WEEKDAYS, strict=True) if name in match["days"])
    skip = match.groupdict().get("skip") or ""
    return Every("WEEKLY", INTERVALS.get(skip, 1), days=days)


def _from_to(match: re.Match[str], _: Reading) -> Value:
    first, last = WEEKDAYS.index(match["one"]), WEEKDAYS.index(match["other"])
    count = (last - first) % 7 + 1
    return Every("WEEKLY", days=tuple(CODES[(first + away) % 7] for away in range(count)))


def _working(match: re.Match[str], _: Reading) -> Value:
    return Every("WEEKLY", days=WEEKEND if match["what"].startswith("weekend") else WORKING)


def _length(match: re.Match[str], reading: Reading) -> Value | None:
    """Every 3 days, each 2 hours; for lengths of more than one unit there is no rule."""
    length = reading.value(match["length"], Length)
    minutes, rest = divmod(length.seconds, 60)
    counts = {
        "YEARLY": length.months // 12 if length.months % 12 == 0 else 0,
        "MONTHLY": length.months,
        "WEEKLY": length.days // 7 if length.days % 7 == 0 else 0,
        "DAILY": length.days,
        "HOURLY": int(minutes // 60) if minutes % 60 == 0 and not rest else 0,
        "MINUTELY": int(minutes) if not rest else 0,
    }
    if sum(map(bool, length)) != 1:
        return None
    return next((Every(frequency, count) for frequency, count in counts.items() if count), None)


def _times_a(match: re.Match[str], reading: Reading) -> Value | None:
    found = _length(match, reading)
    return found if isinstance(found, Every) and found.interval == 1 else None


def _nth_of_month(match: re.Match[str], _: Reading) -> Value:
    nth = -1 if match["nth"] == "last" else int(match["nth"][0])
    return Every("MONTHLY", days=(f"{nth}{CODES[WEEKDAYS.index(match['weekday'])]}",))


def _day_of_month(match: re.Match[str], _: Reading) -> Value:
    number = match["day"]
    return Every("MONTHLY", month_day=-1 if number == "last" else int(number.rstrip("stndrh")))


def _dated(match: re.Match[str], reading: Reading) -> Value | None:
    """Every 15th, every Christmas."""
    day = reading.value(match["date"], Day)
    if day.weekday is not None or day.shift:
        return None
    if day.of_month:
        return Every("MONTHLY", month_day=day.of_month)
    return Every("YEARLY", month=day.date.month, month_day=day.date.day)


RULES: tuple[Rule, ...] = (
    rule(rf"\b(?:on )?(?:the )?(?P<nth>{NTH}) (?P<weekday>{WEEKDAY}) (?:of|in) (?:every|each) month\b", _nth_of_month),
    rule(rf"\b(?:every|each) month on the (?P<nth>{NTH}) (?P<weekday>{WEEKDAY})\b", _nth_of_month),
    rule(rf"\b(?:every|each) (?P<nth>{NTH}) (?P<weekday>{WEEKDAY}) of the month\b", _nth_of_month),
    rule(rf"\b(?:on )?(?:the )?(?P<day>{DAY}(?:st|nd|rd|th)|last)(?: day)? of (?:every|each) month\b", _day_of_month),
    rule(rf"\b(?:every|each) month on (?:the )?(?P<day>{DAY}(?:st|nd|rd|th)|last)(?: day)?\b", _day_of_month),
    rule(
        r"\b(?:every|each) (?P<day>[4-9]th|[12][0-9](?:st|nd|rd|th)|3[01](?:st|th))\b(?: of the month)?(?! "
        r"(?:day|week|month|year|hour))",
        _day_of_month,
    ),
    rule(rf"\b(?:every|each) (?P<one>{WEEKDAY}) ?(?:-|to|through) ?(?P<other>{WEEKDAY})\b", _from_to),
    rule(rf"\b{EACH} {SKIP}(?P<days>{LIST})\b", _weekdays),
    rule(
        rf"(?<!this )(?<!next )(?<!last )(?<![0-9] )\b(?:on )?(?P<days>{PLURALS})\b(?=$|[,.!?]| "
        rf"(?:at|from|in|and|until|for|around|every|starting)\b| ?<)",
        _weekdays,
    ),
    rule(rf"\b{EACH} (?P<what>weekdays?|work ?days?|working days?|weekends?)\b", _working),
    rule(r"\b(?:on|during) (?:the )?(?P<what>weekdays|work ?days|working days|weekends)\b", _working),
    rule(rf"\b(?:every|each) {SKIP}(?P<unit>{either(FREQUENCIES)}|hours?|mins?|minutes?)\b", _unit),
    rule(r"\bper (?P<skip>)(?P<unit>day|week|month|year|hour)\b", _unit),
    rule(r"\b(?:every|each) (?P<length><L[0-9]+>)", _length),
    rule(r"\b(?:once|twice|[0-9]+ times?)(?: in| per| every| each)? (?P<length><L[0-9]+>)", _times_a),
    rule(rf"\b(?P<adverb>{ADVERBS})\b", _adverb),
)
"""Read before the days, whose names these hold."""

DATED: tuple[Rule, ...] = (rule(r"\b(?:every|each) (?P<date><D[0-9]+>)", _dated),)


def merged(every: Every, day: Day | None) -> tuple[Every, date | None]:
    """The rule with what a day beside it says, and the first date that it may begin on."""
    if day is None:
        return every, None
    if day.weekday is not None:
        plain = every.frequency in {"WEEKLY", "DAILY"} and not every.days
        return (replace(every, frequency="WEEKLY", days=(CODES[day.weekday],)) if plain else every), None
    if day.of_month and every.frequency == "MONTHLY" and not every.days and not every.month_day:
        return replace(every, month_day=day.of_month), None
    if every.frequency == "YEARLY" and not every.month:
        every = replace(every, month=day.date.month, month_day=day.date.day)
    return every, day.date


def rrule(every: Every, until: datetime | None = None, count: int | None = None) -> str:
    """The RRULE; UNTIL is in UTC, as RFC 5545 wants it where DTSTART has a zone."""
    parts = [f"FREQ={every.frequency}"]
    parts += [f"INTERVAL={every.interval}"] if every.interval > 1 else []
    parts += [f"BYMONTH={every.month}"] if every.month else []
    parts += [f"BYMONTHDAY={every.month_day}"] if every.month_day else []
    parts += [f"BYDAY={','.join(every.days)}"] if every.days else []
    parts += [f"COUNT={count}"] if count else []
    parts += [f"UNTIL={until.astimezone(UTC):%Y%m%dT%H%M%SZ}"] if until else []
    return ";".join(parts)


def first(every: Every, now: datetime, clock: time, start: date | None) -> datetime:
    """The first time that the rule gives after `now`, on or after `start`.

    Raises OverflowError where no date of the next years fits, as with a 31 February.
    """
    if every.frequency in {"HOURLY", "MINUTELY"} and start is None:
        seconds = {"HOURLY": 3600, "MINUTELY": 60}[every.frequency] * every.interval
        return wall.shifted(now, Length(seconds=seconds))
    moments = (wall.at(now, day, clock) for day in _days(start or now.date()) if falls_on(every, day))
    found = next((moment for moment in moments if moment > now or start), None)
    if found is None:
        raise OverflowError("the rule has no first time")
    return found


def _days(start: date) -> Iterator[date]:
    return (wall.add_days(start, away) for away in range(1500))


def falls_on(every: Every, day: date) -> bool:
    """Whether the rule's days hold `day`, whatever its interval: the first date sets where counting begins."""
    if every.month and day.month != every.month:
        return False
    if every.month_day:
        return wall.add_days(day, 1).day == 1 if every.month_day == -1 else day.day == every.month_day
    return not every.days or any(_is(code, day) for code in every.days)


def _is(code: str, day: date) -> bool:
    if CODES[day.weekday()] != code[-2:]:
        return False
    nth = int(code[:-2] or 0)
    if nth < 0:
        return wall.add_days(day, 7).month != day.month
    return nth in (0, (day.day + 6) // 7)
