"""How long answers take: by model, over time, against what is typical, and how much of it is ours."""

import time

import streamlit as st

from jarvis_ai.analytics import Times
from jarvis_ai.console import charts, explore, formats, latency, scopes
from jarvis_ai.console.measures import LOOKS, OF_LATENCY
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.rows import CLICKABLE, clicked
from jarvis_ai.console.windows import Window
from jarvis_ai.usage_log.cells import ATTEMPT

log, now = runtime().analytics, time.time()
known = log.filter_values()
choice = scopes.controls("latency", known, counted_from=log.counted_from())
period, scope = choice.period, choice.scope
times = log.times(period, scope)
if not times.answers:
    scopes.nothing_found("latency", choice, known)
    st.stop()

window = Window.of(period, choice.zone)
over = period.over(now)
before = over.earlier(period.seconds)
comparable = (log.begins() or now) <= before.start
pair = (log.times(over, scope), log.times(before, scope)) if comparable else (Times(), Times())

with st.grid(3, min_column_width=150):
    for figure in latency.figures(times, *pair):
        st.metric(figure.label, figure.value, figure.delta, delta_color=figure.better, help=figure.help, border=True,
                  height="stretch", delta_description=figure.remark or None)  # fmt: skip
st.caption(
    "Arrows compare the hours that are over with the equally long time before."
    if comparable
    else "No arrows: the log does not reach back over the equally long time before."
)
scopes.open_rows(f"Open the requests of {times.answers:,} answers", choice.rows(ATTEMPT, only={"status": "ok"}))

with st.container(border=True):
    st.subheader("Over time")
    name = st.selectbox("Measure", OF_LATENCY, format_func=lambda name: LOOKS[name].label, key="latency_measure",
                        bind="query-params", width=240)  # fmt: skip
    chain = [place.link.model or place.link.provider for place in runtime().plan().links]
    order = charts.order_of(chain, known.models)
    explore.chart(log, choice, window, name, by="model", order=order, page="latency")
    st.caption("Click on a point to open its requests.")

with st.container(border=True):
    st.subheader("By model")
    st.caption("Slowest first, beside the time that is typical of each. Click on a row to open its requests.")
    by_model = latency.against_typical(log.latency_by_model(period, scope))
    event = st.dataframe(by_model, key="latency_models", hide_index=True, column_config=latency.COLUMNS,
                         column_order=list(latency.COLUMNS), placeholder=formats.UNKNOWN, on_select="rerun",
                         selection_mode=CLICKABLE, height="content",
                         alt=f"Times of {len(by_model)} models, {by_model['label'].iloc[0]} the slowest")  # fmt: skip
    if (place := clicked(event.selection)) is not None:
        row = by_model.iloc[place]
        only = {"model": row["model"], "provider": row["provider"], "status": "ok"}
        scopes.open_rows(f"Open the answers of {row['label']}", choice.rows(ATTEMPT, only=only))

spread_card, overhead_card = st.columns(2, border=True)
with spread_card:
    st.subheader("Distribution")
    st.caption("Which share of a model's answers took how long.")
    st.altair_chart(
        latency.distribution(by_model, order), key="latency_spread", alt="Answers by the seconds that they took"
    )
with overhead_card:
    st.subheader("Our own overhead")
    st.caption("The part of a request's time in which no provider was asked and no wait was due.")
    st.altair_chart(
        latency.overhead(log, choice, window),
        key="latency_overhead",
        alt=f"Half of the requests within {formats.seconds(times.overhead_p50)} of our own",
    )
