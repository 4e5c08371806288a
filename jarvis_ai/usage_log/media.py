"""Images, sounds and files of a conversation: the log keeps that they were there, and not what they hold.

A page of text has no use for millions of letters of an image; looking through them for secrets would keep every other
call waiting, and nobody searches them for a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 256
"""Characters that are kept of a text in a part that holds no words: any address, and the beginning of any data."""


def without_media(messages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The messages with what is long in their images, sounds and files cut off; words are kept whole."""
    return [_message(message) for message in messages]


def _message(message: Mapping[str, Any]) -> Mapping[str, Any]:
    content = message.get("content")
    if not isinstance(content, list | tuple):
        return message
    return {**message, "content": [part if _holds_words(part) else _shortened(part) for part in content]}


def _holds_words(part: Any) -> bool:
    return not isinstance(part, Mapping) or part.get("type") == "text"


def _shortened(value: Any) -> Any:
    match value:
        case str() if len(value) > LONGEST:
            return f"{value[:LONGEST]}… ({len(value)} characters)"
        case Mapping():
            return {name: _shortened(each) for name, each in value.items()}
        case list() | tuple():
            return [_shortened(each) for each in value]
    return value
