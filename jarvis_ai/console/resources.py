"""The one runtime that all pages and sessions share."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from jarvis_ai import runtime as runtimes
from jarvis_ai.runtime import Rehearsals, Runtime

ICON = Path(__file__).with_name("icon.png")
"""Of the browser's tab. A file of our own: a named icon would be fetched from a host outside."""


@st.cache_resource(show_spinner="Starting the engine…")
def runtime() -> Runtime:
    """The process's runtime, the same one that the HTTP API uses."""
    return runtimes.shared()


@st.cache_resource(show_spinner="Starting the simulator for drills…")
def rehearsals() -> Rehearsals:
    """Where drills are started: on simulators of their own, so that their faults disturb nobody else."""
    return Rehearsals(runtimes.drills(), runtimes.shared())
