"""The second vote: a table of weights, added up for the features of a message.

The table was learnt by `train` and is package data. Nothing here knows how, and nothing but the standard library is
needed. A feature's weights, one small number an intent, are packed into one large integer; adding integers then adds
them for all intents at once. The last place counts the features found, for each weight is stored 128 too high to be
positive.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

TABLE = "weights.tsv"
BYTES = 4  # for each place of a packed sum: room for more features than any message has
ZERO = 128


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

    def scores(self, groups: Iterable[Sequence[str]]) -> list[float]:
        """The score of each intent, the groups of features weighing alike however many are in each."""
        total = [0.0] * len(self.intents)
        for group in groups:
            if group:
                share = self.scale / math.sqrt(len(group))
                sums = self._sums(group)
                total = [each + share * found for each, found in zip(total, sums, strict=True)]
        return total

    def probabilities(self, groups: Iterable[Sequence[str]]) -> dict[str, float]:
        """Each intent's probability, calibrated; they add up to one."""
        scores = [score / self.temperature for score in self.scores(groups)]
        highest = max(scores)
        odds = [math.exp(score - highest) for score in scores]
        whole = sum(odds)
        return {intent: each / whole for intent, each in zip(self.intents, odds, strict=True)}

    def says(self, feature: str, intent: str) -> float:
        """What `feature` alone speaks for `intent`; 0 when it is not in the table."""
        row = self.rows.get(feature)
        return (row[self.intents.index(intent)] - ZERO) * self.scale if row else 0.0

    def _sums(self, features: Sequence[str]) -> list[int]:
        get = self.packed.get
        total = sum([get(feature, 0) for feature in features])
        places = array("I", total.to_bytes(BYTES * (len(self.intents) + 1), "little"))
        too_high = ZERO * places[-1]
        return [place - too_high for place in places[:-1]]


def _packed(row: bytes) -> int:
    return int.from_bytes(array("I", [*row, 1]).tobytes(), "little")


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
    return read(files("jarvis_ai.assistant.keyword").joinpath(TABLE).read_text(encoding="utf-8"))
