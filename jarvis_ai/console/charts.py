"""Pictures of the usage log: frames of `Analytics` in, Altair charts out. Nothing here asks, counts or shows.

Every axis and tooltip names its unit. Times are drawn in the zone of the browser, which is the zone that the frames
were made for. A model keeps its colour whatever else is in the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd

from jarvis_ai.analytics import Bucket, Period
from jarvis_ai.analytics.buckets import bucket_start
from jarvis_ai.domain import OPENROUTER

PALETTE = (
    "#2f7d8c", "#d08c3c", "#6b7fd7", "#5a9e5d", "#c25b6a", "#8f6bb3",
    "#8a8d5b", "#4aa3c7", "#b0705a", "#c9a62e", "#c97b9d", "#5f7f73",
)  # fmt: skip
"""The theme's tones and a few more, which can be told apart on a light and on a dark page."""
UNANSWERED = "none"
"""What `Analytics.over_time` calls the model where none answered."""
OTHER, NOBODY = "other models", "no answer"
NEUTRAL = {OTHER: "#7a8088", NOBODY: "#b4babf"}
PERCENTILES = {"p50": (PALETTE[0], "circle"), "p95": (PALETTE[1], "diamond")}
FALLBACK_COLOUR = PALETTE[1]

AT_MOST = 7
"""Models in one picture. More cannot be told apart; the table beside it has them all."""
SLOWEST = 15
"""Models in the picture of latency."""
HOUR, DAY, QUARTER = 3600, 86400, 900
TIME_UNIT: Mapping[Bucket, Literal["yearmonthdatehours", "yearmonthdate"]] = {
    "hour": "yearmonthdatehours",
    "day": "yearmonthdate",
}
TIME_FORMAT: Mapping[Bucket, str] = {"hour": "%a %d %b %H:%M", "day": "%a %d %b %Y"}
HEIGHT, ROW_HEIGHT, AROUND_ROWS, LEGEND_HEIGHT = 300, 34, 90, 20

PICK = "pick"
"""Name of the selection that a click on a bar makes."""

SECONDS = "Seconds to the whole answer"
LATENCY_TOOLTIP = [
    alt.Tooltip("label:N", title="Model"),
    alt.Tooltip("calls:Q", title="Answers", format=",d"),
    alt.Tooltip("p50:Q", title="p50 (s)", format=",.2f"),
    alt.Tooltip("p95:Q", title="p95 (s)", format=",.2f"),
    alt.Tooltip("ttft_p50:Q", title="First token p50 (s)", format=",.2f"),
    alt.Tooltip("ttft_p95:Q", title="First token p95 (s)", format=",.2f"),
    alt.Tooltip("tokens_per_second:Q", title="Tokens per second", format=",.0f"),
]
COST_TOOLTIP = [
    alt.Tooltip("cost:Q", title="Cost (US$)", format="$,.4f"),
    alt.Tooltip("attempts:Q", title="Attempts", format=",d"),
    alt.Tooltip("unknown_cost_attempts:Q", title="Of unknown cost", format=",d"),
]
FAILURE_TOOLTIP = [
    alt.Tooltip("kind:N", title="Failure"),
    alt.Tooltip("model:N", title="Model"),
    alt.Tooltip("attempts:Q", title="Failed attempts", format=",d"),
]
FALLBACK_TOOLTIP = [
    alt.Tooltip("share:Q", title="Fallback share", format=".1%"),
    alt.Tooltip("fallbacks:Q", title="Fallbacks", format=",d"),
    alt.Tooltip("operations:Q", title="Requests", format=",d"),
]


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a picture shows, in buckets of a zone."""

    period: Period
    bucket: Bucket
    zone: ZoneInfo

    @classmethod
    def of(cls, period: Period, zone: ZoneInfo) -> Window:
        """Hours for up to three days, days for more: between one and a hundred bars."""
        return cls(period, "hour" if period.seconds <= 3 * DAY else "day", zone)

    def span(self, start: float) -> Period:
        """The hour or the local day that starts at `start`; a day may have 23 or 25 hours."""
        if self.bucket == "hour":
            return Period(start, start + HOUR)
        # Noon of the next day lies in the next day, however long this one is.
        return Period(start, bucket_start(int((start + 1.5 * DAY) // QUARTER), "day", self.zone))

    @property
    def whole(self) -> Period:
        """The period, widened to whole buckets."""
        first = bucket_start(int(self.period.start // QUARTER), self.bucket, self.zone)
        last = bucket_start(int((self.period.end - 1) // QUARTER), self.bucket, self.zone)
        return Period(first, self.span(last).end)


def model_order(chain: Sequence[str], known: Sequence[str]) -> list[str]:
    """All models in the order that colours are dealt in: the chain's, then the others by name."""
    return list(dict.fromkeys([*chain, *sorted(known)]))


