"""The only loop: ask, listen, decide, ask the next, and record every attempt."""

from jarvis_ai.engine.breakers import Breakers
from jarvis_ai.engine.costs import Price
from jarvis_ai.engine.loop import Engine, Recorder
from jarvis_ai.engine.walk import Emit

__all__ = ["Breakers", "Emit", "Engine", "Price", "Recorder"]
