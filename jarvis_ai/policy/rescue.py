"""Going on with an answer that broke off after its first words, and the proof that nothing was lost or doubled.

Another link is asked to go on. What it says is held back until it is seen to take up where the shown text ends: it must
begin with an anchor, the last words of the shown text, or with all of the shown text. What follows is the missing part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jarvis_ai.domain import KEYWORD, Link, Prompt

ANCHOR = 24
"""Letters that the last words of a text have at least, where a model is asked to repeat them."""
PREFILL_ANCHOR = 8
"""The same where a model goes on with its own words: where they begin is known, they only prove that it did."""

MOST_SEAMS = 2
"""Links whose answers were seen not to go on before a rescue is given up: each is paid for."""

TAKES_PREFILL = re.compile(
    r"anthropic:claude-(3|(haiku|sonnet|opus)-4-(0|1|5)\b|(sonnet|opus)-4(-\d{8})?$)"
    r"|openrouter:(anthropic/claude-(3|(haiku|sonnet|opus)-4(\.[015])?(:|$))"
    r"|(meta-llama/llama-3|mistralai/|qwen/qwen-?2|deepseek/deepseek-chat))"
)
"""Models known to go on with an assistant's message; later Claudes and OpenAI's refuse it or begin anew."""

REQUEST = (
    "Your answer above was cut off by a lost connection. Go on exactly where it stops, without any remark. "
    "Begin by repeating its last words, which are:\n\n{anchor}"
)


@dataclass(frozen=True, slots=True)
class Continuation:
    """What a link is asked so that it goes on, and the words that it must begin with."""

    prompt: Prompt
    anchor: str
    prefilled: bool = False


def takes_prefill(link: Link) -> bool:
    """Whether the model is known to go on with an assistant's message at the end of the request."""
    return TAKES_PREFILL.match(str(link)) is not None


def continues(link: Link) -> bool:
    """Whether there is any sense in asking `link` to go on."""
    return link.provider != KEYWORD


def continuation(prompt: Prompt, shown: str, *, prefill: bool) -> Continuation:
    """The prompt that asks to go on after `shown`. The caller's own messages stay as they are, the system's above all.

    With `prefill` the last message is the shown text without its anchor, which the model has to find again; where the
    text is too short for that, the plain request stands in. The limit of tokens stays the caller's: a link may begin
    with all of the shown text, so the whole can come to be longer than the limit by as much as was shown.
    """
    if not shown.strip():
        return Continuation(prompt, shown)  # nothing was said yet: no vendor takes a message of white space
    anchor = anchor_of(shown, PREFILL_ANCHOR)
    head = shown[: len(shown) - len(anchor)].rstrip()
    if prefill and head:
        return Continuation(_after(prompt, head), anchor, prefilled=True)
    anchor = anchor_of(shown, ANCHOR)
    asked = _after(prompt, shown)
    request = {"role": "user", "content": REQUEST.format(anchor=anchor)}
    return Continuation(replace(asked, messages=(*asked.messages, request)), anchor)


def anchor_of(shown: str, least: int) -> str:
    """The last words of `shown`, at least so many letters and so many that they occur in it once."""
    letters = least
    while letters < len(shown.rstrip()):
        start = _word_start(shown, len(shown.rstrip()) - letters)
        if shown.find(shown[start:]) == start:
            return shown[start:]
        letters *= 2
    return shown


def _word_start(text: str, at: int) -> int:
    """The beginning of the word that `at` lies in, or of the one after it where it lies between two."""
    if text[at].isspace():
        return at + len(text[at:]) - len(text[at:].lstrip())
    return max(text.rfind(space, 0, at) for space in " \n\t") + 1


def _after(prompt: Prompt, said: str) -> Prompt:
    """The prompt with an assistant's message at its end; one that the caller put there is gone on with."""
    *earlier, last = prompt.messages or ({},)
    if last.get("role") == "assistant" and isinstance(last.get("content"), str):
        return replace(prompt, messages=(*earlier, {**last, "content": last["content"] + said}))
    message: Mapping[str, Any] = {"role": "assistant", "content": said}
    return replace(prompt, messages=(*prompt.messages, message))


class SeamBroken(Exception):
    """The answer does not go on where the shown text ends."""


class Seam:
    """Holds an answer back until it is seen to go on after `shown`."""

    def __init__(self, shown: str, anchor: str) -> None:
        self.found = False
        # A model may leave out the white space that an answer begins with; no word is lost by that. Where that is all
        # that was shown, it is all that the seam can be told by.
        self._exactly = not shown.strip()
        self._openings = (shown,) if self._exactly else tuple({anchor.lstrip(), shown.lstrip()})
        self._held = ""

    def take(self, text: str) -> str:
        """As much of the missing part as `text` brings. Raises `SeamBroken` as soon as it cannot be one."""
        if self.found:
            return text
        self._held = self._held + text if self._exactly else (self._held + text).lstrip()
        for opening in self._openings:
            if self._held.startswith(opening):
                self.found = True
                return self._held[len(opening) :]
        if not any(opening.startswith(self._held) for opening in self._openings):
            raise SeamBroken
        return ""
