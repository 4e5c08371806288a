"""How the measures of `analytics` are shown: name, unit, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from jarvis_ai.analytics import MEASURES, Dimension, Measure

Better = Literal["normal", "inverse", "off"]


@dataclass(frozen=True, slots=True)
class Look:
    """A measure as a page shows it."""

    label: str
    axis: str
    """With its unit."""
    format: str
    """In d3's language."""
    column: str
    """The same for a column of a table."""
    better: Better = "off"
    """`normal`: more is better; `inverse`: less is; `off`: neither."""
    help: str = ""


NUMBER, DOLLARS, PERCENT, SECONDS = ",d", "$,.4~r", ".1%", ",.2f"


def _count(label: str, better: Better = "off", help: str = "") -> Look:
    return Look(label, label, NUMBER, "localized", better, help)


def _share(label: str, better: Better, help: str) -> Look:
    return Look(label, f"{label} (%)", PERCENT, "percent", better, help)


def _time(label: str, help: str) -> Look:
    return Look(label, f"{label} (s)", SECONDS, "%.2f", "inverse", help)


OVERHEAD = "The part of a request's time in which no provider was asked and no wait was due."

LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "requests": _count("Requests", help="What users asked for, however many attempts it took."),
        "cost": Look("Cost", "Cost (US$)", DOLLARS, "$%.4f", "inverse", "All attempts, failed ones too; known cost."),
        "input_tokens": _count("Tokens in"),
        "output_tokens": _count("Tokens out"),
        "cached_tokens": _share("Tokens in from cache", "normal", "Of all tokens in, those read from a cache."),
        "attempts": _count("Attempts", help="Calls to a provider; money is counted in these."),
        "failures": _count("Failed attempts", "inverse", "Most were rescued by a retry or a fallback."),
        "answered": _share("Answered", "normal", "Requests that got an answer, from any link of the chain."),
        "fallbacks": _share("By a fallback", "inverse", "Requests that another than the first link answered."),
        "p50": _time("Median time", "Half of the requests were answered within it, waits and fallbacks included."),
        "p95": _time("Slowest 5 %", "95 % of the requests were answered within it, waits and fallbacks included."),
        "call_p50": _time("Half within", "p50 of the whole time of a model's answer."),
        "call_p90": _time("90 % within", "p90 of the whole time of a model's answer."),
        "call_p99": _time("99 % within", "p99 of the whole time of a model's answer."),
        "ttft_p50": _time("First token, half within", "p50 of the time to the first token."),
        "ttft_p90": _time("First token, 90 % within", "p90 of the time to the first token."),
        "speed": Look("Tokens per second", "Tokens per second", ",.0f", "%.0f", "normal",
                      "Output tokens of all answers over the time from their first token to the last."),
        "overhead_p50": Look("Our overhead, half within", "Our overhead (ms)", ",.1f", "%.1f", "inverse", OVERHEAD),
        "overhead_p99": Look("Our overhead, 99 % within", "Our overhead (ms)", ",.1f", "%.1f", "inverse", OVERHEAD),
    }
)  # fmt: skip
"""Of `MEASURES`, by the same names."""

OF_USAGE: Sequence[str] = (
    "requests", "cost", "input_tokens", "output_tokens", "cached_tokens", "attempts", "failures", "answered",
    "fallbacks", "p50", "p95",
)  # fmt: skip
OF_LATENCY: Sequence[str] = ("call_p50", "call_p90", "call_p99", "ttft_p50", "ttft_p90", "speed")

DIMENSIONS: Mapping[Dimension, str] = MappingProxyType(
    {"model": "Model", "provider": "Provider", "source": "Source", "task": "Task", "status": "Status",
     "failure": "Failure"}
)  # fmt: skip

ABSENT: Mapping[Dimension, str] = MappingProxyType(
    {"model": "no answer", "provider": "no answer", "task": "no task", "failure": "no failure"}
)
"""What a dimension is called where there is none."""


def dimensions(name: str) -> list[Dimension]:
    """What a measure can be grouped by so that it says something."""
    of_all: list[Dimension] = ["model", "provider", "source", "task"]
    return [*of_all, *(MORE.get(name, ()))]


MORE: Mapping[str, Sequence[Dimension]] = MappingProxyType(
    {"requests": ("status",), "attempts": ("status",), "cost": ("status",), "failures": ("failure",)}
)


def measure(name: str) -> Measure:
    """The measure that is shown so."""
    return MEASURES[name]
