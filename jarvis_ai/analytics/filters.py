"""Which part of the traffic a question is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jarvis_ai.domain import Source

ENDED, BY_FALLBACK, OF_UNKNOWN_COST = "that have ended", "by a fallback", "of unknown cost"
ANSWERED_BY_NOBODY, WITHOUT_TASK = "answered by nobody", "without a task"
TRAITS: Mapping[str, str] = MappingProxyType(
    {
        ENDED: "o.status <> 'pending'",
        ANSWERED_BY_NOBODY: "o.model IS NULL",
        WITHOUT_TASK: "o.task = ''",
        BY_FALLBACK: "o.fallback = 1",
        OF_UNKNOWN_COST: """EXISTS (SELECT 1 FROM attempts u
            WHERE u.operation_id = o.id AND u.cost_nanos IS NULL AND u.status <> 'pending')""",
    }
)
"""What can be said of an operation besides what its columns hold, with the condition on `operations o`."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows; an empty field lets everything through.

    `models`, `providers`, `failures` and `outcomes` are those of attempts: an operation belongs to a model when one of
    its attempts went there, and several of them must hold of one attempt. `answered` and `through` are the models and
    providers that gave the answer, `endings` the failures that ended operations; `traits` are keys of `TRAITS` and must
    all hold. The rest is the operation's, with `text`: words that the request or the answer has, all of them, the last
    one perhaps only begun.
    """

    models: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    """Hashes of versions of a chain."""
    tags: tuple[str, ...] = ()
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
    outcomes: list[str]
    answered: list[str]
    through: list[str]
    endings: list[str]
    sources: list[str]
    tasks: list[str]
    statuses: list[str]
    arms: list[str] = field(default_factory=lambda: ["openrouter", "direct"])
    traits: list[str] = field(default_factory=lambda: list(TRAITS))

    def of(self, dimension: str) -> list[str]:
        """The values of a dimension, of requests and of attempts."""
        by_dimension = {
            "model": [*self.models, *self.answered],
            "provider": [*self.providers, *self.through],
            "source": self.sources,
            "task": self.tasks,
            "status": [*self.statuses, *self.outcomes],
            "failure": [*self.failures, *self.endings],
        }
        return sorted(set(by_dimension[dimension]))
