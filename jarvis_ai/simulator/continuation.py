"""Going on with an answer that broke off elsewhere, as a model does that is shown what was said so far.

There are two ways to ask for it: the conversation ends with the assistant's own words (prefill), or a user message
after them quotes their end and asks to go on from there.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jarvis_ai.domain import text_of
from jarvis_ai.simulator import catalog
from jarvis_ai.simulator.answers import CLOSINGS, MIDDLES, SIGNATURE, Answer, Ask, limited, name_of, words_for

SHORTEST_QUOTE = 8
"""Letters. A message that happens to hold the last word or two of an answer does not quote it."""

ANEW = "Let me begin again, in other words. "


@dataclass(frozen=True, slots=True)
class Partial:
    """An answer so far, and what it was an answer to."""

    question: str
    shown: str
    quoted: str = ""
    """The end of `shown` that the continuation is to begin with; empty after a prefill."""


def partial_of(messages: Sequence[Mapping[str, Any]]) -> Partial | None:
    """What is to be gone on with; None for a conversation that asks for an answer of its own."""
    roles = [message.get("role") for message in messages]
    texts = [text_of(message.get("content")) for message in messages]
    if roles[-1:] == ["assistant"] and texts[-1]:
        return Partial(_question(roles[:-1], texts), texts[-1])
    if roles[-2:] == ["assistant", "user"] and (quoted := _quoted(texts[-2], texts[-1])):
        return Partial(_question(roles[:-2], texts), texts[-2], quoted)
    return None


def is_prefill(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the conversation ends with the assistant's own words."""
    partial = partial_of(messages)
    return partial is not None and not partial.quoted


def _question(roles: Sequence[Any], texts: Sequence[str]) -> str:
    return next((text for role, text in reversed([*zip(roles, texts, strict=False)]) if role == "user"), "")


def _quoted(shown: str, request: str) -> str:
    """The longest end of `shown` that stands in `request`, without the white space at its end."""
    shown = shown.rstrip()
    # An end that is quoted has all shorter ends quoted too, so the longest is found by halving.
    length = bisect_left(range(1, len(shown) + 1), 1, key=lambda n: shown[-n:] not in request)
    return shown[-length:] if length >= min(SHORTEST_QUOTE, max(len(shown), 1)) else ""


def go_on(ask: Ask, partial: Partial, *, seed: int) -> Answer:
    """The words that follow what was shown, after those that were quoted."""
    rest = next(_rests(ask, partial, seed), None)
    return limited(partial.quoted + (_anything(partial, seed) if rest is None else rest), ask.max_tokens)


def begin_anew(ask: Ask, partial: Partial, *, seed: int) -> Answer:
    """An answer to the same question that has nothing to do with what was shown."""
    return limited(ANEW + words_for(_asking(ask, partial, ask.model), seed=seed + 1), ask.max_tokens)


def _rests(ask: Ask, partial: Partial, seed: int) -> Iterator[str]:
    """What is missing from each answer that begins as shown."""
    shown = partial.shown if not partial.quoted else partial.shown.rstrip()
    for model in _speakers(ask.model, shown):
        whole = words_for(_asking(ask, partial, model), seed=seed)
        begun = next((begun for begun in (shown, shown.rstrip()) if whole.startswith(begun)), None)
        if begun is not None:
            yield whole[len(begun) :]


def _speakers(model: str, shown: str) -> Iterator[str]:
    """Whoever may have said it: the one who is asked now, then all whose name it may bear."""
    yield model
    yield from bearers(shown)


def bearers(shown: str) -> Iterator[str]:
    """The models whose name the words bear, as far as they go."""
    head = SIGNATURE.partition("{name}")[0]
    if shown.startswith(head):
        begun, bracket, _ = shown.removeprefix(head).partition(")")
        yield from (id_ for id_ in catalog.ids() if _bears(id_, begun, whole=bool(bracket)))


def _bears(model: str, begun: str, *, whole: bool) -> bool:
    name = name_of(model)
    return name == begun if whole else name.startswith(begun)


def _asking(ask: Ask, partial: Partial, model: str) -> Ask:
    """The question as it was asked in the first place."""
    system = [message for message in ask.messages if message.get("role") in ("system", "developer")]
    return replace(ask, model=model, messages=[*system, {"role": "user", "content": partial.question}])


def _anything(partial: Partial, seed: int) -> str:
    """Words that could follow anything."""
    chance = random.Random(f"{seed} {partial.shown} {partial.question}")
    closing = chance.choice([line for line in CLOSINGS if "{" not in line])
    gap = "" if partial.shown[-1:].isspace() and not partial.quoted else " "
    return gap + " ".join([*chance.sample(MIDDLES, 2), closing])
