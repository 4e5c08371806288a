"""Health as a user meets it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.alerts import Alert
from jarvis_ai.console.formats import literal
from jarvis_ai.domain import Prompt, Source
from jarvis_ai.runtime import BreakerRow, Runtime
from tests.pages.conftest import open_page, words
from tests.pages.logs import without_rows


def test_every_service_has_a_state(app: AppTest) -> None:
    text = words(open_page(app, "health.py"))
    assert all(f"**{name}**" in text for name in ("OpenRouter", "OpenAI", "Anthropic", "Keyword analysis"))


def test_the_chain_stands_with_its_resolved_names_and_reasons(app: AppTest, demo: Runtime) -> None:
    table = open_page(app, "health.py").table[0].value
    assert list(table["Link"]) == [f"`{place.link}`" for place in demo.plan().links]
    assert all(table["Why it stands here"])


def test_the_log_has_its_sizes_ages_and_how_long_rows_are_kept(app: AppTest, demo: Runtime) -> None:
    table = open_page(app, "health.py").table[-1].value.set_index("Table")
    assert list(table.index) == ["operations", "attempts", "bodies", "roll-ups and search"]
    assert list(table["Kept"]) == ["400 days", "400 days", "30 days", "for ever"]
    assert all(table["Size"])


def test_every_notice_is_shown_retired_names_among_them(app: AppTest, demo: Runtime) -> None:
    page = open_page(app, "health.py")
    assert [info.value for info in page.info] == [literal(notice) for notice in demo.notices]
    assert any("is retired" in info.value for info in page.info)


def test_an_open_breaker_says_when_it_tries_again(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        BreakerRow("openrouter:openai/gpt-4o", "open", 5, time.time() + 30),
        BreakerRow("openai", "closed", 1, None),
    ]
    monkeypatch.setattr(Runtime, "breakers", lambda self: rows)
    table = open_page(app, "health.py").dataframe[0].value
    assert list(table["State"]) == ["open", "closed"]
    assert [bool(moment) for moment in table["Tries again"]] == [True, False]


def test_alerts_are_shown_the_critical_in_red(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    raised = [Alert("a", "critical", "gpt-4o does not answer", "All 3 calls failed."), Alert("b", "warning", "Slower")]
    monkeypatch.setattr(Runtime, "alerts", lambda self: raised)
    page = open_page(app, "health.py")
    assert "gpt\\-4o does not answer" in page.error[0].value
    assert "Slower" in page.warning[0].value


def test_an_empty_log_is_no_trouble(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_rows(demo, monkeypatch, tmp_path)
    assert "Nothing was sent to it lately" in words(open_page(app, "health.py"))


def test_the_numbers_of_a_service_lead_to_its_requests(app: AppTest, demo: Runtime) -> None:
    for _ in demo.start(Prompt.of("Hello"), demo.plan(), source=Source.PLAYGROUND).tail():
        pass
    links = [link.proto.query_string for link in open_page(app, "health.py").get("page_link")]
    assert any(query.startswith("history_provider=openrouter&history_source=") for query in links)
