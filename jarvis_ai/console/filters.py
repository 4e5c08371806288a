"""Which rows History shows. The choice lives in the URL: a link from a number, or to a colleague, shows the same rows.

Each page has names of its own in the URL (`usage_period`, `history_period`), because Streamlit drops a parameter that
is bound to a control of the page before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

import streamlit as st

from jarvis_ai.analytics import IN_EARNEST, Filters, FilterValues, Period
from jarvis_ai.console import formats
from jarvis_ai.console.formats import literal
from jarvis_ai.console.scopes import PLAYGROUND
from jarvis_ai.console.windows import (
    BEFORE,
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

LISTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "answered": ("answered", "Model that answered"),
        "through": ("through", "Provider that answered"),
        "status": ("statuses", "Status"),
        "ending": ("endings", "Failure of the request"),
        "model": ("models", "Model asked"),
        "provider": ("providers", "Provider asked"),
        "outcome": ("outcomes", "Status of an attempt"),
        "failure": ("failures", "Failure of an attempt"),
        "source": ("sources", "Source"),
        "task": ("tasks", "Task"),
        "arm": ("arms", "Side of a migration"),
        "only": ("traits", "Only requests"),
    }
)
"""Name in the URL after the page's, the field of `Filters`, and the label."""

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"tag": ("tags", "Tag"), "chain": ("chains", "Version of a chain (hash)")}
)
"""Likewise, of those that are typed; several are set apart by commas."""

TEXT = "text"
PAGE = "history"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the controls say."""

    preset: str
    """A key of `PERIODS`."""
    period: Period
    filters: Filters
    zone: ZoneInfo
    stretch: Period | None = None
    """The part of the period that a link has picked; None for all of it."""

    @property
    def words(self) -> str:
        """The stretch of time as a person reads it."""
        return stretch_words(self.stretch, self.zone) if self.stretch else PERIODS[self.preset]


def controls(values: FilterValues) -> Choice:
    """Draw the controls and return what they say. What occurs in the log can be chosen, nothing else."""
    zone, part = formats.local_zone(), stretch()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        preset = picker(PAGE)
        text = st.text_input(
            "Text in request or answer",
            key=key(PAGE, TEXT),
            type="search",
            bind="query-params",
            placeholder="Search texts",
            label_visibility="collapsed",
            width=260,
            on_change=forget,
            args=(BEFORE,),
        )
        filters = _more(values, (text or "").strip())
    choice = Choice(preset, period_of(preset, part), filters, zone, part)
    _say(choice)
    return choice


def in_earnest(**only: str) -> dict[str, str | list[str]]:
    """The URL parameters of History for all but drills, as alerts and health count; what is empty narrows nothing."""
    chosen = {name: [value] for name, value in only.items() if value} | {"source": list(IN_EARNEST.sources)}
    return {key(PAGE, name): values for name, values in chosen.items()}


def nothing_found(choice: Choice, values: FilterValues) -> None:
    """What to do where there are no rows: ask for the first time, or look further."""
    if not values.sources:
        st.markdown("**No requests yet.** Send a prompt in the Playground; its attempts, cost and times appear here.")
        st.page_link(PLAYGROUND, label="Open the Playground", icon=":material/arrow_forward:")
        return
    st.markdown(f"**Nothing matches.** There is no request in this time ({choice.words}) with these filters.")
    st.button("Show all of the last year", icon=":material/filter_list_off:", key=key(PAGE, "widest"),
              on_click=_widest)  # fmt: skip


def _more(values: FilterValues, text: str) -> Filters:
    """The controls that are needed less often, folded away."""
    used = _used(values)
    with st.popover(f"Filters ({used})" if used else "Filters", icon=":material/filter_list:"):
        left, right = st.columns(2)
        lists = {
            field: (left if place % 2 == 0 else right).multiselect(
                label,
                getattr(values, field),
                key=key(PAGE, name),
                bind="query-params",
                placeholder="All",
                on_change=forget,
                args=(BEFORE,),
            )
            for place, (name, (field, label)) in enumerate(LISTS.items())
        }
        typed = {
            field: side.text_input(
                label, key=key(PAGE, name), bind="query-params", placeholder="Any", on_change=forget, args=(BEFORE,)
            )
            for (name, (field, label)), side in zip(WORDS.items(), (left, right), strict=True)
        }
    chosen = {field: tuple(options) for field, options in lists.items()}
    return Filters(**chosen, **{field: apart(words) for field, words in typed.items()}, text=text)


def apart(words: str | None) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(filter(None, re.split(r"\s*,\s*", (words or "").strip())))


def _used(values: FilterValues) -> int:
    """How many filters are set; on the first run they stand in the URL only, and what the log has not is dropped."""
    lists = [
        set(st.session_state.get(key(PAGE, name)) or st.query_params.get_all(key(PAGE, name)))
        & set(getattr(values, field))
        for name, (field, _) in LISTS.items()
    ]
    typed = [st.session_state.get(key(PAGE, name)) or st.query_params.get(key(PAGE, name)) for name in WORDS]
    return sum(map(bool, [*lists, *typed]))


def _say(choice: Choice) -> None:
    """In words what is shown, because the controls may be folded away."""
    fields: Sequence[tuple[str, str]] = [*LISTS.values(), *WORDS.values()]
    chosen = [(label, getattr(choice.filters, field)) for field, label in fields]
    parts = [f"{label.lower()} {', '.join(values)}" for label, values in chosen if values]
    parts += [f"text “{choice.filters.text}”"] if choice.filters.text else []
    only = f" · only {'; '.join(parts)}" if parts else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal(f"{choice.words}, times in {choice.zone.key}{only}"), width="content")
        if choice.stretch is not None:
            st.button("Whole period", icon=":material/close:", key=key(PAGE, "whole"), type="tertiary",
                      on_click=forget, args=(FROM, TO, BEFORE))  # fmt: skip


def _widest() -> None:
    forget(FROM, TO, BEFORE)
    st.session_state.update({key(PAGE, PERIOD): WIDEST, **dict.fromkeys((key(PAGE, n) for n in (TEXT, *WORDS)), "")})
    st.session_state.update({key(PAGE, name): [] for name in LISTS})
