"""Cuts: the same cells with some dimensions left out, so that a question about few of them reads few cells.

Pure: no database, no clock. A cut puts together keys that agree in all that it keeps, and names them by one of them,
the one with the smallest number that there was: so cuts need no keys of their own. Where a smaller one comes later, as
on a server, older chunks go on under the name that they have; both names stand for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from jarvis_ai.domain import Source
from jarvis_ai.usage_log.cells import Key

FULL = "full"
"""The cut that keeps every dimension."""

CUTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "source": frozenset({"source"}),
        "task": frozenset({"task"}),
        "model": frozenset({"provider", "model"}),
        "failure": frozenset({"provider", "model", "failure"}),
        "model_source": frozenset({"provider", "model", "source"}),
        "model_task": frozenset({"provider", "model", "task"}),
        FULL: frozenset({"provider", "model", "source", "task", "failure"}),
    }
)
"""The dimensions that each keeps besides `counted`, `status` and `simulated`; those with the fewest cells first.

Rehearsals stay apart in every cut: whether `source` is drill is always kept.
"""

Names = npt.NDArray[np.int64]
"""By the number of a key that of the key by which a cut names it."""


def cut_for(dimensions: Iterable[str]) -> str:
    """The cut with the fewest cells that keeps `dimensions`, of those that a question groups or filters by.

    `status` and `simulated` need not be named.
    """
    asked = set(dimensions) - {"status", "simulated"}
    return next(cut for cut, kept in CUTS.items() if asked <= kept)


def names(keys: Mapping[int, Key], cut: str) -> Names:
    """How a cut names each of the keys, by their numbers; `keys` are all that there are, in order of their numbers."""
    first: dict[Key, int] = {}
    found = np.zeros(max(keys, default=0) + 1, dtype=np.int64)
    for number, key in keys.items():
        found[number] = first.setdefault(cut_of(key, cut), number)
    return found


def cut_of(key: Key, cut: str) -> Key:
    """The key without what a cut leaves out."""
    kept = CUTS[cut]
    return key._replace(
        provider=key.provider if "provider" in kept else "",
        model=key.model if "model" in kept else "",
        source=key.source if "source" in kept or key.source == Source.DRILL else "",
        task=key.task if "task" in kept else "",
        failure=key.failure if "failure" in kept else "",
    )
