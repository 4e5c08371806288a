"""A text in which what has been read is replaced by marks, rule after rule.

Small patterns read words ("friday", "3pm"), later ones read marks ("<D0> at <C1>"): each rule stays short, and what one
has read no other reads again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from jarvis_ai.assistant.times.values import KINDS, Value

Kind = TypeVar("Kind", bound=Value)
MARK = re.compile(r"<([A-Z])([0-9]+)>")


class Reading:
    """What has been read so far."""

    def __init__(self, text: str, now: datetime, *, past: bool) -> None:
        self.source = self.text = text
        self.now, self.past = now, past
        self.values: list[Value] = []

    @property
    def today(self) -> date:
        return self.now.date()

    def apply(self, rules: Iterable[Rule]) -> None:
        """Replace what the rules read by marks, one rule after the other, each from left to right."""
        for rule in rules:
            self.text = rule.pattern.sub(partial(self._read, rule.build), self.text)

    def mark(self, value: Value) -> str:
        """What stands for `value` in the text from now on."""
        self.values.append(value)
        return f"<{KINDS[type(value)]}{len(self.values) - 1}>"

    def value(self, mark: str, kind: type[Kind]) -> Kind:
        """What stands behind `mark`, such as `<D0>`; the letter says of what kind it is."""
        found = self.values[int(mark[2:-1])]
        if not isinstance(found, kind):
            raise TypeError(f"{mark} is no {kind.__name__}: a rule reads marks of another kind than its pattern names.")
        return found

    def marks(self) -> list[tuple[int, Value]]:
        """Where in the text each value stands, in the text's order."""
        return [(match.start(), self.values[int(match[2])]) for match in MARK.finditer(self.text)]

    def _read(self, build: Build, match: re.Match[str]) -> str:
        value = build(match, self)
        return match[0] if value is None else (match.groupdict().get("keep") or "") + self.mark(value)


Build = Callable[[re.Match[str], Reading], Value | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, and what a match of it means; None leaves the text as it is. The group `keep` stays in the text."""

    pattern: re.Pattern[str]
    build: Build


def rule(pattern: str, build: Build) -> Rule:
    """A rule on the normal way of writing, in which digits and words are ASCII."""
    return Rule(re.compile(pattern, re.ASCII), build)
