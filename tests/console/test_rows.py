"""Which row was clicked on."""

from __future__ import annotations

from typing import Any

import pytest

from jarvis_ai.console.rows import clicked


@pytest.mark.parametrize(
    ("selection", "place"),
    [
        ({"rows": [2], "columns": [], "cells": []}, 2),
        ({"rows": [], "columns": [], "cells": [(0, "model")]}, 0),
        ({"rows": [], "columns": [], "cells": []}, None),
        ({}, None),
    ],
)
def test_a_click_on_a_row_or_on_one_of_its_cells_is_read_as_its_place(selection: Any, place: int | None) -> None:
    assert clicked(selection) == place
