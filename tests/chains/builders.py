"""Saved chains in a line."""

from __future__ import annotations

from types import MappingProxyType

from jarvis_ai.chains import Defaults, Migration, Saved, Version, written
from jarvis_ai.domain import Chain


def version(name: str, *links: str, id_: int = 1) -> Version:
    """A saved chain of these links, with nothing set about them."""
    return Version(id_, 0.0, written(name, [{"link": link} for link in links]))


def saved(*versions: Version, migration: Migration | None = None, default: str = "", **tasks: str) -> Saved:
    """What is saved: these chains, who uses them, and how far a migration has come."""
    chains = MappingProxyType({each.name: each for each in versions})
    return Saved(chains, Defaults(default, MappingProxyType(tasks)), migration or Migration())


def names(chain: Chain) -> list[str]:
    """Its links as text."""
    return [str(place.link) for place in chain.links]
