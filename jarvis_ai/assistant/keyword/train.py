"""Learns the second vote from messages and their intents: `python -m jarvis_ai.assistant.keyword.train FILE`.

Offline only: it alone of this package needs numpy. FILE has one JSON object a line with `text` and `intent`; messages
of our own grammar are added to its rows. Multinomial logistic regression with an L2 penalty, by Nesterov's
accelerated gradient. Nothing is random, and folds follow from the order of rows: the same rows make the same table. A
feature of fewer than `SEEN` messages is left out, so no message can be read from the table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jarvis_ai.assistant.keyword.decision import decided
from jarvis_ai.assistant.keyword.features import Features, features
from jarvis_ai.assistant.keyword.grammar import messages, ours
from jarvis_ai.assistant.keyword.rulebook import first_that_holds
from jarvis_ai.assistant.keyword.rules import NO_RULE, Rule
from jarvis_ai.assistant.keyword.spelling import plain
from jarvis_ai.assistant.keyword.votes import TABLE, ZERO, Weights, written
from jarvis_ai.assistant.scores import IntentScore, JudgedIntent, score_intents

SEEN = 3
FOLDS = 5
STEPS = 40
MEMORY = 10
OWN_WORTH = 0.3
"""What a message of our grammar counts, a row being 1."""
PENALTY = 1 / 20
"""On the squares of the weights, for a row's worth of loss."""
LEAST = 3
"""A feature whose weights are all within so many steps of nothing is left out of the table."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """A message as the votes see it, and what it was meant to be."""

    seen: Features
    rule: Rule
    intent: str
    worth: float = 1.0

    @classmethod
    def of(cls, text: str, intent: str, worth: float = 1.0) -> Example:
        spelt = plain(text)
        rule, _ = first_that_holds(spelt) or (NO_RULE, "")
        return cls(features(spelt, rule.says), rule, intent, worth)


@dataclass(frozen=True, slots=True)
class Sparse:
    """Rows of few numbers: where each row begins, and the column and value of each number."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats

    def times(self, matrix: Floats) -> Floats:
        return np.asarray(np.add.reduceat(matrix[self.columns] * self.values[:, None], self.starts))

    def turned(self, width: int) -> Sparse:
        """Its transpose; each of its `width` columns has a number."""
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(len(self.starts)), np.diff([*self.starts, len(self.columns)]))
        return Sparse(np.searchsorted(self.columns[order], np.arange(width)), rows[order], self.values[order])


def learnt(rows: Sequence[Example], own: Sequence[Example] = ()) -> tuple[Weights, IntentScore]:
    """The weights that fit `rows` and our `own` examples, and how good such weights are on rows not trained on."""
    intents = tuple(sorted({each.intent for each in (*rows, *own)}))
    folds = [_without(rows, own, fold, intents) for fold in range(FOLDS)]
    judged = [(weights, each) for weights, held in folds for each in held]
    temperature = _temperature([(weights.scores(each.seen), intents.index(each.intent)) for weights, each in judged])
    score = score_intents([_judged(replace(weights, temperature=temperature), each) for weights, each in judged])
    return replace(_fitted([*rows, *own], intents), temperature=temperature), score


def _without(
    rows: Sequence[Example], own: Sequence[Example], fold: int, intents: Sequence[str]
) -> tuple[Weights, Sequence[Example]]:
    """The weights that fit all but one in `FOLDS` of the rows, and those rows."""
    kept = [each for at, each in enumerate(rows) if at % FOLDS != fold]
    return _fitted([*kept, *own], intents), rows[fold::FOLDS]


def _judged(weights: Weights, example: Example) -> JudgedIntent:
    said, confidence, _ = decided(example.rule, weights.probabilities(example.seen))
    return JudgedIntent(example.intent, said, confidence)


def _fitted(examples: Sequence[Example], intents: Sequence[str]) -> Weights:
    names = _features_kept(examples)
    x = _matrix(examples, {name: at for at, name in enumerate(names)})
    gold = np.eye(len(intents), dtype=np.float32)[[intents.index(each.intent) for each in examples]]
    found = _descended(x, gold, np.array([[each.worth] for each in examples], np.float32), len(names))
    # Only differences between intents count, so each row is centred before it is cut to a byte.
    found -= found.mean(axis=1, keepdims=True)
    scale = float(np.abs(found).max(initial=0.0)) / (ZERO - 1) or 1.0
    steps = np.rint(found / scale).astype(np.int64)
    cut = (steps + ZERO).astype(np.uint8)
    kept = np.flatnonzero(np.abs(steps).max(axis=1, initial=0) > LEAST)
    return Weights(tuple(intents), scale, 1.0, {names[at]: cut[at].tobytes() for at in kept})


