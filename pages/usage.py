"""How much was asked, what it cost and how it ended: any measure by any group and over time."""

import time

import streamlit as st

from jarvis_ai.analytics import BY_FALLBACK, OF_UNKNOWN_COST, Summary
from jarvis_ai.console import alerts, charts, explore, exporting, formats, migration, scopes
from jarvis_ai.console.figures import figures
from jarvis_ai.console.measures import DIMENSIONS, LOOKS, OF_USAGE, dimensions
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.rows import CLICKABLE, clicked
from jarvis_ai.console.windows import Window
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION

FAILURES = {
    "words": st.column_config.TextColumn("Failure", pinned=True),
    "model": st.column_config.TextColumn("Model"),
    "provider": st.column_config.TextColumn("Provider"),
    "attempts": st.column_config.NumberColumn("Failed attempts", format="localized"),
}
BY_MODEL = {
    "label": st.column_config.TextColumn("Model", width="medium", pinned=True),
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

log, now = runtime().analytics, time.time()
alerts.show(runtime().alerts(), formats.local_zone())

known = log.filter_values()
choice = scopes.controls("usage", known, counted_from=log.counted_from())
period, scope, zone = choice.period, choice.scope, choice.zone
summary = log.summary(period, scope)
if not summary.operations and not summary.attempts:
    scopes.nothing_found("usage", choice, known)
    st.stop()

window = Window.of(period, zone)
chain = [place.link.model or place.link.provider for place in runtime().plan().links]

# The hour under way would look like a decline, and a time that the log began in the middle of like growth.
over = period.over(now)
before = over.earlier(period.seconds)
comparable = (log.begins() or now) <= before.start
pair = (log.summary(over, scope), log.summary(before, scope)) if comparable else (Summary(), Summary())

with st.grid(3, min_column_width=150):
    for figure in figures(summary, *pair):
        st.metric(figure.label, figure.value, figure.delta, delta_color=figure.better, help=figure.help, border=True,
                  height="stretch", delta_description=figure.remark or None)  # fmt: skip

st.caption(
    "Arrows compare the hours that are over with the equally long time before."
    if comparable
    else "No arrows: the log does not reach back over the equally long time before."
)
with st.container(horizontal=True):
    scopes.open_rows(f"Open all {summary.operations:,} requests", choice.rows(OPERATION))
    if summary.failed:
        failed = choice.rows(OPERATION, only={"status": "failed"})
        scopes.open_rows(f"Open the {summary.failed:,} that failed", failed)
    if summary.fallbacks:
        rescued = choice.rows(OPERATION, traits=[BY_FALLBACK])
        scopes.open_rows(f"Open the {summary.fallbacks:,} by a fallback", rescued)
    if summary.unknown_cost_attempts:
        scopes.open_rows("Open those of unknown cost", choice.rows(ATTEMPT, traits=[OF_UNKNOWN_COST]))
    exporting.panel("usage", period, choice.requests, zone)

with st.container(border=True):
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Measure", OF_USAGE, format_func=lambda name: LOOKS[name].label, key="usage_measure",
                            bind="query-params", width=240)  # fmt: skip
        by = st.segmented_control("By", dimensions(name), format_func=DIMENSIONS.__getitem__, default="model",
                                  required=True, key="usage_by", bind="query-params")  # fmt: skip
    order = charts.order_of(chain if by == "model" else [], known.of(by))
    explore.chart(log, choice, window, name, by=by, order=order, page="usage")
    explore.table(log, choice, name, by, before=before if comparable else None, page="usage")
    st.caption("Click on a bar, a point or a row to open its requests.")

with st.container(border=True):
    st.subheader("Failures")
    failures = log.failures(period, scope)
    if failures.empty:
        st.caption("No attempt failed in this period.")
    else:
        st.caption("Failed attempts by what went wrong. Most were rescued by a retry or a fallback.")
        st.altair_chart(
            charts.failures(failures, charts.order_of(chain, known.models)),
            key="usage_failures",
            alt=f"{failures['attempts'].sum():,} failed attempts, mostly {charts.words(failures['failure'].iloc[0])}",
        )
        with st.expander("The numbers", icon=":material/table:"):
            numbers = failures.assign(words=failures["failure"].map(charts.words))
            event = st.dataframe(numbers, key="usage_failed", hide_index=True, column_config=FAILURES,
                                 column_order=list(FAILURES), on_select="rerun", selection_mode=CLICKABLE,
                                 height="content", alt="Failed attempts by kind and model")  # fmt: skip
            if (place := clicked(event.selection)) is not None:
                row = numbers.iloc[place]
                only = {"failure": row["failure"], "model": row["model"], "provider": row["provider"]}
                scopes.open_rows(f"Open {row['words'].lower()} of {row['model']}", choice.rows(ATTEMPT, only=only))

with st.container(border=True):
    st.subheader("By model")
    st.caption(
        "Attempts, tokens and cost of each model, failed attempts included. Click on a row to open its requests."
    )
    by_model = log.by_model(period, scope)
    by_model = by_model.assign(label=charts.labels(by_model))
    event = st.dataframe(by_model, key="usage_models", hide_index=True, column_config=BY_MODEL,
                         column_order=list(BY_MODEL), placeholder=formats.UNKNOWN, on_select="rerun",
                         selection_mode=CLICKABLE, height="content",
                         alt=f"Attempts, tokens and cost of {len(by_model)} models")  # fmt: skip
    if (place := clicked(event.selection)) is not None:
        row = by_model.iloc[place]
        only = {"model": row["model"], "provider": row["provider"]}
        scopes.open_rows(f"Open the requests that asked {row['label']}", choice.rows(ATTEMPT, only=only))

if runtime().planner.saved.migration.share is not None:
    with st.container(border=True):
        st.subheader("Both sides of the migration")
        st.caption("Callers that ask OpenRouter first, and those that ask directly first. Chains sets how many.")
        migration.comparison(runtime(), "usage")
