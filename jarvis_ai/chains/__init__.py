"""Which links answer a prompt: what operators have saved, what is planned otherwise, and what to doubt in it."""

from jarvis_ai.chains.migration import ARMS, DIRECT, Migration
from jarvis_ai.chains.plan import Planner, Wishes, plan
from jarvis_ai.chains.saved import Defaults, Saved, read_saved, save_defaults, save_migration
from jarvis_ai.chains.versions import PREFIX, Version, written

__all__ = [
    "ARMS",
    "DIRECT",
    "PREFIX",
    "Defaults",
    "Migration",
    "Planner",
    "Saved",
    "Version",
    "Wishes",
    "plan",
    "read_saved",
    "save_defaults",
    "save_migration",
    "written",
]
