"""Which part of the traffic a question is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jarvis_ai.domain import Source

BY_FALLBACK, OF_UNKNOWN_COST = "by a fallback", "of unknown cost"
TRAITS: Mapping[str, str] = MappingProxyType(
    {
        BY_FALLBACK: "o.fallback = 1",
        OF_UNKNOWN_COST: """EXISTS (SELECT 1 FROM attempts u
            WHERE u.operation_id = o.id AND u.cost_nanos IS NULL AND u.status <> 'pending')""",
    }
)
"""What can be said of an operation besides what its columns hold, with the condition on `operations o`."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the traffic; an empty field lets everything through.

    `models`, `providers` and `failures` are those of attempts: an operation belongs to a model when one of its attempts
    went there. `answered` are the models that gave the answer; `traits` are keys of `TRAITS` and must all hold. The
    rest, with `text` (found in the request or the answer), is the operation's.
    """

    models: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    text: str = ""


EVERYTHING = Filters()
IN_EARNEST = Filters(sources=tuple(source.value for source in Source if source is not Source.DRILL))
"""Everything but rehearsals: their failures were wished for."""


@dataclass(frozen=True, slots=True)
class FilterValues:
    """What occurs in the log, sorted: the choices of the filter lists."""

    models: list[str]
    providers: list[str]
    failures: list[str]
    answered: list[str]
    sources: list[str]
    tasks: list[str]
    statuses: list[str]
    traits: list[str] = field(default_factory=lambda: list(TRAITS))
