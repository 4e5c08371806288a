"""Which part of the traffic Usage and Latency count, and the way from a number to the rows behind it.

What roll-ups tell apart can be chosen here; History narrows rows further. A number counts either requests or attempts,
and its rows are found accordingly: the requests that a model answered, or those that asked it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from jarvis_ai.analytics import (
    ANSWERED_BY_NOBODY,
    ENDED,
    WITHOUT_TASK,
    Dimension,
    Filters,
    FilterValues,
    Period,
    Scope,
)
from jarvis_ai.console import formats, views
from jarvis_ai.console.formats import literal
from jarvis_ai.console.windows import (
    DEFAULT_PERIOD,
    FROM,
    PERIOD,
    PERIODS,
    TO,
    WIDEST,
    forget,
    key,
    period_of,
    picker,
    stretch,
    stretch_words,
)
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION, Counted

HISTORY, PLAYGROUND = "history.py", "playground.py"

LISTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "model": ("models", "Model"),
        "provider": ("providers", "Provider"),
        "source": ("sources", "Source"),
        "task": ("tasks", "Task"),
    }
)
"""Name in the URL after the page's, the field of `Scope` and of `FilterValues`, and the label."""

ROWS: Mapping[Counted, Mapping[str, str]] = MappingProxyType(
    {
        OPERATION: {
            "model": "answered", "provider": "through", "source": "source", "task": "task", "status": "status",
            "failure": "ending",
        },
        ATTEMPT: {
            "model": "model", "provider": "provider", "source": "source", "task": "task", "status": "outcome",
            "failure": "failure",
        },
    }
)  # fmt: skip
"""What History calls a dimension of what is counted."""

ABSENT: Mapping[str, str] = MappingProxyType(
    {"model": ANSWERED_BY_NOBODY, "provider": ANSWERED_BY_NOBODY, "task": WITHOUT_TASK}
)
"""How History finds the rows that have no value of a dimension."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the controls say."""

    preset: str
    """A key of `PERIODS`."""
    period: Period
    scope: Scope
    zone: ZoneInfo
    stretch: Period | None = None
    """The part of the period that a link has picked; None for all of it."""

    @property
    def words(self) -> str:
        """The stretch of time as a person reads it."""
        return stretch_words(self.stretch, self.zone) if self.stretch else PERIODS[self.preset]

    @property
    def requests(self) -> Filters:
        """The requests that are counted, as `rows` says it in History's address."""
        scope = self.scope
        return Filters(
            answered=scope.models, through=scope.providers, sources=scope.sources, tasks=scope.tasks, traits=(ENDED,)
        )

    def rows(
        self,
        counted: Counted,
        *,
        only: Mapping[Dimension, str] = MappingProxyType({}),
        part: Period | None = None,
        traits: Sequence[str] = (),
    ) -> dict[str, str | list[str]]:
        """The URL parameters of History for what a number counts: with `only` these values, in `part` of the period."""
        names = ROWS[counted]
        chosen: dict[str, Any] = {names[name]: list(getattr(self.scope, field)) for name, (field, _) in LISTS.items()}
        chosen |= {names[name]: [value] for name, value in only.items() if value}
        absent = [ABSENT[name] for name, value in only.items() if not value and name in ABSENT]
        chosen["only"] = [ENDED, *absent, *traits]
        chosen[PERIOD] = self.preset if self.preset != DEFAULT_PERIOD else ""
        query = {key("history", name): value for name, value in chosen.items() if value}
        narrowed = part or self.stretch
        return query | ({FROM: f"{narrowed.start:.0f}", TO: f"{narrowed.end:.0f}"} if narrowed else {})


def controls(page: str, values: FilterValues, *, counted_from: float = 0.0) -> Choice:
    """Draw the controls of a page and return what they say. What occurs in the log can be chosen, nothing else.

    `counted_from`: UTC seconds before which the roll-ups do not hold everything yet.
    """
    zone, part = formats.local_zone(), stretch()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        preset = picker(page)
        scope = _scope(page, values)
        views.menu(page)
    choice = Choice(preset, period_of(preset, part).whole_hours, scope, zone, part)
    _say(page, choice)
    if choice.period.start < counted_from:
        when = formats.when(counted_from, zone)
        st.caption(
            f":material/hourglass: What began before {when} is still being counted; it was logged by an older version."
        )
    return choice


def nothing_found(page: str, choice: Choice, values: FilterValues) -> None:
    """What to do where nothing was counted: ask for the first time, or look further."""
    if not values.sources:
        st.markdown("**No requests yet.** Send a prompt in the Playground; its attempts, cost and times appear here.")
        st.page_link(PLAYGROUND, label="Open the Playground", icon=":material/arrow_forward:")
        return
    st.markdown(f"**Nothing matches.** No request ended in this time ({choice.words}) with these filters.")
    st.button("Show all of the last year", icon=":material/filter_list_off:", key=key(page, "widest"),
              on_click=_widest, args=(page,))  # fmt: skip


def open_rows(label: str, query: Mapping[str, str | list[str]]) -> None:
    """A link to the rows in History behind a number."""
    st.page_link(HISTORY, label=label, icon=":material/arrow_forward:", query_params=dict(query))


def _scope(page: str, values: FilterValues) -> Scope:
    used = sum(bool(_chosen(page, name, getattr(values, field))) for name, (field, _) in LISTS.items())
    with st.popover(f"Filters ({used})" if used else "Filters", icon=":material/filter_list:"):
        models, providers, sources, tasks = (
            tuple(
                st.multiselect(
                    label, getattr(values, field), key=key(page, name), bind="query-params", placeholder="All"
                )
            )
            for name, (field, label) in LISTS.items()
        )
        st.caption("Where requests are counted, a model is the one that answered; elsewhere the one that was asked.")
    return Scope(models=models, providers=providers, sources=sources, tasks=tasks)


def _chosen(page: str, name: str, known: Sequence[str]) -> set[str]:
    """On the first run what is chosen stands in the URL only, and what the log has not is dropped."""
    return set(st.session_state.get(key(page, name)) or st.query_params.get_all(key(page, name))) & set(known)


def _say(page: str, choice: Choice) -> None:
    """In words what is counted, because the controls may be folded away."""
    chosen = [(label, getattr(choice.scope, field)) for field, label in LISTS.values()]
    parts = "; ".join(f"{label.lower()} {', '.join(values)}" for label, values in chosen if values)
    only = f" · only {parts}" if parts else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal(f"{choice.words}, times in {choice.zone.key}{only}"), width="content")
        if choice.stretch is not None:
            st.button("Whole period", icon=":material/close:", key=key(page, "whole"), type="tertiary",
                      on_click=forget, args=(FROM, TO))  # fmt: skip


def _widest(page: str) -> None:
    forget(FROM, TO)
    st.session_state.update({key(page, PERIOD): WIDEST, **{key(page, name): [] for name in LISTS}})
