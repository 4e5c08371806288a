"""How every service stands, which breakers are open, and which links would be asked now."""

import time
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from jarvis_ai.analytics import RECENT
from jarvis_ai.console import alerts, filters, formats, log_size, operation, scopes, windows
from jarvis_ai.console.charts import words
from jarvis_ai.console.formats import literal
from jarvis_ai.console.resources import runtime
from jarvis_ai.console.rows import CLICKABLE, clicked
from jarvis_ai.runtime import BreakerRow, ServiceHealth

COLOURS = {"ok": "green", "degraded": "orange", "down": "red", "unknown": "gray", "not_configured": "gray"}
ICONS = {
    "ok": ":material/check_circle:",
    "degraded": ":material/warning:",
    "down": ":material/error:",
    "unknown": ":material/help:",
    "not_configured": ":material/key_off:",
}
NAMES = {"openrouter": "OpenRouter", "openai": "OpenAI", "anthropic": "Anthropic", "keyword": "Keyword analysis"}
STATES = {"ok": "No trouble known", "degraded": "Some services have trouble", "down": "No model can answer"}
zone = formats.local_zone()


def moment(second: float | None) -> str:
    """A time of day in the operator's zone."""
    return formats.when(second, zone) if second else "not lately"


def recent(now: float, **only: str) -> dict[str, str | list[str]]:
    """The URL parameters of History for what went to a provider or a model lately."""
    return {**filters.in_earnest(**only), windows.FROM: f"{now - RECENT:.0f}", windows.TO: f"{now + 1:.0f}"}


def card(service: ServiceHealth, now: float) -> None:
    """One service."""
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{NAMES[service.provider]}**", width="content")
            st.badge(service.state.replace("_", " "), icon=ICONS[service.state], color=COLOURS[service.state])
        st.markdown(literal(service.detail))
        if service.last_ok_at or service.last_failure_at:
            st.caption(f"Last answer: {moment(service.last_ok_at)}")
            why = f" ({words(service.last_failure).lower()})" if service.last_failure else ""
            st.caption(f"Last failure: {moment(service.last_failure_at)}{why}")
            scopes.open_rows("Open its recent requests", recent(now, provider=service.provider))


@st.fragment(run_every="5s")
def live() -> None:
    """What changes while one looks."""
    health, now = runtime().call(runtime().health), time.time()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(STATES[health.status], icon=ICONS[health.status], color=COLOURS[health.status])
        st.caption(
            f"Checked {formats.when(now, zone)} {zone.key}, from the log of the last {RECENT // 60} minutes and "
            "from the breakers: it costs nothing."
        )
    alerts.show(health.alerts, zone)
    with st.grid(4, min_column_width=220):
        for service in health.services:
            card(service, now)
    st.subheader("Breakers")
    breakers(runtime().breakers(), now)


def breakers(rows: Sequence[BreakerRow], now: float) -> None:
    """Every breaker that has counted a failure; a row that is clicked on leads to the requests behind it."""
    if not rows:
        st.caption(
            "All closed. After repeated failures a breaker opens, and its service or model is left alone for a while."
        )
        return
    table = pd.DataFrame(
        {
            "Guards": [row.key for row in rows],
            "State": [row.state.replace("_", "-") for row in rows],
            "Failures in a row": [row.failures for row in rows],
            "Tries again": [moment(row.reopens_at) if row.state == "open" else "" for row in rows],
        }
    )
    stopped = sum(row.state == "open" for row in rows)
    event = st.dataframe(
        table,
        hide_index=True,
        key="health_breakers",
        on_select="rerun",
        selection_mode=CLICKABLE,
        alt=f"{stopped} of {len(rows)} breakers are open",
    )
    if (place := clicked(event.selection)) is not None:
        provider, _, model = rows[place].key.partition(":")
        label = f"Open the recent requests that asked {model or provider}"
        scopes.open_rows(label, recent(now, provider=provider, model=model))


live()

st.subheader("Chain")
st.caption("The links that a prompt without a model of its own is given to, in this order.")
places = runtime().plan().links
operation.chain([{"link": str(place.link), "requested": place.requested, "reason": place.reason} for place in places])

st.subheader("The usage log")
log_size.show(runtime(), zone)

st.subheader("Notices")
for notice in runtime().notices:
    st.info(literal(notice), icon=":material/info:")
if not runtime().notices:
    st.caption("None: keys look right, and every name in the chain is in the catalogue.")
