"""Intent and time: a model is asked, its answer checked, asked for once more, and at last words alone decide.

Nothing that a model says, and no want of one, makes an analysis raise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from jarvis_ai.assistant.agreement import checked
from jarvis_ai.assistant.keyword import intent_of
from jarvis_ai.assistant.questions import INTENT, TIME, Form, Kind, question
from jarvis_ai.assistant.replies import Unusable, read_intent, read_time
from jarvis_ai.assistant.results import Intent, TimeInfo
from jarvis_ai.assistant.times import extract
from jarvis_ai.domain import KEYWORD, Completion, FailureKind, Prompt

MOST_ASKED = 2
"""How often a model is asked about one message: a second time when its answer could not be used."""
REFUSALS_OF_A_FORM = {FailureKind.INVALID_REQUEST, FailureKind.UPSTREAM_REJECTED}
"""What a server says to a form of answer that it does not know."""

Ask = Callable[[Prompt, str], Awaitable[Completion]]
"""Runs a prompt as an operation with this tag."""
Context = Iterable[Mapping[str, Any]]
"""Messages before the one to be judged, in OpenAI's shape, oldest first."""

Result = TypeVar("Result", Intent, TimeInfo)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom to ask, and how firmly they can be held to the shape of an answer."""

    ask: Ask
    form: Form = Form.DESCRIBED


@dataclass(frozen=True, slots=True)
class Analysis(Generic[Result]):
    """A result and how it came about."""

    result: Result
    completions: tuple[Completion, ...] = ()
    """Of every operation it took, in their order."""
    problems: tuple[str, ...] = ()
    """What was wrong with the answers that could not be used, in words of ours."""


@dataclass(frozen=True, slots=True)
class _Message:
    text: str
    now: datetime
    context: tuple[Mapping[str, Any], ...]

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError(
                "`now` has no time zone. Give an aware one, such as datetime.now(ZoneInfo('Europe/Berlin'))."
            )


@dataclass(frozen=True, slots=True)
class _Task(Generic[Result]):
    kind: Kind
    by_words: Callable[[], Result]
    read: Callable[[str], Result]
    """Of a model's reply; raises `Unusable`."""


async def analyze_intent(asker: Asker, text: str, *, now: datetime, context: Context = ()) -> Analysis[Intent]:
    """What `text` asks for; `now` is aware, and its zone is the caller's."""
    message = _Message(text, now, tuple(context))
    return await _analyze(_Task(INTENT, lambda: intent_of(text), read_intent), asker, message)


async def extract_time(
    asker: Asker, text: str, *, now: datetime, context: Context = (), intent: str | None = None
) -> Analysis[TimeInfo]:
    """When `text` means, in the zone of `now`, which is aware; a known `intent` helps to read a bare hour.

    A model's time that the local parser contradicts says so and is not sure.
    """
    message = _Message(text, now, tuple(context))
    local = extract(text, now, intent=intent)
    task = _Task(TIME, lambda: local, lambda reply: checked(read_time(reply, now, local), local, now))
    return await _analyze(task, asker, message)


async def _analyze(task: _Task[Result], asker: Asker, message: _Message) -> Analysis[Result]:
    """Ask until an answer can be used, at most `MOST_ASKED` times; then words alone decide."""
    form, completions, problems = asker.form, list[Completion](), list[str]()
    while message.text.strip() and len(completions) < MOST_ASKED:
        completion = await asker.ask(_prompt(task.kind, message, form, problems), task.kind.version)
        completions.append(completion)
        if _by_a_model(completion):
            try:
                return Analysis(task.read(completion.text), tuple(completions), tuple(problems))
            except Unusable as exc:
                problems.append(str(exc))
        elif form is not Form.DESCRIBED and _refused(completion):
            form = Form.DESCRIBED
        else:
            break
    result = replace(task.by_words(), note=_why_words(completions, problems))
    return Analysis(result, tuple(completions), tuple(problems))


def _prompt(kind: Kind, message: _Message, form: Form, problems: Sequence[str]) -> Prompt:
    return question(kind, message.text, message.now, form=form, context=message.context, complaints=problems)


def _by_a_model(completion: Completion) -> bool:
    return completion.ok and completion.link is not None and completion.link.provider != KEYWORD


def _refused(completion: Completion) -> bool:
    """Whether the request itself was refused, as a server does that does not know the form of answer."""
    return completion.failure is not None and completion.failure.kind in REFUSALS_OF_A_FORM


def _why_words(completions: Sequence[Completion], problems: Sequence[str]) -> str:
    """Why words alone decided; empty where nobody else was to be asked."""
    if problems:
        return f"A model's answer could not be used ({problems[-1]}), so words alone decided."
    preferred = completions[-1].preferred if completions else None
    if not completions or (preferred and preferred.provider == KEYWORD):
        return ""
    return "No model could be reached, so words alone decided."
