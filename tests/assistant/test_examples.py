"""Spreadsheets of messages: read whole, or refused with every mistake by row and column."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.assistant.examples import COLUMNS, MOST_ROWS, Example, SheetError, read_examples, sample_sheet
from jarvis_ai.assistant.results import INTENTS
from jarvis_ai.assistant.scores import GoldTime
from tests.assistant.models import NOW

HEADING = ",".join(COLUMNS)


def read(*lines: str, heading: str = HEADING) -> list[Example]:
    return read_examples("\n".join([heading, *lines]).encode(), NOW)


def problems(*lines: str, heading: str = HEADING) -> tuple[str, ...]:
    with pytest.raises(SheetError) as refused:
        read(*lines, heading=heading)
    return refused.value.problems


def test_a_row_is_a_message_with_what_is_right_about_it():
    (example,) = read("Wake me at 7,wake_up_call,2026-11-25T07:00,absolute,2026-11-24T22:00,America/New_York")
    assert (example.row, example.text, example.intent) == (2, "Wake me at 7", "wake_up_call")
    assert example.now.isoformat() == "2026-11-24T22:00:00-05:00"
    assert example.time == GoldTime("absolute", datetime.fromisoformat("2026-11-25T07:00"))


def test_what_is_not_said_is_the_pages_and_what_is_not_labelled_is_not_judged():
    (example,) = read("Ring Ana,make_call,,,,")
    assert (example.now, example.time) == (NOW, None)
    (example,) = read("Ring Ana at 7,,,none,,")
    assert (example.intent, example.time) == ("", GoldTime("none"))


def test_a_moment_with_an_offset_is_told_on_the_callers_wall_and_a_day_alone_is_a_day():
    (one, other) = read("a,,2026-11-25T06:00:00Z,,,", "b,,2026-11-25,absolute,,")
    assert one.time == GoldTime("", datetime.fromisoformat("2026-11-25T07:00"))
    assert other.time == GoldTime("absolute", datetime.fromisoformat("2026-11-25"), grain="day")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_of_every_country_are_read(separator: str):
    text = separator.join(["\ufeffText", "Intent"]) + "\r\n" + separator.join(['"Hi, you; there"', "general_chat"])
    (example,) = read_examples(f"{text}\r\n\r\n".encode(), NOW)
    assert (example.text, example.intent) == ("Hi, you; there", "general_chat")


def test_every_mistake_is_named_by_its_row_and_column():
    found = problems(
        "Ring Ana,make_cal,,,,",
        "Ring Ana,make_call,tomorrow,absolut,2026-13-01,Europe/Berln",
        ",cancel,,,,",
        "Ring Ana,,,,,",
        "Ring Ana,,2026-11-25,none,,",
    )
    assert [problem.partition(":")[0] for problem in found] == [
        "Row 2, column intent", "Row 3, column timezone", "Row 3, column reference_datetime", "Row 3, column type",
        "Row 3, column datetime", "Row 4, column text", "Row 5, column intent", "Row 6, column datetime",
    ]  # fmt: skip
    assert "Did you mean make_call?" in found[0]
    assert "Did you mean Europe/Berlin?" in found[1]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "name the columns"),
        (b"message,intent\nHi,cancel\n", "name the columns"),
        (b"text\nHi\n", "name the columns"),
        (HEADING.encode(), "no rows"),
        (b"text,intent\nM\xfcller,cancel\n", "UTF-8"),
        (b"text,intent\n" + b"x" * 200_000, "Row 2"),
        (b"text,intent\n" + b"Hi,cancel\n" * (MOST_ROWS + 1), "at most 2,000 are measured"),
        (b"text,intent\n" + b"x" * 3_000 + b",cancel\n", "at most 2,000 are taken"),
        (b"text,intent" + b" " * 6_000_000, "bytes"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do(data: bytes, word: str):
    with pytest.raises(SheetError, match=word):
        read_examples(data, NOW)


def test_our_own_sheet_has_every_intent_and_every_column():
    examples = read_examples(sample_sheet(), NOW)
    assert {example.intent for example in examples} == set(INTENTS)
    assert sample_sheet().decode().splitlines()[0] == HEADING


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEADING}\n{text}".encode()))
def test_no_file_is_so_odd_that_reading_it_breaks(data: bytes):
    with suppress(SheetError):
        assert read_examples(data, NOW)
