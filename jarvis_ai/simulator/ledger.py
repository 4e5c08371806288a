"""What was answered and what it cost. Money is an integer count of 10⁻⁹ US dollars, so that sums are exact."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from time import time
from typing import Any

from jarvis_ai.domain import OPENROUTER

NANOS = Decimal(1_000_000_000)
REMEMBERED = 10_000
"""So many charges can be looked up by their id; totals count them all."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One answer, whole or broken off."""

    id: str
    provider: str
    model: str
    served_model: str
    upstream: str
    created: float
    """Seconds since the epoch."""
    input_tokens: int
    output_tokens: int
    nanos: int
    finish: str | None
    """None when it broke off."""
    streamed: bool
    cancelled: bool
    ttft: float
    seconds: float
    """From the request to its end."""

    @property
    def dollars(self) -> float:
        return dollars(self.nanos)


def dollars(nanos: int) -> float:
    """Whole nanos as dollars."""
    return nanos / 1e9


def nanos_of(tokens: int, price: Decimal) -> int:
    """What so many tokens cost; a price below zero is one that varies, and costs nothing here."""
    return int((tokens * max(price, Decimal(0)) * NANOS).to_integral_value(ROUND_HALF_EVEN))


class Ledger:
    """Every charge of this process, written by the server's thread and read by any."""

    def __init__(self, *, clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._charges: deque[Charge] = deque(maxlen=REMEMBERED)
        self._by_day: Counter[tuple[str, date]] = Counter()
        self._activity: dict[tuple[date, str, str, str], Counter[str]] = {}
        self._lock = threading.Lock()

    def add(self, charge: Charge) -> None:
        day = datetime.fromtimestamp(charge.created, UTC).date()
        with self._lock:
            self._charges.append(charge)
            self._by_day[charge.provider, day] += charge.nanos
            if charge.provider == OPENROUTER:
                key = (day, charge.model, charge.served_model, charge.upstream)
                self._activity.setdefault(key, Counter()).update(
                    nanos=charge.nanos, requests=1, prompt=charge.input_tokens, completion=charge.output_tokens
                )

    def charges(self) -> tuple[Charge, ...]:
        """The latest charges, oldest first."""
        with self._lock:
            return tuple(self._charges)

    def find(self, id_: str) -> Charge | None:
        """The charge of a generation; None when there was none, or it is long ago."""
        return next((charge for charge in self.charges() if charge.id == id_), None)

    def nanos(self, provider: str, *, days: int | None = None) -> int:
        """What was spent at a provider: in all, or in the last so many UTC days, today included."""
        first = date.min if days is None else self.today() - timedelta(days=days - 1)
        with self._lock:
            return sum(nanos for (name, day), nanos in self._by_day.items() if name == provider and day >= first)

    def today(self) -> date:
        """The UTC day."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def activity(self) -> list[dict[str, Any]]:
        """OpenRouter's rows of the completed UTC days, newest first."""
        with self._lock:
            rows = [(key, Counter(sums)) for key, sums in self._activity.items()]
        return [_activity_row(key, sums) for key, sums in sorted(rows, reverse=True) if key[0] < self.today()]


def _activity_row(key: tuple[date, str, str, str], sums: Counter[str]) -> dict[str, Any]:
    day, model, permaslug, upstream = key
    return {
        "date": day.isoformat(),
        "model": model,
        "model_permaslug": permaslug,
        "endpoint_id": f"simulated-{upstream.lower().replace(' ', '-')}",
        "provider_name": upstream,
        "usage": dollars(sums["nanos"]),
        "byok_usage_inference": 0,
        "requests": sums["requests"],
        "prompt_tokens": sums["prompt"],
        "completion_tokens": sums["completion"],
        "reasoning_tokens": 0,
        "cached_tokens": 0,
    }
