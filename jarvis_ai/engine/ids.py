"""Identifiers that sort by time: UUIDv7, RFC 9562 §5.7."""

from __future__ import annotations

import secrets
from uuid import UUID


def uuid7(now: float) -> str:
    """A UUIDv7 for `now`, seconds since the epoch; random below the millisecond."""
    value = int(now * 1000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))
