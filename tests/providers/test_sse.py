"""Server-sent events, however the network cut them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.providers.sse import BOM, COMMENT, ServerEvent, SseParser

ENDS = [b"\n", b"\r\n", b"\r"]
STREAM = (
    ': KEEP ALIVE\n\nevent: ping\ndata: {"a": "ü€😀"}\n\ndata: one\r\ndata: two\r\n\r\ndata:tight\n\ndata: [DONE]\n\n'
).encode()
EVENTS = [
    COMMENT,
    ServerEvent('{"a": "ü€😀"}'.encode(), b"ping"),
    ServerEvent(b"one\ntwo"),
    ServerEvent(b"tight"),
    ServerEvent(b"[DONE]"),
]


def parsed(pieces: list[bytes]) -> list[ServerEvent]:
    parser = SseParser()
    return [event for piece in pieces for event in parser.feed(piece)] + list(parser.end())


LINES = STREAM.replace(b"\r\n", b"\n")
WRITTEN = st.builds(lambda bom, end: bom + LINES.replace(b"\n", end), *map(st.sampled_from, [[b"", BOM], ENDS]))


def test_events_comments_and_line_ends_of_both_kinds_are_read():
    assert parsed([STREAM]) == EVENTS


@given(WRITTEN, st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_wherever_the_stream_is_cut_and_however_its_lines_end_the_events_are_the_same(written: bytes, cuts: list[int]):
    places = [0, *sorted(cuts), len(written)]
    assert parsed([written[start:end] for start, end in pairwise(places)]) == EVENTS


def test_an_event_without_its_final_blank_line_is_not_lost():
    assert parsed([b"data: last"]) == [ServerEvent(b"last")]


def test_one_enormous_event_in_tiny_pieces_is_joined_once():
    pieces = [b"data: ", *[b"x" * 100] * 10_000, b"\n\n"]
    assert parsed(pieces) == [ServerEvent(b"x" * 1_000_000)]


def test_a_name_without_data_is_not_the_name_of_the_next_event():
    assert parsed([b"event: ping\n\ndata: x\n\n"]) == [ServerEvent(b"x")]


@given(st.lists(st.binary() | st.sampled_from([b"\n", b"\r\n", b"\r", BOM, b"data: ", b"event:", b": "])))
def test_any_bytes_give_the_same_events_in_pieces_and_in_one(pieces: list[bytes]):
    assert parsed(pieces) == parsed([b"".join(pieces)])
