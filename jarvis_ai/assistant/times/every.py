"""What comes again: "every other Friday", "on weekdays", "the 15th of every month", as rules of RFC 5545."""

from __future__ import annotations

import re

from jarvis_ai.assistant.times.dates import DAY, MONTH, NTH
from jarvis_ai.assistant.times.lexicon import MONTHS, UNITS, WEEKDAYS, either
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
    **dict.fromkeys(("morning", "afternoon", "evening", "night", "lunch"), ("DAILY", 1)),
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


def _except(match: re.Match[str], _: Reading) -> Value:
    """Every day, or every day of the working week, but these."""
    of_week = WORKING if match["what"].startswith("week") else CODES
    left_out = {code for code, name in zip(CODES, WEEKDAYS, strict=True) if name in match["days"]}
    return Every("WEEKLY", days=tuple(code for code in of_week if code not in left_out))


def _every_day(_: re.Match[str], __: Reading) -> Value:
    return Every("DAILY")


def _month(match: re.Match[str], _: Reading) -> Value:
    return Every("YEARLY", month=MONTHS.index(match["month"]) + 1, month_days=(1,))


def _days_of_month(match: re.Match[str], _: Reading) -> Value:
    return Every("MONTHLY", month_days=tuple(int(number) for number in re.findall("[0-9]+", match["days"])))


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
    return Every("MONTHLY", month_days=(-1 if number == "last" else int(number.rstrip("stndrh")),))


def _dated(match: re.Match[str], reading: Reading) -> Value | None:
    """Every 15th, every Christmas."""
    day = reading.value(match["date"], Day)
    if day.weekday is not None or day.shift:
        return None
    if day.of_month:
        return Every("MONTHLY", month_days=(day.of_month,))
    return Every("YEARLY", month=day.date.month, month_days=(day.date.day,))


RULES: tuple[Rule, ...] = (
    rule(
        rf"\b(?:(?:every|each) |on )?(?P<what>day|daily|weekdays?),? (?:except|but not|but|excluding|apart from)"
        rf"(?: for)?"
        rf"(?: on)? (?P<days>{LIST})\b",
        _except,
    ),
    rule(
        rf"\b(?:on )?the (?P<days>{DAY}(?:st|nd|rd|th)(?:(?:, | and |, and )(?:the )?{DAY}(?:st|nd|rd|th)){{1,4}})"
        r" of (?:every|each) month\b",
        _days_of_month,
    ),
    rule(rf"\b(?:every|each) (?P<month>{MONTH})\b(?! ?[0-9])", _month),
    rule(r"\b(?:every|each) (?=noon\b|midnight\b)", _every_day),
    rule(rf"\b(?:on )?(?:the )?(?P<nth>{NTH}) (?P<weekday>{WEEKDAY}) (?:of|in) (?:every|each) month\b", _nth_of_month),
    rule(rf"\b(?:every|each) month on the (?P<nth>{NTH}) (?P<weekday>{WEEKDAY})\b", _nth_of_month),
    rule(rf"\b(?:every|each) (?P<nth>{NTH}) (?P<weekday>{WEEKDAY}) of the month\b", _nth_of_month),
    rule(rf"\b(?:on )?(?:the )?(?P<day>{DAY}(?:st|nd|rd|th)|last)(?: day)? of (?:every|each) month\b", _day_of_month),
    rule(rf"\b(?:every|each) month on (?:the )?(?P<day>{DAY}(?:st|nd|rd|th)|last)(?: day)?\b", _day_of_month),
    rule(
        r"\b(?:every|each) (?P<day>(?:1st|2nd|3rd)(?= of the month)|[4-9]th"
        r"|[12][0-9](?:st|nd|rd|th)|3[01](?:st|th))\b(?: of the month)?(?! "
        r"(?:day|week|month|year|hour))",
        _day_of_month,
    ),
    rule(rf"\b(?:every|each) (?P<one>{WEEKDAY}) ?(?:-|to|through) ?(?P<other>{WEEKDAY})\b", _from_to),
    rule(rf"\b{EACH} {SKIP}(?P<days>{LIST})\b", _weekdays),
    rule(rf"\b(?P<skip>alternate) (?P<days>{LIST})\b", _weekdays),
    rule(
        rf"(?<!this )(?<!next )(?<!last )(?<![0-9] )\b(?:on )?(?P<days>{PLURALS})\b(?=$|[,.!?]| "
        rf"(?:at|from|in|and|until|for|around|every|starting|please|with|called)\b| ?<)",
        _weekdays,
    ),
    rule(rf"\b{EACH} (?P<what>weekdays?|work ?days?|working days?|weekends?)\b", _working),
    rule(r"\b(?:on|during) (?:the )?(?P<what>weekdays|work ?days|working days|weekends)\b", _working),
    rule(r"\b(?P<what>weekdays|weekends)(?= (?:at|from)\b|$)", _working),
    rule(rf"\b(?:every|each) {SKIP}(?P<unit>{either(FREQUENCIES)}|hours?|mins?|minutes?)\b", _unit),
    rule(r"\bper (?P<skip>)(?P<unit>day|week|month|year|hour)\b", _unit),
    rule(r"\b(?:every|each) (?P<length><L[0-9]+>)", _length),
    rule(r"\b(?:once|twice|[0-9]+ times?)(?: in| per| every| each)? (?P<length><L[0-9]+>)", _times_a),
    rule(rf"\b(?P<adverb>{ADVERBS})\b(?!(?<!\ba daily) (?:digest|briefing|news|mail|paper|show)\b)", _adverb),
)
"""Read before the days, whose names these hold."""

DATED: tuple[Rule, ...] = (rule(r"\b(?:every|each) (?P<date><D[0-9]+>)", _dated),)
