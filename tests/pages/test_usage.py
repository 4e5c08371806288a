"""Usage as a user meets it."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.address import ServerAddress
from jarvis_ai.alerts import Alert
from jarvis_ai.analytics import ALL_TRAFFIC, ENDED, Analytics, Filters, Period, Scope, Summary, TooSlow
from jarvis_ai.console.measures import OF_USAGE, dimensions
from jarvis_ai.runtime import Runtime
from tests.databases import free_port
from tests.pages.conftest import open_page, words
from tests.pages.logs import without_rows

LABELS = ["Requests", "Answered", "By a fallback", "Cost", "Median time", "Slowest 5 %"]


@pytest.fixture
def usage(app: AppTest) -> AppTest:
    app.context = {"timezone": "Europe/Berlin"}
    return open_page(app, "usage.py")


def links(app: AppTest) -> dict[str, str]:
    return {link.label: link.proto.query_string for link in app.get("page_link")}


def test_the_numbers_charts_and_tables_of_the_last_week_are_there(usage: AppTest) -> None:
    assert [metric.label for metric in usage.metric] == LABELS
    assert [heading.value for heading in usage.subheader] == ["Failures", "By model"]
    assert len(usage.get("vega_lite_chart")) == 2
    assert len(usage.dataframe) == 3


@pytest.mark.parametrize("measure", OF_USAGE)
def test_every_measure_is_told_by_every_group(usage: AppTest, measure: str) -> None:
    usage.selectbox(key="usage_measure").set_value(measure).run()
    for by in dimensions(measure):
        usage.segmented_control(key="usage_by").set_value(by).run()
        assert not usage.exception
        assert usage.dataframe[0].value["group"].is_unique
        assert usage.dataframe[0].value["value"].notna().any()


def test_a_group_that_the_next_measure_has_not_is_let_go(usage: AppTest) -> None:
    usage.selectbox(key="usage_measure").set_value("failures").run()
    usage.segmented_control(key="usage_by").set_value("failure").run()
    usage.selectbox(key="usage_measure").set_value("cost").run()
    assert not usage.exception
    assert usage.segmented_control(key="usage_by").value == "model"


def test_the_parts_add_up_to_the_number_at_the_top(usage: AppTest) -> None:
    for by in ("model", "source", "task", "status"):
        usage.segmented_control(key="usage_by").set_value(by).run()
        assert f"{usage.dataframe[0].value['value'].sum():,.0f}" == usage.metric[0].value


def test_a_number_is_that_of_the_rows_it_opens(usage: AppTest, demo: Runtime) -> None:
    query = parse_qs(next(query for label, query in links(usage).items() if label.startswith("Open all")))
    assert query == {"history_only": [ENDED]}
    period = Period.preset("7d", now=time.time())
    rows = demo.analytics.operations(period, Filters(traits=(ENDED,)), limit=10**6)
    assert usage.metric[0].value == f"{len(rows):,}"


def test_the_time_zone_is_named(usage: AppTest) -> None:
    assert "times in Europe/Berlin" in words(usage).replace("\\", "")


def test_the_numbers_are_those_of_the_log(usage: AppTest, demo: Runtime) -> None:
    usage.segmented_control(key="usage_period").set_value("90d").run()
    summary = demo.analytics.summary(Period.preset("90d", now=time.time()), ALL_TRAFFIC)
    assert usage.metric[0].value == f"{summary.operations:,}"
    assert usage.metric[3].proto.delta_description == f"{summary.unknown_cost_attempts:,} unknown"


def test_period_and_filters_are_read_from_the_url(app: AppTest) -> None:
    app.query_params["usage_period"] = "30d"
    app.query_params["usage_model"] = "openai/gpt-4o"
    usage = open_page(app, "usage.py")
    assert usage.segmented_control(key="usage_period").value == "30d"
    assert usage.multiselect(key="usage_model").value == ["openai/gpt-4o"]


def test_measure_and_group_are_read_from_the_url(app: AppTest) -> None:
    app.query_params["usage_measure"], app.query_params["usage_by"] = "Median time", "Source"
    usage = open_page(app, "usage.py")
    assert usage.selectbox(key="usage_measure").value == "p50"
    assert usage.segmented_control(key="usage_by").value == "source"


@pytest.mark.parametrize(("model", "label"), [("openai/gpt-4o", "Filters (1)"), ("acme/nosuch", "Filters")])
def test_a_filter_from_the_url_is_counted_where_the_log_has_it(app: AppTest, model: str, label: str) -> None:
    app.query_params["usage_model"] = model
    usage = open_page(app, "usage.py")
    assert label in [popover.proto.popover.label for popover in usage.get("popover")]


def test_every_control_is_bound_to_the_url(usage: AppTest) -> None:
    controls = [*usage.segmented_control, *usage.multiselect, *usage.selectbox]
    shown = [control for control in controls if "_export_" not in control.key]  # those say nothing of what is shown
    assert all(control.proto.query_param_key == control.key for control in shown)


def test_a_number_leads_to_its_rows_with_the_same_filters(usage: AppTest) -> None:
    usage.segmented_control(key="usage_period").set_value("30d").run()
    usage.multiselect(key="usage_model").set_value(["openai/gpt-4o"]).run()
    everything = next(query for label, query in links(usage).items() if label.startswith("Open all"))
    assert parse_qs(everything) == {
        "history_answered": ["openai/gpt-4o"],
        "history_only": [ENDED],
        "history_period": ["30d"],
    }


def test_an_empty_log_says_what_to_do_next(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_rows(demo, monkeypatch, tmp_path)
    usage = open_page(app, "usage.py")
    assert "Send a prompt in the Playground" in words(usage)
    assert "Open the Playground" in links(usage)
    assert not usage.metric


def test_filters_that_match_nothing_can_be_taken_off(usage: AppTest) -> None:
    usage.multiselect(key="usage_model").set_value(["openai/gpt-4o"]).run()
    usage.multiselect(key="usage_provider").set_value(["openai"]).run()
    assert "Nothing matches" in words(usage)
    usage.button(key="usage_widest").click().run()
    assert not usage.exception
    assert [metric.label for metric in usage.metric] == LABELS


def test_alerts_stand_at_the_top(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = Alert("cost", "warning", "$12.00 in 24 hours", "The threshold is $10.00 a day.")
    monkeypatch.setattr(Runtime, "alerts", lambda self: [alert])
    usage = open_page(app, "usage.py")
    assert usage.warning[0].value == r"**\$12.00 in 24 hours.** The threshold is \$10.00 a day."


def test_an_alert_leads_to_its_requests(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = Alert("unavailable:openrouter:acme/b", "critical", "acme/b does not answer")
    monkeypatch.setattr(Runtime, "alerts", lambda self: [alert])
    usage = open_page(app, "usage.py")
    query = links(usage)["Open the requests behind it, last 24 hours"]
    assert query.startswith("history_period=24h&history_provider=openrouter&history_model=acme%2Fb&history_source=")


def test_a_time_that_the_log_began_in_is_not_compared_with(usage: AppTest) -> None:
    assert "Arrows compare" in words(usage)
    usage.segmented_control(key="usage_period").set_value("90d").run()
    assert "the log does not reach back" in words(usage)
    assert not any(metric.delta for metric in usage.metric)


class Overdue(Analytics):
    """Answers no question in time."""

    def summary(self, period: Period, scope: Scope) -> Summary:
        raise TooSlow(5.0)


def test_a_question_that_takes_too_long_is_given_up_and_said(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "analytics", Overdue(demo.settings.database))
    usage = open_page(app, "usage.py")
    assert "This took too long" in usage.warning[-1].value


def test_a_view_is_saved_under_a_name_and_removed_again(usage: AppTest, demo: Runtime) -> None:
    usage.segmented_control(key="usage_period").set_value("30d").run()
    usage.selectbox(key="usage_measure").set_value("cost").run()
    usage.text_input(key="usage_view").set_value("Cost of a month").run()
    usage.button(key="usage_save").click().run()
    assert not usage.exception
    query = parse_qs(links(usage)["Cost of a month"])
    assert query == {"usage_period": ["30d"], "usage_measure": ["Cost"], "usage_by": ["Model"]}
    [view] = demo.documents.all("view")
    usage.button(key=f"usage_remove_{view.id}").click().run()
    assert "Cost of a month" not in links(usage)


@pytest.mark.parametrize("page", ["usage.py", "latency.py", "history.py"])
def test_a_page_says_when_the_server_of_the_log_cannot_be_reached(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    nowhere = ServerAddress.parse(f"postgresql://jarvis:hush-hush@127.0.0.1:{free_port()}/usage")
    monkeypatch.setattr(demo, "analytics", Analytics(nowhere))
    shown = open_page(app, page)
    said = " ".join(error.value for error in shown.error)
    assert "The usage log cannot be read" in said
    assert "cannot be reached or is busy" in said
    assert "hush-hush" not in said
