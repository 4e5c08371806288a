"""Pictures of the usage log: frames of `Analytics` in, Altair charts out. Nothing here asks, counts or shows.

Every axis and tooltip names its unit. Times are drawn in the zone of the browser, which is the zone that the frames
were made for. A model keeps its colour whatever else is in the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

import altair as alt
import pandas as pd

from jarvis_ai.analytics import Bucket
from jarvis_ai.console.measures import LOOKS, Look
from jarvis_ai.console.windows import Window
from jarvis_ai.domain import OPENROUTER

PALETTE = (
    "#2f7d8c", "#d08c3c", "#6b7fd7", "#5a9e5d", "#c25b6a", "#8f6bb3",
    "#8a8d5b", "#4aa3c7", "#b0705a", "#c9a62e", "#c97b9d", "#5f7f73",
)  # fmt: skip
"""The theme's tones and a few more, which can be told apart on a light and on a dark page."""
OTHER = "others"
NEUTRAL = MappingProxyType({OTHER: "#7a8088", "no answer": "#b4babf", "no task": "#b4babf", "no failure": "#b4babf"})

AT_MOST = 7
"""Groups in one picture. More cannot be told apart; the table beside it has them all."""
TIME_UNIT: Mapping[Bucket, Literal["yearmonthdatehours", "yearmonthdate"]] = MappingProxyType(
    {"hour": "yearmonthdatehours", "day": "yearmonthdate"}
)
TIME_FORMAT: Mapping[Bucket, str] = MappingProxyType(
    {"hour": "%a %d %b %H:%M", "day": "%a %d %b %Y", "week": "Week of %d %b %Y"}
)
TICKS: Mapping[Bucket, alt.TimeIntervalStep] = MappingProxyType(
    {"day": alt.TimeIntervalStep("day", 1), "week": alt.TimeIntervalStep("month", 1)}
)
"""Where dates stand: a day that is named twice would look like two."""
HEIGHT, ROW_HEIGHT, AROUND_ROWS, LEGEND_HEIGHT = 300, 34, 90, 24

WEEK_WIDTH = 5
"""Pixels; a year of weeks fits on a phone."""

PICK = "pick"
"""Name of the selection that a click on a bar or a point makes."""

FAILURE_TOOLTIP = [
    alt.Tooltip("kind:N", title="Failure"),
    alt.Tooltip("group:N", title="Model"),
    alt.Tooltip("attempts:Q", title="Failed attempts", format=",d"),
]


def order_of(first: Sequence[str], known: Iterable[str]) -> list[str]:
    """All names in the order that colours are dealt in: `first`, such as the chain's models, then others by name."""
    return list(dict.fromkeys([*first, *sorted(known)]))


def over_time(table: pd.DataFrame, name: str, window: Window, order: Sequence[str], *, stacked: bool) -> alt.Chart:
    """A measure by `group`: bars that stand on one another where parts make up a whole, else lines.

    `table` holds `start`, `group`, `value` and `of`, of how many the value is.
    """
    look = LOOKS[name]
    rows = few(table, stacked=stacked)
    rows = rows[rows["value"].notna()]
    if stacked:
        rows = rows[rows["value"] != 0]
    places = {group: place for place, group in enumerate(_present(rows, order))}
    rows = rows.assign(place=rows["group"].map(places))
    click = alt.selection_point(name=PICK, fields=["start", "group"], on="click", clear="dblclick")
    mark = _bars(rows, look, window) if stacked else _line(rows, look, window)
    tall = HEIGHT + LEGEND_HEIGHT * len(places)
    chart: alt.Chart = (
        mark.encode(color=_colours(rows, order), tooltip=_tooltip(look, window))
        .add_params(click)
        .properties(height=tall)
    )
    return chart


def few(table: pd.DataFrame, *, stacked: bool) -> pd.DataFrame:
    """The table with no more groups than can be told apart: the rest put together as `others` where they add up."""
    weights = table.groupby("group")["value" if stacked else "of"].sum()
    kept = table["group"].isin([*weights.drop(list(NEUTRAL), errors="ignore").nlargest(AT_MOST).index, *NEUTRAL])
    if kept.all() or not stacked:
        return table.loc[kept]
    renamed = table.assign(group=table["group"].where(kept, OTHER))
    return pd.DataFrame(renamed.groupby(["start", "group"])[["value", "of"]].sum(min_count=1).reset_index())


def failures(table: pd.DataFrame, order: Sequence[str]) -> alt.Chart:
    """Failed attempts by what went wrong, coloured by the model that was asked, most first."""
    rows = table.assign(kind=table["failure"].map(words), group=table["model"])
    kinds = list(rows.groupby("kind")["attempts"].sum().sort_values(ascending=False).index)
    weights = rows.groupby("group")["attempts"].sum().nlargest(AT_MOST)
    rows = rows.assign(group=rows["group"].where(rows["group"].isin(weights.index), OTHER))
    rows = rows.groupby(["kind", "group"])[["attempts"]].sum().reset_index()
    chart: alt.Chart = alt.Chart(rows).mark_bar().encode(
        x=alt.X("attempts:Q", title="Failed attempts", axis=alt.Axis(tickMinStep=1, format=",d")),
        y=names("kind", kinds),
        color=_colours(rows, order),
        order=alt.Order("attempts:Q", sort="descending"),
        tooltip=FAILURE_TOOLTIP,
    )  # fmt: skip
    return chart.properties(height=height_of(len(kinds)) + LEGEND_HEIGHT * rows["group"].nunique())


