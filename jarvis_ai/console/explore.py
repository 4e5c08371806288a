"""A measure by group and over time, each number with the way to its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from jarvis_ai.analytics import Analytics, Dimension, Measure, Period
from jarvis_ai.console import charts, formats
from jarvis_ai.console.charts import OTHER, PICK
from jarvis_ai.console.measures import ABSENT, DIMENSIONS, LOOKS, measure
from jarvis_ai.console.rows import CLICKABLE, clicked
from jarvis_ai.console.scopes import Choice, open_rows
from jarvis_ai.console.windows import Window, stretch_words


def chart(
    log: Analytics,
    choice: Choice,
    window: Window,
    name: str,
    *,
    page: str,
    by: Dimension | None = None,
    order: Sequence[str] = (),
    takeaway: str = "",
) -> None:
    """A measure over time; a bar or point that is clicked on leads to the rows behind it."""
    shown, look = measure(name), LOOKS[name]
    table = log.series(shown, choice.period, choice.scope, bucket=window.bucket, zone=window.zone, by=by)
    table = grouped(table, shown, by, look.label)
    event = st.altair_chart(
        charts.over_time(table, name, window, order, stacked=shown.additive),
        key=f"{page}_chart",
        on_select="rerun",
        selection_mode=PICK,
        alt=takeaway or f"{look.label} over time" + (f" by {DIMENSIONS[by].lower()}" if by else ""),
    )
    if remark := window.remark:
        st.caption(remark)
    if bar := charts.picked(event.selection):
        _open_bar(choice, window.span(bar[0]), shown, by, bar[1])


def table(
    log: Analytics, choice: Choice, name: str, by: Dimension, *, page: str, before: Period | None = None
) -> pd.DataFrame:
    """A measure by group beside the same of the period before; a row leads to its rows. Returns what is shown."""
    shown, look = measure(name), LOOKS[name]
    rows = compared(log, choice, shown, by, before)
    event = st.dataframe(
        rows,
        key=f"{page}_groups",
        hide_index=True,
        column_config=columns(name, by, shown),
        column_order=order_of_columns(shown, before),
        placeholder=formats.UNKNOWN,
        on_select="rerun",
        selection_mode=CLICKABLE,
        height="content",
        alt=f"{look.label} by {DIMENSIONS[by].lower()}, most first",
    )
    if (place := clicked(event.selection)) is not None:
        row = rows.iloc[place]
        open_rows(f"Open {row['group']}", choice.rows(shown.counted, only={by: row[by]}))
    return rows


def compared(log: Analytics, choice: Choice, shown: Measure, by: Dimension, before: Period | None) -> pd.DataFrame:
    """Groups, largest first, with their share of all where parts add up and the change since the period `before`."""
    now = grouped(log.totals(shown, choice.period, choice.scope, by=by), shown, by, "")
    now = now[now["of"] > 0].sort_values(["value", "group"], ascending=[False, True], ignore_index=True)
    if shown.additive:
        now = now.assign(share=now["value"] / (now["value"].sum() or 1))
    if before is None:
        return now
    then = log.totals(shown, before, choice.scope, by=by)[[by, "value"]].rename(columns={"value": "before"})
    both = now.merge(then, how="left", on=by)
    return both.assign(change=both["value"] / both["before"].where(both["before"] != 0) - 1)


def grouped(table: pd.DataFrame, shown: Measure, by: Dimension | None, alone: str) -> pd.DataFrame:
    """The table with `group`, what a person calls the group, and `of`, of how many the value is."""
    names = table[by].map(lambda value: value or ABSENT.get(by, "none")) if by else alone
    return table.assign(group=names, of=table[shown.columns[0]])


def columns(name: str, by: Dimension, shown: Measure) -> dict[str, Any]:
    """What the columns of `compared` are called."""
    look, numbers = LOOKS[name], st.column_config.NumberColumn
    return {
        "group": st.column_config.TextColumn(DIMENSIONS[by], width="medium", pinned=True),
        "value": numbers(look.axis, format=look.column, help=look.help or None),
        "share": numbers("Of all", format="percent"),
        "of": numbers("Of", format="localized", help="How many requests or attempts it is said of."),
        "before": numbers("Before", format=look.column, help="In the equally long time before."),
        "change": numbers("Change", format="percent"),
    }


def order_of_columns(shown: Measure, before: Period | None) -> list[str]:
    """Which of them say something."""
    return ["group", "value", "share" if shown.additive else "of", *(["before", "change"] if before else [])]


def _open_bar(choice: Choice, part: Period, shown: Measure, by: Dimension | None, group: str) -> None:
    single = by is not None and group != OTHER
    only: dict[Dimension, str] = {by: "" if group == ABSENT.get(by) else group} if by and single else {}
    label = f"Open {stretch_words(part, choice.zone)}" + (f", {group}" if single else "")
    open_rows(label, choice.rows(shown.counted, only=only, part=part))
