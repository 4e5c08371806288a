"""The second vote: a table of weights, added up for the features of a message.

The table was learnt by `train` and is package data. Nothing here knows how, and nothing but the standard library is
needed. A feature's weights, one small number an intent, are packed into one large integer; adding integers then adds
them for all intents at once. The last place counts the features found, for each weight is stored 128 too high to be
positive.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from jarvis_ai.assistant.keyword.features import Features, pieces

TABLE = Path(__file__).with_name("weights.tsv")
BYTES = 4  # for each place of a packed sum: room for more features than any message has
ZERO = 128
FINE = 1024


@dataclass(frozen=True)
class Weights:
    """What each feature says for each intent, and how sure the sum of it is."""

    intents: tuple[str, ...]
    scale: float
    """What one step of a weight is worth."""
    temperature: float
    """By how much the scores are too sure of themselves, as measured on rows that were not trained on."""
    rows: Mapping[str, bytes]
    """Each feature's weights, 128 too high."""

    @cached_property
    def packed(self) -> dict[str, int]:
        return {feature: _packed(row) for feature, row in self.rows.items()}

    @cached_property
    def packed_word(self) -> Callable[[str], int]:
        """The sum over the pieces of a word; words come again and again."""
        return lru_cache(maxsize=4096)(lambda word: self._sum(pieces(word)))

    def scores(self, seen: Features) -> list[float]:
        """The score of each intent, the groups of features weighing alike however many are in each."""
        total = (
            _share(len(seen.words)) * self._sum(seen.words)
            + _share(len(seen.order)) * self._sum(seen.order)
            + _share(seen.pieces) * sum(map(self.packed_word, seen.spelt))
        )
        places = array("I", total.to_bytes(BYTES * (len(self.intents) + 1), sys.byteorder))
        too_high, step = ZERO * places[-1], self.scale / FINE
        return [step * (place - too_high) for place in places[:-1]]

    def probabilities(self, seen: Features) -> dict[str, float]:
        """Each intent's probability, calibrated; they add up to one."""
        scores = [score / self.temperature for score in self.scores(seen)]
        highest = max(scores)
        odds = [math.exp(score - highest) for score in scores]
        whole = sum(odds)
        return {intent: each / whole for intent, each in zip(self.intents, odds, strict=True)}

    def says(self, feature: str, intent: str) -> float:
        """What `feature` alone speaks for `intent`; 0 when it is not in the table."""
        row = self.rows.get(feature)
        return (row[self.intents.index(intent)] - ZERO) * self.scale if row else 0.0

    def _sum(self, features: Iterable[str]) -> int:
        return sum(filter(None, map(self.packed.get, features)))


def _share(count: int) -> int:
    """What each of `count` features of a group is worth, in parts of `FINE`."""
    return round(FINE / math.sqrt(count)) if count else 0


def _packed(row: bytes) -> int:
    return int.from_bytes(array("I", [*row, 1]).tobytes(), sys.byteorder)


def read(table: str) -> Weights:
    """The weights in the text of a table as `train` writes it."""
    lines = table.splitlines()
    head = dict(line.split("\t", 1) for line in lines[:3])
    rows = (line.rsplit("\t", 1) for line in lines[3:])
    return Weights(
        intents=tuple(head["intents"].split(" ")),
        scale=float(head["scale"]),
        temperature=float(head["temperature"]),
        rows={feature: bytes.fromhex(weights) for feature, weights in rows},
    )


def written(weights: Weights) -> str:
    """The table of `weights` as text, features in order: equal weights are equal files."""
    head = {
        "intents": " ".join(weights.intents),
        "scale": repr(weights.scale),
        "temperature": repr(weights.temperature),
    }
    rows = {feature: row.hex() for feature, row in sorted(weights.rows.items())}
    return "".join(f"{name}\t{value}\n" for name, value in (head | rows).items())


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The table that comes with the package, read when first asked for."""
    return read(TABLE.read_text(encoding="utf-8"))
