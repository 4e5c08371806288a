"""Exports of what a page shows: choose a format, watch it being written, fetch the file.

Streamlit hands a file to a browser out of its memory, so what is large is left to the command line.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from jarvis_ai.analytics import Filters, Period
from jarvis_ai.console.formats import literal
from jarvis_ai.console.log_size import size
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.windows import key
from jarvis_ai.exports import FORMATS, Selection, format_of, options
from jarvis_ai.exports.jobs import Ending, Job

LARGEST = 100_000_000
"""Bytes of a file that is handed to a browser."""

REFRESH = 0.5
"""Seconds between two looks at an export under way."""

NOTHING = "There is nothing to export: no request is shown."


def panel(page: str, period: Period, filters: Filters, zone: ZoneInfo, *, empty: bool = False) -> None:
    """A button that opens the export of the requests that a page is about. `empty`: there are none."""
    job: Job | None = st.session_state.get(key(page, "export"))
    disabled = empty and job is None
    with st.popover("Export", icon=":material/download:", disabled=disabled, help=NOTHING if disabled else None,
                    width="content"):  # fmt: skip
        if job is None:
            choose(page, period, filters, zone)
        elif job.ending is None:
            follow(page, job)
        else:
            ended(page, job)
            if (job.of.filters, job.of.period and job.of.period.seconds) != (filters, period.seconds):
                st.caption("The filters or the period are others now than when this was begun.")


@st.fragment
def choose(page: str, period: Period, filters: Filters, zone: ZoneInfo) -> None:
    """The choice of a format, and the same as a command."""
    st.caption("The requests shown here, those on further pages too, with all their attempts.")
    ending = st.segmented_control(
        "Format", list(FORMATS), format_func=lambda ending: FORMATS[ending].name, default=next(iter(FORMATS)),
        required=True, key=key(page, "export_format"),
    )  # fmt: skip
    bodies = st.checkbox("With requests and answers", key=key(page, "export_bodies"),
                         help="Word for word as they were kept: keys and tokens were removed before.")  # fmt: skip
    name, of = file_name(period, zone) + (ending or ".csv"), Selection(filters, period, bodies)
    if st.button("Write the file", type="primary", icon=":material/file_save:", key=key(page, "export_start")):
        start(page, of, name)
    with st.expander("On the command line", icon=":material/terminal:"):
        st.caption(f"The same without a limit; files for the browser end at {size(LARGEST)}.")
        st.code(options.command(runtime().database, name, of), language="sh", wrap_lines=True)


def start(page: str, of: Selection, name: str) -> None:
    """Begin an export and draw the page anew; or say why there is none."""
    try:
        job = runtime().exports.start(of, name, largest=LARGEST)
    except OSError as exc:
        st.error(f"**The export could not be started.** {literal(str(exc))}", icon=":material/error:")
        return
    st.session_state[key(page, "export")] = job
    st.rerun()


@st.fragment(run_every=REFRESH)
def follow(page: str, job: Job) -> None:
    """How far it is."""
    if job.ending is not None:
        st.rerun()
    progress = job.progress
    looked_at = f"{progress.looked_at:,} of {progress.of:,} requests looked at" if progress.of else "Counting…"
    st.progress(progress.share, text=looked_at)
    st.caption(f"{progress.operations:,} are in the file, {size(progress.bytes)}.")
    if st.button("Stop", icon=":material/stop:", key=key(page, "export_stop")):
        forget(page, job)
        st.rerun()


def ended(page: str, job: Job) -> None:
    """The file, or why there is none."""
    match job.ending:
        case Ending.DONE if job.file.exists():
            fetch(page, job)
        case Ending.DONE:
            st.caption("The file was kept for an hour. Export again.")
        case Ending.TOO_LARGE:
            st.warning(f"**This would be more than {size(LARGEST)}.** Choose a shorter period or Parquet, or use the "
                       "command line, where there is no limit:", icon=":material/weight:")  # fmt: skip
            st.code(options.command(runtime().database, job.file.name, job.of), language="sh", wrap_lines=True)
        case _:
            st.error(f"**The export failed:** {literal(job.problem)}", icon=":material/error:")
    st.button("New export", icon=":material/refresh:", key=key(page, "export_again"), on_click=forget, args=(page, job))


def fetch(page: str, job: Job) -> None:
    """The button that brings the file."""
    format_, progress = format_of(job.file), job.progress
    st.markdown(f"**{progress.operations:,} requests**, {size(progress.bytes)} of {format_.name}")
    st.caption(literal(job.file.name))
    st.download_button(
        "Download",
        data=job.file.read_bytes,  # read when it is clicked
        file_name=job.file.name,
        mime=format_.mime,
        type="primary",
        icon=":material/download:",
        key=key(page, "export_download"),
        on_click="ignore",
    )


def forget(page: str, job: Job) -> None:
    """Stop it, delete its file, and offer a new one."""
    runtime().exports.remove(job)
    st.session_state.pop(key(page, "export"), None)


def file_name(period: Period, zone: ZoneInfo) -> str:
    """What a file is called, without its ending: by the first and the last day in it."""
    first, last = (datetime.fromtimestamp(at, zone) for at in (period.start, max(period.start, period.end - 1)))
    return f"requests-{first:%Y-%m-%d}-to-{last:%Y-%m-%d}"
