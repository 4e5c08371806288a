"""A chain as an operator writes it down, and the document that keeps it.

Written links are names as they were typed: nothing is resolved, left out or given a reason before a plan is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jarvis_ai.documents import Document, Documents
from jarvis_ai.domain import KEYWORD, LONGEST_OPERATION, PROVIDERS, Chain, ChainLink, Link

KIND = "chain"
"""Of the documents."""
PREFIX = "chain:"
"""Before a chain's name where a model's is expected."""
MOST_LINKS = 30
MOST_RETRIES = 1
"""No link is asked more than twice in one operation."""

NAME = re.compile(r"\w(?:[\w .-]{0,58}[\w.-])?")
"""What can stand in a URL, a header and a row of a table."""
MODEL = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Version:
    """One saved state of a chain."""

    id: int
    """Grows with every save."""
    saved_at: float
    """Seconds since the epoch."""
    chain: Chain
    """As it was written."""
    note: str = ""
    """Why it was saved, in the operator's words."""

    @property
    def name(self) -> str:
        return self.chain.name

    @property
    def hash(self) -> str:
        """What the usage log calls it; see `Chain.hash`."""
        return self.chain.hash


def written(name: str, rows: Iterable[Mapping[str, Any]]) -> Chain:
    """The chain that `rows` describe: `link` as text, and `retries`, `first_token`, `silence` or None.

    Raises `ValueError`, which names the place, for what no engine could act on. A name that no catalogue knows is no
    such thing: that is for the linter to say.
    """
    if not NAME.fullmatch(name):
        raise ValueError(
            "A chain's name has 1 to 60 letters, digits, spaces, dots, dashes or underscores, and begins with a letter "
            f"or digit: '{name}' does not."
        )
    links = tuple(_placed(place, row) for place, row in enumerate(rows, 1))
    if not links:
        raise ValueError(f"The chain '{name}' has no links: add at least one model.")
    if len(links) > MOST_LINKS:
        raise ValueError(f"The chain '{name}' has {len(links)} links; {MOST_LINKS} are the most.")
    return Chain(links, name)


def rows_of(chain: Chain) -> list[dict[str, Any]]:
    """The links of a written chain as plain values: what `written` reads."""
    return [
        {
            "link": str(place.link),
            "retries": place.retries,
            "first_token": place.first_token,
            "silence": place.silence,
        }
        for place in chain.links
    ]


def save(documents: Documents, chain: Chain, *, note: str = "", now: float) -> Version:
    """Keep a written chain as its newest version."""
    return read(documents.save(KIND, chain.name, {"links": rows_of(chain), "note": note.strip()}, now=now))


def read(document: Document) -> Version:
    """The version that a document holds. Raises `ValueError` for one that is not a chain."""
    body = document.body if isinstance(document.body, Mapping) else {}
    rows, note = body.get("links"), body.get("note")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError(f"The document of chain '{document.name}' holds no list of links.")
    return Version(document.id, document.saved_at, written(document.name, rows), note if isinstance(note, str) else "")


def _placed(place: int, row: Mapping[str, Any]) -> ChainLink:
    try:
        return ChainLink(
            _link(row.get("link")),
            retries=_retries(row.get("retries")),
            first_token=_seconds("first-token deadline", row.get("first_token")),
            silence=_seconds("silence deadline", row.get("silence")),
        )
    except ValueError as exc:
        raise ValueError(f"Place {place}: {exc}") from exc


def _link(text: Any) -> Link:
    link = Link.parse(text if isinstance(text, str) else "")
    if link.provider == KEYWORD and not link.model:
        return link
    if link.provider == KEYWORD or link.model in PROVIDERS or not MODEL.fullmatch(link.model):
        raise ValueError(f"'{text}' is not a link; write it like openai/gpt-4o, openai:gpt-4o or keyword.")
    return link


def _retries(value: Any) -> int | None:
    if value is None or (type(value) is int and 0 <= value <= MOST_RETRIES):
        return value
    raise ValueError(f"retries must be 0 to {MOST_RETRIES}, or empty for the failure's own rule, not {value!r}.")


def _seconds(what: str, value: Any) -> float | None:
    if value is None:
        return None
    if type(value) in (int, float) and 0 < value <= LONGEST_OPERATION:
        return float(value)
    raise ValueError(f"the {what} must be above 0 and at most {LONGEST_OPERATION:,.0f} seconds, not {value!r}.")
