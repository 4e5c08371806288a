"""Verdicts of drills: one in words, many in a table, and all of them to take away."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from jarvis_ai.console import formats
from jarvis_ai.console.charts import words
from jarvis_ai.console.formats import literal
from jarvis_ai.console.rows import CLICKABLE, clicked
from jarvis_ai.drills import Grade, Outcome, Record, as_json, record, report
from jarvis_ai.runtime import FullRehearsal

LOOKS: Mapping[str, tuple[Any, str, Any]] = {
    Grade.PASS: (st.success, "check_circle", "green"),
    Grade.PARTIAL: (st.warning, "warning", "orange"),
    Grade.SAFE: (st.info, "shield", "blue"),
    Grade.FAIL: (st.error, "error", "red"),
}
"""How a grade is shown: box, icon and colour."""

MEANINGS: Mapping[str, str] = {
    Grade.PASS: "a whole answer, from whom and when the policy promises it, or the original error where none can",
    Grade.PARTIAL: "a whole answer, but worse than promised: taken back and begun anew, from keywords, or late",
    Grade.SAFE: "no answer, and the caller was told so in time",
    Grade.FAIL: "something a caller cannot trust, or a row or a cost that is wrong",
}

REPAINT = 0.25
"""Seconds between two looks at a full drill."""


def show(outcome: Outcome) -> None:
    """A verdict and its reasons."""
    box, icon, _ = LOOKS[outcome.verdict.grade]
    reasons = literal(" ".join(outcome.verdict.reasons))
    took = formats.seconds(outcome.completion.latency)
    saw = literal(record(outcome)["saw"])
    box(f"**{outcome.verdict.grade.capitalize()}** in {took}. {saw} {reasons}", icon=f":material/{icon}:")


def legend() -> None:
    """What the grades mean."""
    st.caption("  \n".join(f"**{grade.capitalize()}**: {meaning}." for grade, meaning in MEANINGS.items()))


def follow(rehearsal: FullRehearsal, zone: ZoneInfo) -> None:
    """Show how far a full drill is, and what has ended so far, until it is over."""
    bar, counts, so_far = st.empty(), st.empty(), st.empty()
    shown = -1
    while True:
        done, outcomes = rehearsal.done, list(rehearsal.outcomes)
        if len(outcomes) != shown or done:
            shown = len(outcomes)
            bar.progress(shown / max(len(rehearsal.drills), 1), f"{shown} of {len(rehearsal.drills)} drills")
            records = [record(outcome) for outcome in reversed(outcomes)]
            with counts.container():
                tally(records)
            if records:
                so_far.dataframe(_frame(records, zone), hide_index=True, column_config=COLUMNS, alt="Drills so far")
        if done:
            bar.empty()
            so_far.empty()
            return
        time.sleep(REPAINT)


def tally(records: Sequence[Record]) -> None:
    """How many there are of each grade."""
    counted = Counter(each["grade"] for each in records)
    with st.container(horizontal=True):
        for grade, (_, icon, colour) in LOOKS.items():
            if counted[grade]:
                st.badge(f"{counted[grade]} {grade}", icon=f":material/{icon}:", color=colour)


def table(records: Sequence[Record], key: str, zone: ZoneInfo, *, dated: bool = False) -> Record | None:
    """All records as rows; the one that was clicked on."""
    chosen = st.dataframe(
        _frame(records, zone, dated=dated),
        key=key,
        hide_index=True,
        column_config=COLUMNS,
        on_select="rerun",
        selection_mode=CLICKABLE,
        height="content" if len(records) < 45 else 1200,
        alt=f"{len(records)} drills with what the caller saw, attempts, seconds and verdict; click on one to open it",
    )
    place = clicked(chosen["selection"])
    return None if place is None or place >= len(records) else records[place]


COLUMNS = {
    "Seconds": st.column_config.NumberColumn(format="%.1f"),
    "Verdict": st.column_config.TextColumn(width="small"),
    "What the caller saw": st.column_config.TextColumn(width="large"),
}


def _frame(records: Sequence[Record], zone: ZoneInfo, *, dated: bool = False) -> pd.DataFrame:
    names = ["Verdict", "Fault", "What the caller saw", "Attempts", "Seconds", "When", "Chain"]
    frame = pd.DataFrame([_row(each, zone) for each in records], columns=names)
    return frame if dated else frame.drop(columns=["When", "Chain"])


def _row(each: Record, zone: ZoneInfo) -> tuple[Any, ...]:
    return (
        each["grade"].capitalize(),
        words(each["name"]),
        each["saw"],
        len(each["attempts"]),
        each["seconds"],
        formats.when(each["started_at"], zone),
        chain_words(each),
    )


def chain_words(each: Record) -> str:
    """A chain as people tell it from others: its name and its version."""
    return f"{each['chain_name'] or 'Planned'} · {each['chain_hash']}"


def details(each: Record, zone: ZoneInfo, *, logged: bool) -> None:
    """One record: its reasons, what was broken, and every attempt. `logged`: whether History lists it."""
    box, icon, _ = LOOKS[each["grade"]]
    with st.container(border=True):
        st.markdown(f"**{literal(words(each['name']))}** · {formats.when(each['started_at'], zone)}")
        box(literal(" ".join(each["reasons"])), icon=f":material/{icon}:")
        rows = [
            (attempt["link"], _ended(attempt), attempt["waited"], attempt["seconds"]) for attempt in each["attempts"]
        ]
        frame = pd.DataFrame(rows, columns=["Asked", "How it ended", "Waited", "Took"])
        frame.index = pd.RangeIndex(1, len(frame) + 1, name="Attempt")
        seconds = {column: st.column_config.NumberColumn(format="%.2f s") for column in ("Waited", "Took")}
        st.dataframe(frame, column_config=seconds, height="content", alt=f"{len(rows)} attempts of this drill")
        promised = formats.seconds(each["promised"])
        broken = ", ".join(f"{link}: {_fault(fault)}" for link, fault in each["faults"].items()) or "nothing"
        st.caption(literal(f"Broken: {broken}. Promised within {promised}. Cost: {formats.money(each['cost_nanos'])}."))
        if logged:
            query = {"operation": each["operation_id"]}
            st.page_link("history.py", label="Open in History", icon=":material/history:", query_params=query)


def _ended(attempt: Mapping[str, Any]) -> str:
    marks = [mark for mark in ("resumed", "hedge") if attempt[mark]]
    ended = words(attempt["failure"]) if attempt["failure"] else words(attempt["status"])
    return f"{ended} ({', '.join(marks)})" if marks else ended


def _fault(fault: Mapping[str, Any]) -> str:
    more = [f"{key.replace('_', ' ')} {value:g}" for key, value in fault.items() if key != "kind" and value is not None]
    return " ".join([words(fault["kind"]).lower(), *([f"({', '.join(more)})"] if more else [])])


def take_away(records: Sequence[Record], prefix: str) -> None:
    """Buttons that export what is shown."""
    with st.container(horizontal=True):
        for kind, make, mime in (("Markdown", report, "text/markdown"), ("JSON", as_json, "application/json")):
            suffix = {"Markdown": "md", "JSON": "json"}[kind]
            st.download_button(
                kind,
                make(records),
                f"drills.{suffix}",
                mime,
                key=f"{prefix}_{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )
