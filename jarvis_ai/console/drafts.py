"""A chain while it is being edited: rows that can be added, removed and moved, beside the version they began from.

Drafts live in the session until they are saved or discarded, so that a look at another page or chain loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

import streamlit as st

from jarvis_ai.chains import Version, written
from jarvis_ai.chains.versions import rows_of
from jarvis_ai.domain import OPENROUTER, Chain, ChainLink, Link

DRAFTS, NUMBERS = "chains_drafts", "chains_numbers"


@dataclass(slots=True)
class Row:
    """One link as the controls hold it."""

    id: int
    """Of its controls: stays with the row wherever it moves."""
    link: str
    retries: int | None = None
    first_token: float | None = None
    silence: float | None = None

    @property
    def value(self) -> dict[str, Any]:
        """What `written` reads."""
        return {
            "link": self.link,
            "retries": self.retries,
            "first_token": self.first_token,
            "silence": self.silence,
        }


@dataclass(slots=True)
class Draft:
    """A chain that may differ from what is saved."""

    name: str
    rows: list[Row]
    base: Version | None = None
    """The version it began from; None for a chain that was never saved."""
    begun: list[dict[str, Any]] = field(default_factory=list)
    """What the rows were at the beginning."""

    @property
    def changed(self) -> bool:
        """Whether something would be lost if it were discarded."""
        return [row.value for row in self.rows] != self.begun

    def chain(self) -> Chain:
        """What would be saved. Raises `ValueError` like `written`."""
        return written(self.name, [row.value for row in self.rows])

    def links(self) -> Chain:
        """The same before it has a name."""
        return written(self.name or "new", [row.value for row in self.rows])

    def add(self, link: str) -> None:
        """One more at the end, but before keyword analysis: nothing after that is asked."""
        last = bool(self.rows) and self.rows[-1].link == "keyword"
        self.rows.insert(len(self.rows) - last, Row(next_id(), link))

    def move(self, row: Row, by: int) -> None:
        """One place up (-1) or down (+1)."""
        place = self.rows.index(row)
        self.rows.insert(place + by, self.rows.pop(place))

    def remove(self, row: Row) -> None:
        self.rows.remove(row)


def of_version(version: Version) -> Draft:
    """A draft that begins from what is saved."""
    return begun(version.name, rows_of(version.chain), version)


def begun(name: str, values: Iterable[Mapping[str, Any]], base: Version | None = None) -> Draft:
    """A draft whose rows have these values."""
    rows = [Row(next_id(), **{**value, "link": short(Link.parse(value["link"]))}) for value in values]
    return Draft(name, rows, base, [row.value for row in rows])


def plain(places: Iterable[ChainLink]) -> list[dict[str, Any]]:
    """The links alone, as values: what was set or said about each is left behind."""
    return [{"link": str(place.link)} for place in places]


def short(link: Link) -> str:
    """A link as people write it: OpenRouter's models without OpenRouter."""
    return link.model if link.provider == OPENROUTER else str(link)


def kept() -> dict[str, Draft]:
    """The session's drafts, by the saved chain's name; the one of a new chain is under the empty name."""
    return cast("dict[str, Draft]", st.session_state.setdefault(DRAFTS, {}))


def next_id() -> int:
    """A number that no row of this session has."""
    return next(cast("count[int]", st.session_state.setdefault(NUMBERS, count())))
