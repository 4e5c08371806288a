"""Numbers and times as people read them. Unknown is said, never shown as zero."""

from __future__ import annotations

import math
import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

UNKNOWN = "unknown"

# Two dollar signs are a formula to Streamlit, and `:red[…]` a colour.
MEANINGFUL = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:&-])")


def literal(words: str) -> str:
    """Markdown that shows these very characters: what others wrote is never layout."""
    return MEANINGFUL.sub(r"\\\1", words)


def money(nanos: float | None) -> str:
    """An amount in 10⁻⁹ dollars, with as many digits as tell something."""
    return UNKNOWN if nanos is None or math.isnan(nanos) else dollars(nanos / 1e9)


def dollars(amount: float | None) -> str:
    """An amount in dollars: cents above a dollar, three telling digits below."""
    if amount is None or math.isnan(amount):
        return UNKNOWN
    if amount == 0 or abs(amount) >= 1:
        return f"${amount:,.2f}"
    digits = min(9, 2 - math.floor(math.log10(abs(amount))))
    return f"${amount:.{digits}f}"


def seconds(value: float | None) -> str:
    """A duration."""
    if value is None or math.isnan(value):
        return "–"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


def count(value: float | None) -> str:
    """A whole number with its thousands apart."""
    return "–" if value is None or math.isnan(value) else f"{value:,.0f}"


def share(value: float | None) -> str:
    """A part of one, as a percentage."""
    return "–" if value is None or math.isnan(value) else f"{value:.1%}"


def local_zone() -> ZoneInfo:
    """The time zone of the browser; UTC when it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def when(epoch: float | None, zone: ZoneInfo) -> str:
    """A moment in local time."""
    return "never" if epoch is None else datetime.fromtimestamp(epoch, zone).strftime("%d %b %Y %H:%M:%S")
