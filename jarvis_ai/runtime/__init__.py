"""Where everything is put together, and where threads meet the engine's loop.

Nobody else knows who is made of what. Nobody else crosses from a thread into the loop.
"""

from jarvis_ai.runtime.account import Credits
from jarvis_ai.runtime.collector import spare_collector
from jarvis_ai.runtime.health import BreakerRow, Health, ServiceHealth
from jarvis_ai.runtime.once import drills, shared
from jarvis_ai.runtime.rehearsal import FullRehearsal, Rehearsal, Rehearsals
from jarvis_ai.runtime.run import Run
from jarvis_ai.runtime.runtime import Runtime

__all__ = [
    "BreakerRow",
    "Credits",
    "FullRehearsal",
    "Health",
    "Rehearsal",
    "Rehearsals",
    "Run",
    "Runtime",
    "ServiceHealth",
    "drills",
    "shared",
    "spare_collector",
]
