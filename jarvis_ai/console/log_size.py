"""How large the usage log is, how far back it goes, and how long its rows are kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from jarvis_ai.console import formats
from jarvis_ai.console.formats import literal
from jarvis_ai.runtime import Runtime
from jarvis_ai.usage_log.sizes import Sizes, sizes_of

KEPT_FOR_EVER = "for ever"


def show(runtime: Runtime, zone: ZoneInfo) -> None:
    """The tables of the log with their sizes and ages; a server's log is looked after there."""
    database = runtime.database
    if not isinstance(database, Path):
        st.caption("The log is on a server: its sizes are told there.")
        return
    try:
        found = _sizes(database)
    except sqlite3.Error as exc:
        st.warning(f"The size of the log could not be read: {literal(str(exc))}.", icon=":material/warning:")
        return
    if found is None:
        st.caption("There is no log yet: it begins with the first request.")
        return
    st.caption(_summary(found))
    st.table(_rows(found, runtime, zone), hide_index=True)


@st.cache_data(ttl=30, max_entries=4, show_spinner=False)
def _sizes(database: Path) -> Sizes | None:
    return sizes_of(database)


def _summary(found: Sizes) -> str:
    waiting = f" {size(found.spool_bytes)} of rows wait beside it to be written." if found.spool_bytes else ""
    free = f", {size(found.free_bytes)} of it free" if found.free_bytes else ""
    return f"{size(found.file_bytes)} on the disk{free}; rows and their sizes are estimates.{waiting}"


def _rows(found: Sizes, runtime: Runtime, zone: ZoneInfo) -> pd.DataFrame:
    days = {"bodies": runtime.settings.retention_bodies_days}
    rows = [
        {
            "Table": table.name,
            "Rows": formats.count(table.rows),
            "Size": size(table.bytes),
            "Oldest": formats.when(table.oldest / 1000, zone) if table.oldest else "none",
            "Kept": f"{days.get(table.name, runtime.settings.retention_facts_days):g} days",
        }
        for table in found.tables
    ]
    rollups = {"Table": "roll-ups and search", "Rows": "", "Size": size(found.rollup_bytes), "Oldest": ""}
    return pd.DataFrame([*rows, {**rollups, "Kept": KEPT_FOR_EVER}])


def size(count: float) -> str:
    """Bytes as a person reads them: 1 MB is a million."""
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count:.0f} bytes"
