"""Alerts as they stand on a page, each with the way to the requests behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from jarvis_ai.alerts import Alert
from jarvis_ai.console.filters import in_earnest
from jarvis_ai.console.formats import literal
from jarvis_ai.console.scopes import open_rows
from jarvis_ai.console.windows import PERIOD, key

ICONS = {"critical": ":material/error:", "warning": ":material/warning:"}


def show(alerts: Sequence[Alert], zone: ZoneInfo) -> None:
    """One box an alert, in the order given; nothing when all is well."""
    for alert in alerts:
        draw = st.error if alert.severity == "critical" else st.warning
        draw(text(alert, zone), icon=ICONS[alert.severity])
        open_rows("Open the requests behind it, last 24 hours", rows(alert))


def text(alert: Alert, zone: ZoneInfo) -> str:
    """Title, detail and since when, as Markdown."""
    since = f" Since {datetime.fromtimestamp(alert.since, zone):%d %b %H:%M}." if alert.since else ""
    return f"**{literal(alert.title)}.** {literal(alert.detail + since)}"


def rows(alert: Alert) -> dict[str, str | list[str]]:
    """The URL parameters of History for the requests that an alert is about."""
    kind, _, about = alert.key.partition(":")
    provider, _, model = about.partition(":")
    status = "failed" if kind == "error_rate" else ""
    return {key("history", PERIOD): "24h", **in_earnest(provider=provider, model=model, status=status)}
