"""What the linear vote sees in a message: its words, its kinds of words in order, and pieces of its words.

Training and judging read a message by this one function, so that a weight means the same in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from jarvis_ai.assistant.keyword.lexicon import kind_of_word

PIECES = (3, 4, 5)
"""How many letters a piece of a word has."""

COURTESY = re.compile(
    r"\b(?:please|hey|hi|hello|olly|siri|alexa|google|jarvis|kindly|thanks|thank you|ok|okay|just|so|well|now)\b ?"
)
REQUEST = re.compile(
    r"^(?:(?:can|could|would|will) you "
    r"|i (?:need|want|would like|have|like|wish|must|got|am going)(?: for)?(?: you)? to "
    r"|i'd (?:like|love|want)(?: for)?(?: you)?(?: to)? |i (?:need|want|would like) |i must |i (?:need|want) you "
    r"|you (?:can|should|need to|have to) |help me |go ahead and |let's |do )+"
)
WHEN_JOINTS = frozenset({"at", "on", "by", "this", "next", "the", "of", "in", "and", "last", "coming", "-"})
NAMELESS = {"NAME": "NAME", "PLACE": "PLACE"}
"""Kinds of which one is as good as another: no weight is for a person."""
DROPPED = frozenset({"the", "a", "an"})


@dataclass(frozen=True, slots=True)
class Features:
    """What is in a message, in three groups."""

    words: list[str]
    """Its words and pairs of words, each once."""
    order: list[str]
    """Its kinds of words in their order and the rule that holds, each once."""
    spelt: list[str]
    """The words whose pieces count, as often as they are there."""

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return sum(len(pieces(word)) for word in self.spelt)

    def __iter__(self) -> Iterator[Sequence[str]]:
        """The groups, each with all of its features."""
        yield from (self.words, self.order, [piece for word in self.spelt for piece in pieces(word)])


def features(plain: str, rule: str = "") -> Features:
    """The features of a message in one spelling. How far the `rule` that holds is to be believed is learnt."""
    words = [NAMELESS.get(kind_of(word), word) for word in plain.split()]
    asked = REQUEST.sub("", COURTESY.sub("", plain)).split()
    order = dict.fromkeys([*_in_order(asked), f"R:{rule}"])
    spelt = [word for word in words if not word.isupper()]
    return Features(list(dict.fromkeys(_in_words(words))), list(order), spelt)


def _in_words(words: list[str]) -> Iterator[str]:
    yield from (f"w:{word}" for word in words)
    yield from (f"b:{one} {two}" for one, two in pairwise(["^", *words, "$"]))


def _in_order(words: list[str]) -> Iterator[str]:
    kinds = kinds_of(words)
    around = ["^", *kinds, "$"]
    yield from (f"K:{kind}" for kind in kinds)
    yield from (f"B:{one} {two}" for one, two in pairwise(around))
    yield from (f"T:{one} {two} {three}" for one, two, three in zip(around, around[1:], around[2:], strict=False))
    yield from (f"P:{one} {two}" for one, two in combinations([k for k in dict.fromkeys(kinds) if k.isupper()], 2))
    yield f"F:{' '.join(words[:1])}"
    yield f"F:{' '.join(words[:2])}"


def kinds_of(words: list[str]) -> list[str]:
    """The kinds of `words` in order, a word of no kind as itself; a time in several words counts once."""
    found: list[str] = []
    for word in words:
        kind = kind_of(word)
        if kind == "WHEN":
            while found and (found[-1] in WHEN_JOINTS or found[-1] in ("NUMBER", "WHEN")):
                found.pop()
        elif kind == "UNIT" and found and found[-1] == "NUMBER":
            found[-1] = "SPAN"
            continue
        elif kind in DROPPED or (found and found[-1] == kind):
            continue
        found.append(kind)
    return found


_KINDS = kind_of_word()


@lru_cache(maxsize=4096)
def kind_of(word: str) -> str:
    """The kind of `word` in the lexicon, its owner's 's left out; `word` itself when it has none."""
    return _KINDS.get(word) or _KINDS.get(word.removesuffix("'s")) or word


@lru_cache(maxsize=4096)
def pieces(word: str) -> tuple[str, ...]:
    """Every run of three to five letters of `word` between its edges."""
    edged = f"<{word}>"
    return tuple(edged[at : at + size] for size in PIECES for at in range(len(edged) - size + 1))
