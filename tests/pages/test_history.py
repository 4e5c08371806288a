"""History as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.analytics import EVERYTHING
from jarvis_ai.console.formats import literal
from jarvis_ai.domain import Prompt, Source
from jarvis_ai.runtime import Runtime
from tests.pages.conftest import open_page, words
from tests.pages.logs import newest, without_rows


@pytest.fixture
def history(app: AppTest) -> AppTest:
    return open_page(app, "history.py")


def opened(app: AppTest, operation_id: str) -> AppTest:
    open_page(app, "history.py")
    app.query_params["operation"] = operation_id
    app.run()
    assert not app.exception
    return app


def test_operations_are_listed_newest_first(history: AppTest, demo: Runtime) -> None:
    listed = history.dataframe[0].value
    assert len(listed) == 50
    assert listed["started"].is_monotonic_decreasing
    assert listed["id"].iloc[0] == demo.analytics.operations(None, EVERYTHING, limit=1)["id"].iloc[0]


def test_older_goes_on_where_the_page_ended_and_newest_comes_back(history: AppTest) -> None:
    first = list(history.dataframe[0].value["id"])
    history.button(key="history_older").click().run()
    second = list(history.dataframe[0].value["id"])
    assert max(second) < min(first)
    history.button(key="history_newest").click().run()
    assert list(history.dataframe[0].value["id"])[-1] == first[-1]


def test_a_filter_narrows_the_list_and_starts_from_the_top(history: AppTest) -> None:
    history.button(key="history_older").click().run()
    history.multiselect(key="history_status").set_value(["cancelled"]).run()
    assert set(history.dataframe[0].value["status"]) == {"Cancelled"}
    assert "before" not in history.query_params


def test_text_is_found_in_requests(history: AppTest, demo: Runtime) -> None:
    prompt = Prompt.of("Where do zebras sleep?")
    run = demo.start(prompt, demo.plan(), source=Source.PLAYGROUND)
    for _ in run.tail():
        pass
    history.text_input(key="history_text").set_value("zebras").run()
    assert list(history.dataframe[0].value["id"]) == [run.operation_id]


def test_an_operation_opens_to_its_attempts_chain_and_bodies(app: AppTest, demo: Runtime) -> None:
    chosen = newest(demo, fallback=1)
    page = opened(app, chosen)
    attempts = demo.analytics.attempts(chosen)
    bodies = demo.analytics.bodies(chosen)
    assert [heading.value for heading in page.subheader] == ["Attempts", "Chain", "Request", "Answer"]
    assert all(f"**{number}. " in words(page) for number in attempts["attempt_no"])
    shown = [code.value for code in page.code]
    assert shown[0] == bodies["request"]["messages"][0]["content"]
    assert shown[-1] == bodies["answer"]


def test_the_chain_is_shown_with_its_reasons(app: AppTest, demo: Runtime) -> None:
    chosen = newest(demo, status="ok")
    places = demo.analytics.operation(chosen)["chain"]
    table = opened(app, chosen).table[-1].value
    assert list(table["Link"]) == [f"`{place['link']}`" for place in places]
    assert list(table["Why it stands here"]) == [literal(place["reason"]) for place in places]


def test_a_failed_operation_says_what_failed(app: AppTest, demo: Runtime) -> None:
    chosen = newest(demo, status="failed")
    failure = demo.analytics.operation(chosen)["failure"]
    assert opened(app, chosen).error[0].value.startswith(f"**{failure.replace('_', ' ').capitalize()}.**")


def test_an_operation_can_be_run_again_in_the_playground_and_is_not_sent_by_itself(app: AppTest, demo: Runtime) -> None:
    chosen = newest(demo, status="ok", requested_model="openai/gpt-4o")
    asked = demo.analytics.bodies(chosen)["request"]
    page = opened(app, chosen)
    page.button(key="history_again").click().run()
    assert not page.exception
    assert page.title[0].value == "Playground"
    assert page.multiselect(key="playground_models").value == ["openai/gpt-4o"]
    assert page.slider(key="playground_temperature").value == asked["temperature"]
    assert page.chat_input(key="playground_prompt").proto.value == asked["messages"][-1]["content"]


def test_back_leads_to_the_list(app: AppTest, demo: Runtime) -> None:
    page = opened(app, newest(demo, status="ok"))
    page.button(key="history_back").click().run()
    assert len(page.dataframe[0].value) == 50


def test_what_a_model_wrote_is_never_layout(app: AppTest, demo: Runtime) -> None:
    prompt = Prompt.of("<script>alert(1)</script> $5 and $6 ![x](http://nowhere.invalid/x.png)")
    run = demo.start(prompt, demo.plan(), source=Source.PLAYGROUND)
    for _ in run.tail():
        pass
    page = opened(app, run.operation_id)
    assert prompt.text in [code.value for code in page.code]
    assert "<script>" not in words(page)


def test_an_id_that_is_not_in_the_log_is_said_so(app: AppTest) -> None:
    assert "no request with this id" in opened(app, "0190-nobody").warning[0].value


def test_a_stretch_of_time_from_a_chart_can_be_widened_again(history: AppTest, demo: Runtime) -> None:
    start = demo.analytics.operations(None, EVERYTHING, limit=1)["started_at"].iloc[0] / 1000
    history.query_params["from"], history.query_params["to"] = f"{start - 1:.0f}", f"{start + 1:.0f}"
    history.run()
    narrow = len(history.dataframe[0].value)
    history.button(key="history_whole").click().run()
    assert narrow < len(history.dataframe[0].value) == 50


@pytest.mark.parametrize("stretch", [("x", "y"), ("5", "4"), ("nan", "inf"), ("-1", "1e99")])
def test_nonsense_in_the_url_is_left_out(history: AppTest, stretch: tuple[str, str]) -> None:
    history.query_params["from"], history.query_params["to"] = stretch
    history.run()
    assert not history.exception
    assert len(history.dataframe[0].value) == 50


def test_an_empty_log_says_what_to_do_next(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_rows(demo, monkeypatch, tmp_path)
    history = open_page(app, "history.py")
    assert "Send a prompt in the Playground" in words(history)
    assert not history.dataframe
