"""What a choice means in the URL, and other people's words in Markdown."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from jarvis_ai.alerts import Alert
from jarvis_ai.analytics import Filters, Period
from jarvis_ai.console import alerts, filters
from jarvis_ai.console.charts import NOBODY, OTHER
from jarvis_ai.console.filters import Choice, stretch_words
from jarvis_ai.console.formats import literal

BERLIN = ZoneInfo("Europe/Berlin")
Counts = Callable[[str], dict[str, list[str]]]


def choice(preset: str = "7d", **only: object) -> Choice:
    return Choice(preset, Period(0, 1), Filters(**only), BERLIN)  # type: ignore[arg-type]


def test_a_link_to_the_rows_carries_the_whole_choice() -> None:
    assert choice("30d", models=("acme/b",), text="weather").query(status=["failed"]) == {
        "history_period": "30d",
        "history_model": ["acme/b"],
        "history_status": ["failed"],
        "history_text": "weather",
    }


def test_what_is_the_default_is_not_in_the_link() -> None:
    assert choice().query() == {}


@pytest.mark.parametrize(
    ("counts", "model", "only"),
    [
        (filters.by_model, "acme/b", {"history_model": ["acme/b"]}),
        (filters.by_model, OTHER, {}),
        (filters.by_answer, "acme/b", {"history_answered": ["acme/b"]}),
        (filters.by_answer, "", {}),
        (filters.by_answer, OTHER, {}),
        (filters.by_answer, NOBODY, {"history_status": ["pending", "failed", "cancelled", "interrupted"]}),
        (filters.by_fallback, "", {"history_only": ["by a fallback"]}),
    ],
)
def test_a_bar_leads_to_its_time_and_to_what_it_counts(counts: Counts, model: str, only: dict[str, list[str]]) -> None:
    narrowed = choice().narrowed(Period(3600, 7200), counts(model))
    assert narrowed == {**only, "from": "3600", "to": "7200"}


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-20 14:00", "2026-11-20 15:00", "Fri 20 Nov 2026 14:00 to 15:00"),
        ("2026-10-25", "2026-10-26", "Sun 25 Oct 2026"),
        ("2026-11-20", "2026-11-23", "Fri 20 Nov 2026 to Mon 23 Nov 2026"),
    ],
)
def test_a_stretch_of_time_is_said_in_local_words(start: str, end: str, words: str) -> None:
    stretch = Period(*(pd.Timestamp(moment, tz=BERLIN).timestamp() for moment in (start, end)))
    assert stretch_words(stretch, BERLIN) == words


def test_other_peoples_words_are_never_layout() -> None:
    assert literal("$5 and $6, :red[x] <b>") == r"\$5 and \$6, \:red\[x\] \<b\>"


def test_an_alert_says_since_when_in_local_time() -> None:
    alert = Alert("key", "critical", "acme/b does not answer", "All failed.", since=0.0 + 3600)
    assert alerts.text(alert, BERLIN) == r"**acme/b does not answer.** All failed. Since 01 Jan 02\:00."


@pytest.mark.parametrize(
    ("alert", "only"),
    [
        ("unavailable:openrouter:acme/b:free", {"history_provider": ["openrouter"], "history_model": ["acme/b:free"]}),
        ("slower:openai:gpt", {"history_provider": ["openai"], "history_model": ["gpt"]}),
        ("error_rate", {"history_status": ["failed"]}),
        ("cost_per_day", {}),
    ],
)
def test_an_alert_leads_to_the_requests_behind_it(alert: str, only: dict[str, list[str]]) -> None:
    rows = alerts.rows(Alert(alert, "warning", "Something"))
    assert "drill" not in rows.pop("history_source")
    assert rows == {"history_period": "24h", **only}
