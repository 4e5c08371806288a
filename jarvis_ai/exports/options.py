"""Filters and times as options of a command line: read from one, and written for somebody to copy.

The names are those that History has in its addresses.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import Filters, Period
from jarvis_ai.analytics.filters import TRAITS
from jarvis_ai.analytics.where import END_OF_TIME
from jarvis_ai.domain import FailureKind, Source, Status
from jarvis_ai.exports.selection import Selection

FIELDS: Mapping[str, tuple[str, str, Collection[str]]] = MappingProxyType(
    {
        "answered": ("answered", "the model that answered", ()),
        "through": ("through", "the provider that answered", ()),
        "status": ("statuses", "how the request stands", tuple(Status)),
        "ending": ("endings", "the failure that ended the request", tuple(FailureKind)),
        "model": ("models", "a model that was asked", ()),
        "provider": ("providers", "a provider that was asked", ()),
        "outcome": ("outcomes", "how an attempt stands", tuple(Status)),
        "failure": ("failures", "the failure of an attempt", tuple(FailureKind)),
        "source": ("sources", "which door the request came through", tuple(Source)),
        "task": ("tasks", "the task that was named", ()),
        "arm": ("arms", "the side of a migration", ()),
        "only": ("traits", "only requests", tuple(TRAITS)),
        "tag": ("tags", "the caller's own word", ()),
        "chain": ("chains", "the hash of a version of a chain", ()),
    }
)
"""By the option's name: the field of `Filters`, what it says, and its values where there are no others."""

MOST_NAMED = 8
"""Values that a help names one by one."""

PROGRAM = "python -m jarvis_ai.usage_log"
SERVER = '"$USAGE_DATABASE_URL"'
"""Stands in a command for an address that may hold a password."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Let a parser know the options of a selection."""
    times = parser.add_argument_group("times")
    for name, what in (("from", "the first"), ("to", "up to this moment; a day alone is in it")):
        times.add_argument(f"--{name}", metavar="TIME", help=f"{what}: 2026-11-01, or 2026-11-01T08:30")
    times.add_argument("--zone", type=zone, default=ZoneInfo("UTC"), help="the time zone of both (default: UTC)")
    filters = parser.add_argument_group("filters", "Each may be given several times: then one of the values must hold.")
    for name, (field, what, known) in FIELDS.items():
        filters.add_argument(
            f"--{name}", dest=field, action="append", default=[], metavar=name.upper(), choices=known or None,
            help=what + (f": {', '.join(known)}" if 0 < len(known) <= MOST_NAMED else ""),
        )  # fmt: skip
    filters.add_argument("--text", default="", help="words that the request or the answer has")
    parser.add_argument("--bodies", action="store_true", help="with requests and answers")


def selection(wanted: argparse.Namespace) -> Selection:
    """What the options say. Raises `ValueError` for a time that is none."""
    lists = {field: tuple(getattr(wanted, field)) for field, _, _ in FIELDS.values()}
    return Selection(Filters(**lists, text=wanted.text), period(wanted), wanted.bodies)


def period(wanted: argparse.Namespace) -> Period | None:
    """The stretch of time that the options name; None for all of it."""
    first, last = getattr(wanted, "from"), wanted.to
    if first is None and last is None:
        return None
    start = moment(first, wanted.zone) if first else 0.0
    end = moment(last, wanted.zone, whole_day=True) if last else END_OF_TIME / 1000
    if start >= end:
        raise ValueError(f"--from {first} has to be before --to {last}")
    return Period(start, end)


def moment(text: str, zone: ZoneInfo, *, whole_day: bool = False) -> float:
    """UTC seconds of a time in a zone, unless it names an offset of its own; `whole_day`: a day is taken at its end.

    Raises `ValueError`.
    """
    try:
        if len(text) == len("2026-11-01"):
            day = date.fromisoformat(text) + timedelta(days=whole_day)
            return datetime.combine(day, time(), zone).timestamp()
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time; write it like 2026-11-01 or 2026-11-01T08:30") from None


def zone(name: str) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise argparse.ArgumentTypeError(f"{name!r} is no time zone; write it like Europe/Berlin") from None


def command(place: Path | ServerAddress, file: str, of: Selection) -> str:
    """The command that exports a selection, for a shell."""
    log = SERVER if isinstance(place, ServerAddress) else shlex.quote(str(place))
    return f"{PROGRAM} export {log} {shlex.join([file, *options(of)])}"


def options(of: Selection) -> list[str]:
    """The options that say the same as a selection."""
    lists = [f"--{name}={value}" for name, (field, *_) in FIELDS.items() for value in getattr(of.filters, field)]
    times = [f"--from={_iso(of.period.start)}", f"--to={_iso(of.period.end)}"] if of.period else []
    text = [f"--text={of.filters.text}"] if of.filters.text else []
    return [*times, *lists, *text, *(["--bodies"] if of.bodies else [])]


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=round(seconds * 1000))
    return moment.isoformat().replace("+00:00", "Z")
