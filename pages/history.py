"""Every operation, newest first; one opens to its attempts and bodies."""

import streamlit as st

from jarvis_ai.analytics import Cursor
from jarvis_ai.console import exporting, filters, formats, operation
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.rows import CLICKABLE, open_clicked
from jarvis_ai.console.windows import BEFORE

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
choice = filters.controls(known)
before = Cursor.parse(st.query_params.get(BEFORE, ""))
page = log.page(choice.period, choice.filters, before=before, limit=PAGE)

if page.rows.empty and page.given_up_at is None:
    filters.nothing_found(choice, known)
    exporting.panel("history", choice.period, choice.filters, zone, empty=True)
    st.stop()

st.dataframe(
    operation.overview(page.rows, zone),
    key="history_rows",
    hide_index=True,
    column_config=operation.COLUMNS,
    on_select=lambda: open_clicked("history_rows", "operation", list(page.rows["id"])),
    selection_mode=CLICKABLE,
    placeholder="–",
    height="content",
    alt=f"{len(page.rows)} operations, newest first; click on one to open it",
)
if page.given_up_at is not None:
    st.warning(f"**Searched back to {formats.when(page.given_up_at, zone)}**, then the time for one page was over. "
               "Search further back with Older, or choose a shorter period or fewer filters.",
               icon=":material/timer_off:")  # fmt: skip

with st.container(horizontal=True, vertical_alignment="center"):
    if before:
        st.button("Newest", icon=":material/first_page:", key="history_newest",
                  on_click=st.query_params.pop, args=(BEFORE, None))  # fmt: skip
    if page.after:
        st.button("Older", icon=":material/chevron_right:", icon_position="right", key="history_older",
                  on_click=st.query_params.update, args=({BEFORE: str(page.after)},))  # fmt: skip
    st.caption(f"{len(page.rows)} requests, newest first. Click on a row to open it.", width="content")
    st.space("stretch")
    exporting.panel("history", choice.period, choice.filters, zone)
