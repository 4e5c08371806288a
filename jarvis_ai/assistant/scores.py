"""How good intents and times are on messages whose answers are known: one arithmetic for the page and the benchmark."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jarvis_ai.assistant.results import NO_ACTION

NO_COMMAND = "general_chat"
"""Small talk and what nobody understands count as one: a phone does nothing for either."""
BINS = 10
"""Of the expected calibration error (Naeini et al. 2015): confidences are compared within tenths."""

CLOCK_GRAINS = {"second", "minute", "hour"}
DAY_GRAINS = {"day", "part"}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class JudgedIntent:
    """What was right, what was said, and how sure of it."""

    gold: str
    said: str
    confidence: float

    @property
    def right(self) -> bool:
        return command(self.gold) == command(self.said)


@dataclass(frozen=True, slots=True)
class IntentScore:
    """Counts over judged intents. Shares are None where there is nothing to count."""

    rows: int = 0
    right: int = 0
    wrong_commands: int = 0
    """Rows where a phone would do what nobody asked for."""
    chat: int = 0
    """Rows that ask for nothing."""
    chat_kept: int = 0
    """Those of them where nothing is done."""
    calibration_error: float | None = None
    confusion: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Rows by the right and the said intent."""

    @property
    def accuracy(self) -> float | None:
        return share(self.right, self.rows)


def command(intent: str) -> str:
    """The intent as far as it makes a difference to what is done."""
    return NO_COMMAND if intent in NO_ACTION else intent


def share(part: int, whole: int) -> float | None:
    """A part of one; None of nothing."""
    return part / whole if whole else None


def score_intents(judged: Sequence[JudgedIntent]) -> IntentScore:
    """Counts, calibration and confusion of `judged`."""
    wrong = [each for each in judged if not each.right]
    chat = [each for each in judged if command(each.gold) == NO_COMMAND]
    return IntentScore(
        rows=len(judged),
        right=len(judged) - len(wrong),
        wrong_commands=sum(command(each.said) != NO_COMMAND for each in wrong),
        chat=len(chat),
        chat_kept=sum(each.right for each in chat),
        calibration_error=calibration_error(judged),
        confusion=Counter((command(each.gold), command(each.said)) for each in judged),
    )


def calibration_error(judged: Sequence[JudgedIntent]) -> float | None:
    """By how much confidence and share of right answers differ on average, within tenths of confidence."""
    gaps: defaultdict[int, float] = defaultdict(float)
    for each in judged:
        gaps[min(BINS - 1, int(each.confidence * BINS))] += each.right - each.confidence
    return sum(map(abs, gaps.values())) / len(judged) if judged else None


@dataclass(frozen=True, slots=True)
class GoldTime:
    """The time that a message speaks of, on the caller's wall clock."""

    type: str = ""
    """One of `TIME_TYPES`; empty where it is not known."""
    moment: datetime | None = None
    """Naive. None where only the type is known, or there is no time."""
    alternatives: tuple[datetime, ...] = ()
    """Other readings that are right as well."""
    grain: str = "minute"
    """How closely it is named: second, minute, hour, part (of a day), day, week, month, quarter or year."""

    @property
    def is_none(self) -> bool:
        return self.type == "none"


@dataclass(frozen=True, slots=True)
class JudgedTime:
    """What was right and what was said, both on the same wall clock."""

    gold: GoldTime
    said: datetime | None
    type: str = ""

    @property
    def strictly_right(self) -> bool:
        """Whether the moment is the first reading."""
        return self._is(self.gold.moment)

    @property
    def right(self) -> bool:
        """Whether the moment is one of the right ones; of no time, whether none was found; else whether the type is."""
        if self.gold.is_none:
            return self.said is None
        if self.gold.moment is None:
            return self.type == self.gold.type
        return self.strictly_right or any(map(self._is, self.gold.alternatives))

    def _is(self, moment: datetime | None) -> bool:
        return moment is not None and self.said is not None and is_right(self.said, moment, self.gold.grain)


def is_right(said: datetime, gold: datetime, grain: str) -> bool:
    """Whether a moment is the right one as closely as it was named: a clock's time to the minute, a day to the day."""
    if grain in CLOCK_GRAINS:
        return abs(said - gold) < timedelta(minutes=1)
    if grain in DAY_GRAINS:
        return said.date() == gold.date()
    if grain == "week":
        return timedelta(0) <= said.date() - gold.date() < timedelta(days=7)
    months = MONTHS_OF.get(grain, 12)
    return said.year == gold.year and (said.month - 1) // months == (gold.month - 1) // months


@dataclass(frozen=True, slots=True)
class TimeScore:
    """Counts over judged times."""

    moments: int = 0
    """Rows that have one."""
    right: int = 0
    strictly_right: int = 0
    clocked: int = 0
    """Rows whose moment is named to the hour or closer."""
    clocked_right: int = 0
    without: int = 0
    """Rows that name no time."""
    false_positives: int = 0
    """Those of them where one was found."""
    typed: int = 0
    """Rows that name a time and whose type is known."""
    type_right: int = 0


def score_times(judged: Iterable[JudgedTime]) -> TimeScore:
    """Counts of `judged`."""
    rows = list(judged)
    moments = [each for each in rows if each.gold.moment is not None]
    clocked = [each for each in moments if each.gold.grain in CLOCK_GRAINS]
    without = [each for each in rows if each.gold.is_none]
    typed = [each for each in rows if each.gold.type and not each.gold.is_none]
    return TimeScore(
        moments=len(moments),
        right=sum(each.right for each in moments),
        strictly_right=sum(each.strictly_right for each in moments),
        clocked=len(clocked),
        clocked_right=sum(each.right for each in clocked),
        without=len(without),
        false_positives=sum(not each.right for each in without),
        typed=len(typed),
        type_right=sum(each.type == each.gold.type for each in typed),
    )


def on_the_wall(moment: str | None, now: datetime) -> datetime | None:
    """An ISO moment on the wall clock of the zone of `now`, without its zone."""
    return datetime.fromisoformat(moment).astimezone(now.tzinfo).replace(tzinfo=None) if moment else None
