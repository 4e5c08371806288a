"""The editor of chains: which one, its links in order, what is set about each, and saving it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

import streamlit as st

from jarvis_ai.catalog import DEFAULT_ORDER
from jarvis_ai.chains.versions import MOST_RETRIES, save
from jarvis_ai.console import drafts
from jarvis_ai.console.drafts import Draft, Row
from jarvis_ai.console.formats import literal
from jarvis_ai.domain import KEYWORD, LONGEST_OPERATION, Chain
from jarvis_ai.runtime import Runtime

NEW = ""
CHOSEN, SAID = "chains_chosen", "chains_said"
BEGINNINGS = {
    "planned": "The planned chain",
    "default": "The default order, names as they were given",
    "empty": "Nothing",
}
RETRIES = {"": "As the failure's rule says", **{str(number): str(number) for number in range(MOST_RETRIES + 1)}}


def pick(runtime: Runtime) -> Draft:
    """The chain to edit; a new one begins with what is chosen beside it."""
    names = [NEW, *runtime.planner.saved.chains]
    if st.session_state.get(CHOSEN) not in names:
        st.session_state[CHOSEN] = names[1] if len(names) > 1 else NEW
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Chain", names, format_func=_label, key=CHOSEN, width=330)
        if chosen == NEW:
            beginning = st.selectbox(
                "Begin with",
                BEGINNINGS,
                format_func=BEGINNINGS.__getitem__,
                key="chains_beginning",
                width=330,
            )
            return _new(runtime, beginning)
    version = runtime.planner.saved.chains[chosen]
    draft = drafts.kept().setdefault(chosen, drafts.of_version(version))
    if draft.base != version and not draft.changed:
        draft = drafts.kept()[chosen] = drafts.of_version(version)
    return draft


def _label(name: str) -> str:
    return name or "A new chain"


def _new(runtime: Runtime, beginning: str) -> Draft:
    """The draft of a new chain; another beginning replaces one that nobody has changed."""
    draft = drafts.kept().get(NEW)
    if draft is None or (st.session_state.get("chains_begun") != beginning and not draft.changed):
        places = {"planned": runtime.plan().links, "default": Chain.of(*DEFAULT_ORDER).links}.get(beginning, ())
        draft = drafts.kept()[NEW] = drafts.begun("", drafts.plain(places))
        st.session_state["chains_begun"] = beginning
    return draft


def editor(draft: Draft, names: Sequence[str]) -> None:
    """The links in order; each can be changed, set, moved and removed."""
    st.caption(
        "In this order. A link is a model, a vendor's own door such as openai:gpt-4o, or keyword; type to search."
    )
    if not draft.rows:
        st.caption("No links yet. Add the model that is to be asked first.")
    for place, row in enumerate(draft.rows, 1):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _row(draft, place, row, names)
    st.button("Add a link", icon=":material/add:", key="chains_add", on_click=draft.add, args=(_unused(draft, names),))


def _row(draft: Draft, place: int, row: Row, names: Sequence[str]) -> None:
    _take(row)
    options = list(names) if row.link in names else [row.link, *names]
    st.selectbox(
        f"Place {place}",
        options,
        options.index(row.link),
        key=f"chains_link_{row.id}",
        accept_new_options=True,
        width=330,
    )
    with st.popover(settings(row), icon=":material/tune:", key=f"chains_set_{row.id}", disabled=row.link == KEYWORD):
        _set(row)
    st.button(":material/arrow_upward:", key=f"chains_up_{row.id}", help=f"Move place {place} up",
              disabled=place == 1, on_click=draft.move, args=(row, -1))  # fmt: skip
    st.button(":material/arrow_downward:", key=f"chains_down_{row.id}", help=f"Move place {place} down",
              disabled=place == len(draft.rows), on_click=draft.move, args=(row, 1))  # fmt: skip
    st.button(":material/close:", key=f"chains_remove_{row.id}", help=f"Remove place {place}",
              on_click=draft.remove, args=(row,))  # fmt: skip


def _take(row: Row) -> None:
    """What the controls of a row say, before they are drawn: labels above them tell of it already."""
    state = st.session_state
    row.link = (state.get(f"chains_link_{row.id}") or row.link).strip() or row.link
    if (retries := state.get(f"chains_retries_{row.id}")) is not None:
        row.retries = int(retries) if retries else None
    row.first_token = state.get(f"chains_first_{row.id}", row.first_token)
    row.silence = state.get(f"chains_silence_{row.id}", row.silence)


def rewrite(row: Row, link: str) -> None:
    """Put another link into a row, in its control as well."""
    row.link = st.session_state[f"chains_link_{row.id}"] = link


def _set(row: Row) -> None:
    """Retries and deadlines of one link; what is left empty is decided by the policy."""
    chosen = "" if row.retries is None else str(row.retries)
    st.selectbox("Retries at most", RETRIES, list(RETRIES).index(chosen), format_func=RETRIES.__getitem__,
                 key=f"chains_retries_{row.id}")  # fmt: skip
    first, silence = f"chains_first_{row.id}", f"chains_silence_{row.id}"
    _seconds("First token within, in seconds", row.first_token, first, "By its own recent times")
    _seconds("Silence between tokens, in seconds", row.silence, silence, "As every model")


def _seconds(label: str, value: float | None, key: str, otherwise: str) -> None:
    st.number_input(label, 0.1, LONGEST_OPERATION, value, step=1.0, format="%g", key=key, placeholder=otherwise)


def settings(row: Row) -> str:
    """What is set about a link, in a few words."""
    said = [
        f"{row.retries} {'retry' if row.retries == 1 else 'retries'}" if row.retries is not None else "",
        f"first token {row.first_token:g} s" if row.first_token else "",
        f"silence {row.silence:g} s" if row.silence else "",
    ]
    return " · ".join(filter(None, said)) or "Limits"


def _unused(draft: Draft, names: Sequence[str]) -> str:
    """A model for a new row, which its operator is about to change."""
    used = {row.link for row in draft.rows}
    usual = [name for name in DEFAULT_ORDER if name in names]
    return next((name for name in [*usual, *names] if name not in used), KEYWORD)


def link_names(runtime: Runtime) -> list[str]:
    """Whatever can be a link: OpenRouter's models, the vendors' own doors, keyword analysis."""
    catalog = runtime.catalog
    routed = [model.id for model in catalog] or [drafts.short(place.link) for place in runtime.plan().links]
    return list(dict.fromkeys([*sorted(routed), *sorted(map(str, catalog.doors)), KEYWORD]))


def save_bar(runtime: Runtime, draft: Draft) -> None:
    """Name, note, save and discard; and whether there is something to save."""
    if draft.base is None:
        draft.name = (
            st.text_input("Name", key="chains_name", max_chars=60, placeholder="For example: night") or ""
        ).strip()
    # A new key after each save: the note belongs to that version alone.
    key = f"chains_note_{draft.base.id if draft.base else NEW}"
    note = st.text_input("Note", key=key, max_chars=200, placeholder="Why this change? Optional.")
    newest = runtime.planner.saved.chains.get(draft.name)
    if newest is not None and newest != draft.base:
        whose = "was saved by somebody else meanwhile" if draft.base else "exists already"
        st.warning(f"The chain {literal(draft.name)} {whose}. What you save becomes its newest version; the other one "
                   "stays among the versions.", icon=":material/group:")  # fmt: skip
    problem = _problem(draft)
    if problem and not draft.name:
        st.caption("Give it a name to save it.")
    elif problem:
        st.error(literal(problem), icon=":material/error:")
    ready = not problem and (draft.changed or draft.base is None)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save", icon=":material/save:", type="primary", key="chains_save", disabled=not ready):
            _save(runtime, draft, note)
        if draft.changed:
            st.button("Discard changes", icon=":material/undo:", key="chains_discard", on_click=_discard, args=(draft,))
            st.badge("Unsaved changes", icon=":material/edit:", color="orange")
        elif draft.base is None:
            st.badge("Not saved yet", icon=":material/edit:", color="orange")
    others = [_label(name) for name, other in drafts.kept().items() if other.changed and other is not draft]
    if others:
        st.caption(literal(f"Unsaved changes wait in: {', '.join(others)}."))


def _problem(draft: Draft) -> str:
    """Why it cannot be saved as it is; empty when it can."""
    try:
        draft.chain()
    except ValueError as exc:
        return str(exc)
    return ""


def _save(runtime: Runtime, draft: Draft, note: str) -> None:
    try:
        version = save(runtime.documents, draft.chain(), note=note, now=time.time())
    except (sqlite3.Error, OSError) as exc:
        st.error(f"**The chain was not saved.** {literal(str(exc))}. Your changes are still here: try again.")
        return
    taken_in(runtime, draft, f"Version {version.hash} of {version.name} is saved.")
    st.session_state["chains_next"] = version.name
    st.rerun()


def announce() -> None:
    """Say once what the last press of a button did, and go on with the chain that it made."""
    if said := st.session_state.pop(SAID, ""):
        st.toast(literal(said))
    if chosen := st.session_state.pop("chains_next", ""):
        st.session_state[CHOSEN] = chosen


def _discard(draft: Draft) -> None:
    drafts.kept().pop(draft.name if draft.base else NEW, None)


def taken_in(runtime: Runtime, draft: Draft | None, said: str) -> None:
    """Let a save take effect here at once; the other processes notice it by themselves."""
    runtime.reload_saved()
    if draft is not None:
        _discard(draft)
        st.session_state.pop("chains_name", None)
    st.session_state[SAID] = said
