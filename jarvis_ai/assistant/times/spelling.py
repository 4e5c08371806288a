"""What is meant by a word that is misspelt, shortened as in a text message, or missed by a letter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

from jarvis_ai.assistant.times.lexicon import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, TEXTING, WEEKDAYS

WORDS = (
    *("today", "tonight", "tomorrow", "yesterday", "morning", "afternoon", "evening", "night", "midnight"),
    *WEEKDAYS,
    *(month for month in MONTHS if month != "may"),
)
BY_LETTER: Mapping[str, tuple[str, ...]] = {
    letter: tuple(word for word in WORDS if word[0] == letter) for letter in {word[0] for word in WORDS}
}
"""First letters are seldom missed."""
KNOWN: Mapping[str, str] = {
    **{f"{word}s": f"{word}s" for word in WEEKDAYS},
    **{word: word for word in WORDS},
    **SHORT_WEEKDAYS,
    **SHORT_MONTHS,
    **TEXTING,
}
OTHER_WORDS = {
    "mourning",
    "moaning",
    "sundry",
    "sundae",
    "marsh",
    "match",
    "mach",
    "matron",
    "juno",
    "jolly",
    "nigh",
    "marcha",
}
"""Words that are a letter away from a time and mean something else."""
LONG = 6
"""Letters from which one may stand for another or be one too many: shorter ones are too like other words."""
TWO_SLIPS = {"tomorrow": 2}
"""No other word is missed as often, and nothing else is like it."""


@lru_cache(maxsize=4096)
def meant(word: str) -> str:
    """The word of time that `word`, in lower case, stands for; `word` itself when it is none."""
    if word in KNOWN:
        return KNOWN[word]
    if len(word) < 4 or word in OTHER_WORDS or not word.isalpha():
        return word
    slips = [time for time in BY_LETTER.get(word[0], ()) if _is_slip(word, time)]
    # A letter is more often left out than taken for another: "tursday" is no Tuesday.
    return min(slips, key=lambda time: (len(time) == len(word), time), default=word)


def _is_slip(word: str, time: str) -> bool:
    """Whether they differ by one letter too few, too many, swapped with its neighbour, or taken for another."""
    most = TWO_SLIPS.get(time, 1)
    if OSA.distance(word, time, score_cutoff=most) > most:
        return False
    return len(time) >= LONG or len(word) < len(time) or sorted(word) == sorted(time) or _is_doubled(word, time)


def _is_doubled(word: str, time: str) -> bool:
    return any(word[at - 1] == word[at] and word[:at] + word[at + 1 :] == time for at in range(1, len(word)))
