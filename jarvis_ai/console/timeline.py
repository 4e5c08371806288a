"""Attempts as they followed one another: who was asked and why, for how long, at what price, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import altair as alt
import pandas as pd
import streamlit as st

from jarvis_ai.console import formats
from jarvis_ai.console.charts import words
from jarvis_ai.console.formats import literal
from jarvis_ai.domain import Attempt, CostSource, Link, Status

Colour = Literal["blue", "green", "red", "gray", "orange"]

LOOKS: Mapping[Status, tuple[Colour, str, str]] = {
    Status.PENDING: ("blue", "pending", "Under way"),
    Status.OK: ("green", "check_circle", "Answered"),
    Status.FAILED: ("red", "error", "Failed"),
    Status.CANCELLED: ("gray", "cancel", "Cancelled"),
    Status.INTERRUPTED: ("orange", "power_off", "Interrupted"),
}
"""Colour, icon and word of each status."""

COST_HELP: Mapping[CostSource, str] = {
    CostSource.BILLED: "All attempts together, as the providers billed them.",
    CostSource.SETTLED: "All attempts together, as the provider settled them afterwards.",
    CostSource.ESTIMATED: "All attempts together; at least one is tokens times list price.",
    CostSource.UNKNOWN: "An attempt that may have been billed did not say what it cost. It need not be zero.",
}
"""What is behind the cost of an operation."""

PHASES = {
    "Waited": "#b9c0c4",
    "Until the first token": "#4aa3c7",
    "Answering": "#5a9e5d",
    "Failed": "#c25b6a",
    "Cancelled": "#8f979c",
}

AROUND_BARS, BAR = 160, 26
"""Height of legend and axis, and of one attempt."""


def attempts_timeline(attempts: Sequence[Attempt]) -> None:
    """One entry an attempt in order of dispatch; from two on, a chart shows how they lay in time."""
    if len(attempts) > 1 and all(attempt.latency is not None for attempt in attempts):
        st.altair_chart(chart(attempts), alt=takeaway(attempts))
    for attempt in attempts:
        st.markdown(entry(attempt))


def name(link: Link) -> str:
    """A link as a person says it."""
    if not link.model:
        return "keyword analysis"
    return f"{link.model} through {link.provider}"


def entry(attempt: Attempt) -> str:
    """An attempt in lines of Markdown: outcome and link, what went wrong, why it was asked and what it took."""
    colour, icon, outcome = LOOKS[attempt.status]
    failure = attempt.failure
    if failure:
        outcome = words(failure.kind)
    marks = (("hedge", attempt.hedge), ("went on with it", attempt.resumed))
    badges = f":{colour}-badge[:material/{icon}: {outcome}]"
    badges += "".join(f" :gray-badge[{mark}]" for mark, holds in marks if holds)
    lines = [
        f"**{attempt.number}. {literal(name(attempt.link))}** {badges}",
        literal(failure.detail) if failure else "",
        f":small[:gray[{literal(' · '.join([*_reason(attempt), *measures(attempt)]))}]]",
    ]
    return "  \n".join(filter(None, lines))


def measures(attempt: Attempt) -> list[str]:
    """Wait, first token, whole time, tokens and cost: each that is known, with its name."""
    waited = [f"waited {formats.seconds(attempt.waited)}" if attempt.waited else "no wait"]
    if attempt.status is Status.PENDING:
        return waited
    usage, first = attempt.usage, attempt.ttft
    return [
        *waited,
        f"first token after {formats.seconds(first)}" if first is not None else "no first token",
        f"{formats.seconds(attempt.latency)} in all",
        f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out" if usage else "no tokens reported",
        cost(attempt),
    ]


def cost(attempt: Attempt) -> str:
    """What an attempt cost and who says so."""
    if attempt.cost.source is CostSource.UNKNOWN:
        return "cost unknown"
    return f"{formats.money(attempt.cost.nanos)} {attempt.cost.source}"


def chart(attempts: Sequence[Attempt]) -> alt.Chart:
    """Each attempt a bar from its dispatch on, its wait before it."""
    shown = alt.Scale(domain=list(PHASES), range=list(PHASES.values()))
    rows = spans(attempts)
    present = [phase for phase in PHASES if phase in set(rows["phase"])]
    legend = alt.Legend(orient="top", values=present, columns=2)
    bars: alt.Chart = (
        alt.Chart(rows)
        .mark_bar(height=14, strokeWidth=2)  # the stroke keeps a millisecond visible
        .encode(
            x=alt.X("start:Q", title="Seconds since the start", axis=alt.Axis(tickMinStep=0.001)),
            x2="end:Q",
            y=alt.Y("attempt:N", title=None, sort=None, axis=alt.Axis(labelLimit=150, labelOverlap=False)),
            color=alt.Color("phase:N", title=None, scale=shown, legend=legend),
            stroke=alt.Stroke("phase:N", title=None, scale=shown, legend=legend),
            tooltip=[
                alt.Tooltip("attempt:N", title="Attempt"),
                alt.Tooltip("phase:N", title="Phase"),
                alt.Tooltip("seconds:Q", title="Seconds", format=".2f"),
            ],
        )
        .properties(height=AROUND_BARS + BAR * len(attempts))
    )
    return bars


def spans(attempts: Sequence[Attempt]) -> pd.DataFrame:
    """The phases of all attempts, in seconds since the first was due."""
    zero = min(attempt.started_at - attempt.waited for attempt in attempts)
    rows = [
        (label(attempt), phase, start, end, end - start)
        for attempt in attempts
        for phase, start, end in _phases(attempt, attempt.started_at - zero)
        if end > start
    ]
    return pd.DataFrame(rows, columns=["attempt", "phase", "start", "end", "seconds"])


def label(attempt: Attempt) -> str:
    """An attempt as an axis names it."""
    return f"{attempt.number}. {(attempt.link.model or attempt.link.provider).rpartition('/')[2]}"


def takeaway(attempts: Sequence[Attempt]) -> str:
    """What the chart says, for whoever cannot see it."""
    last = attempts[-1]
    failed = sum(attempt.status is Status.FAILED for attempt in attempts)
    return f"{len(attempts)} attempts, {failed} failed; the last, {name(last.link)}, ended as {last.status}"


def _phases(attempt: Attempt, start: float) -> list[tuple[str, float, float]]:
    end = start + max(attempt.latency or 0.0, 0.001)
    waited = ("Waited", start - attempt.waited, start)
    if attempt.status is not Status.OK:
        return [waited, ("Failed" if attempt.status is Status.FAILED else "Cancelled", start, end)]
    first = start if attempt.ttft is None else min(start + attempt.ttft, end)
    return [waited, ("Until the first token", start, first), ("Answering", first, end)]


def _reason(attempt: Attempt) -> list[str]:
    return [attempt.reason[:1].upper() + attempt.reason[1:]] if attempt.reason else []
