"""The numbers at the top of Usage, each beside the one of the period before."""

from __future__ import annotations

from dataclasses import dataclass

from jarvis_ai.analytics import Summary
from jarvis_ai.console import formats


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as a page shows it."""

    label: str
    value: str
    delta: str | int | None
    """Against the period before; None when there is nothing to compare with."""
    better: str
    """`normal`: more is better; `inverse`: less is; `off`: neither."""
    help: str
    remark: str = ""


def figures(shown: Summary, now: Summary, before: Summary) -> list[Figure]:
    """Requests, success, fallbacks, cost and times. Requests are counted in operations, money in attempts.

    `now` is the part of what is `shown` that is compared with `before`.
    """
    return [
        Figure("Requests", f"{shown.operations:,}", growth(now.operations, before.operations), "off",
               "What users asked for, however many attempts it took. Those under way are not counted yet."),
        Figure("Answered", share(shown.ok, shown.operations),
               points(now.ok, now.operations, before.ok, before.operations), "normal",
               "Requests that got an answer, from any link of the chain."),
        Figure("By a fallback", share(shown.fallbacks, shown.operations),
               points(now.fallbacks, now.operations, before.fallbacks, before.operations), "inverse",
               "Requests that another than the first link answered."),
        Figure("Cost", cost(shown), growth(now.cost, before.cost), "inverse",
               "All attempts together, failed ones too. Attempts of unknown cost are not in it.", unknown(shown)),
        Figure("Median time", formats.seconds(shown.p50), growth(now.p50, before.p50), "inverse",
               "p50: half of the answers came within this time, fallbacks included."),
        Figure("Slowest 5 %", formats.seconds(shown.p95), growth(now.p95, before.p95), "inverse",
               "p95: 95 % of the answers came within this time, fallbacks included."),
    ]  # fmt: skip


def cost(summary: Summary) -> str:
    """Known dollars; `unknown` when nothing is known of what was spent."""
    nothing_known = summary.unknown_cost_attempts and summary.unknown_cost_attempts == summary.attempts
    return formats.dollars(None if nothing_known else summary.cost)


def unknown(summary: Summary) -> str:
    """How many attempts are missing in the cost."""
    count = summary.unknown_cost_attempts
    return f"{count:,} unknown" if count else ""


def share(part: int, whole: int) -> str:
    """A part as a percentage; nothing of nothing is not known."""
    return formats.share(part / whole if whole else None)


def growth(now: float | None, before: float | None) -> str | int | None:
    """The change in percent; the number 0, which has no arrow, for none."""
    if not before or now is None:
        return None
    change = round((now / before - 1) * 100, 1)
    return f"{change:+,.1f} %" if change else 0


def points(part: int, whole: int, part_before: int, whole_before: int) -> str | int | None:
    """The change of a share in percentage points."""
    if not whole or not whole_before:
        return None
    change = round((part / whole - part_before / whole_before) * 100, 1)
    return f"{change:+,.1f} points" if change else 0
