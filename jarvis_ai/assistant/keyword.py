"""Intent from words alone: ordered rules, the first that holds decides."""

from __future__ import annotations

import re

from jarvis_ai.assistant.results import Intent

BOOKED = r"(meeting|appointment|event|call|lunch|dinner|review|reservation|table|party|calendar)s?"
UNDO = r"\b(cancel|delete|remove|turn off|switch off|stop|never ?mind|forget)\b"
MEDICINE = r"\b(take|have) my (medicine|pills?|medication)\b"

# In this order: what names an action goes before what names its object, a change before a creation, and a question
# about a thing before the thing itself.
RULES: tuple[tuple[str, float, str], ...] = (
    ("snooze", 0.9, r"\bsnooze\b|\bmore minutes\b"),
    ("cancel", 0.85, rf"{UNDO}.*\b({BOOKED}|alarms?|reminders?|timers?|it|that)\b"),
    ("wake_up_call", 0.95, r"\bwake (me|us)\b|\bwake[- ]?up\b|\b(set|need|want|put)\b.*\balarm\b|\balarm (for|at)\b"),
    ("calendar_update", 0.85, rf"\b(move|reschedule|postpone|push|shift|change)\b.*\b({BOOKED}|it)\b"),
    ("daily_digest", 0.9, r"\b(digest|briefing|summary)\b|\bsummari[sz]e my day\b"),
    ("reminder_query", 0.85, r"\b(what|which|list|show|any|do i have|see|read)\b.*\b(reminders?|reminded)\b"),
    ("set_reminder", 0.95, rf"\bremind (me|us)\b|\breminder\b|\bdon'?t let me forget\b|{MEDICINE}"),
    ("make_call", 0.9, r"\b(call|ring|phone|dial)\b(?!.*\b(schedule|calendar)\b)"),
    (
        "email_send",
        0.9,
        r"\b(send|write|compose|reply|draft|forward)\b.*\be-?mails?\b|\be-?mail (to )?\w+ (that|about)\b",
    ),
    ("email_query", 0.9, r"\b(e-?mails?|inbox|mails?)\b"),
    ("send_message", 0.9, r"\b(text|message|sms|tell)\b (?!me\b)\w+|\bsend\b.*\b(message|text|sms)\b"),
    ("notes_todo", 0.9, r"\b(shopping|grocery|to-?do|packing) list\b|\b(take|make) a note\b|\bnotes?\b|\blists?\b"),
    ("weather", 0.95, r"\bweather\b|\b(rain|snow|sunny|umbrella|forecast|temperature|humid|windy)\b"),
    ("directions", 0.9, r"\bdirections?\b|\bhow (do|can) i get to\b|\b(way|route) to\b|\bnavigate\b|\bhow far\b"),
    ("calendar_create", 0.85, rf"\b(schedule|book|plan|arrange|reserve|add|put|create|make|set ?up)\b.*\b{BOOKED}\b"),
    ("calendar_query", 0.85, r"\b(calendar|meetings?|appointments?|events?|schedule|agenda)\b"),
    ("cancel", 0.6, r"^\s*(cancel|never ?mind|stop)\b"),
    (
        "general_chat",
        0.8,
        r"\b(hi|hello|hey|thanks?|thank you|good (morning|evening|night)|how are you|joke|your name)\b",
    ),
    ("general_chat", 0.6, r"^\s*(what|who|why|how|when|where|is|are|can|could|do|does|did|tell|would)\b"),
)

ENTITIES: tuple[tuple[str, str], ...] = (
    ("email", r"[\w.+-]+@[\w-]+\.[\w.]+"),
    ("phone", r"\+?\d[\d\s().-]{6,}\d"),
    (
        "who",
        r"\b(?:call|ring|phone|dial|text|message|tell|with|from)\s+(?:to\s+)?((?!(?:me|the|my|a|back)\b)[A-Za-z]+)",
    ),
    ("what", r"\b(?:remind (?:me|us) to|add|buy)\s+(.+?)(?:\s+(?:to|on|at|in|by|tomorrow|tonight|every)\b|[.!?]|$)"),
)

_RULES = tuple((intent, confidence, re.compile(pattern, re.IGNORECASE)) for intent, confidence, pattern in RULES)
_ENTITIES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in ENTITIES)


def intent_of(text: str) -> Intent:
    """What `text` asks for; `unknown` rather than a wrong command when no rule holds."""
    for intent, confidence, pattern in _RULES:
        if pattern.search(text):
            return Intent.of(intent, confidence, entities_of(text), "keyword")
    return Intent.of("unknown", 0.3, entities_of(text), "keyword")


def entities_of(text: str) -> dict[str, str]:
    """Who, what, phone number and e-mail address, as far as they stand out."""
    found = ((name, pattern.search(text)) for name, pattern in _ENTITIES)
    return {name: (match.group(match.lastindex or 0)).strip() for name, match in found if match}
