"""Choices that an operator wants to find again: the URL of a page under a name, for everybody who opens the console."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from jarvis_ai.console.formats import literal
from jarvis_ai.console.measures import DIMENSIONS, LOOKS
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.windows import FROM, TO, key
from jarvis_ai.documents import Document

KIND = "view"
LONGEST = 60
"""Characters of a name."""
CONTROLS = ("period", "model", "provider", "source", "task", "measure", "by")
"""Of a page, what makes up a view: their names in the URL after the page's."""


def menu(page: str) -> None:
    """The saved views of a page, and a way to save what it shows now."""
    saved = [document for document in runtime().documents.all(KIND) if document.body.get("page") == page]
    with st.popover(f"Views ({len(saved)})" if saved else "Views", icon=":material/bookmark:"):
        for view in saved:
            _entry(page, view)
        if not saved:
            st.caption("No view is saved yet. A view keeps period, filters and measure under a name.")
        name = st.text_input("Name", key=key(page, "view"), max_chars=LONGEST, placeholder="For example: cost by task")
        st.button(
            "Save this view",
            icon=":material/bookmark_add:",
            key=key(page, "save"),
            disabled=not (name or "").strip(),
            on_click=_save,
            args=(page,),
        )


def written(control: str, value: Any) -> Any:
    """A control's value as Streamlit writes it into a URL: of one with words of ours for its options, the words."""
    match control:
        case "measure" if value:
            return LOOKS[value].label
        case "by" if value:
            return DIMENSIONS[value]
    return value


def _entry(page: str, view: Document) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.page_link(
            f"{page}.py", label=literal(view.name), icon=":material/bookmark:", query_params=view.body["query"]
        )
        st.button("Remove", icon=":material/delete:", key=key(page, f"remove_{view.id}"), type="tertiary",
                  on_click=_remove, args=(view.name,))  # fmt: skip


def _save(page: str) -> None:
    name = str(st.session_state[key(page, "view")]).strip()
    chosen = {key(page, control): written(control, st.session_state.get(key(page, control))) for control in CONTROLS}
    stretch = {name: st.query_params.get(name) for name in (FROM, TO)}
    query = {name: value for name, value in {**chosen, **stretch}.items() if value}
    runtime().documents.save(KIND, name, {"page": page, "query": query}, now=time.time())
    st.session_state[key(page, "view")] = ""
    st.toast(f"Saved as {literal(name)}.", icon=":material/bookmark_added:")


def _remove(name: str) -> None:
    runtime().documents.remove(KIND, name, now=time.time())
