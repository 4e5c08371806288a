"""Who uses which chain, and how far the move from direct providers to OpenRouter has come."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable

import pandas as pd
import streamlit as st

from jarvis_ai.analytics import Period
from jarvis_ai.analytics.arms import MOST
from jarvis_ai.catalog import TASK_LEADERS
from jarvis_ai.chains import DIRECT, Defaults, Migration, save_defaults, save_migration
from jarvis_ai.console import filters, formats, scopes
from jarvis_ai.console.chains import SAID
from jarvis_ai.console.formats import literal
from jarvis_ai.console.windows import PERIOD, key
from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER
from jarvis_ai.runtime import Runtime

SIDES = {OPENROUTER: "OpenRouter first", DIRECT: "Direct first"}
PERIODS = {"7d": "Last 7 days", "30d": "Last 30 days"}
COLUMNS = {
    "Answered": st.column_config.NumberColumn(format="percent", help="Of the requests that were not cancelled"),
    "Requests": st.column_config.NumberColumn(
        format="localized", help=f"Among the newest {MOST:,} of the log; drills are left out"
    ),
    "By a fallback": st.column_config.NumberColumn(
        format="percent", help="Of those that were answered, by another link than the side's first"
    ),
    "Half within (s)": st.column_config.NumberColumn(format="%.2f", help="p50 of the whole time of an answer"),
    "95 % within (s)": st.column_config.NumberColumn(format="%.2f", help="p95 of the whole time of an answer"),
    "Cost a request ($)": st.column_config.NumberColumn(
        format="%.6f", help="The mean of those whose cost is known, every attempt included"
    ),
    "Of unknown cost": st.column_config.NumberColumn(format="localized"),
}


def uses(runtime: Runtime) -> None:
    """Which chain answers when a caller names none: for all traffic, and for each kind of task."""
    saved = runtime.planner.saved
    names = ["", *saved.chains]
    chain = _choice("All traffic", names, saved.defaults.chain, "The planned chain", "chains_default")
    with st.container(horizontal=True):
        tasks = {task: _task(task, names, saved.defaults) for task in TASK_LEADERS}
    wanted = Defaults(chain, {task: name for task, name in tasks.items() if name})
    changed = (wanted.chain, dict(wanted.tasks)) != (saved.defaults.chain, dict(saved.defaults.tasks))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Use these", icon=":material/check:", type="primary", key="chains_use", disabled=not changed):
            _keep(runtime, lambda: save_defaults(runtime.documents, wanted, now=time.time()), "It holds from now on.")
        if changed:
            st.badge("Unsaved changes", icon=":material/edit:", color="orange")


def _choice(label: str, names: list[str], now: str, otherwise: str, key: str) -> str:
    return st.selectbox(label, names, names.index(now), format_func=lambda name: name or otherwise, key=key, width=240)


def _task(task: str, names: list[str], now: Defaults) -> str:
    label, key = f"{task.capitalize()} tasks", f"chains_task_{task}"
    return _choice(label, names, now.tasks.get(task, ""), "As all traffic", key)


def controls(runtime: Runtime) -> None:
    """The share, where there are two doors to divide callers between."""
    missing = _missing(runtime)
    if missing:
        st.info(f"A migration needs both ways to a model, and {missing}.", icon=":material/key_off:")
    now = runtime.planner.saved.migration
    on = st.toggle("Divide callers between OpenRouter and the direct providers", now.share is not None,
                   key="chains_migrate", disabled=bool(missing) and now.share is None)  # fmt: skip
    share = st.slider(
        "Callers that ask OpenRouter first",
        0,
        100,
        now.share or 0,
        format="%d %%",
        key="chains_share",
        disabled=not on,
        help="Each caller has a fixed place: whoever is moved stays moved while the share only grows.",
    )
    wanted = Migration(share if on else None, now.salt or secrets.token_hex(8))
    changed = wanted.share != now.share
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Apply", icon=":material/check:", type="primary", key="chains_apply", disabled=not changed):
            _keep(runtime, lambda: save_migration(runtime.documents, wanted, now=time.time()), _said(wanted))
        if changed:
            st.badge("Unsaved changes", icon=":material/edit:", color="orange")
    st.caption(f"Now: {_said(now)}")
    _reach(runtime)


def _missing(runtime: Runtime) -> str:
    """What a migration lacks, in words; empty when there is nothing."""
    if OPENROUTER not in runtime.providers:
        return "OPENROUTER_API_KEY is not set"
    if not {OPENAI, ANTHROPIC} & set(runtime.providers):
        return "neither OPENAI_API_KEY nor ANTHROPIC_API_KEY is set: everything goes through OpenRouter"
    return ""


def _said(migration: Migration) -> str:
    if migration.share is None:
        return "no migration; every chain is asked in its own order."
    return f"{migration.share} % of callers ask OpenRouter first, {100 - migration.share} % the direct provider."


def _reach(runtime: Runtime) -> None:
    """Whether the chain of all traffic can be divided at all."""
    sides = [runtime.planner.moved(arm) for arm in SIDES]
    if all(chain.arm for chain in sides):
        routed, direct = (chain.links[0].link for chain in sides)
        st.caption(f"A prompt without a model of its own asks {literal(str(routed))} or {literal(str(direct))} first.")
    else:
        st.caption("The leading model of the chain of all traffic has no second door, so its calls are on no side.")


def comparison(runtime: Runtime, page: str = "chains") -> None:
    """Both sides, side by side, from the usage log; `page` begins the keys of what is on it."""
    period = st.segmented_control("Period", PERIODS, format_func=PERIODS.__getitem__, default="7d", required=True,
                                  key=f"{page}_period_of_sides", label_visibility="collapsed")  # fmt: skip
    table = _compared(runtime, period or "7d")
    if table.empty:
        st.caption("No request was on a side in this time. Apply a share, and both sides are compared here.")
        return
    finished, answered = table["ok"] + table["failed"], table["ok"].where(table["ok"] > 0)
    shown = pd.DataFrame(
        {
            "Side": table["arm"].map(SIDES),
            "Requests": table["operations"],
            "Answered": table["ok"] / finished.where(finished > 0),
            "Half within (s)": table["p50"],
            "95 % within (s)": table["p95"],
            "Cost a request ($)": table["cost"],
            "Of unknown cost": table["unknown_cost_operations"],
            "By a fallback": table["fallbacks"] / answered,
        }
    )
    st.dataframe(shown, hide_index=True, key=f"{page}_sides", column_config=COLUMNS, placeholder="unknown",
                 alt=_takeaway(table))  # fmt: skip
    for arm in table["arm"]:
        label = f"Open the requests: {SIDES[arm]}"
        scopes.open_rows(label, {**filters.in_earnest(arm=arm), key(filters.PAGE, PERIOD): period or "7d"})


def _takeaway(table: pd.DataFrame) -> str:
    said = [
        f"{SIDES[row['arm']]}: {row['operations']:,} requests, 95 % within {formats.seconds(row['p95'])}"
        for row in table.to_dict("records")
    ]
    return "; ".join(said)


@st.cache_data(ttl=60, max_entries=10, show_spinner="Comparing both sides…")
def _compared(_runtime: Runtime, period: str) -> pd.DataFrame:
    return _runtime.arms.compare(Period.preset(period, now=time.time()))


def _keep(runtime: Runtime, keep: Callable[[], None], said: str) -> None:
    """Save, let it take effect here at once, and say so on the next run."""
    try:
        keep()
    except (sqlite3.Error, OSError) as exc:
        st.error(f"**It was not saved.** {literal(str(exc))}. Try again.", icon=":material/error:")
        return
    runtime.reload_saved()
    st.session_state[SAID] = said[:1].upper() + said[1:]
    st.rerun()
