"""Prints what several processes find in a chain, each in its part: `python -m tests.usage_log.parts DATABASE`."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from jarvis_ai.usage_log.places import at
from jarvis_ai.usage_log.tampering import found, stretches

if __name__ == "__main__":
    place = Path(sys.argv[1])
    with at(place) as connection:
        parts = stretches(connection, least=5)
    assert len(parts) > 1
    json.dump([each for told, _ in found(partial(at, place), parts) for each in told], sys.stdout)
