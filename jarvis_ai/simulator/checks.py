"""Whether a request's fields are what they should be; the words of the refusal are the vendor's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

NUMBER = (int, float)


def misfit(body: Mapping[str, Any], shapes: Mapping[str, tuple[type, ...]]) -> str | None:
    """The first field that is there and not of its type; None when all are in order."""
    return next((name for name, types in shapes.items() if not fits(body.get(name), types)), None)


def fits(value: Any, types: tuple[type, ...]) -> bool:
    """Whether a value is of one of the types, or not there."""
    # A truth value is an integer in Python and nowhere else.
    return value is None or (isinstance(value, types) and (bool in types or not isinstance(value, bool)))


def stranger(body: Mapping[str, Any], known: Collection[str]) -> str | None:
    """The first field that nobody knows; None when all are known."""
    return next((name for name in body if name not in known), None)


def within(value: Any, low: float, high: float) -> bool:
    """Whether a number is in a range, or not there."""
    return value is None or low <= value <= high


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; everything else is left out."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
