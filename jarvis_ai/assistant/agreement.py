"""A model's time beside the local parser's: two readings that differ make neither sure, and the result says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from jarvis_ai.assistant.replies import same
from jarvis_ai.assistant.results import TimeInfo
from jarvis_ai.assistant.times import readable

CONTRADICTED = 0.5
"""The most that a time is sure of which the local parser reads otherwise."""
OF_TWO_READINGS = 0.75
"""The most that a time is sure of which the local parser has as its second reading."""


def checked(found: TimeInfo, local: TimeInfo, now: datetime) -> TimeInfo:
    """`found`, less sure and with a note when `local` reads the same words otherwise."""
    if _agree(found.datetime, local.datetime):
        return _with_rule(found, local)
    words = readable(datetime.fromisoformat(local.datetime), now) if local.datetime else "no time"
    if found.datetime and any(same(found.datetime, each) for each in local.alternatives):
        note, most = f"The words have a second reading: {words}.", OF_TWO_READINGS
    else:
        note, most = f"Model and local parser disagree: the parser reads {words}.", CONTRADICTED
    others = tuple(dict.fromkeys(filter(None, (local.datetime, *local.alternatives))))
    others = tuple(each for each in others if not _agree(each, found.datetime))
    return replace(found, confidence=min(found.confidence, most), note=note, alternatives=others)


def _with_rule(found: TimeInfo, local: TimeInfo) -> TimeInfo:
    """Of two that agree on the moment: the rule that one has alone is kept, two that differ are not sure."""
    kept = replace(found, alternatives=local.alternatives)
    if local.type != "recurring" or _parts(found) == _parts(local):
        return kept
    if found.type == "recurring" and found.recurrence is None:
        return replace(kept, recurrence=local.recurrence)
    note = f"Model and local parser disagree: the parser reads the recurrence {local.recurrence}."
    return replace(kept, confidence=min(found.confidence, CONTRADICTED), note=note)


def _parts(found: TimeInfo) -> set[str]:
    return set((found.recurrence or "").split(";"))


def _agree(one: str | None, other: str | None) -> bool:
    return same(one, other) if one and other else one is other
