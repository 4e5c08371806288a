"""Identifiers that sort by time: UUIDv7, RFC 9562 §5.7."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from uuid import UUID


def uuid7(now: float, *, randbits: Callable[[int], int] = secrets.randbits) -> str:
    """A UUIDv7 for `now`, seconds since the epoch; random below the millisecond."""
    chance = randbits(74)
    value = int(now * 1000) << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance & (1 << 62) - 1
    return str(UUID(int=value))
