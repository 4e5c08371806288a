"""How quick each model is: from the times that are typical of it, with some chance."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to the first token, and tokens a second from there on."""

    ttft: float
    tokens_per_second: float


PACES: Mapping[str, Pace] = {
    "gpt-4o-mini": Pace(0.45, 95.0),
    "gpt-4o": Pace(0.70, 60.0),
    "haiku": Pace(0.30, 150.0),
    "sonnet": Pace(0.90, 75.0),
    "opus": Pace(1.40, 40.0),
    "gemini-2.5-pro": Pace(1.80, 85.0),
    "flash": Pace(0.40, 160.0),
    "llama-3.1-8b": Pace(0.40, 90.0),
    "llama": Pace(0.60, 60.0),
    "mini": Pace(0.50, 90.0),
}
"""By a part of the model's name, the first that fits: 150 tokens then take as long as is typical."""

USUAL = Pace(0.80, 60.0)


def pace_of(model: str) -> Pace:
    """A model's usual pace."""
    return next((pace for part, pace in PACES.items() if part in model), USUAL)


def jittered(pace: Pace, chance: random.Random, *, speed: float) -> Pace:
    """The pace of one answer: log-normal about the usual one, `speed` times as fast."""
    return Pace(
        ttft=pace.ttft * chance.lognormvariate(0.0, 0.25) / speed,
        tokens_per_second=pace.tokens_per_second * chance.lognormvariate(0.0, 0.15) * speed,
    )
