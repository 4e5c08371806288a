"""What calls cost, how long they took and how often they failed, by model and over time."""

import streamlit as st

from jarvis_ai.analytics import BY_FALLBACK, EVERYTHING, OF_UNKNOWN_COST, Period, Summary
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
    "words": st.column_config.TextColumn("Failure", pinned=True),
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
summary = log.summary(period, chosen)
if not summary.operations and not summary.attempts:
    filters.nothing_found("usage", choice, known)
    st.stop()

window = charts.Window.of(period, zone)
order = charts.model_order([place.link.model or place.link.provider for place in runtime().plan().links], known.models)
by_time = log.over_time(period, chosen, bucket=window.bucket, zone=zone)

# A time that the log began in the middle of says nothing of growth.
comparable = not log.operations(Period(0, period.before.start), EVERYTHING, limit=1).empty
before = log.summary(period.before, chosen) if comparable else Summary()

with st.grid(3, min_column_width=150):
    for figure in figures(summary, before):
        st.metric(figure.label, figure.value, figure.delta, delta_color=figure.better, help=figure.help, border=True,
                  height="stretch", delta_description=figure.remark or None)  # fmt: skip

st.caption(
    "Arrows compare with the equally long time before."
    if comparable
    else "No arrows: the log does not reach back over the equally long time before."
)
with st.container(horizontal=True):
    filters.open_rows(f"Open all {summary.operations:,} requests", choice.query())
    if summary.failed:
        filters.open_rows(f"Open the {summary.failed:,} that failed", choice.query(status=["failed"]))
    if summary.fallbacks:
        filters.open_rows(f"Open the {summary.fallbacks:,} by a fallback", choice.query(only=[BY_FALLBACK]))
    if summary.unknown_cost_attempts:
        filters.open_rows("Open those of unknown cost", choice.query(only=[OF_UNKNOWN_COST]))

requests_card, cost_card = st.columns(2, border=True)
with requests_card:
    st.subheader("Requests")
    st.caption(f"By the model that answered, a bar each {window.bucket}. Click on one to open it.")
    filters.open_bars(
        charts.calls_over_time(by_time, window, order),
        window,
        choice,
        key="usage_calls",
        counts=filters.by_answer,
        takeaway=f"{summary.operations:,} requests over time by the model that answered",
    )
with cost_card:
    st.subheader("Cost")
    unknown = summary.unknown_cost_attempts
    st.caption(
        "By the model that was asked, failed attempts included."
        + (f" {unknown:,} attempts of unknown cost are not in it." if unknown else "")
    )
    filters.open_bars(
        charts.cost_over_time(by_time, window, order),
        window,
        choice,
        key="usage_cost",
        takeaway=f"{formats.dollars(summary.cost)} over time by the model that was asked",
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
        with st.expander("The numbers", icon=":material/table:"):
            filters.open_models(latency, LATENCY, choice, key="usage_latencies", takeaway="Latency by model")
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
        numbers = failures.assign(words=failures["failure"].map(charts.words))
        with st.expander("The numbers", icon=":material/table:"):
            filters.open_models(numbers, FAILURES, choice, key="usage_failed", takeaway="Failed attempts by kind")

with st.container(border=True):
    st.subheader("Fallbacks")
    st.caption("The share of requests that another than the first link answered.")
    fallbacks = log.fallbacks_over_time(period, chosen, bucket=window.bucket, zone=zone)
    filters.open_bars(
        charts.fallbacks_over_time(fallbacks, window),
        window,
        choice,
        key="usage_fallbacks",
        counts=filters.by_fallback,
        takeaway=f"{summary.fallbacks:,} of {summary.operations:,} requests were answered by a fallback",
    )

with st.container(border=True):
    st.subheader("By model")
    by_model = log.by_model(period, chosen)
    st.caption("Attempts, tokens and cost of each model. Click on a row to open its requests.")
    filters.open_models(
        by_model.assign(label=charts.labels(by_model)),
        BY_MODEL,
        choice,
        key="usage_models",
        takeaway=f"Attempts, tokens and cost of {len(by_model)} models",
    )
