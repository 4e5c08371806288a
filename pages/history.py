"""Every operation, newest first; one opens to its attempts and bodies."""

import streamlit as st

from jarvis_ai.console import filters, formats, operation
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.rows import CLICKABLE, open_clicked

PAGE = 50
log, zone = runtime().analytics, formats.local_zone()

if opened := st.query_params.get("operation"):
    st.button("All requests", icon=":material/arrow_back:", key="history_back", type="tertiary",
              on_click=st.query_params.pop, args=("operation",))  # fmt: skip
    if row := log.operation(opened):
        operation.show(row, log.attempts(opened), log.bodies(opened), zone)
    else:
        st.warning("There is no request with this id in the log.", icon=":material/search_off:")
    st.stop()

known = log.filter_values()
choice = filters.controls("history", known)
before = st.query_params.get(filters.BEFORE)
page = log.operations(choice.period, choice.filters, before=before, limit=PAGE + 1)
rows = page.head(PAGE)

if rows.empty:
    filters.nothing_found("history", choice, known)
    st.stop()

st.dataframe(
    operation.overview(rows, zone),
    key="history_rows",
    hide_index=True,
    column_config=operation.COLUMNS,
    on_select=lambda: open_clicked("history_rows", "operation", list(rows["id"])),
    selection_mode=CLICKABLE,
    placeholder="–",
    height="content",
    alt=f"{len(rows)} operations, newest first; click on one to open it",
)

with st.container(horizontal=True, vertical_alignment="center"):
    if before:
        st.button("Newest", icon=":material/first_page:", key="history_newest",
                  on_click=st.query_params.pop, args=(filters.BEFORE, None))  # fmt: skip
    if len(page) > PAGE:
        st.button("Older", icon=":material/chevron_right:", icon_position="right", key="history_older",
                  on_click=st.query_params.update, args=({filters.BEFORE: rows["id"].iloc[-1]},))  # fmt: skip
    st.caption(f"{len(rows)} requests, newest first. Click on a row to open it.")
