"""What a caller wants, and when: asked of a model, or judged from words alone when none can be reached."""

from jarvis_ai.assistant.analysis import Analysis, Asker, analyze_intent, extract_time
from jarvis_ai.assistant.questions import form_for
from jarvis_ai.assistant.respond import respond
from jarvis_ai.assistant.results import INTENTS, TIME_TYPES, Intent, TimeInfo

__all__ = [
    "INTENTS",
    "TIME_TYPES",
    "Analysis",
    "Asker",
    "Intent",
    "TimeInfo",
    "analyze_intent",
    "extract_time",
    "form_for",
    "respond",
]
