"""Number words as digits: "seven thirty" is 7 30, "twenty-second" 22nd, "nineteen hundred ninety-three" 1993."""

from __future__ import annotations

import re

from jarvis_ai.assistant.times.lexicon import MONTHS, UNITS, WEEKDAYS, either

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
CARDINALS = {word: value for value, word in enumerate((*ONES, *TEENS))} | TENS | {"ninety": 90}
SCALES = {"hundred": 100, "thousand": 1000}

FIRST = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh")
TEENTH = ("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth")
ORDINALS = {word: value for value, word in enumerate((*FIRST, *TEENTH), start=1)} | {"twentieth": 20, "thirtieth": 30}

ANY = either([*CARDINALS, *SCALES, *ORDINALS, "oh"])
NUMBER = re.compile(rf"\b(?:{either([*CARDINALS, *ORDINALS])})(?:(?: and |[ -])(?:{ANY}))*\b")
SPLIT = re.compile(r"( and |[ -])")

COUNTED = rf"(?:{either(UNITS)}|[ap] ?\.? ?m|oclock|and a|hundred|thousand)\b"
ONE_BEFORE = re.compile(
    rf"\b(?:at|by|around|until|past|from|after|before|between|within|next|last|to|in|{either(MONTHS)}) $"
)
ONE_AFTER = re.compile(rf"[ -]{COUNTED}")
SECOND_BEFORE = re.compile(rf"(?:\bthe |\b(?:{either([*MONTHS, *WEEKDAYS])}),? (?:the )?)$")
SECOND_AFTER = re.compile(
    rf" (?:{either(WEEKDAYS)}|weeks?|half|months?|quarters?|weekend|day|(?:of )?(?:{either(MONTHS)}))\b"
)

Digits = tuple[str, int]
"""How a number is written, and its value."""


def digits(text: str) -> str:
    """`text` in lower case with its number words as digits; "one" and "second" only where they count something."""
    return NUMBER.sub(_number, text)


def ordinal(value: int) -> str:
    """Such as `22nd`."""
    teen = 10 < value % 100 < 14
    return f"{value}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"


def _number(match: re.Match[str]) -> str:
    words = match[0]
    if words == "one" and not _counts(match):
        return words
    if words.endswith("second") and not _is_ordinal(match):
        head = words.removesuffix("second").rstrip(" -")
        return f"{_written(head)} second" if head else words
    return _written(words)


def _counts(match: re.Match[str]) -> bool:
    before, after = match.string[max(0, match.start() - 12) : match.start()], match.string[match.end() :][:12]
    return not after.startswith(" of") and bool(ONE_BEFORE.search(before) or ONE_AFTER.match(after))


def _is_ordinal(match: re.Match[str]) -> bool:
    before, after = match.string[max(0, match.start() - 16) : match.start()], match.string[match.end() :][:16]
    return bool(SECOND_BEFORE.search(before) or SECOND_AFTER.match(after))


def _written(words: str) -> str:
    """Number words as digits; those that make no number together stand side by side."""
    pieces = SPLIT.split(words)
    done: list[str] = []
    value = _value(pieces[0])
    text = _text(pieces[0], value)
    for joint, word in zip(pieces[1::2], pieces[2::2], strict=True):
        # In "six thirty and seven" no number is 37.
        apart = text[-1].isalpha() or (joint == " and " and value < 100 and done)
        joined = None if apart else _joined(value, word)
        if joined is None:
            done.append(text + (" and " if joint == " and " else " "))
            value = _value(word)
            text = _text(word, value)
        else:
            value = joined
            text = f"0{value}" if text == "0" else _text(word, value)
    return "".join(done) + text


def _value(word: str) -> int:
    return CARDINALS.get(word) or ORDINALS.get(word) or SCALES.get(word) or 0


def _text(word: str, value: int) -> str:
    return ordinal(value) if word in ORDINALS else str(value)


def _joined(value: int, word: str) -> int | None:
    """The number that `value` makes with the next word, or None when a new one begins."""
    if word in SCALES:
        last = value % 1000 if value > 1000 else value
        return value - last + last * SCALES[word] if 0 < last < SCALES[word] else None
    add = _value(word)
    if word == "oh":
        return None
    if (
        value == 0
        or (value % 100 >= 20 and value % 10 == 0 and add < 10)
        or (value >= 100 and value % 100 == 0 > add - 100)
    ):
        return value + add
    return None
