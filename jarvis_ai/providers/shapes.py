"""Reading JSON of which nobody promised the shape.

What carries the answer's words must be readable: a hole in an answer is no answer, so odd shapes there are a failure.
What only tells about the answer (usage, names) is read as far as it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from jarvis_ai.domain import Failure, FailureKind, text_of
from jarvis_ai.errors import ProviderError

LARGEST_COUNT = 2**53
"""Up to here every JSON reader has whole numbers exactly. What is larger is not believed."""
MOST_CALLS = 256
"""Tool calls in one answer. An index beyond is junk, and would cost whoever fills the places before it dearly."""


def malformed(detail: str) -> ProviderError:
    """The exception for an answer that cannot be read."""
    return ProviderError(Failure(FailureKind.MALFORMED, detail, 200))


def json_object(data: bytes) -> Mapping[str, Any]:
    """The object in `data`. Raises `ProviderError` where there is none."""
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise malformed("the answer is not JSON") from exc
    if not isinstance(parsed, dict):
        raise malformed("the answer is not a JSON object")
    return parsed


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` where it is an object, and an empty one in the place of anything else."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; everything else is left out."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def part(value: Any, name: str) -> Mapping[str, Any]:
    """An object or nothing. Raises `ProviderError` for anything else."""
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise malformed(f"'{name}' in the answer is not an object")


def parts(value: Any, name: str) -> Iterable[Mapping[str, Any]]:
    """Objects, or nothing. Raises `ProviderError` for anything else."""
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return value
    if value is None:
        return ()
    raise malformed(f"'{name}' in the answer is not a list of objects")


def words(value: Any, name: str) -> str:
    """A text, be it given as such, as a list of parts, or not at all. Raises `ProviderError` for anything else."""
    if isinstance(value, str):
        return value
    return text_of(parts(value, name))


def name(value: Any, what: str) -> str:
    """A word, or an empty one in the place of nothing. Raises `ProviderError` for anything else."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise malformed(f"'{what}' in the answer is not a text")


def place(value: Any, usual: int) -> int:
    """An index of the answer's parts. Raises `ProviderError` for one that cannot be."""
    if value is None:
        return usual
    if type(value) is int and 0 <= value < MOST_CALLS:
        return value
    raise malformed("an index in the answer is not one")


def tool_call(call: Mapping[str, Any], index: int) -> dict[str, Any]:
    """A piece of a tool call in OpenAI's shape. Arguments that some servers send as an object become JSON again."""
    function = part(call.get("function"), "function")
    arguments = function.get("arguments")
    if isinstance(arguments, Mapping):
        function = {**function, "arguments": orjson.dumps(arguments).decode()}
    for said in (call.get("id"), function.get("name"), function.get("arguments")):
        name(said, "tool_calls")
    return {**call, "index": place(call.get("index"), index), **({"function": function} if function else {})}


def count(value: Any) -> int:
    """A number of tokens; 0 where there is none."""
    return int(value) if isinstance(value, int | float) and 0 <= value < LARGEST_COUNT else 0