def calls_over_time(table: pd.DataFrame, window: Window, order: Sequence[str]) -> alt.Chart:
    """Requests by the model that answered, stacked; what nobody answered is grey."""
    rows = few_models(table[table["operations"] > 0], "operations").replace({"model": {UNANSWERED: NOBODY}})
    y = alt.Y("operations:Q", title="Requests", axis=alt.Axis(tickMinStep=1, format="~s"), stack="zero")
    return _stacked(rows, y, [alt.Tooltip("operations:Q", title="Requests", format=",d")], window, order)


def cost_over_time(table: pd.DataFrame, window: Window, order: Sequence[str]) -> alt.Chart:
    """US dollars by the model that was asked, stacked. What is unknown is left out, and counted in the tooltip."""
    y = alt.Y("cost:Q", title="Cost (US$)", axis=alt.Axis(format="$,.3~r"), stack="zero")
    return _stacked(few_models(table[table["cost"] > 0], "cost"), y, COST_TOOLTIP, window, order)


def latency_by_model(table: pd.DataFrame) -> alt.LayerChart:
    """From the median to the 95th percentile of seconds to a whole answer, slowest model first."""
    rows = table.assign(label=labels(table)).head(SLOWEST)
    ends = pd.concat([rows.assign(percentile=name, seconds=rows[name]) for name in PERCENTILES], ignore_index=True)
    y = _names("label", list(rows["label"]))
    colours, shapes = ([look[place] for look in PERCENTILES.values()] for place in (0, 1))
    line = alt.Chart(rows).mark_rule(strokeWidth=3, opacity=0.35, color=NEUTRAL[OTHER])
    points = alt.Chart(ends).mark_point(filled=True, size=110, opacity=1)
    both = alt.layer(
        line.encode(x=alt.X("p50:Q", title=SECONDS), x2="p95:Q", y=y),
        points.encode(
            x=alt.X("seconds:Q", title=SECONDS, scale=alt.Scale(zero=True)),
            y=y,
            color=alt.Color("percentile:N", title=None, scale=_scale(PERCENTILES, colours), legend=_legend("top")),
            shape=alt.Shape("percentile:N", title=None, scale=_scale(PERCENTILES, shapes)),
            tooltip=LATENCY_TOOLTIP,
        ),
    )
    return cast(alt.LayerChart, both.properties(height=_height_of(len(rows))))


def failures(table: pd.DataFrame, order: Sequence[str]) -> alt.Chart:
    """Failed attempts by what went wrong, coloured by the model that was asked, most first."""
    rows = few_models(table.assign(kind=table["failure"].map(words)), "attempts")
    kinds = list(rows.groupby("kind")["attempts"].sum().sort_values(ascending=False).index)
    chart: alt.Chart = alt.Chart(rows).mark_bar().encode(
        x=alt.X("attempts:Q", title="Failed attempts", axis=alt.Axis(tickMinStep=1, format=",d")),
        y=_names("kind", kinds),
        color=_colours(rows, order),
        order=alt.Order("attempts:Q", sort="descending"),
        tooltip=FAILURE_TOOLTIP,
    )  # fmt: skip
    tall = _height_of(len(kinds)) + LEGEND_HEIGHT * rows["model"].nunique()
    return chart.properties(height=tall)


def fallbacks_over_time(table: pd.DataFrame, window: Window) -> alt.Chart:
    """The share of requests that another than the first link answered."""
    scale = alt.Scale(domain=[0, max(0.1, float(table["share"].max()))], nice=True)
    y = alt.Y("share:Q", title="Answered by a fallback (%)", axis=alt.Axis(format="%"), scale=scale)
    return _bars(table, y, FALLBACK_TOOLTIP, window, ["start"]).encode(color=alt.value(FALLBACK_COLOUR))


def cost_per_day(table: pd.DataFrame, window: Window) -> alt.Chart:
    """US dollars, all models together. Takes `Analytics.over_time`."""
    rows = table.groupby("start", as_index=False)[["cost", "attempts", "unknown_cost_attempts"]].sum()
    y = alt.Y("cost:Q", title="Cost (US$)", axis=alt.Axis(format="$,.3~r"))
    return _bars(rows, y, COST_TOOLTIP, window, ["start"]).encode(color=alt.value(PALETTE[0]))


