"""How long answers take, as the page Latency shows it. Frames and values of `Analytics` in, pictures and words out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from jarvis_ai.analytics import MEASURES, Analytics, Times, share_within, spread, typical
from jarvis_ai.console import charts, formats
from jarvis_ai.console.charts import AT_MOST, HEIGHT, LEGEND_HEIGHT
from jarvis_ai.console.figures import Figure, growth
from jarvis_ai.console.scopes import Choice
from jarvis_ai.console.windows import Window

WITHIN = 0.8
"""A model answers as is typical of it when at least this share of its answers does."""

COLUMNS = {
    "label": st.column_config.TextColumn("Model", width="medium", pinned=True),
    "calls": st.column_config.NumberColumn("Answers", format="localized"),
    "p50": st.column_config.NumberColumn("p50 (s)", format="%.2f", help="Half of the answers came within it."),
    "p90": st.column_config.NumberColumn("p90 (s)", format="%.2f"),
    "p99": st.column_config.NumberColumn("p99 (s)", format="%.2f"),
    "ttft_p50": st.column_config.NumberColumn("First token p50 (s)", format="%.2f"),
    "ttft_p90": st.column_config.NumberColumn("First token p90 (s)", format="%.2f"),
    "tokens_per_second": st.column_config.NumberColumn("Tokens per second", format="%.0f"),
    "typical": st.column_config.TextColumn("Typical (s)", help="What was expected when the chain was chosen."),
    "within": st.column_config.NumberColumn("Within it", format="percent", help="Share of the answers."),
    "verdict": st.column_config.TextColumn("Against typical"),
}


def figures(shown: Times, now: Times, before: Times) -> list[Figure]:
    """The numbers at the top; `now` is the part of what is `shown` that is compared with `before`."""
    seconds = formats.seconds
    return [
        Figure("Half within", seconds(shown.p50), growth(now.p50, before.p50), "inverse",
               "p50 of the whole time of a model's answer. Failed attempts are left out."),
        Figure("90 % within", seconds(shown.p90), growth(now.p90, before.p90), "inverse", "p90 of the same."),
        Figure("99 % within", seconds(shown.p99), growth(now.p99, before.p99), "inverse", "p99 of the same."),
        Figure("First token", seconds(shown.ttft_p50), growth(now.ttft_p50, before.ttft_p50), "inverse",
               "p50 of the time to the first token, from dispatch.", f"90 % within {seconds(shown.ttft_p90)}"),
        Figure("Tokens per second", formats.count(shown.tokens_per_second),
               growth(now.tokens_per_second, before.tokens_per_second), "normal",
               "Output tokens of all answers over the time from their first token to the last."),
        Figure("Our overhead", seconds(shown.overhead_p50), growth(now.overhead_p50, before.overhead_p50), "inverse",
               "p50 of the part of a request's time in which no provider was asked and no wait was due.",
               f"99 % within {seconds(shown.overhead_p99)}"),
    ]  # fmt: skip


def against_typical(table: pd.DataFrame) -> pd.DataFrame:
    """`Analytics.latency_by_model` with `label`, the `typical` time, the share `within` it and a `verdict`."""
    expected = [typical(model) for model in table["model"]]
    shares = [
        None if span is None else share_within(histogram, *span)
        for span, histogram in zip(expected, table["latency"], strict=True)
    ]
    return table.assign(
        label=charts.labels(table),
        typical=["–" if span is None else f"{span[0]:g} to {span[1]:g}" for span in expected],
        within=pd.Series(shares, index=table.index, dtype="float64"),
        verdict=[*map(verdict, expected, shares, table["p50"])],
    )


def verdict(span: tuple[float, float] | None, share: float | None, median: float) -> str:
    """A model's times against what is typical of it, in a word or two."""
    if span is None or share is None:
        return "Nothing expected"
    if share >= WITHIN:
        return "As expected"
    low, high = span
    return "Slower" if median > high else "Faster" if median < low else "More varied"


def distribution(table: pd.DataFrame, order: Sequence[str]) -> alt.Chart:
    """How many answers took how long, a line a model; takes `against_typical`, draws those with most answers."""
    rows = table.nlargest(AT_MOST, "calls")
    parts = [
        spread(histogram).assign(group=label) for label, histogram in zip(rows["label"], rows["latency"], strict=True)
    ]
    chart: alt.Chart = (
        alt.Chart(pd.concat(parts, ignore_index=True))
        .mark_line(interpolate="monotone")
        .encode(
            x=alt.X("seconds:Q", title="Seconds to the whole answer", scale=alt.Scale(type="log", nice=False),
                    axis=alt.Axis(format="~g", grid=False, tickCount=8)),
            y=alt.Y("share:Q", title="Answers (%)", axis=alt.Axis(format=".0%")),
            color=charts.colours(list(rows["label"]), order),
            tooltip=[alt.Tooltip("group:N", title="Model"), alt.Tooltip("seconds:Q", title="About (s)", format=",.2f"),
                     alt.Tooltip("answers:Q", title="Answers", format=",d"),
                     alt.Tooltip("share:Q", title="Of all", format=".1%")],
        )
        .properties(height=HEIGHT + LEGEND_HEIGHT * len(rows))
    )  # fmt: skip
    return chart


def overhead(log: Analytics, choice: Choice, window: Window) -> alt.Chart:
    """Our own part of a request's time, at the median and at the 99th percentile, over time."""
    parts: dict[str, Any] = {"half within": "overhead_p50", "99 % within": "overhead_p99"}
    table = pd.concat(
        [
            log.series(MEASURES[name], choice.period, choice.scope, bucket=window.bucket, zone=window.zone).assign(
                group=group
            )
            for group, name in parts.items()
        ],
        ignore_index=True,
    )
    return charts.over_time(table.assign(of=table["ok"]), "overhead_p50", window, list(parts), stacked=False)