def labels(table: pd.DataFrame) -> list[str]:
    """A name a row: the model, and the provider where it is not OpenRouter."""
    pairs = zip(table["model"], table["provider"], strict=True)
    return [model if provider in (OPENROUTER, model) else f"{model} · {provider}" for model, provider in pairs]


def words(kind: str) -> str:
    """A kind of failure, or a status, as a person writes it: `rate_limited` is `Rate limited`."""
    return kind.replace("_", " ").capitalize() if kind else "Not known"


def picked(selection: Mapping[str, object]) -> tuple[float, str] | None:
    """The bar or point that was clicked on: its start in UTC seconds and its group; None when none was."""
    points = selection.get(PICK)
    point = points[0] if isinstance(points, Sequence) and points else {}
    start = point.get("start")
    return (float(start) / 1000, str(point.get("group", ""))) if isinstance(start, int | float) else None


def names(field: str, order: list[str]) -> alt.Y:
    """A vertical axis of names."""
    return alt.Y(f"{field}:N", title=None, sort=order, axis=alt.Axis(labelLimit=180))


def colours(present: Sequence[str], order: Sequence[str]) -> alt.Color:
    """Of the groups of a picture, dealt by their place in `order`, so that a group has the same in every picture."""
    dealt = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(order_of(order, present))} | dict(NEUTRAL)
    legend = alt.Legend(orient="bottom", columns=1, labelLimit=260, symbolSize=60)
    return alt.Color("group:N", title=None, scale=scale(present, [dealt[name] for name in present]), legend=legend)


def scale(names: Iterable[str], looks: Sequence[str]) -> alt.Scale:
    """Which name looks how."""
    return alt.Scale(domain=list(names), range=list(looks))


def height_of(rows: int) -> int:
    """Of a picture with so many rows."""
    return AROUND_ROWS + ROW_HEIGHT * max(rows, 2)


def _bars(rows: pd.DataFrame, look: Look, window: Window) -> alt.Chart:
    axis = alt.Axis(tickMinStep=1, format="~s") if look.format == ",d" else alt.Axis(format="$,.3~r")
    y = alt.Y("value:Q", title=look.axis, axis=axis, stack="zero")
    # Vega has no unit of time that begins where our weeks do: their bars have a width of their own.
    width = alt.Undefined if window.bucket in TIME_UNIT else WEEK_WIDTH
    chart: alt.Chart = (
        alt.Chart(rows)
        .mark_bar(cursor="pointer", binSpacing=1, size=width)
        .encode(x=_time(window), y=y, order="place:Q")
    )
    return chart


def _line(rows: pd.DataFrame, look: Look, window: Window) -> alt.Chart:
    axis = alt.Axis(format=".0%" if look.format.endswith("%") else "~g")
    y = alt.Y("value:Q", title=look.axis, axis=axis, scale=alt.Scale(zero=True))
    chart: alt.Chart = (
        alt.Chart(rows).mark_line(point={"size": 45, "cursor": "pointer"}).encode(x=_time(window, binned=False), y=y)
    )
    return chart


def _tooltip(look: Look, window: Window) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("start:T", title="From", format=TIME_FORMAT[window.bucket]),
        alt.Tooltip("group:N", title="Group"),
        alt.Tooltip("value:Q", title=look.axis, format=look.format),
        alt.Tooltip("of:Q", title="Of", format=",d"),
    ]


def _time(window: Window, *, binned: bool = True) -> alt.X:
    """The whole window, so that a quiet stretch is seen as one."""
    unit = TIME_UNIT.get(window.bucket) if binned else None
    return alt.X(
        "start:T",
        timeUnit=unit or alt.Undefined,
        title=f"{window.bucket.capitalize()} ({window.zone.key})",
        scale=alt.Scale(domain=[_moment(window.whole.start), _moment(window.whole.end)]),
        axis=alt.Axis(
            format="%H:%M" if window.bucket == "hour" else "%d %b",
            tickCount=TICKS.get(window.bucket, alt.Undefined),
            labelOverlap=True,
            grid=False,
        ),
    )


def _moment(second: float) -> alt.DateTime:
    moment = datetime.fromtimestamp(second, UTC)
    return alt.DateTime(
        year=moment.year, month=moment.month, date=moment.day, hours=moment.hour, minutes=moment.minute, utc=True
    )


def _present(rows: pd.DataFrame, order: Sequence[str]) -> list[str]:
    """The groups of a picture, in the order of their colours, those that stand for several or none last."""
    present = set(rows["group"])
    return [name for name in (*order_of(order, present - set(NEUTRAL)), *NEUTRAL) if name in present]


def _colours(rows: pd.DataFrame, order: Sequence[str]) -> alt.Color:
    return colours(_present(rows, order), order)
