"""The versions of a saved chain: what each was, how often it was asked, and the way back to it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from jarvis_ai.analytics import Period
from jarvis_ai.analytics.arms import MOST
from jarvis_ai.chains import Version
from jarvis_ai.chains.versions import KIND, read, save
from jarvis_ai.console import chains, drafts, filters, formats, scopes
from jarvis_ai.console.drafts import Draft, Row
from jarvis_ai.console.rows import CLICKABLE, clicked
from jarvis_ai.console.windows import PERIOD, key
from jarvis_ai.runtime import Runtime

LENGTH = key(filters.PAGE, PERIOD)
"""Of History's period, in the URL."""

REQUESTS = st.column_config.NumberColumn(
    format="localized", help=f"In the last 30 days, among the newest {MOST:,} of the log; drills are left out"
)


def show(runtime: Runtime, draft: Draft) -> None:
    """Every version of the chain, what each was, how often it was asked, and the way back to it."""
    found = history(runtime, draft.name)
    asked = _asked(runtime, tuple(version.hash for version in found))
    rows = [
        {
            "Version": len(found) - place,
            "Saved": formats.when(version.saved_at, formats.local_zone()),
            "Hash": version.hash,
            "Requests": asked.get(version.hash, 0),
            "Links": [drafts.short(each.link) for each in version.chain.links],
            "Note": version.note,
        }
        for place, version in enumerate(found)
    ]
    event = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="chains_versions",
        height="content" if len(rows) < 8 else 320,
        column_config={"Requests": REQUESTS, "Links": st.column_config.ListColumn("Links", width="large")},
        on_select="rerun",
        selection_mode=CLICKABLE,
        alt=f"{len(rows)} versions of {draft.name}, the newest first",
    )
    place = clicked(event.selection) or 0
    if place < len(found):
        label = f"Open the requests of version {len(found) - place}"
        scopes.open_rows(label, {**filters.in_earnest(chain=found[place].hash), LENGTH: "30d"})
    older = {len(found) - place: version for place, version in enumerate(found) if place}
    if older:
        _restore_bar(runtime, draft, older)


def history(runtime: Runtime, name: str) -> list[Version]:
    """The versions of a chain that can be read, the newest first."""
    found = []
    for document in runtime.documents.versions(KIND, name, limit=1000):
        try:
            found.append(read(document))
        except ValueError:
            continue  # the notices tell of a newest one that is broken; an older one can only be passed over
    return found


@st.cache_data(ttl=30, max_entries=50, show_spinner=False)
def _asked(_runtime: Runtime, hashes: tuple[str, ...]) -> dict[str, int]:
    return _runtime.arms.operations_of(hashes, Period.preset("30d", now=time.time()))


def _restore_bar(runtime: Runtime, draft: Draft, older: Mapping[int, Version]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox("Older version", list(older), key="chains_older", width=160)
        why = "Save or discard your changes first." if draft.changed else "It becomes the newest version."
        st.button("Restore", icon=":material/settings_backup_restore:", key="chains_restore", help=why,
                  disabled=draft.changed, on_click=_restore, args=(runtime, draft, number, older[number]))  # fmt: skip
    with st.expander(f"Version {number}, link by link", icon=":material/history:", key="chains_older_links"):
        rows = [Row(0, drafts.short(place.link), place.retries, place.first_token, place.silence)
                for place in older[number].chain.links]  # fmt: skip
        settings = [chains.settings(row) if row.value != Row(0, row.link).value else "" for row in rows]
        table = pd.DataFrame({"Link": [row.link for row in rows], "Set": settings},
                             index=pd.RangeIndex(1, len(rows) + 1, name="Place"))  # fmt: skip
        st.dataframe(table, key="chains_older_rows", alt=f"{len(rows)} links of version {number}")


def _restore(runtime: Runtime, draft: Draft, number: int, version: Version) -> None:
    try:
        save(runtime.documents, version.chain, note=f"Version {number} restored", now=time.time())
    except (sqlite3.Error, OSError) as exc:
        st.session_state[chains.SAID] = f"Version {number} was not restored: {exc}."
        return
    chains.taken_in(runtime, draft, f"Version {number} of {version.name} is restored as the newest.")


def remove_bar(runtime: Runtime, draft: Draft) -> None:
    """The way to take a chain out of use for good; its versions stay in the file."""
    uses = runtime.planner.saved.defaults.uses(draft.name)
    if uses:
        st.caption(f"It cannot be removed while it answers {' and '.join(uses)}: see Who uses which.")
        return
    with st.popover("Remove this chain", icon=":material/delete:", key="chains_remove"):
        st.caption("Callers that name it get an error from then on. Its versions stay in the file of documents.")
        st.button("Remove it", key="chains_removed", on_click=_remove, args=(runtime, draft))


def _remove(runtime: Runtime, draft: Draft) -> None:
    try:
        runtime.documents.remove(KIND, draft.name, now=time.time())
    except (sqlite3.Error, OSError) as exc:
        st.session_state[chains.SAID] = f"{draft.name} was not removed: {exc}."
        return
    chains.taken_in(runtime, draft, f"The chain {draft.name} is removed.")
