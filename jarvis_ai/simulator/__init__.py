"""OpenRouter, OpenAI and Anthropic on a real socket: for demo mode, drills and tests.

A program apart: it knows the wire formats and nothing of the engine that it is asked by.
"""

from jarvis_ai.simulator.faults import FAULTS, Fault
from jarvis_ai.simulator.server import Simulator

__all__ = ["FAULTS", "Fault", "Simulator"]
