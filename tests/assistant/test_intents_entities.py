"""Who, what and when a message names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.assistant.keyword import entities_of, intent_of
from jarvis_ai.assistant.results import INTENTS

NAMED = [
    ("Call Dana and ask to reschedule to Friday", {"who": "Dana", "when": "Friday"}),
    ("Phone my sister tomorrow at 5 pm", {"who": "my sister", "when": "tomorrow at 5 pm"}),
    ("Call back in 15 minutes", {"when": "in 15 minutes"}),
    ("Dial 112", {"phone": "112"}),
    ("Call +49 (30) 555-0123", {"phone": "+49 (30) 555-0123"}),
    ("Text Ana that I am late", {"who": "Ana", "what": "I am late"}),
    ("Send a text to my neighbour saying the parcel is here", {"who": "my neighbour", "what": "the parcel is here"}),
    ("Send an email to ida at example dot com", {"who": "ida", "email": "ida@example.com"}),
    ("Any new mail from Kim?", {"who": "Kim"}),
    (
        "Schedule a meeting with Omar Khan tomorrow at 3 PM for 2 hours",
        {"who": "Omar Khan", "what": "meeting", "when": "tomorrow at 3 PM", "duration": "2 hours"},
    ),
    ("Move my dentist appointment to Friday", {"what": "dentist appointment", "when": "Friday"}),
    ("Put eggs on the shopping list", {"what": "eggs"}),
    ("Remind me in two hours to turn the oven off", {"what": "turn the oven off", "when": "in two hours"}),
    ("Remind me to take my pills every day at 9 AM", {"what": "take my pills", "when": "every day at 9 AM"}),
    ("Set a timer for ten minutes", {"duration": "ten minutes"}),
    ("How was your day?", {}),
    ("May I see my calendar?", {}),
    ("Call to reschedule to Friday", {"when": "Friday"}),
    ("Reserve a table at noon on May 3rd", {"what": "table", "when": "at noon on May 3rd"}),
    ("Thanks", {}),
]


@pytest.mark.parametrize(("message", "named"), NAMED)
def test_what_stands_out_is_named(message: str, named: dict[str, str]):
    assert intent_of(message).entities == named


@pytest.mark.parametrize("date", ["2026-12-24", "24.12.2026", "10:30-11:30", "10.30 - 11.45"])
def test_a_date_or_hours_are_no_phone_number(date: str):
    assert "phone" not in entities_of(f"Book a table {date}")


@given(st.text(max_size=200), st.sampled_from(["", *INTENTS]))
def test_no_message_is_so_odd_that_naming_fails(text: str, intent: str):
    assert all(value for value in entities_of(text, intent).values())


@pytest.mark.parametrize(
    "piece", ["a", "1", "1 ", "a@", "remind ", "call my ", "in a ", "every ", "with ", "text a that "]
)
def test_what_is_named_is_in_the_first_thousand_letters(piece: str):
    for intent in INTENTS:
        assert "who" not in entities_of(piece * 5_000 + " with Zara", intent) or piece in {"call my ", "text a that "}
