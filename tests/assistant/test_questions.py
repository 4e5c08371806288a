"""What a model is asked, and that the keyword link understands it too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.assistant.questions import INTENT, TIME, Form, Kind, form_for, present_of, question
from jarvis_ai.assistant.respond import respond
from jarvis_ai.assistant.results import INTENTS, TIME_TYPES
from jarvis_ai.catalog import Catalog
from jarvis_ai.domain import Chain, Prompt
from tests.assistant.models import NOW

CATALOG = Catalog.read(
    [
        {"id": "acme/strict", "supported_parameters": ["response_format", "structured_outputs"]},
        {"id": "acme/loose", "supported_parameters": ["response_format"]},
        {"id": "acme/plain", "supported_parameters": ["temperature"]},
    ]
)


@pytest.mark.parametrize(
    ("links", "form"),
    [
        (["acme/strict", "acme/plain"], Form.SCHEMA),
        (["acme/loose"], Form.OBJECT),
        (["acme/plain", "acme/strict"], Form.DESCRIBED),
        (["acme/unlisted"], Form.DESCRIBED),
        (["openai:gpt-4o"], Form.SCHEMA),
        (["anthropic:claude-haiku-4-5"], Form.DESCRIBED),
        (["keyword"], Form.DESCRIBED),
        ([], Form.DESCRIBED),
    ],
)
def test_the_first_links_model_says_how_firmly_it_can_be_held(links: list[str], form: Form):
    assert form_for(Chain.of(*links), CATALOG) is form


@pytest.mark.parametrize("kind", [INTENT, TIME])
def test_the_shape_is_always_described_and_demanded_as_the_form_allows(kind: Kind):
    schema, object_, described = (question(kind, "Hi", NOW, form=form).extra for form in Form)
    assert schema["response_format"]["json_schema"] == {"name": kind.name, "strict": True, "schema": kind.schema}
    assert (object_, described) == ({"response_format": {"type": "json_object"}}, {})
    for field in kind.properties:
        assert f"\n- {field}: " in question(kind, "Hi", NOW).messages[0]["content"]


def test_a_strict_schema_demands_every_field_and_no_other():
    def check(schema: dict[str, Any]) -> None:
        assert (schema["additionalProperties"], schema["required"]) == (False, list(schema["properties"]))
        for inner in schema["properties"].values():
            if inner["type"] == "object":
                check(inner)

    check(INTENT.schema)
    check(TIME.schema)


@pytest.mark.parametrize(("kind", "names"), [(INTENT, INTENTS), (TIME, TIME_TYPES)])
def test_the_prompt_lists_every_name_with_its_example(kind: Kind, names: dict[str, str]):
    system = question(kind, "Hi", NOW).messages[0]["content"]
    assert [name for name, example in names.items() if f'- {name}: "{example}"' not in system] == []


def test_the_model_is_told_the_present_its_weekday_and_its_zone():
    system = question(TIME, "in 2 hours", NOW).messages[0]["content"]
    assert "It is now 2026-11-24T10:00:00+01:00, a Tuesday, in the time zone Europe/Berlin." in system


def test_of_a_long_conversation_the_end_is_sent_and_of_a_long_message_the_beginning():
    context = [{"role": "user", "content": f"{number}" + "x" * 10_000} for number in range(50)]
    earlier = question(INTENT, "Hi", NOW, context=context).messages[1]["content"]
    assert [number for number in range(50) if f"user: {number}x" in earlier] == list(range(44, 50))
    assert len(earlier) < 4_000


@pytest.mark.parametrize("form", list(Form))
def test_the_keyword_link_answers_an_analysis_in_its_shape(form: Form):
    intent = json.loads(respond(question(INTENT, "Wake me up at 7", NOW, form=form)))
    moment = json.loads(respond(question(TIME, "in 2 hours", NOW, form=form)))
    assert intent["intent"] == "wake_up_call"
    assert moment["datetime"] == "2026-11-24T12:00:00+01:00"


def test_the_keyword_link_takes_the_present_and_the_zone_from_the_question():
    assert present_of(question(TIME, "Hi", NOW)) == NOW
    summer = json.loads(respond(question(TIME, "on May 2nd 2027 at 9 AM", NOW)))
    assert summer["datetime"] == "2027-05-02T09:00:00+02:00"


def test_an_analysis_of_a_callers_own_is_known_by_its_schemas_name():
    prompt = Prompt.of("Wake me up at 7", extra={"response_format": {"json_schema": {"name": "intent"}}})
    assert json.loads(respond(prompt))["intent"] == "wake_up_call"


def test_without_a_shape_the_keyword_link_says_what_it_is():
    system = "It is now 2026-11-24T10:00:00+01:00, a Tuesday, in the time zone Europe/Berlin."
    assert respond(Prompt.of("Wake me up tomorrow at 7 AM", system=system)) == (
        "No AI model could be reached, so this is a keyword analysis of your message: "
        "you seem to want: wake up call, tomorrow (Wed 25 Nov 2026) at 7:00 AM."
    )


ZONES = st.one_of(st.sampled_from(["UTC", "UTC+0100", "Mars/Olympus", "/etc", "..", "Europe", "posix/"]), st.text())
MOMENTS = st.one_of(st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]), st.text())


@given(MOMENTS, ZONES)
def test_a_present_that_others_have_made_up_does_no_harm(moment: str, zone: str):
    system = f'JSON object "time_info". It is now {moment}, a Tuesday, in the time zone {zone}.'
    assert json.loads(respond(Prompt.of("in 2 hours", system=system)))["type"] in TIME_TYPES
