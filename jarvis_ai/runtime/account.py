"""What is known about the money of the OpenRouter account, and what cannot be known and why (contract §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NO_MANAGEMENT_KEY = (
    "The account's balance can be read with a management key only. "
    "Set OPENROUTER_MANAGEMENT_KEY to see it; the figures of this key are shown meanwhile."
)
NO_LIMIT = "This key has no limit of its own, which says nothing about the account's balance."
ZEROS = "OpenRouter answered zero credits and zero usage, which an ordinary key gets too: taken as unknown."


@dataclass(frozen=True, slots=True)
class Credits:
    """US dollars throughout; None where nobody says."""

    total_credits: float | None = None
    total_usage: float | None = None
    remaining: float | None = None
    key_label: str = ""
    key_limit: float | None = None
    key_limit_remaining: float | None = None
    key_limit_reset: str | None = None
    """daily, weekly or monthly at UTC midnight; None when it never resets."""
    usage: float | None = None
    usage_daily: float | None = None
    usage_weekly: float | None = None
    usage_monthly: float | None = None
    is_free_tier: bool | None = None
    notes: tuple[str, ...] = ()
    """What cannot be known, and why: one sentence each."""


def read_credits(key: Mapping[str, Any], balance: Mapping[str, Any] | None, notes: tuple[str, ...] = ()) -> Credits:
    """Put `GET /key` and `GET /credits` together; `balance` is None when it was not asked for or refused."""
    remarks = [*notes]
    if key and key.get("limit") is None:
        remarks.append(NO_LIMIT)
    total, used = (balance or {}).get("total_credits"), (balance or {}).get("total_usage")
    if total == 0 and used == 0 and not key.get("is_management_key"):
        total = used = None
        remarks.append(ZEROS)
    return Credits(
        total_credits=total,
        total_usage=used,
        remaining=total - used if total is not None and used is not None else None,
        key_label=str(key.get("label") or ""),
        key_limit=key.get("limit"),
        key_limit_remaining=key.get("limit_remaining"),
        key_limit_reset=key.get("limit_reset"),
        usage=key.get("usage"),
        usage_daily=key.get("usage_daily"),
        usage_weekly=key.get("usage_weekly"),
        usage_monthly=key.get("usage_monthly"),
        is_free_tier=key.get("is_free_tier"),
        notes=tuple(remarks),
    )
