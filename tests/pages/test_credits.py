"""Credits as a user meets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from jarvis_ai.console import formats
from jarvis_ai.domain import Failure, FailureKind
from jarvis_ai.errors import ProviderError
from jarvis_ai.runtime import Credits, Runtime
from tests.pages.conftest import open_page, words
from tests.pages.logs import without_rows


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Nothing is remembered from another test."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()


def answering(patch: pytest.MonkeyPatch, known: Credits | ProviderError) -> None:
    async def credits(self: Runtime) -> Credits:
        if isinstance(known, ProviderError):
            raise known
        return known

    patch.setattr(Runtime, "credits", credits)


def values(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_balance_and_limits_are_those_of_the_account(app: AppTest, demo: Runtime) -> None:
    known = demo.call(demo.credits)
    shown = values(open_page(app, "credits.py"))
    assert shown == {
        "Balance of the account": formats.dollars(known.remaining),
        "Left on this key": formats.dollars(known.key_limit_remaining),
        "Credits bought": "$100.00",
        "Credits used": formats.dollars(known.total_usage),
    }


def test_what_nobody_says_is_unknown_with_its_reason(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, Credits(key_label="sk-or-v1-abc...xyz", usage=1.5, notes=("A management key is needed.",)))
    page = open_page(app, "credits.py")
    assert values(page) == {
        "Balance of the account": "unknown",
        "Left on this key": "no limit",
        "Credits bought": "unknown",
        "Credits used": "unknown",
    }
    assert page.info[0].value == "A management key is needed."


def test_a_limit_says_what_is_left_and_when_it_is_reset(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Credits(key_label="mine", key_limit=20.0, key_limit_remaining=12.5, key_limit_reset="daily")
    answering(monkeypatch, limit)
    page = open_page(app, "credits.py")
    assert values(page)["Left on this key"] == "$12.50"
    assert page.table[0].value.loc["Limit resets"].iloc[0] == "every day at 00:00 UTC"


def test_an_openrouter_that_does_not_answer_is_taken_calmly(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, ProviderError(Failure(FailureKind.UNAUTHORIZED, "The key was refused.")))
    page = open_page(app, "credits.py")
    assert "The key was refused." in page.warning[0].value
    assert page.get("vega_lite_chart")


def test_refresh_asks_again(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, Credits(key_label="mine", remaining=5.0))
    page = open_page(app, "credits.py")
    answering(monkeypatch, Credits(key_label="mine", remaining=4.0))
    page.run()
    assert values(page)["Balance of the account"] == "$5.00"
    page.button(key="credits_refresh").click().run()
    assert values(page)["Balance of the account"] == "$4.00"


def test_an_empty_log_says_what_to_do_next(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_rows(demo, monkeypatch, tmp_path)
    assert "Send a prompt in the Playground" in words(open_page(app, "credits.py"))
