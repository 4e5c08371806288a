"""The garbage collector, told what lives as long as the process."""

from __future__ import annotations

import gc

YOUNG = 20_000
"""New objects until they are looked through. A call makes some thousand, and nearly all are gone when it ends."""


def spare_collector() -> None:
    """Walk what has been imported and started so far for the last time. To be called when all of it is there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
