"""Latency as a user meets it."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.analytics import Analytics
from jarvis_ai.console.measures import OF_LATENCY
from jarvis_ai.runtime import Runtime
from tests.pages.conftest import open_page, words
from tests.pages.logs import without_rows

LABELS = ["Half within", "90 % within", "99 % within", "First token", "Tokens per second", "Our overhead"]


@pytest.fixture
def latency(app: AppTest) -> AppTest:
    return open_page(app, "latency.py")


def test_the_numbers_charts_and_the_table_are_there(latency: AppTest) -> None:
    assert [metric.label for metric in latency.metric] == LABELS
    assert [heading.value for heading in latency.subheader] == [
        "Over time", "By model", "Distribution", "Our own overhead",
    ]  # fmt: skip
    assert len(latency.get("vega_lite_chart")) == 3


def test_each_model_stands_beside_what_is_typical_of_it(latency: AppTest) -> None:
    table = latency.dataframe[0].value.set_index("label")
    assert table.loc["openai/gpt-4o", "typical"] == "2 to 5"
    assert table.loc["openai/gpt-4o", "verdict"] == "As expected"
    assert table["p50"].le(table["p90"]).all()


@pytest.mark.parametrize("measure", OF_LATENCY)
def test_every_measure_is_drawn_over_time(latency: AppTest, measure: str) -> None:
    latency.selectbox(key="latency_measure").set_value(measure).run()
    assert not latency.exception


def test_the_answers_can_be_opened(latency: AppTest) -> None:
    [query] = [link.proto.query_string for link in latency.get("page_link") if "answers" in link.label]
    assert parse_qs(query) == {"history_outcome": ["ok"], "history_only": ["that have ended"]}


def test_every_control_is_bound_to_the_url(latency: AppTest) -> None:
    controls = [*latency.segmented_control, *latency.multiselect, *latency.selectbox]
    assert all(control.proto.query_param_key == control.key for control in controls)


def test_an_empty_log_says_what_to_do_next(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_rows(demo, monkeypatch, tmp_path)
    assert "Send a prompt in the Playground" in words(open_page(app, "latency.py"))


class HalfCounted(Analytics):
    """A log of an older version, whose roll-ups are still being made."""

    def counted_from(self) -> float:
        return time.time() - 3600


def test_a_log_that_is_still_being_counted_says_so(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "still being counted" not in words(open_page(app, "latency.py"))
    monkeypatch.setattr(demo, "analytics", HalfCounted(demo.settings.database))
    assert "still being counted" in words(open_page(app, "latency.py"))