def few_models(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """The same table with all but the models that weigh most by `by` put together as `other models`."""
    weights = table.groupby("model")[by].sum().drop(UNANSWERED, errors="ignore").nlargest(AT_MOST)
    kept = table["model"].isin([*weights.index, UNANSWERED])
    if kept.all():
        return table
    keys = [name for name in ("start", "kind", "model") if name in table]
    numbers = [name for name in table.select_dtypes("number").columns if name not in keys]
    return table.assign(model=table["model"].where(kept, OTHER)).groupby(keys, as_index=False)[numbers].sum()


def labels(table: pd.DataFrame) -> list[str]:
    """A name a row: the model, and the provider where it is not OpenRouter."""
    pairs = zip(table["model"], table["provider"], strict=True)
    return [model if provider in (OPENROUTER, model) else f"{model} · {provider}" for model, provider in pairs]


def words(kind: str) -> str:
    """A kind of failure, or a status, as a person writes it: `rate_limited` is `Rate limited`."""
    return kind.replace("_", " ").capitalize() if kind else "Not known"


def picked(selection: Mapping[str, object]) -> tuple[float, str] | None:
    """The bar that was clicked on: its start in UTC seconds and its model, empty for all; None when none was."""
    points = selection.get(PICK)
    point = points[0] if isinstance(points, Sequence) and points else {}
    start = point.get("start")
    return (float(start) / 1000, str(point.get("model", ""))) if isinstance(start, int | float) else None


def _stacked(
    rows: pd.DataFrame, y: alt.Y, tooltip: list[alt.Tooltip], window: Window, order: Sequence[str]
) -> alt.Chart:
    """Bars by model. The order of the legend is the order of the stack."""
    places = {name: place for place, name in enumerate(_present(rows, order))}
    tooltip = [alt.Tooltip("model:N", title="Model"), *tooltip]
    chart = _bars(rows.assign(place=rows["model"].map(places)), y, tooltip, window, ["start", "model"])
    tall = HEIGHT + LEGEND_HEIGHT * len(places)
    return chart.encode(color=_colours(rows, order), order=alt.Order("place:Q")).properties(height=tall)


def _bars(rows: pd.DataFrame, y: alt.Y, tooltip: list[alt.Tooltip], window: Window, pick: list[str]) -> alt.Chart:
    click = alt.selection_point(name=PICK, fields=pick, on="click", clear="dblclick")
    begin = alt.Tooltip("start:T", title="From", format=TIME_FORMAT[window.bucket])
    chart: alt.Chart = (
        alt.Chart(rows).mark_bar(cursor="pointer", binSpacing=1).encode(x=_time(window), y=y, tooltip=[begin, *tooltip])
    )
    return chart.add_params(click).properties(height=HEIGHT)


def _time(window: Window) -> alt.X:
    """The whole window, so that a quiet stretch is seen as one."""
    return alt.X(
        "start:T",
        timeUnit=TIME_UNIT[window.bucket],
        title=f"{window.bucket.capitalize()} ({window.zone.key})",
        scale=alt.Scale(domain=[_moment(window.whole.start), _moment(window.whole.end)]),
        axis=alt.Axis(format="%d %b" if window.bucket == "day" else "%H:%M", labelOverlap=True, grid=False),
    )


def _moment(second: float) -> alt.DateTime:
    moment = datetime.fromtimestamp(second, UTC)
    return alt.DateTime(
        year=moment.year, month=moment.month, date=moment.day, hours=moment.hour, minutes=moment.minute, utc=True
    )


def _names(field: str, order: list[str]) -> alt.Y:
    return alt.Y(f"{field}:N", title=None, sort=order, axis=alt.Axis(labelLimit=180))


def _present(rows: pd.DataFrame, order: Sequence[str]) -> list[str]:
    """The models of a picture, in the order of their colours, those that stand for several last."""
    present = set(rows["model"])
    return [name for name in (*model_order(order, list(present - set(NEUTRAL))), *NEUTRAL) if name in present]


def _colours(rows: pd.DataFrame, order: Sequence[str]) -> alt.Color:
    present = _present(rows, order)
    dealt = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(model_order(order, present))} | NEUTRAL
    scale = _scale(present, [dealt[name] for name in present])
    return alt.Color("model:N", title=None, scale=scale, legend=_legend("bottom"))


def _scale(names: Iterable[str], looks: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(names), range=list(looks))


def _legend(side: Literal["top", "bottom"]) -> alt.Legend:
    return alt.Legend(orient=side, columns=1 if side == "bottom" else 2, labelLimit=260)


def _height_of(rows: int) -> int:
    return AROUND_ROWS + ROW_HEIGHT * max(rows, 2)