def _features_kept(examples: Iterable[Example]) -> list[str]:
    seen = Counter(name for each in examples for name in {name for group in each.seen for name in group})
    return sorted(name for name, times in seen.items() if times >= SEEN)


def _matrix(examples: Sequence[Example], place: dict[str, int]) -> Sparse:
    """One row an example, each feature worth one over the root of how many are in its group.

    A last column of zeros keeps every row from being empty; its weight is thrown away.
    """
    starts: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for each in examples:
        starts.append(len(columns))
        for group in each.seen:
            known = [place[name] for name in group if name in place]
            columns += known
            values += [len(group) ** -0.5] * len(known)
        columns.append(len(place))
        values.append(0.0)
    return Sparse(np.array(starts), np.array(columns), np.array(values, np.float32))


def _descended(x: Sparse, gold: Floats, worth: Floats, width: int) -> Floats:
    """The weights of least loss, by L-BFGS (Nocedal and Wright 2006, algorithms 7.4 and 3.1)."""
    back = x.turned(width + 1)

    def loss(weights: Floats) -> tuple[float, Floats]:
        likely = _softmax(x.times(weights))
        missed = -np.log(np.maximum((likely * gold).sum(axis=1, keepdims=True), 1e-12))
        slope = back.times(worth * (likely - gold)) + np.float32(PENALTY) * weights
        return float((worth * missed).sum() + PENALTY / 2 * (weights**2).sum()), slope

    weights = np.zeros((width + 1, gold.shape[1]), np.float32)
    height, slope = loss(weights)
    steps: deque[tuple[Floats, Floats]] = deque(maxlen=MEMORY)
    for _ in range(STEPS):
        way = _downhill(slope, steps)
        rate = 1.0 if steps else 1 / float(np.abs(slope).sum())
        falls = float((way * slope).sum())
        while (there := loss(weights + np.float32(rate) * way))[0] > height + 1e-4 * rate * falls and rate > 1e-6:
            rate /= 2
        if there[0] >= height:  # as low as numbers of this size can tell
            break
        step = np.float32(rate) * way
        steps.append((step, there[1] - slope))
        weights, (height, slope) = weights + step, there
    return weights[:width]


def _downhill(slope: Floats, steps: Iterable[tuple[Floats, Floats]]) -> Floats:
    """The way down, by the curvature that the last `steps` met: each a move and how the slope changed by it."""
    way, passed = -slope, []
    for move, change in reversed(list(steps)):
        if (curved := float((move * change).sum())) > 0:
            share = float((move * way).sum()) / curved
            way = way - np.float32(share) * change
            passed.append((move, change, share, curved))
    if passed:
        _, change, _, curved = passed[0]
        way = way * np.float32(curved / float((change**2).sum()))
    for move, change, share, curved in reversed(passed):
        way = way + np.float32(share - float((change * way).sum()) / curved) * move
    return way


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _temperature(judged: Sequence[tuple[Sequence[float], int]]) -> float:
    """The one divisor of scores under which the right intents are likeliest (Guo et al. 2017, "On calibration")."""
    scores = np.array([each for each, _ in judged], np.float32)
    gold = np.array([place for _, place in judged])

    def loss(temperature: float) -> float:
        likely = _softmax(scores / np.float32(temperature))[np.arange(len(gold)), gold]
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
    """Writes the table and says how good it is on rows that were not trained on."""
    parser = argparse.ArgumentParser(prog="python -m jarvis_ai.assistant.keyword.train")
    parser.add_argument("files", nargs="+", type=Path, help="one JSON object a line, with text and intent")
    parser.add_argument("--out", type=Path, default=TABLE, help="where the table goes")
    parser.add_argument("--grammar", type=Path, help="ways of asking to learn from as well, instead of ours")
    asked = parser.parse_args(arguments)
    rows = [each for file in asked.files for each in examples_in(file.read_text("utf-8").splitlines())]
    grammar = asked.grammar.read_text("utf-8") if asked.grammar else ours()
    own = [Example.of(text, intent, OWN_WORTH) for text, intent in messages(grammar)]
    weights, score = learnt(rows, own)
    asked.out.write_text(written(weights), encoding="utf-8")
    sys.stdout.write(
        f"{len(weights.rows)} features, temperature {weights.temperature}. In {FOLDS} folds of {score.rows} rows:"
        f" right {score.right / score.rows:.1%}, wrong command {score.wrong_commands / score.rows:.1%},"
        f" nothing done when nothing was asked {score.chat_kept / max(1, score.chat):.1%},"
        f" calibration error {score.calibration_error:.1%}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
