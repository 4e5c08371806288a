"""What calls cost, how long they took and how often they failed, by model and over time."""

import pandas as pd
import streamlit as st
from altair import Chart

from jarvis_ai.console import alerts, charts, filters, formats
from jarvis_ai.console.figures import figures
from jarvis_ai.console.resources import runtime

MODEL = st.column_config.TextColumn("Model", width="medium", pinned=True)
LATENCY = {
    "model": MODEL,
    "provider": st.column_config.TextColumn("Provider"),
    "calls": st.column_config.NumberColumn("Answers", format="localized"),
    "p50": st.column_config.NumberColumn("p50 (s)", format="%.2f"),
    "p95": st.column_config.NumberColumn("p95 (s)", format="%.2f"),
    "ttft_p50": st.column_config.NumberColumn("First token p50 (s)", format="%.2f"),
    "ttft_p95": st.column_config.NumberColumn("First token p95 (s)", format="%.2f"),
    "tokens_per_second": st.column_config.NumberColumn("Tokens per second", format="%.0f"),
}
FAILURES = {
    "failure": st.column_config.TextColumn("Failure", pinned=True),
    "model": st.column_config.TextColumn("Model"),
    "provider": st.column_config.TextColumn("Provider"),
    "attempts": st.column_config.NumberColumn("Failed attempts", format="localized"),
}
BY_MODEL = {
    "label": MODEL,
    "attempts": st.column_config.NumberColumn("Attempts", format="localized"),
    "ok": st.column_config.NumberColumn("Answered", format="localized"),
    "failed": st.column_config.NumberColumn("Failed", format="localized"),
    "input_tokens": st.column_config.NumberColumn("Tokens in", format="localized"),
    "output_tokens": st.column_config.NumberColumn("Tokens out", format="localized"),
    "cost": st.column_config.NumberColumn("Cost (US$)", format="$%.4f"),
    "unknown_cost_attempts": st.column_config.NumberColumn("Of unknown cost", format="localized"),
    "p50": st.column_config.NumberColumn("p50 (s)", format="%.2f"),
    "p95": st.column_config.NumberColumn("p95 (s)", format="%.2f"),
}

log = runtime().analytics
alerts.show(runtime().alerts(), formats.local_zone())

known = log.filter_values()
choice = filters.controls("usage", known)
period, chosen, zone = choice.period, choice.filters, choice.zone
summary, before = log.summary(period, chosen), log.summary(period.before, chosen)
if not summary.operations and not summary.attempts:
    filters.nothing_found("usage", choice, known)
    st.stop()

window = charts.Window.of(period, zone)
order = charts.model_order([place.link.model or place.link.provider for place in runtime().plan().links], known.models)
by_time = log.over_time(period, chosen, bucket=window.bucket, zone=zone)


def draw(chart: Chart, alt: str, key: str) -> None:
    """A chart whose bars lead to the rows behind them."""
    event = st.altair_chart(chart, key=key, on_select="rerun", selection_mode=charts.PICK, alt=alt)
    if bar := charts.picked(event.selection):
        stretch, model = window.span(bar[0]), bar[1]
        label = f"Open {filters.stretch_words(stretch, zone)}" + (f", {model}" if model else "")
        filters.open_rows(label, choice.narrowed(stretch, model))


def table(rows: pd.DataFrame, columns: dict, alt: str) -> None:
    """The numbers of a chart, to read and to download."""
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(rows, hide_index=True, column_config=columns, column_order=list(columns), placeholder="unknown",
                     alt=alt)  # fmt: skip


with st.grid(3, min_column_width=150):
    for figure in figures(summary, before):
        st.metric(figure.label, figure.value, figure.delta, delta_color=figure.better, help=figure.help, border=True,
                  height="stretch", delta_description=figure.remark or None)  # fmt: skip

st.caption("Arrows compare with the equally long time before.")
with st.container(horizontal=True):
    filters.open_rows(f"Open all {summary.operations:,} requests", choice.query())
    if summary.failed:
        filters.open_rows(f"Open the {summary.failed:,} that failed", choice.query(status=["failed"]))

requests_card, cost_card = st.columns(2, border=True)
with requests_card:
    st.subheader("Requests")
    st.caption(f"By the model that answered, a bar each {window.bucket}. Click on one to open it.")
    draw(
        charts.calls_over_time(by_time, window, order),
        f"{summary.operations:,} requests over time by the model that answered",
        "usage_calls",
    )
with cost_card:
    st.subheader("Cost")
    unknown = summary.unknown_cost_attempts
    st.caption(
        "By the model that was asked, failed attempts included."
        + (f" {unknown:,} attempts of unknown cost are not in it." if unknown else "")
    )
    draw(
        charts.cost_over_time(by_time, window, order),
        f"{formats.dollars(summary.cost)} over time by the model that was asked",
        "usage_cost",
    )

latency_card, failures_card = st.columns(2, border=True)
with latency_card:
    st.subheader("Latency")
    latency = log.latency_by_model(period, chosen)
    st.caption("Seconds to a whole answer, slowest model first. Failed attempts are left out.")
    if latency.empty:
        st.caption("No model answered in this period.")
    else:
        slowest = charts.labels(latency)[0]
        st.altair_chart(
            charts.latency_by_model(latency),
            key="usage_latency",
            alt=f"{slowest} is slowest: 95 % of its answers within {formats.seconds(latency['p95'].iloc[0])}",
        )
        table(latency, LATENCY, "Latency by model")
with failures_card:
    st.subheader("Failures")
    failures = log.failures(period, chosen)
    st.caption("Failed attempts by what went wrong. Most were rescued by a retry or a fallback.")
    if failures.empty:
        st.caption("No attempt failed in this period.")
    else:
        st.altair_chart(
            charts.failures(failures, order),
            key="usage_failures",
            alt=f"{failures['attempts'].sum():,} failed attempts, mostly {charts.words(failures['failure'].iloc[0])}",
        )
        table(failures.assign(failure=failures["failure"].map(charts.words)), FAILURES, "Failed attempts by kind")

with st.container(border=True):
    st.subheader("Fallbacks")
    st.caption("The share of requests that another than the first link answered.")
    fallbacks = log.fallbacks_over_time(period, chosen, bucket=window.bucket, zone=zone)
    draw(
        charts.fallbacks_over_time(fallbacks, window),
        f"{summary.fallbacks:,} of {summary.operations:,} requests were answered by a fallback",
        "usage_fallbacks",
    )

with st.container(border=True):
    st.subheader("By model")
    by_model = log.by_model(period, chosen)
    st.caption("Attempts, tokens and cost of each model. Click on a row to open its requests.")
    event = st.dataframe(
        by_model.assign(label=charts.labels(by_model)),
        key="usage_models",
        hide_index=True,
        column_config=BY_MODEL,
        column_order=list(BY_MODEL),
        placeholder="unknown",
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        height="content",
        alt=f"Attempts, tokens and cost of {len(by_model)} models",
    )
    for place in [*event.selection.rows, *(row for row, _ in event.selection.cells)][:1]:
        asked = by_model.iloc[place]
        query = choice.query(model=[asked["model"]], provider=[asked["provider"]])
        filters.open_rows(f"Open the requests that asked {asked['model']}", query)
