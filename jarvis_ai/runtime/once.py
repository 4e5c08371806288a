"""The runtimes of this process: each is made on first use, once, whichever thread asks first."""

from __future__ import annotations

import functools
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

from jarvis_ai.runtime.runtime import Runtime
from jarvis_ai.settings import Settings, keyless

T = TypeVar("T")


class Once(Generic[T]):
    """`functools.cache` for a function without arguments, under a lock: threads that ask together get the same."""

    def __init__(self, make: Callable[[], T]) -> None:
        functools.update_wrapper(self, make)
        cached = functools.cache(make)
        self.cache_info, self.cache_clear = cached.cache_info, cached.cache_clear
        self._cached = cached
        self._lock = threading.Lock()

    def __call__(self) -> T:
        with self._lock:
            return self._cached()


@Once
def shared() -> Runtime:
    """The one runtime of this process, made from the environment and `.env` on first use."""
    settings = Settings.from_environment(os.environ, Path(".env"))
    logging.getLogger("jarvis_ai").setLevel(settings.log_level)
    return Runtime(settings)


@Once
def drills() -> Runtime:
    """A runtime of its own for drills: every provider is a simulator, so faults disturb nobody else."""
    settings = Settings.from_environment(os.environ, Path(".env"))
    usage_log = shared().usage_log if settings.demo else None
    return Runtime(replace(keyless(settings), api_token=shared().api_token), usage_log=usage_log, quiet=True)
