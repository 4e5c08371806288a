"""Made-up ids by the thousand, written digit by digit with numpy: one at a time they would take as long as the rest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

HEXADECIMAL = np.frombuffer(b"0123456789abcdef", np.uint8)
UUID_DIGITS = [place for place, letter in enumerate(str(UUID(int=0))) if letter != "-"]

VERSION, VARIANT = 7 << 12, np.uint64(1 << 63)
"""UUIDv7's, RFC 9562, in the upper and in the lower half."""


def uuids(chance: np.random.Generator, started_ms: Array) -> Array:
    """UUIDv7, as the engine makes them, for those who begin at these UTC milliseconds."""
    high, low = chance.integers(0, 1 << 12, len(started_ms)), chance.integers(0, 1 << 62, len(started_ms))
    letters = np.full((len(started_ms), 36), ord("-"), dtype=np.uint8)
    letters[:, UUID_DIGITS[:16]] = _digits(started_ms << 16 | VERSION | high)
    letters[:, UUID_DIGITS[16:]] = _digits(low.astype(np.uint64) | VARIANT)
    return _texts(letters)


def generations(numbers: Array) -> Array:
    """Such as OpenRouter gives its answers, one for each number."""
    letters = np.empty((len(numbers), 20), dtype=np.uint8)
    letters[:, :4], letters[:, 4:] = np.frombuffer(b"gen-", np.uint8), _digits(numbers)
    return _texts(letters)


def _digits(numbers: Array) -> Array:
    """A row of sixteen hexadecimal digits for each number of 64 bits."""
    octets = numbers.astype(">u8").view(np.uint8).reshape(-1, 8)
    found: Array = HEXADECIMAL[np.stack((octets >> 4, octets & 15), axis=2)].reshape(-1, 16)
    return found


def _texts(letters: Array) -> Array:
    """Rows of ASCII as texts."""
    joined, length = letters.tobytes().decode("ascii"), letters.shape[1]
    found = np.empty(len(letters), dtype=object)
    found[:] = [joined[start : start + length] for start in range(0, len(joined), length)]
    return found
