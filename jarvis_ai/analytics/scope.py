"""Which part of the traffic a question to the roll-ups is about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from jarvis_ai.domain import Source
from jarvis_ai.usage_log.cuts import cut_for

Dimension = Literal["provider", "model", "source", "task", "status", "failure"]
"""What roll-ups tell apart. Provider, model, status and failure are those of what is counted: of an operation who
answered it and how it ended, of an attempt who was asked and how that ended."""

FIELDS: dict[str, Dimension] = {
    "providers": "provider",
    "models": "model",
    "sources": "source",
    "tasks": "task",
    "statuses": "status",
    "failures": "failure",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Values of dimensions; an empty field lets everything through."""

    providers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    drills: bool = True
    """Whether rehearsals are in it, whose failures were wished for."""

    def cut(self, by: Iterable[Dimension]) -> str:
        """The cut with the fewest cells that can be grouped `by` these dimensions and hold this scope."""
        return cut_for({*by, *(FIELDS[name] for name in self.narrowed)})

    @property
    def narrowed(self) -> list[str]:
        """The fields that let only some values through."""
        return [name for name in FIELDS if getattr(self, name)]

    @property
    def condition(self) -> str:
        """On `rollup_keys k`, with the named parameters of `values`."""
        lists = [f"AND k.{FIELDS[name]} IN (SELECT value FROM json_each(:{name}))" for name in self.narrowed]
        # Every cut keeps rehearsals apart.
        return " ".join([*lists, *([] if self.drills else [f"AND k.source <> '{Source.DRILL}'"])])

    @property
    def values(self) -> dict[str, Any]:
        """Lists travel as JSON."""
        return {name: json.dumps(getattr(self, name)) for name in self.narrowed}


ALL_TRAFFIC = Scope()
WITHOUT_DRILLS = Scope(drills=False)
