"""The one runtime that all pages and sessions share."""

from __future__ import annotations

import streamlit as st

from jarvis_ai import runtime as runtimes
from jarvis_ai.runtime import Runtime


@st.cache_resource(show_spinner="Starting the engine…")
def runtime() -> Runtime:
    """The process's runtime, the same one that the HTTP API uses."""
    return runtimes.shared()


@st.cache_resource(show_spinner="Starting the simulator for drills…")
def drill_runtime() -> Runtime:
    """A runtime on a simulator of its own: its faults disturb nobody else."""
    return runtimes.drills()
