"""Tables whose rows lead somewhere. A click on a cell is a click on its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st

CLICKABLE: Sequence[Literal["single-row", "single-cell"]] = ("single-row", "single-cell")
"""The `selection_mode` of such a table."""


def clicked(selection: Mapping[str, Any]) -> int | None:
    """The place of the row that was clicked on, from 0; None when none was."""
    rows = [*selection.get("rows", ()), *(row for row, _ in selection.get("cells", ()))]
    return rows[0] if rows else None


def open_clicked(table: str, parameter: str, values: Sequence[str]) -> None:
    """Put the value of the row that was clicked on into the URL; `table` is the table's key in the session."""
    place = clicked(st.session_state[table]["selection"])
    if place is not None:
        st.query_params[parameter] = values[place]
