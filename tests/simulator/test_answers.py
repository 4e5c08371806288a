"""What the simulated models say, and that they say it again."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.simulator.answers import Ask, Tool, compose, pieces, tokens_for
from jarvis_ai.simulator.schemas import fitting
from tests.simulator.words import GPT, QUESTION, ask, events, spoken

INTENTS = ["wake_up_call", "set_reminder", "cancel", "weather", "general_chat", "unknown"]
NULLABLE = {"type": ["string", "null"]}


def asked(text: str = QUESTION, *, model: str = GPT, **fields: Any) -> Ask:
    return Ask(model=model, messages=[{"role": "user", "content": text}], **fields)


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def test_the_same_seed_and_question_give_the_same_answer() -> None:
    assert compose(asked(), seed=1) == compose(asked(), seed=1)
    assert len({compose(asked(), seed=seed).text for seed in range(5)}) > 1
    assert compose(asked(), seed=1) != compose(asked(model="openai/gpt-4o-mini"), seed=1)


def test_an_answer_is_some_sentences_that_name_the_model_and_the_topic() -> None:
    text = compose(asked(), seed=1).text
    assert text.startswith("(simulated answer from gpt-4o) ")
    assert "birthday" in text
    assert 20 < len(text.split()) < 150


def test_braces_in_a_question_do_no_harm() -> None:
    assert compose(asked("What is {topic} {0} {}?"), seed=1).text


def test_pieces_put_together_are_the_text() -> None:
    for text in ("", " ", "one", "a\n\nb  c\n", compose(asked(), seed=3).text):
        assert "".join(pieces(text)) == text


def test_an_answer_is_cut_to_the_tokens_allowed() -> None:
    answer = compose(asked(max_tokens=5), seed=1)
    assert (answer.finish, answer.output_tokens, len(answer.text)) == ("length", 5, 20)


def test_a_repetition_is_exact() -> None:
    assert compose(asked("Repeat exactly: tick  tock {x}"), seed=1).text == "tick  tock {x}"


def test_tokens_are_about_four_letters() -> None:
    assert [tokens_for(letters) for letters in (0, 1, 4, 5)] == [0, 1, 1, 2]


def test_a_stream_and_a_body_have_the_same_words_and_the_same_usage(client: httpx.Client) -> None:
    whole, stream = ask(client).json(), ask(client, stream=True).text
    assert spoken(stream) == whole["choices"][0]["message"]["content"]
    assert list(events(stream))[-1]["usage"] == whole["usage"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wake me up at 7 AM tomorrow", "wake_up_call"),
        ("Set an alarm for six", "wake_up_call"),
        ("Remind me in 2 hours", "set_reminder"),
        ("Never mind", "cancel"),
        ("Will it rain on Sunday?", "weather"),
        ("Blue forty", "unknown"),
    ],
)
def test_an_intent_follows_the_words(text: str, expected: str) -> None:
    wanted = schema(
        intent={"type": "string", "enum": INTENTS}, confidence={"type": "number"}, entities={"type": "object"}
    )
    answer = json.loads(compose(asked(text, schema=wanted), seed=1).text)
    assert answer["intent"] == expected
    assert 0 <= answer["confidence"] <= 1 and answer["entities"] == {}


@pytest.mark.parametrize(
    ("text", "kind", "moment"),
    [
        ("Wake me up at 7 AM tomorrow", "absolute", "2026-11-23T07:00:00+01:00"),
        ("Remind me in 2 hours", "relative", "2026-11-22T12:00:00+01:00"),
        ("Call me at 9:30", "absolute", "2026-11-23T09:30:00+01:00"),
        ("Every day at 12 pm", "recurring", "2026-11-22T12:00:00+01:00"),
        ("Remind me in two hours", "relative", "2026-11-22T12:00:00+01:00"),
        ("Am I free on Friday?", "absolute", "2026-11-27T09:00:00+01:00"),
        ("Dinner at 7 PM", "absolute", "2026-11-22T19:00:00+01:00"),
        ("Tell me a joke", "none", None),
    ],
)
def test_a_time_follows_the_words_and_the_clock_of_the_system_message(text: str, kind: str, moment: str | None) -> None:
    types = {"type": "string", "enum": ["absolute", "relative", "recurring", "none"]}
    wanted = schema(type=types, datetime=NULLABLE, end=NULLABLE, readable_time={"type": "string"})
    said = fitting(wanted, text, "It is now 2026-11-22T10:00+01:00 (CET).")
    assert (said["type"], said["datetime"], said["end"]) == (kind, moment, None)


def test_entities_are_those_that_the_words_name_and_null_where_they_name_none() -> None:
    wanted = schema(entities=schema(who=NULLABLE, what=NULLABLE, phone=NULLABLE, email=NULLABLE))
    said = fitting(wanted, "Text Ana at +49 170 1234567 or ana@example.org")
    assert said == {"entities": {"who": "Ana", "what": None, "phone": "+49 170 1234567", "email": "ana@example.org"}}


def test_an_object_that_is_described_in_words_is_answered_too() -> None:
    fields = (
        "- intent: one of the names below\n- confidence: 0 to 1, how sure\n  you are\n- mood: yours\n\n- no: field\n"
    )
    system = {
        "role": "system",
        "content": f'Answer with the JSON object "intent" and nothing else. Its fields:\n\n{fields}',
    }
    asked = Ask(model=GPT, messages=[system, {"role": "user", "content": "Never mind"}])
    assert json.loads(compose(asked, seed=1).text) == {"intent": "cancel", "confidence": 0.92, "mood": None}


def test_json_fits_schemas_of_every_sort() -> None:
    wanted = {
        "$defs": {"part": schema(name={"type": "string", "maxLength": 3}, next={"$ref": "#/$defs/part"})},
        **schema(
            part={"$ref": "#/$defs/part"},
            fixed={"const": 4},
            some={"type": "array", "items": {"type": "integer", "minimum": 7}, "minItems": 2},
            either={"anyOf": [{"type": "null"}, {"type": "boolean"}]},
            share={"type": "number", "maximum": 0.1},
            colour={"enum": ["red", "party"]},
            day={"type": "string", "format": "date"},
        ),
    }
    said = fitting(wanted, QUESTION)
    assert said.pop("part")["name"] == "How"
    assert said == {
        "fixed": 4,
        "some": [7, 7],
        "either": True,
        "share": 0.1,
        "colour": "party",
        "day": "2026-01-01",
    }


SCHEMA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["object", "array", "string"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("type", "properties", "items", "enum", "anyOf", "const", "$ref", "$defs"),
                    *("minItems", "minLength", "maxLength", "minimum", "maximum", "intent", "datetime"),
                ]
            ),
            inner,
        )
    ),
)


@given(
    SCHEMA.filter(lambda value: isinstance(value, dict)),
    st.text() | st.sampled_from(["in 9999 weeks", "at 99:99", "in 99999999999999999999 days"]),
    st.text() | st.sampled_from(["9999-12-31T23:59", "2026-99-99T99:99", "2026-01-01T00:00+99:99"]),
)
def test_no_schema_prompt_or_clock_is_so_odd_that_answering_fails(wanted: Any, prompt: str, system: str) -> None:
    assert len(json.dumps(fitting(wanted, prompt, system))) < 1_000_000


def test_a_schema_that_holds_itself_many_times_is_answered_in_no_time() -> None:
    node: dict[str, Any] = {"$ref": "#"}
    wanted = {"type": "object", "properties": dict.fromkeys("abcdefghijkl", node), "minItems": 10**9}
    assert len(json.dumps(fitting(wanted, QUESTION))) < 100_000


def test_json_is_given_where_json_is_wanted(client: httpx.Client) -> None:
    formats: list[dict[str, Any]] = [
        {"type": "json_object"},
        {"type": "json_schema", "json_schema": {"name": "x", "schema": schema(n={"type": "integer"})}},
    ]
    objects = [
        json.loads(ask(client, response_format=format_).json()["choices"][0]["message"]["content"])
        for format_ in formats
    ]
    assert set(objects[0]) == {"answer"} and objects[1] == {"n": 1}


WEATHER, MAIL = Tool("get_weather", {}), Tool("send_mail", {})


@pytest.mark.parametrize(
    ("text", "choice", "called"),
    [
        ("Get weather for Oslo", "auto", "get_weather"),
        ("Please send_mail to Bo", "auto", "send_mail"),
        ("Hello there", "auto", ""),
        ("Hello there", "required", "get_weather"),
        ("Hello there", "send_mail", "send_mail"),
        ("Get weather for Oslo", "none", ""),
    ],
)
def test_a_tool_is_called_when_it_is_named_or_demanded(text: str, choice: str, called: str) -> None:
    assert compose(asked(text, tools=(WEATHER, MAIL), tool_choice=choice), seed=1).tool == called


def test_the_result_of_a_tool_is_answered_in_words() -> None:
    messages = [{"role": "user", "content": "get weather"}, {"role": "tool", "content": "sunny"}]
    assert compose(Ask(GPT, messages, tools=(WEATHER,), tool_choice="required"), seed=1).tool == ""
