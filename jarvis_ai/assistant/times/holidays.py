"""Days that are known by a name, in the calendar of the United States where countries differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from jarvis_ai.assistant.times.wall import add_months

OfYear = Callable[[int], date]


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month, counted from its end when `nth` is negative; it may lie in the next month."""
    if nth < 0:
        last = add_months(date(year, month, 1), 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the anonymous algorithm in Meeus, Astronomical Algorithms."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _fixed(month: int, day: int) -> OfYear:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, nth: int, later: int = 0) -> OfYear:
    return lambda year: nth_weekday(year, month, weekday, nth) + timedelta(days=later)


def _easter(later: int) -> OfYear:
    return lambda year: easter(year) + timedelta(days=later)


HOLIDAYS: Mapping[str, OfYear] = {
    r"christmas eve": _fixed(12, 24),
    r"christmas(?: day)?": _fixed(12, 25),
    r"boxing day": _fixed(12, 26),
    r"new years?'? eve|nye": _fixed(12, 31),
    r"new years?'? ?day": _fixed(1, 1),
    r"(?<!happy )(?<!islamic )(?<!parsi )(?<!chinese )(?<!lunar )(?<!jewish )(?<!persian )new years?": _fixed(1, 1),
    r"epiphany": _fixed(1, 6),
    r"(?:martin luther king|mlk)(?: jr\.?)?(?: day)?": _nth(1, 0, 3),
    r"groundhog day": _fixed(2, 2),
    r"valentines?'?(?: day)?|st valentine(?: day)?": _fixed(2, 14),
    r"president'?s?'? day": _nth(2, 0, 3),
    r"(?:saint|st\.?) patricks?'?(?: day)?": _fixed(3, 17),
    r"april fools?'?(?: day)?": _fixed(4, 1),
    r"ash wednesday": _easter(-46),
    r"palm sunday": _easter(-7),
    r"maundy thursday": _easter(-3),
    r"good friday": _easter(-2),
    r"easter monday": _easter(1),
    r"easter(?: sunday)?": _easter(0),
    r"ascension day": _easter(39),
    r"pentecost|whitsun(?:day)?": _easter(49),
    r"earth day": _fixed(4, 22),
    r"(?:international )?workers?'? day|may day|international labou?r day": _fixed(5, 1),
    r"cinco de mayo": _fixed(5, 5),
    r"mother'?s?'? day": _nth(5, 6, 2),
    r"memorial day": _nth(5, 0, -1),
    r"juneteenth": _fixed(6, 19),
    r"father'?s?'? day": _nth(6, 6, 3),
    r"independence day|4th of july": _fixed(7, 4),
    r"labou?r day": _nth(9, 0, 1),
    r"columbus day|indigenous people'?s?'? day": _nth(10, 0, 2),
    r"halloween(?: day)?": _fixed(10, 31),
    r"all saints?'? day": _fixed(11, 1),
    r"guy fawkes(?: day| night)?|bonfire night": _fixed(11, 5),
    r"veterans?'? day": _fixed(11, 11),
    r"black friday": _nth(11, 3, 4, 1),
    r"cyber monday": _nth(11, 3, 4, 4),
    r"thanksgiving(?: day)?": _nth(11, 3, 4),
}
"""Patterns of names in the normal way of writing, each with its day in a year. The first that fits counts."""
