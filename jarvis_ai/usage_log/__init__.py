"""The usage log: what was asked, what was tried, what it cost. Tables are public; see `docs/usage-log.md`."""

from jarvis_ai.usage_log.log import UsageLog
from jarvis_ai.usage_log.upkeep import Retention

__all__ = ["Retention", "UsageLog"]
