"""One way of writing for the many that people have, so that the rules stay few.

After this a text is in lower case and plain ASCII where it can be, numbers are digits, "4 P.M." is `4pm`, "tmrw" is
`tomorrow`, "half an hour" is `30 minute`. `<` and `>` are gone: the rules mark what they have read with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from jarvis_ai.assistant.times.lexicon import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, UNITS, WEEKDAYS, either
from jarvis_ai.assistant.times.numerals import CARDINALS, digits
from jarvis_ai.assistant.times.spelling import meant

TABLE = str.maketrans(
    {"’": "'", "“": '"', "”": '"', "‘": "'", "`": "'", "–": "-", "—": "-", "−": "-", "<": " ", ">": " ", "_": " "}
)
LONGEST = 20_000
"""Characters that are read of a text that is not plain ASCII: some characters stand for many plain ones."""
WORD = re.compile(r"[a-z0-9][a-z0-9']*")

CAPITAL = re.compile(r"(?<=[a-z0-9,] )(?<!the )(?:Sat|Sun|Wed)\b|^(?:Sat|Wed)\b")
"""Within a sentence the capital letter tells the day from the word; at its beginning only "sun" is no verb."""

UNIT = either(UNITS)
NAMES = either([*MONTHS, *WEEKDAYS])
SHORT_OR_LONG = either([*MONTHS, *WEEKDAYS, *SHORT_MONTHS, *SHORT_WEEKDAYS])
AFTER_SHORT = (
    r"(?=\.?,? ?(?:$|[?!.,;)]|[0-9]|at\b|from\b|the\b|morning\b|afternoon\b|evening\b|night\b|next\b|in the\b"
    r"|this\b|around\b))"
)
HALVES = {"minute": "30 second", "hour": "30 minute", "day": "12 hour", "month": "15 day", "year": "6 month"}
QUARTERS = {"hour": "15 minute", "day": "6 hour", "year": "3 month"}
SHARES = {"half": ".5", "quarter": ".25", "quarters": ".5"}

Replacement = str | Callable[[re.Match[str]], str]


def _unit(word: str) -> str:
    return UNITS.get(word, word)


def _and_share(match: re.Match[str]) -> str:
    return f"{match[1].replace('a', '1').rstrip('n')}{SHARES[match[3]]} {_unit(match[2])}"


def _share_of(match: re.Match[str]) -> str:
    return f"{match[1]}{SHARES[match[2]]} {_unit(match[3])}"


APART: tuple[tuple[str, Replacement], ...] = (
    (rf"\b(today|tonight|tomorrow|at|on|{SHORT_OR_LONG})([0-9])", r"\1 \2"),
    (rf"([0-9]|[0-9][ap]m)({SHORT_OR_LONG})\b", r"\1 \2"),
    (
        r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(z)?(?! ?[ap]\.?m)",
        lambda m: f"{m[1]} {m[2]}h{m[3]}{' utc' if m[4] else ''}",
    ),
    (r"(/[0-9]{1,2}(?:/[0-9]{2,4})?)-([0-9]{1,2}/)", r"\1 - \2"),
    (r"\bweek-end", "weekend"),
    (r"\bmid-day\b", "noon"),
    (r"\b([0-9]{1,2})[|;]([0-5][0-9])(?![0-9])", r"\1:\2"),
    (rf"\b({either(CARDINALS)})([ap]m)\b", r"\1 \2"),
    (r"(?:^|(?<= ))@ ?(?=[0-9])", "at "),
)
"""What was typed in one: "today6pm", "14april", "dec31", "10/1-11/2"; a time after an ISO date is of 24 hours."""

REWRITES: tuple[tuple[str, Replacement], ...] = (
    # The half of the day: "4 p.m.", "seven p . m .", "9pnm", "4p", "9.am".
    (r"\bmid day\b", "noon"),
    (r"\b(next|this|last) (week|month|year)s\b", r"\1 \2"),
    (r"([0-9]): ([0-5][0-9])(?= ?[ap]\.?m\b)", r"\1:\2"),
    (r"([0-9]) ?([ap])ms\b", r"\1\2m"),
    (r"([0-9]) oclock (?=[ap]\b|[ap]m\b)", r"\1 "),
    (r"([0-9])\s?[.:]?\s?([ap])\s?\.?\s?n?m\b(?:\.(?!\w))?", r"\1\2m"),
    (
        r"(?<!seat )(?<!gate )(?<!unit )(?<!apartment )(?<!apt )(?<!room )(?<!suite )(?<!flat )(?<!row )(?<!platform )"
        r"\b([0-9]{1,2}(?::[0-9]{2})?)([ap])\b\.?",
        r"\1\2m",
    ),
    (r"\boh ([1-9]):? ?([0-5][0-9])\b", r"0\1:\2"),
    (r"\b(at|by|from|until|to|around) ([1-9]00) (?=hours?\b|hrs?\b)", r"\1 0\2 "),
    (r"([0-9][ap]m)(?=[a-z])", r"\1 "),
    (
        rf"\b(in the|this|tomorrow|today|{NAMES}) ([ap])\.?m\b\.?(?! i\b)",
        lambda m: f"{m[1]} {'morning' if m[2] == 'a' else 'afternoon'}",
    ),
    (r"(?<!at )(?<!from )(?<!until )\b([0-9]{1,2}):([0-5][0-9]) (?:hours?|hrs?)\b", r"\1 hour \2 minute"),
    # "From six thirty".
    (
        rf"\b(from|between|at|until|by|around) ([1-9]|1[0-2]) ([0-5][0-9])\b(?![:/.-]?[0-9]| ?(?:{UNIT}|{NAMES})\b)",
        r"\1 \2:\3",
    ),
    # Short names that are also words count only where a day can stand.
    (r"\b((?:on|this|next|last|every|coming|until|by) )(sat|sun|wed)\b\.?", lambda m: m[1] + _weekday(m[2])),
    (r"([0-9][ap]m )(sat|sun|wed)\b", lambda m: m[1] + _weekday(m[2])),
    (rf"(?<!the )\b(sat|sun|wed)\b{AFTER_SHORT}\.?", lambda m: _weekday(m[1])),
    (r"\bmar\b\.?(?= ?[0-9])|(?<=[0-9] )mar\b|(?<=[0-9]-)mar\b", "march"),
    (rf"\b({NAMES})\.", r"\1"),
    # Parts of units.
    (rf"\b([0-9]+|an?) ({UNIT}) and (?:a |an |1 )?(half|quarter)\b", _and_share),
    (rf"\b([0-9]+) and (?:a |an |[12] )?(half|quarters?)(?: of)?(?: an?)? ({UNIT})\b", _share_of),
    (rf"\b([0-9]+) 1/2 ({UNIT})\b", r"\1.5 \2"),
    (r"\b3 quarters? of an hour\b", "45 minute"),
    (r"\b(?:a )?(?:half|1/2) (?:of )?(?:an? )?(minute|hour|day|month|year|h)\b", lambda m: HALVES[_unit(m[1])]),
    (r"\b(?:an? )?(?:quarter (?:of )?an?|1/4(?: of an)?) (hour|day|year)\b", lambda m: QUARTERS[m[1]]),
    # "5 to 6 hours" are at least 5.
    (rf"\b([0-9]+) ?(?:to|-|or) ?[0-9]+ ({UNIT})\b(?! (?:past|to)\b)", r"\1 \2"),
    (rf"\b(?:a )?(?:couple|pair)(?: of)? (?=(?:more )?(?:{UNIT})\b)", "2 "),
    (rf"\b(?:a )?(?:few|some) (?=(?:more )?(?:{UNIT})\b)", "3 "),
    (
        rf"(?<![0-9] )(?<!an )(?<!a )(?<!the )(?<!this )(?<!next )(?<!last )(?<!every )(?<!each )"
        rf"\b(fortnight|week|month) (?=from (?:now|today|tomorrow|next|this|{NAMES})\b)",
        r"1 \1 ",
    ),
    (rf"\bseveral (?=(?:more )?(?:{UNIT})\b)", "7 "),
    (rf"\ban? (?=(?:{UNIT})\b)(?!quarter (?:past|to|after|before|of|until)\b)", "1 "),
    (r"\b([0-9]+) (?:more|fewer|full|whole|additional|business|working) (?=[a-z])", r"\1 "),
    (
        rf"((?:{NAMES}|the|on) )?\b([0-9]+) (upcoming|past|last|next|previous|coming|following) (?=(?:{UNIT})\b)",
        lambda m: m[0] if m[1] else f"{m[3]} {m[2]} ",
    ),
)
_APART = tuple((re.compile(pattern, re.ASCII), replacement) for pattern, replacement in APART)
_REWRITES = tuple((re.compile(pattern, re.ASCII), replacement) for pattern, replacement in REWRITES)


def normalise(text: str) -> str:
    """`text` in the one way of writing that the rules read. Takes time in proportion to its length."""
    text = CAPITAL.sub(lambda match: _weekday(match[0].lower()), text)
    text = digits(WORD.sub(_spelt, _rewritten(_plain(text), _APART)))
    return _rewritten(text, _REWRITES)


def _rewritten(text: str, rewrites: Iterable[tuple[re.Pattern[str], Replacement]]) -> str:
    for pattern, replacement in rewrites:
        text = pattern.sub(replacement, text)
    return text


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:LONGEST]
        text = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)
    return " ".join(text.translate(TABLE).lower().split())


def _spelt(match: re.Match[str]) -> str:
    word = match[0].removesuffix("'s").rstrip("'")
    return meant(word)


def _weekday(short: str) -> str:
    return {"sat": "saturday", "sun": "sunday", "wed": "wednesday"}[short]
