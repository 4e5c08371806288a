"""What a check gets to see, and what it says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jarvis_ai.catalog import Catalog, Model
from jarvis_ai.domain import ANTHROPIC, KEYWORD, OPENAI, OPENROUTER, Chain, ChainLink, Link
from jarvis_ai.policy import Policy

PROVIDER_NAMES = {OPENROUTER: "OpenRouter", OPENAI: "OpenAI", ANTHROPIC: "Anthropic", KEYWORD: "Keyword analysis"}


class Severity(StrEnum):
    """How bad it is, worst first."""

    ERROR = "error"
    """The link never answers, or hides those after it."""
    WARNING = "warning"
    """A fallback is weaker than it looks, or will be soon."""
    NOTE = "note"
    """Worth knowing; may well be meant so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to doubt in a chain."""

    severity: Severity
    code: str
    """Names the check, for whoever counts or filters."""
    places: tuple[int, ...]
    """From 1; empty where the chain as a whole is meant."""
    sentence: str
    """What is so."""
    advice: str
    """What to do about it."""
    link: Link | None = None
    """As it was written; None where several are meant."""
    instead: str = ""
    """The link that the advice puts in its place, as it is written; empty where it names none."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One link of the chain, with who would be asked there today."""

    number: int
    written: ChainLink
    link: Link
    """The written link, or the successor of a retired one."""
    model: Model | None
    """What the catalogue says of it; for a vendor's own door, of the same model at OpenRouter."""

    @property
    def is_model(self) -> bool:
        return self.link.provider != KEYWORD

    @property
    def label(self) -> str:
        """How a sentence calls it."""
        return self.link.model or PROVIDER_NAMES[self.link.provider]


@dataclass(frozen=True, slots=True)
class Case:
    """A chain, and all that it is judged by."""

    chain: Chain
    places: tuple[Placed, ...]
    catalog: Catalog
    policy: Policy
    configured: Collection[str]
    today: date

    @property
    def models(self) -> list[Placed]:
        """The places where a model is asked."""
        return [place for place in self.places if place.is_model]

    @property
    def able(self) -> list[Placed]:
        """The models whose provider has a key."""
        return [place for place in self.models if place.link.provider in self.configured]


def placed(chain: Chain, catalog: Catalog) -> tuple[Placed, ...]:
    """The links of a written chain with who stands behind them."""
    return tuple(_placed(number, link, catalog) for number, link in enumerate(chain.links, 1))


def _placed(number: int, written: ChainLink, catalog: Catalog) -> Placed:
    link = written.link
    if link.provider == OPENROUTER:
        link = Link(OPENROUTER, catalog.resolve(link.model).model_id)
    return Placed(number, written, link, catalog.behind(link))


def listed(words: Sequence[object]) -> str:
    """`1, 2 and 3`."""
    head, last = words[:-1], str(words[-1])
    return f"{', '.join(map(str, head))} and {last}" if head else last


def numbered(places: Sequence[int]) -> str:
    """`place 1`, `places 1 and 2`, or `places 1, 3 and 5 to 8`."""
    runs: list[list[int]] = []
    for number in places:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    spans = [[f"{run[0]} to {run[-1]}"] if len(run) > 2 else run for run in runs]
    return f"place{'s' * (len(places) > 1)} {listed([word for span in spans for word in span])}"
