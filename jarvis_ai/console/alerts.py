"""Alerts as they stand on a page, and words of others as they stand in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from jarvis_ai.alerts import Alert

ICONS = {"critical": ":material/error:", "warning": ":material/warning:"}

# Two dollar signs are a formula to Streamlit, and `:red[…]` a colour.
MEANINGFUL = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:&-])")


def show(alerts: Sequence[Alert], zone: ZoneInfo) -> None:
    """One box an alert, in the order given; nothing when all is well."""
    for alert in alerts:
        draw = st.error if alert.severity == "critical" else st.warning
        draw(text(alert, zone), icon=ICONS[alert.severity])


def text(alert: Alert, zone: ZoneInfo) -> str:
    """Title, detail and since when, as Markdown."""
    since = f" Since {datetime.fromtimestamp(alert.since, zone):%d %b %H:%M}." if alert.since else ""
    return f"**{literal(alert.title)}.** {literal(alert.detail + since)}"


def literal(words: str) -> str:
    """Markdown that shows these very characters: what others wrote is never layout."""
    return MEANINGFUL.sub(r"\\\1", words)
