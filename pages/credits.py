"""What is left to spend, as far as anybody can know."""

import time

import streamlit as st

from jarvis_ai.analytics import ALL_TRAFFIC, Period
from jarvis_ai.console import explore, formats, scopes, windows
from jarvis_ai.console.advice import next_move, said
from jarvis_ai.console.figures import cost
from jarvis_ai.console.formats import literal
from jarvis_ai.console.resources import runtime
from jarvis_ai.errors import ProviderError
from jarvis_ai.runtime import Credits
from jarvis_ai.usage_log.cells import ATTEMPT

RESETS = {"daily": "every day at 00:00 UTC", "weekly": "every Monday at 00:00 UTC", "monthly": "every 1st at 00:00 UTC"}
SPENT = "30d"
zone = formats.local_zone()


@st.cache_data(ttl=30, max_entries=1, show_spinner="Asking OpenRouter…")
def account() -> tuple[Credits, float]:
    """The account's figures, and when they were read."""
    return runtime().call(runtime().credits), time.time()


def figures(known: Credits) -> None:
    """Balance, limit and usage. What nobody says is called unknown."""
    with st.grid(4, min_column_width=150):
        st.metric("Balance of the account", formats.dollars(known.remaining), border=True,
                  help="Credits bought less credits used.")  # fmt: skip
        st.metric("Left on this key", formats.dollars(known.key_limit_remaining) if has_limit(known) else "no limit",
                  border=True, help="A key can have a limit of its own, below the account's balance.")  # fmt: skip
        st.metric("Credits bought", formats.dollars(known.total_credits), border=True)
        st.metric("Credits used", formats.dollars(known.total_usage), border=True, help="By all keys of the account.")


def has_limit(known: Credits) -> bool:
    """Whether the key has a limit, or nobody knows."""
    return known.key_limit is not None or not known.key_label


def details(known: Credits) -> dict[str, str]:
    """What OpenRouter says of the key."""
    resets = RESETS.get(known.key_limit_reset or "", known.key_limit_reset or "never")
    return {
        "Key": literal(known.key_label or "unknown"),
        "Limit": literal(formats.dollars(known.key_limit)) if has_limit(known) else "none",
        "Limit resets": resets if known.key_limit is not None else "does not apply",
        "Used today (UTC)": literal(formats.dollars(known.usage_daily)),
        "Used this week (UTC)": literal(formats.dollars(known.usage_weekly)),
        "Used this month (UTC)": literal(formats.dollars(known.usage_monthly)),
        "Used in all": literal(formats.dollars(known.usage)),
        "Free tier": {True: "yes", False: "no", None: "unknown"}[known.is_free_tier],
    }


def spend() -> None:
    """What our own log says, by day."""
    period = Period.preset(SPENT, now=time.time())
    choice, window = scopes.Choice(SPENT, period, ALL_TRAFFIC, zone), windows.Window(period, "day", zone)
    summary = runtime().analytics.summary(period, ALL_TRAFFIC)
    if not summary.attempts:
        st.caption("Nothing was spent yet. Send a prompt in the Playground, and its cost appears here.")
        st.page_link("playground.py", label="Open the Playground", icon=":material/arrow_forward:")
        return
    said = f"{cost(summary)} in the {choice.words.lower()}"
    explore.chart(runtime().analytics, choice, window, "cost", page="credits", takeaway=said)
    unknown = summary.unknown_cost_attempts
    more = f" The cost of {unknown:,} more attempts is unknown." if unknown else ""
    st.caption(literal(f"{said}, from this console's own log. Click on a day to open it.{more}"))
    scopes.open_rows("Open the requests", choice.rows(ATTEMPT))


with st.container(horizontal=True, vertical_alignment="center"):
    st.button("Refresh", icon=":material/refresh:", key="credits_refresh", on_click=account.clear)
    asked = st.empty()

try:
    known, read_at = account()
except ProviderError as exc:
    st.warning(
        f"**OpenRouter did not say what is left.** {said(exc.failure)} {next_move(exc.failure.kind)}",
        icon=":material/cloud_off:",
    )
else:
    asked.caption(f"Read {formats.when(read_at, zone)} {zone.key}; kept for 30 seconds.")
    figures(known)
    for note in known.notes:
        st.info(literal(note), icon=":material/info:")
    if known.key_label:
        st.subheader("Key")
        st.table(details(known), border="horizontal", width="content")

st.subheader("Spent, from our own log")
spend()
