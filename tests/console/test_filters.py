"""What a choice means in the URL, and other people's words in Markdown."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from jarvis_ai.alerts import Alert
from jarvis_ai.analytics import ANSWERED_BY_NOBODY, BY_FALLBACK, ENDED, WITHOUT_TASK, Period, Scope
from jarvis_ai.console import alerts
from jarvis_ai.console.filters import apart
from jarvis_ai.console.formats import literal
from jarvis_ai.console.scopes import Choice
from jarvis_ai.console.windows import stretch_words

BERLIN = ZoneInfo("Europe/Berlin")


def choice(preset: str = "7d", **only: tuple[str, ...]) -> Choice:
    return Choice(preset, Period(0, 1), Scope(**only), BERLIN)  # type: ignore[arg-type]


def test_a_link_to_the_rows_carries_the_whole_choice() -> None:
    assert choice("30d", models=("acme/b",), sources=("api",)).rows("operation", traits=[BY_FALLBACK]) == {
        "history_period": "30d",
        "history_answered": ["acme/b"],
        "history_source": ["api"],
        "history_only": [ENDED, BY_FALLBACK],
    }


def test_attempts_are_found_by_who_was_asked_and_requests_by_who_answered() -> None:
    only = {"model": "acme/b", "provider": "openai", "status": "failed", "failure": "overloaded"}
    ended = {"history_only": [ENDED]}
    assert choice().rows("attempt", only=only) == ended | {  # type: ignore[arg-type]
        "history_model": ["acme/b"],
        "history_provider": ["openai"],
        "history_outcome": ["failed"],
        "history_failure": ["overloaded"],
    }
    assert choice().rows("operation", only=only) == ended | {  # type: ignore[arg-type]
        "history_answered": ["acme/b"],
        "history_through": ["openai"],
        "history_status": ["failed"],
        "history_ending": ["overloaded"],
    }


def test_a_bar_leads_to_its_time() -> None:
    rows = choice().rows("operation", part=Period(3600, 7200))
    assert rows == {"history_only": [ENDED], "from": "3600", "to": "7200"}


def test_rows_that_have_no_value_are_found_too() -> None:
    assert choice().rows("operation", only={"model": ""}) == {"history_only": [ENDED, ANSWERED_BY_NOBODY]}
    assert choice().rows("attempt", only={"task": ""}) == {"history_only": [ENDED, WITHOUT_TASK]}


@pytest.mark.parametrize(
    ("words", "found"), [("", ()), (None, ()), ("sms", ("sms",)), (" sms , voice,", ("sms", "voice"))]
)
def test_words_are_set_apart_by_commas(words: str | None, found: tuple[str, ...]) -> None:
    assert apart(words) == found


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
