"""Which stretch of time and which part of the traffic a page is about. The choice lives in the URL.

Usage and History have the same controls: a link from a number to the rows behind it carries the same choice, and a
link that is sent to a colleague shows the same rows. Each page has names of its own in the URL (`usage_period`,
`history_period`), because Streamlit drops a parameter that is bound to a control of the page before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd
import streamlit as st

from jarvis_ai.analytics import BY_FALLBACK, IN_EARNEST, Filters, FilterValues, Period
from jarvis_ai.console import formats
from jarvis_ai.console.charts import NOBODY, OTHER, PICK, Window, picked
from jarvis_ai.console.formats import literal
from jarvis_ai.console.rows import CLICKABLE, clicked
from jarvis_ai.domain import Status

PERIODS: Mapping[str, str] = MappingProxyType(
    {"24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days", "90d": "Last 90 days"}
)
DEFAULT_PERIOD = "7d"
LISTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "model": ("models", "Model asked"),
        "provider": ("providers", "Provider"),
        "answered": ("answered", "Model that answered"),
        "failure": ("failures", "Failure of an attempt"),
        "only": ("traits", "Requests"),
        "status": ("statuses", "Status"),
        "source": ("sources", "Source"),
        "task": ("tasks", "Task"),
    }
)
"""Name in the URL after the page's, the field of `Filters`, and the label."""
PERIOD, TEXT, FROM, TO, BEFORE = "period", "text", "from", "to", "before"
HISTORY, PLAYGROUND = "history.py", "playground.py"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the controls say."""

    preset: str
    """A key of `PERIODS`."""
    period: Period
    filters: Filters
    zone: ZoneInfo
    stretch: Period | None = None
    """The part of the period that a click on a chart has picked; None for all of it."""

    @property
    def words(self) -> str:
        """The stretch of time as a person reads it."""
        return stretch_words(self.stretch, self.zone) if self.stretch else PERIODS[self.preset]

    def query(self, **changes: str | Sequence[str]) -> dict[str, str | list[str]]:
        """The URL parameters of History for this choice, with some replaced. What is the default is left out."""
        values: dict[str, Any] = {name: list(getattr(self.filters, field)) for name, (field, _) in LISTS.items()}
        values |= {PERIOD: self.preset if self.preset != DEFAULT_PERIOD else "", TEXT: self.filters.text, **changes}
        return {key("history", name): value for name, value in values.items() if value}

    def narrowed(self, stretch: Period, only: Mapping[str, Sequence[str]]) -> dict[str, str | list[str]]:
        """The URL parameters of one bar of a chart: its stretch of time, and `only` what it counts."""
        return {**self.query(**only), FROM: f"{stretch.start:.0f}", TO: f"{stretch.end:.0f}"}


def by_answer(model: str) -> dict[str, list[str]]:
    """What a bar of requests counts: those that `model` answered. One for no single model is narrowed in time only."""
    if model == NOBODY:
        return {"status": [str(status) for status in Status if status is not Status.OK]}
    return {"answered": [model]} if model and model != OTHER else {}


def by_model(model: str) -> dict[str, list[str]]:
    """What a bar of attempts counts: those that went to `model`."""
    return {"model": [model]} if model and model != OTHER else {}


def by_fallback(model: str) -> dict[str, list[str]]:
    """What a bar of fallbacks counts, whichever model it was."""
    return {"only": [BY_FALLBACK]}


def key(page: str, name: str) -> str:
    """The name of a control of a page, in the session and in the URL."""
    return f"{page}_{name}"


def controls(page: str, values: FilterValues) -> Choice:
    """Draw the controls of a page and return what they say. What occurs in the log can be chosen, nothing else."""
    zone = formats.local_zone()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        preset = st.segmented_control(
            "Period",
            list(PERIODS),
            default=DEFAULT_PERIOD,
            required=True,
            key=key(page, PERIOD),
            bind="query-params",
            on_change=forget,
            args=(FROM, TO, BEFORE),
            help="Hours and days up to now.",
        )
        filters = _more(page, values)
    stretch = _stretch()
    period = stretch or Period.preset(preset or DEFAULT_PERIOD, now=time.time())
    choice = Choice(preset or DEFAULT_PERIOD, period, filters, zone, stretch)
    _say(page, choice)
    return choice


def open_rows(label: str, query: Mapping[str, str | list[str]]) -> None:
    """A link to the rows in History behind a number."""
    st.page_link(HISTORY, label=label, icon=":material/arrow_forward:", query_params=dict(query))


def open_bars(
    chart: alt.Chart,
    window: Window,
    choice: Choice,
    *,
    key: str,
    takeaway: str,
    counts: Callable[[str], Mapping[str, Sequence[str]]] = by_model,
) -> None:
    """A chart over time; a bar that is clicked on leads to the rows behind it, which are those that it `counts`."""
    event = st.altair_chart(chart, key=key, on_select="rerun", selection_mode=PICK, alt=takeaway)
    if bar := picked(event.selection):
        stretch, model = window.span(bar[0]), bar[1]
        label = f"Open {stretch_words(stretch, choice.zone)}" + (f", {model}" if model else "")
        open_rows(label, choice.narrowed(stretch, counts(model)))


def open_models(table: pd.DataFrame, columns: Mapping[str, Any], choice: Choice, *, key: str, takeaway: str) -> None:
    """A table with a model in each row, and perhaps its failure; a row leads to the requests that asked it so."""
    event = st.dataframe(
        table,
        key=key,
        hide_index=True,
        column_config=dict(columns),
        column_order=list(columns),
        placeholder=formats.UNKNOWN,
        on_select="rerun",
        selection_mode=CLICKABLE,
        height="content",
        alt=takeaway,
    )
    if (place := clicked(event.selection)) is not None:
        asked = table.iloc[place]
        only = {name: [asked[name]] for name in ("model", "provider", "failure") if name in table}
        open_rows(f"Open the requests that asked {asked['model']} through {asked['provider']}", choice.query(**only))


def in_earnest(**only: str) -> dict[str, str | list[str]]:
    """The URL parameters of History for all but drills, as alerts and health count; what is empty narrows nothing."""
    chosen = {name: [value] for name, value in only.items() if value} | {"source": list(IN_EARNEST.sources)}
    return {key("history", name): values for name, values in chosen.items()}


def nothing_found(page: str, choice: Choice, values: FilterValues) -> None:
    """What to do where there are no rows: ask for the first time, or look further."""
    if not values.sources:
        st.markdown("**No requests yet.** Send a prompt in the Playground; its attempts, cost and times appear here.")
        st.page_link(PLAYGROUND, label="Open the Playground", icon=":material/arrow_forward:")
        return
    st.markdown(f"**Nothing matches.** There is no request in this time ({choice.words}) with these filters.")
    st.button("Show all of the last 90 days", icon=":material/filter_list_off:", key=key(page, "widest"),
              on_click=_widest, args=(page,))  # fmt: skip


def forget(*names: str) -> None:
    """Take parts out of the URL that belong to an earlier choice."""
    for name in names:
        st.query_params.pop(name, None)


def stretch_words(stretch: Period, zone: ZoneInfo) -> str:
    """A local hour, or a local day, as a person reads it."""
    start, end = (datetime.fromtimestamp(second, zone) for second in (stretch.start, stretch.end))
    one_day = (end.date() - start.date()).days <= 1
    if stretch.seconds > 2 * 3600:
        return f"{start:%a %d %b %Y}" if one_day else f"{start:%a %d %b %Y} to {end:%a %d %b %Y}"
    return f"{start:%a %d %b %Y %H:%M} to {end:%H:%M}"


def _widest(page: str) -> None:
    forget(FROM, TO, BEFORE)
    st.session_state.update({key(page, PERIOD): "90d", key(page, TEXT): ""})
    st.session_state.update({key(page, name): [] for name in LISTS})


def _more(page: str, values: FilterValues) -> Filters:
    """The controls that are needed less often, folded away."""
    used = _used(page, values)
    with st.popover(f"Filters ({used})" if used else "Filters", icon=":material/filter_list:"):
        lists = {
            field: st.multiselect(
                label,
                getattr(values, field),
                key=key(page, name),
                bind="query-params",
                placeholder="All",
                on_change=forget,
                args=(BEFORE,),
            )
            for name, (field, label) in LISTS.items()
        }
        text = st.text_input(
            "Text in request or answer",
            key=key(page, TEXT),
            type="search",
            bind="query-params",
            placeholder="Any",
            on_change=forget,
            args=(BEFORE,),
        )
    return Filters(**{field: tuple(chosen) for field, chosen in lists.items()}, text=(text or "").strip())


def _used(page: str, values: FilterValues) -> int:
    """How many filters are set; on the first run they stand in the URL only, and what the log has not is dropped."""
    lists = [
        set(st.session_state.get(key(page, name)) or st.query_params.get_all(key(page, name)))
        & set(getattr(values, field))
        for name, (field, _) in LISTS.items()
    ]
    text = st.session_state.get(key(page, TEXT)) or st.query_params.get(key(page, TEXT))
    return sum(map(bool, [*lists, text]))


def _say(page: str, choice: Choice) -> None:
    """In words what is shown, because the controls may be folded away."""
    chosen = [(label, getattr(choice.filters, field)) for field, label in LISTS.values()]
    parts = [f"{label.lower()} {', '.join(values)}" for label, values in chosen if values]
    parts += [f"text “{choice.filters.text}”"] if choice.filters.text else []
    only = f" · only {'; '.join(parts)}" if parts else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal(f"{choice.words}, times in {choice.zone.key}{only}"), width="content")
        if choice.stretch is not None:
            st.button("Whole period", icon=":material/close:", key=key(page, "whole"), type="tertiary",
                      on_click=forget, args=(FROM, TO, BEFORE))  # fmt: skip


def _stretch() -> Period | None:
    """The stretch in the URL; whatever is not two numbers in order is none."""
    try:
        start, end = (float(st.query_params.get(name, "")) for name in (FROM, TO))
    except ValueError:
        return None
    return Period(start, end) if 0 <= start < end < 2**40 else None
