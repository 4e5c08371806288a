"""The words of the calendar and the clock. Tables only: nothing here reads a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

SECONDS = {"second": 1, "minute": 60, "hour": 3600}
DAYS = {"day": 1, "week": 7, "fortnight": 14}
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
"""Units of elapsed time, of whole days and of the calendar: each moves a date in a way of its own."""

UNITS: Mapping[str, str] = {
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), "second"),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "m", "minuets"), "minute"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), "hour"),
    **dict.fromkeys(("day", "days", "d"), "day"),
    **dict.fromkeys(("week", "weeks", "wk", "wks", "w"), "week"),
    **dict.fromkeys(("fortnight", "fortnights"), "fortnight"),
    **dict.fromkeys(("month", "months", "mo", "mos"), "month"),
    **dict.fromkeys(("quarter", "quarters", "qtr", "qtrs"), "quarter"),
    **dict.fromkeys(("year", "years", "yr", "yrs", "y"), "year"),
    **dict.fromkeys(("decade", "decades"), "decade"),
}

SHORT_WEEKDAYS = {
    **{"mon": "monday", "fri": "friday"},
    **dict.fromkeys(("tue", "tues"), "tuesday"),
    **dict.fromkeys(("weds", "wensday", "wendsday", "wendesday", "wedensday"), "wednesday"),
    **dict.fromkeys(("thu", "thur", "thurs", "thirsday"), "thursday"),
    "saterday": "saturday",
}
SHORT_MONTHS = {
    **{"jan": "january", "feb": "february", "febuary": "february", "apr": "april", "jun": "june", "jul": "july"},
    **{"aug": "august", "sep": "september", "sept": "september", "oct": "october", "nov": "november"},
    "dec": "december",
}
TEXTING = {
    **dict.fromkeys(
        ("tmrw", "tmrws", "tmr", "tmw", "tmmrw", "tmoro", "tmorrow", "tomo", "tomoz", "2moz", "2mrw"), "tomorrow"
    ),
    **dict.fromkeys(("2morrow", "2moro", "2mro", "tommorow", "tommorrow", "tomorro", "tomorrows"), "tomorrow"),
    **dict.fromkeys(("2nite", "2night", "tonite", "tnite", "tonights"), "tonight"),
    **dict.fromkeys(("2day", "todays", "2dy"), "today"),
    **dict.fromkeys(("yday", "yest", "yesterdays"), "yesterday"),
    **dict.fromkeys(("nite", "nights"), "night"),
    **dict.fromkeys(("mornin", "mornings"), "morning"),
    **{"evenings": "evening", "evng": "evening", "afternoons": "afternoon", "aftrnoon": "afternoon"},
    **{"nxt": "next", "wkend": "weekend", "wknd": "weekend", "evry": "every", "untill": "until", "til": "until"},
    **{"till": "until", "thru": "through", "approx": "around", "arnd": "around", "abt": "about", "b4": "before"},
    **{"o'clock": "oclock", "midday": "noon", "mid-day": "noon", "noontime": "noon", "noonish": "noon"},
    **{
        "everyday": "every day",
        "weeknights": "every weekday night",
        "lunchtime": "lunch time",
        "dinnertime": "dinner time",
        "bedtime": "bed time",
    },
    **{"noone": "no one", "xmas": "christmas", "annually": "yearly"},
}


ZONES = {
    **dict.fromkeys(("est", "edt", "et", "eastern"), "America/New_York"),
    **dict.fromkeys(("cst", "cdt", "ct", "central"), "America/Chicago"),
    **dict.fromkeys(("mst", "mdt", "mt", "mountain"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt", "pt", "pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("utc", "gmt", "z", "zulu"), "UTC"),
    **dict.fromkeys(("bst", "uk"), "Europe/London"),
    **dict.fromkeys(("cet", "cest"), "Europe/Berlin"),
    **{"eet": "Europe/Athens", "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "aest": "Australia/Sydney"},
}
"""Where the clocks show what a caller calls by these names, summer time or not."""

PARTS = {
    "morning": (9, 12),
    "afternoon": (15, 18),
    "evening": (19, 23),
    "night": (20, 24),
    "lunch": (12, 14),
    "dinner": (19, 21),
    "breakfast": (8, 10),
    "after lunch": (13, 17),
    "after dinner": (20, 23),
    "work": (17, 20),
    "bed": (22, 24),
}
"""The hour that a part of the day means when none is named, and the hour at which it is over."""

EARLY_PARTS = {"morning", "breakfast"}
"""Parts whose hours are before noon."""


def either(words: Iterable[str]) -> str:
    """A pattern for any of `words`, longer ones first."""
    return "|".join(sorted(words, key=len, reverse=True))
