"""Learns the second vote from rows of messages and their intents: `python -m jarvis_ai.assistant.keyword.train FILE`.

Offline only: it alone of this package needs numpy. FILE has one JSON object a line with `text` and `intent`.
Multinomial logistic regression with an L2 penalty, by Nesterov's accelerated gradient; nothing in it is random but
the folds, which follow from the order of rows, so the same rows make the same table. A feature of fewer than `SEEN`
rows is left out: no message can be read from the table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jarvis_ai.assistant.keyword.features import features
from jarvis_ai.assistant.keyword.grammar import messages
from jarvis_ai.assistant.keyword.rules import NO_RULE, first_that_holds
from jarvis_ai.assistant.keyword.spelling import plain
from jarvis_ai.assistant.keyword.votes import TABLE, ZERO, Weights, written

SEEN = 3
FOLDS = 5
STEPS = 300
OWN_WORTH = 0.3
"""What a message of our grammar counts, a row being 1."""
PENALTY = 1 / 30
"""On the squares of the weights, for a row's worth of loss."""
THRESHOLD = 0.5

Floats = NDArray[np.float64]
Groups = tuple[list[str], list[str], list[str]]


@dataclass(frozen=True, slots=True)
class Example:
    """A message's features and what it was meant to be."""

    groups: Groups
    intent: str
    worth: float = 1.0

    @classmethod
    def of(cls, text: str, intent: str, worth: float = 1.0) -> Example:
        spelt = plain(text)
        rule, _ = first_that_holds(spelt) or (NO_RULE, "")
        return cls(features(spelt, rule.says), intent, worth)


@dataclass(frozen=True, slots=True)
class Sparse:
    """Rows of few numbers: where row r begins, and the column and value of each number."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats

    def times(self, matrix: Floats) -> Floats:
        return np.asarray(np.add.reduceat(matrix[self.columns] * self.values[:, None], self.starts))

    def turned(self, width: int) -> Sparse:
        """Its transpose; every column has a number."""
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(len(self.starts)), np.diff([*self.starts, len(self.columns)]))
        return Sparse(np.searchsorted(self.columns[order], np.arange(width)), rows[order], self.values[order])


def learnt(rows: Sequence[Example], own: Sequence[Example] = (), *, steps: int = STEPS) -> Weights:
    """The weights that fit `rows` and our `own` examples, their temperature set by rows that were not trained on."""
    fitted = _fitted([*rows, *own], steps)
    folds = [held_out(rows, own, fold, steps=steps) for fold in range(FOLDS)]
    judged = [(weights.scores(each.groups), each.intent) for weights, held in folds for each in held]
    gold = np.array([fitted.intents.index(intent) for _, intent in judged])
    return replace(fitted, temperature=_temperature(np.array([scores for scores, _ in judged]), gold))


def held_out(
    rows: Sequence[Example], own: Sequence[Example], fold: int, *, steps: int = STEPS
) -> tuple[Weights, list[Example]]:
    """The weights of all rows but every `FOLDS`-th, and those rows."""
    kept = [each for at, each in enumerate(rows) if at % FOLDS != fold]
    return _fitted([*kept, *own], steps), list(rows[fold::FOLDS])


def _fitted(examples: Sequence[Example], steps: int) -> Weights:
    intents = tuple(sorted({each.intent for each in examples}))
    names = _features_kept(examples)
    x = _matrix(examples, {name: at for at, name in enumerate(names)})
    gold = np.eye(len(intents))[[intents.index(each.intent) for each in examples]]
    found = _descended(x, gold, np.array([[each.worth] for each in examples]), len(names), steps)
    # Only differences between intents count, so each row is centred before it is cut to a byte.
    found -= found.mean(axis=1, keepdims=True)
    scale = float(np.abs(found).max()) / (ZERO - 1) or 1.0
    cut = (np.rint(found / scale) + ZERO).astype(np.uint8)
    rows = {name: row.tobytes() for name, row in zip(names, cut, strict=True) if (row != ZERO).any()}
    return Weights(intents, scale, 1.0, THRESHOLD, rows)


def _features_kept(examples: Iterable[Example]) -> list[str]:
    seen = Counter(name for each in examples for name in {name for group in each.groups for name in group})
    return sorted(name for name, rows in seen.items() if rows >= SEEN)


def _matrix(examples: Sequence[Example], place: dict[str, int]) -> Sparse:
    """One row an example, each group's features weighing one over the root of how many there are.

    A last column of zeros keeps every row from being empty; its weight is thrown away.
    """
    starts: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for each in examples:
        starts.append(len(columns))
        for group in each.groups:
            known = [place[name] for name in group if name in place]
            columns += known
            values += [len(group) ** -0.5] * len(known)
        columns.append(len(place))
        values.append(0.0)
    return Sparse(np.array(starts), np.array(columns), np.array(values))


def _descended(x: Sparse, gold: Floats, worth: Floats, width: int, steps: int) -> Floats:
    """The weights of least loss, by accelerated gradient with the step that the curvature of the loss allows."""
    whole, back = float(worth.sum()), x.turned(width + 1)
    penalty = PENALTY / whole
    step = 1 / (0.5 * float(np.max(np.add.reduceat(x.values**2, x.starts))) + penalty)
    weights = ahead = np.zeros((width + 1, gold.shape[1]))
    for turn in range(steps):
        slope = back.times(worth * (_softmax(x.times(ahead)) - gold)) / whole + penalty * ahead
        before, weights = weights, ahead - step * slope
        ahead = weights + turn / (turn + 3) * (weights - before)
    return weights[:width]


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _temperature(scores: Floats, gold: NDArray[np.int64]) -> float:
    """The one divisor of scores under which the right intents are likeliest (Guo et al. 2017, "On calibration")."""

    def loss(temperature: float) -> float:
        likely = _softmax(scores / temperature)[np.arange(len(gold)), gold]
        return float(-np.log(np.maximum(likely, 1e-12)).mean())

    return min((round(0.3 + 0.02 * each, 2) for each in range(120)), key=loss)


def examples_in(lines: Iterable[str]) -> list[Example]:
    """The examples in lines of JSON; raises ValueError naming the line that is none."""
    return [_example(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _example(number: int, line: str) -> Example:
    try:
        row: Any = json.loads(line)
        return Example.of(str(row["text"]), str(row["intent"]))
    except (json.JSONDecodeError, KeyError, TypeError) as exc:
        raise ValueError(f"Line {number} is no JSON object with text and intent: {line[:60]!r}") from exc


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m jarvis_ai.assistant.keyword.train", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="rows of JSON with text and intent")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name(TABLE))
    asked = parser.parse_args(arguments)
    rows = [each for file in asked.files for each in examples_in(file.read_text("utf-8").splitlines())]
    own = [Example.of(text, intent, OWN_WORTH) for text, intent in messages()]
    asked.out.write_text(written(learnt(rows, own)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
