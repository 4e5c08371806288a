"""A model's time beside the local parser's: two readings that differ make neither sure, and the result says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from jarvis_ai.assistant.replies import same
from jarvis_ai.assistant.results import TimeInfo
from jarvis_ai.assistant.scores import is_right
from jarvis_ai.assistant.times import readable

CONTRADICTED = 0.5
"""The most that a time is sure of which the local parser reads otherwise."""
OF_TWO_READINGS = 0.75
"""The most that a time is sure of which the local parser has as its second reading."""
GRAINS: Mapping[str, str] = {"weekend": "week"}
"""What a precision is called where moments are compared; any other by its own name."""


def checked(found: TimeInfo, local: TimeInfo, now: datetime) -> TimeInfo:
    """`found` in the words of `local` when both mean the same; else less sure, with a note and the other reading."""
    if _agree(found.datetime, local):
        return _in_local_words(found, local)
    others = tuple(filter(None, (local.datetime, *local.alternatives)))
    second = found.datetime is not None and any(same(found.datetime, each) for each in local.alternatives)
    return replace(
        found,
        confidence=min(found.confidence, OF_TWO_READINGS if second else CONTRADICTED),
        note=_note(local, now, second=second),
        alternatives=tuple(each for each in others if not (found.datetime and same(found.datetime, each))),
    )


def _agree(moment: str | None, local: TimeInfo) -> bool:
    """Whether a moment is the local one as closely as the words name it; a day without an hour is any hour of it."""
    if moment is None or local.datetime is None:
        return moment is local.datetime
    said, gold = datetime.fromisoformat(moment), datetime.fromisoformat(local.datetime)
    return is_right(said.astimezone(gold.tzinfo), gold, GRAINS.get(local.precision, local.precision))


def _in_local_words(found: TimeInfo, local: TimeInfo) -> TimeInfo:
    """Of two that agree on the moment: the model's confidence, and what the words name besides.

    An hour that the words do not name is the parser's usual one, not one that a model makes up.
    """
    if local.type == "recurring" and not _same_rule(found, local):
        note = f"Model and local parser disagree: the parser reads the recurrence {local.recurrence}."
        doubted = min(found.confidence, CONTRADICTED)
        return replace(found, confidence=doubted, note=note, alternatives=local.alternatives)
    if found.type != local.type:
        return replace(found, alternatives=local.alternatives, precision=local.precision)
    return replace(local, confidence=found.confidence, source=found.source)


def _same_rule(found: TimeInfo, local: TimeInfo) -> bool:
    """Whether the model's recurrence is the local one, be its parts in another order, or is left out."""
    rules = [set((each.recurrence or "").split(";")) for each in (found, local)]
    return found.type == "recurring" and (found.recurrence is None or rules[0] == rules[1])


def _note(local: TimeInfo, now: datetime, *, second: bool) -> str:
    moment = readable(datetime.fromisoformat(local.datetime), now) if local.datetime else "no time"
    reading = local.readable_time if local.datetime and local.readable_time else moment
    if second:
        return f"The words have a second reading: {reading}."
    return f"Model and local parser disagree: the parser reads {reading}."
