"""An answer in one piece, and how streamed pieces become one."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jarvis_ai.api.gateway.facts import generation_id, jarvis, usage_of
from jarvis_ai.domain import Completion, Link

SPOKEN: Mapping[str, str] = {"reasoning.text": "text", "reasoning.summary": "summary"}
"""Details of reasoning that come in pieces, and the field whose words add up; a sealed one comes whole."""


def frame(
    operation_id: str, created: float, link: Link | None, kind: str, *, model: str = "", upstream: str = ""
) -> dict[str, Any]:
    """What every answer, and every piece of one, begins with: which operation it is, and who speaks.

    `model` and `upstream` are the provider's own words for who that is, which come at the end of an answer.
    """
    return {
        "id": generation_id(operation_id),
        "object": kind,
        "created": int(created),
        "model": model or (link.model or link.provider if link else ""),
        "provider": upstream or (link.provider if link else None),
    }


def answer_body(completion: Completion, overhead: float) -> dict[str, Any]:
    """A completion that is ok, as OpenRouter words it; `overhead` in seconds."""
    created = completion.finished_at - completion.latency
    finish = completion.finish_reason.value if completion.finish_reason else None
    return {
        **frame(
            completion.operation_id,
            created,
            completion.link,
            "chat.completion",
            model=completion.served_model,
            upstream=completion.upstream,
        ),
        "system_fingerprint": None,
        "choices": [
            {
                "index": 0,
                "logprobs": joined_lists(completion.logprobs) or None,
                "finish_reason": finish,
                "native_finish_reason": completion.native_finish_reason or None,
                "message": _message(completion),
            }
        ],
        "usage": usage_of(completion),
        "jarvis": jarvis(completion, overhead),
    }


def joined(details: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Streamed pieces of reasoning put together: what follows in the same place is one detail, its words in a row."""
    whole: list[dict[str, Any]] = []
    for piece in details:
        word = SPOKEN.get(str(piece.get("type")))
        last = whole[-1] if whole else {}
        if word and (last.get("type"), last.get("index")) == (piece.get("type"), piece.get("index")):
            known = {name: value for name, value in piece.items() if value is not None}
            last |= {**known, word: f"{last.get(word) or ''}{piece.get(word) or ''}"}
        else:
            whole.append(dict(piece))
    return whole


def joined_lists(pieces: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Fields that are lists, each with what every piece has of it, in order."""
    whole: dict[str, list[Any]] = {}
    for piece in pieces:
        for name, values in piece.items():
            whole.setdefault(name, []).extend(values)
    return whole


def joined_extra(pieces: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What came beside the words as a message has it: one `audio`, lists of `images` and `annotations`."""
    sounds = [piece["audio"] for piece in pieces if "audio" in piece]
    lists = joined_lists({name: value for name, value in piece.items() if name != "audio"} for piece in pieces)
    return {**({"audio": _sound(sounds)} if sounds else {}), **lists}


def _sound(pieces: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Streamed sound in one: data and transcript in a row, of everything else the last word."""
    known = {name: value for piece in pieces for name, value in piece.items() if value is not None}
    told = {name: [piece[name] for piece in pieces if piece.get(name)] for name in ("data", "transcript")}
    return {**known, "data": _base64(told["data"]), "transcript": "".join(map(str, told["transcript"]))}


def _base64(pieces: Sequence[Any]) -> str:
    """Data in one. Each piece may be encoded by itself, and end in padding, or be cut from the whole."""
    texts = list(map(str, pieces))
    try:
        return b64encode(b"".join(b64decode(text, validate=True) for text in texts)).decode()
    except binascii.Error:
        return "".join(texts)


def _message(completion: Completion) -> dict[str, Any]:
    calls, details = completion.tool_calls, completion.reasoning_details
    return {
        "role": "assistant",
        "content": None if calls and not completion.text else completion.text,
        "refusal": None,
        "reasoning": completion.reasoning or None,
        **({"reasoning_details": joined(details)} if details else {}),
        **({"tool_calls": list(calls)} if calls else {}),
        **joined_extra(completion.extra),
    }
