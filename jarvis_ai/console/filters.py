"""Which stretch of time and which part of the traffic a page is about. The choice lives in the URL.

Usage and History share these controls and their names in the URL: a link from a number to the rows behind it carries
the same choice, and a link that is sent to a colleague shows the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from jarvis_ai.analytics import Filters, FilterValues, Period
from jarvis_ai.console import formats
from jarvis_ai.console.charts import NOBODY, OTHER
from jarvis_ai.domain import Status

PERIODS: Mapping[str, str] = MappingProxyType(
    {"24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days", "90d": "Last 90 days"}
)
DEFAULT_PERIOD = "7d"
SHORT: Mapping[str, str] = MappingProxyType({"24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days"})

LISTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "model": ("models", "Model asked"),
        "provider": ("providers", "Provider"),
        "status": ("statuses", "Status"),
        "source": ("sources", "Source"),
        "task": ("tasks", "Task"),
    }
)
"""Name in the URL, the field of `Filters`, and the label."""
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
        if self.stretch is None:
            return PERIODS[self.preset]
        start, end = (datetime.fromtimestamp(second, self.zone) for second in (self.stretch.start, self.stretch.end))
        return f"{start:%d %b %Y %H:%M} to {end:%H:%M}" if _same_day(start, end) else f"{start:%d %b} to {end:%d %b %Y}"

    def query(self, **changes: str | Sequence[str]) -> dict[str, str | list[str]]:
        """The URL parameters of this choice, with some replaced. What is the default is left out."""
        values: dict[str, Any] = {name: list(getattr(self.filters, field)) for name, (field, _) in LISTS.items()}
        values |= {PERIOD: self.preset if self.preset != DEFAULT_PERIOD else "", TEXT: self.filters.text}
        if self.stretch is not None:
            values |= {FROM: f"{self.stretch.start:.0f}", TO: f"{self.stretch.end:.0f}"}
        return {name: value for name, value in {**values, **changes}.items() if value}

    def narrowed(self, stretch: Period, model: str) -> dict[str, str | list[str]]:
        """The URL parameters of one bar of a chart. Bars that stand for no single model are narrowed in time only."""
        only: dict[str, str | list[str]] = {FROM: f"{stretch.start:.0f}", TO: f"{stretch.end:.0f}"}
        if model == NOBODY:
            only["status"] = [str(status) for status in Status if status is not Status.OK]
        elif model and model != OTHER:
            only["model"] = [model]
        return self.query(**only)


def controls(values: FilterValues) -> Choice:
    """Draw the controls and return what they say. What occurs in the log can be chosen, nothing else."""
    zone = formats.local_zone()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        preset = st.segmented_control(
            "Period",
            list(PERIODS),
            default=DEFAULT_PERIOD,
            required=True,
            format_func=lambda name: SHORT[str(name)],
            key=PERIOD,
            bind="query-params",
            on_change=_from_the_top,
            args=(FROM, TO, BEFORE),
            help=f"Ends now. Times are local: {zone.key}.",
        )
        chosen, text = _more(values)
    filters = Filters(**{LISTS[name][0]: tuple(picked) for name, picked in chosen.items()}, text=text)
    stretch = _stretch()
    period = stretch or Period.preset(preset or DEFAULT_PERIOD, now=time.time(), zone=zone)
    choice = Choice(preset or DEFAULT_PERIOD, period, filters, zone, stretch)
    _say(choice)
    return choice


def open_rows(choice: Choice, label: str, **changes: str | Sequence[str]) -> None:
    """A link to the rows in History behind a number."""
    st.page_link(HISTORY, label=label, icon=":material/arrow_forward:", query_params=choice.query(**changes))


def nothing_found(choice: Choice, values: FilterValues) -> None:
    """What to do where there are no rows: ask for the first time, or ask for more."""
    if not values.sources:
        st.markdown("**No requests yet.** Send a prompt in the Playground; its attempts, cost and times appear here.")
        st.page_link(PLAYGROUND, label="Open the Playground", icon=":material/arrow_forward:")
        return
    st.markdown(f"**Nothing matches.** No request was made in this period ({choice.words.lower()}) with these filters.")
    st.button("Show all of the last 90 days", icon=":material/filter_list_off:", key="filters_clear", on_click=_widest)


def _widest() -> None:
    _from_the_top(FROM, TO, BEFORE)
    st.session_state[PERIOD] = "90d"
    st.session_state[TEXT] = ""
    for name in LISTS:
        st.session_state[name] = []


def _more(values: FilterValues) -> tuple[dict[str, list[str]], str]:
    count = sum(len(st.session_state.get(name) or ()) for name in LISTS) + bool(st.session_state.get(TEXT))
    with st.popover(f"Filters ({count})" if count else "Filters", icon=":material/filter_list:"):
        chosen = {
            name: st.multiselect(
                label,
                getattr(values, field),
                key=name,
                bind="query-params",
                placeholder="All",
                on_change=_from_the_top,
                args=(BEFORE,),
            )
            for name, (field, label) in LISTS.items()
        }
        text = st.text_input(
            "Text in request or answer",
            key=TEXT,
            type="search",
            bind="query-params",
            placeholder="Any",
            on_change=_from_the_top,
            args=(BEFORE,),
        )
    return chosen, (text or "").strip()


def _say(choice: Choice) -> None:
    """In words what is filtered, because the controls may be folded away."""
    parts = [f"{LISTS[name][1].lower()} {', '.join(getattr(choice.filters, LISTS[name][0]))}" for name in LISTS
             if getattr(choice.filters, LISTS[name][0])]  # fmt: skip
    parts += [f"text “{choice.filters.text}”"] if choice.filters.text else []
    only = f" · only {'; '.join(parts)}" if parts else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{choice.words}, times in {choice.zone.key}{only}")
        if choice.stretch is not None:
            st.button("Whole period", icon=":material/close:", key="filters_whole", type="tertiary",
                      on_click=_from_the_top, args=(FROM, TO, BEFORE))  # fmt: skip


def _stretch() -> Period | None:
    """The stretch in the URL; whatever is not two numbers in order is none."""
    try:
        start, end = (float(st.query_params.get(name, "")) for name in (FROM, TO))
    except ValueError:
        return None
    return Period(start, end) if 0 <= start < end < 2**40 else None


def _from_the_top(*names: str) -> None:
    """Forget parts of the URL that belong to an earlier choice."""
    for name in names:
        st.query_params.pop(name, None)


def _same_day(start: datetime, end: datetime) -> bool:
    return start.date() == end.date()
