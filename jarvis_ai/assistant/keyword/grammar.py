"""Messages of our own to learn from beside real ones: ways of asking that the rows at hand may not have.

Used by `train` alone. The ways are in grammar.txt. Each is filled a few times, its slots walking through the words, so
that the messages differ and are the same each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

FILLS = 6
"""How often a way of asking with a slot is filled."""

Sections = Mapping[str, Sequence[str]]


def ours() -> str:
    """The text of grammar.txt."""
    return Path(__file__).with_name("grammar.txt").read_text(encoding="utf-8")


def messages(grammar: str) -> Iterator[tuple[str, str]]:
    """Every way of asking in the text of a grammar, filled, with its intent; always the same, in the same order."""
    sections = read(grammar)
    for intent, ways in sections.items():
        if not intent.startswith("{"):
            yield from ((message, intent) for message in filled(ways, sections))


def read(text: str) -> Sections:
    """The lines under each [heading], comments and empty lines left out."""
    sections: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines():
        if found := re.fullmatch(r"\[(.+)\]", line):
            heading = found.group(1)
        elif line and not line.startswith("#"):
            sections.setdefault(heading, []).append(line)
    return sections


def filled(ways: Sequence[str], sections: Sections) -> Iterator[str]:
    """Each of `ways` with words in its slots, `FILLS` times when it has any."""
    for number, way in enumerate(ways):
        for turn in range(FILLS if "{" in way else 1):
            yield _filled(way, number * FILLS + turn, sections)


def _filled(way: str, turn: int, sections: Sections) -> str:
    taken = iter(range(len(way)))  # a slot that is there twice gets two words

    def word(slot: re.Match[str]) -> str:
        words = sections[slot.group()]
        return words[(5 * turn + 3 * next(taken) + turn // len(words)) % len(words)]

    return re.sub(r"\{\w+\}", word, way)
