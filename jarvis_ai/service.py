"""The Python door, made of the same runtime as the console and the API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import tzlocal

from jarvis_ai.assistant.analysis import Asker, analyze_intent, extract_time
from jarvis_ai.assistant.questions import form_for
from jarvis_ai.domain import (
    DEFAULT_MAX_TOKENS,
    KEYWORD,
    Chain,
    Completed,
    Completion,
    Prompt,
    Source,
    TextDelta,
)
from jarvis_ai.errors import OperationFailed
from jarvis_ai.runtime import Run, Runtime, shared

TASK = "routine"
"""Of intent and time: a cheap model is enough, so it leads the chain."""
KEYWORD_ALONE = Chain.of(KEYWORD)


class OpenRouterService:
    """Chat completions that fall back, from any event loop."""

    def __init__(self, runtime: Runtime | None = None) -> None:
        """Uses the process's shared runtime unless given one of its own."""
        self._runtime = runtime or shared()

    async def chat_completion(
        self,
        messages: Iterable[Mapping[str, Any]],
        *,
        model: str | None = None,
        task: str = "",
        temperature: float | None = 0.3,
        max_tokens: int = DEFAULT_MAX_TOKENS,
        **parameters: Any,
    ) -> dict[str, Any]:
        """The whole answer as a dictionary: `content`, `model`, `provider`, `usage`, `cost` in dollars or None…

        `model` is one of the catalogue, a link such as `openai:gpt-4o`, or `chain:NAME`. `parameters` are further
        fields of OpenAI's request, passed on untouched; the same `user` stays on the same side of a migration. Raises
        `OperationFailed` when nobody answered, and `ValueError` for an unknown task or chain.
        """
        prompt = Prompt(tuple(messages), temperature, max_tokens, extra=parameters)
        chain = self._runtime.plan(model, task=task, caller=caller_of(parameters))
        completion = await self._runtime.ask(
            prompt, chain, source=Source.PYTHON, task=task, requested_model=model or ""
        )
        if not completion.ok:
            raise OperationFailed(completion)
        return as_dict(completion)

    async def stream(
        self,
        messages: Iterable[Mapping[str, Any]],
        *,
        model: str | None = None,
        task: str = "",
        temperature: float | None = 0.3,
        max_tokens: int = DEFAULT_MAX_TOKENS,
        **parameters: Any,
    ) -> AsyncIterator[str]:
        """The answer piece by piece, as it arrives. Closing the iterator cancels the call.

        Raises `OperationFailed` when nobody answered, and also when an answer broke off after some of it was yielded:
        what was yielded cannot be taken back, so it is never continued with another answer.
        """
        prompt = Prompt(tuple(messages), temperature, max_tokens, extra=parameters)
        chain = self._runtime.plan(model, task=task, caller=caller_of(parameters))
        run = self._runtime.start(
            prompt, chain, source=Source.PYTHON, task=task, requested_model=model or "", restarts=False
        )
        try:
            async for piece in _pieces(run):
                yield piece
        finally:
            run.cancel()


def caller_of(parameters: Mapping[str, Any]) -> str:
    """Whom a request is made for, as OpenAI's `user` says; empty where it does not."""
    return str(parameters.get("user") or "")


async def _pieces(run: Run) -> AsyncIterator[str]:
    async for event in run.watch():
        match event:
            case TextDelta(text):
                yield text
            case Completed(completion) if not completion.ok:
                raise OperationFailed(completion)


def as_dict(completion: Completion) -> dict[str, Any]:
    """A completion as plain values: durations in seconds, money in dollars, None where unknown."""
    usage = completion.usage
    return {
        "content": completion.text,
        "model": completion.link.model or completion.link.provider if completion.link else None,
        "provider": completion.link.provider if completion.link else None,
        "finish_reason": completion.finish_reason.value if completion.finish_reason else None,
        "tool_calls": list(completion.tool_calls),
        "usage": {
            "prompt_tokens": usage.input_tokens if usage else None,
            "completion_tokens": usage.output_tokens if usage else None,
        },
        "cost": completion.cost.dollars,
        "cost_source": completion.cost.source.value,
        "fallback": completion.fell_back,
        "attempts": len(completion.attempts),
        "latency": completion.latency,
        "ttft": completion.ttft,
        "operation_id": completion.operation_id,
        "simulated": completion.simulated,
    }


async def analyze_intent_with_openrouter(
    text: str,
    *,
    now: datetime | None = None,
    context: Iterable[Mapping[str, Any]] = (),
    user: str = "",
    runtime: Runtime | None = None,
) -> dict[str, Any]:
    """What the caller wants: `intent`, `confidence`, `entities`, `action_needed`, `priority`, `source`, `note`.

    `now` is an aware datetime, by default the present in the machine's zone; a naive one raises `ValueError`. `context`
    are the messages before, oldest first, as a chat has them. The same `user` stays on the same side of a migration.
    Never raises for want of a provider nor for anything that a model says: words alone decide then, and `source` says
    keyword. Without any key nobody is asked.
    """
    analysis = await analyze_intent(asker(runtime or shared(), user=user), text, now=now or present(), context=context)
    return analysis.result.as_dict()


async def extract_time_info_with_openrouter(
    text: str,
    *,
    now: datetime | None = None,
    context: Iterable[Mapping[str, Any]] = (),
    intent: str | None = None,
    user: str = "",
    runtime: Runtime | None = None,
) -> dict[str, Any]:
    """When the caller means: `datetime` (ISO 8601 with offset), `end`, `readable_time`, `type`, `recurrence`…

    `datetime` is None where no time is named. `confidence` is low, and `note` says so, when a model and the local
    parser read the words differently; `alternatives` has the other readings. `intent`, where it is known, helps to read
    a bare hour. The rest as for `analyze_intent_with_openrouter`.
    """
    door = asker(runtime or shared(), user=user)
    analysis = await extract_time(door, text, now=now or present(), context=context, intent=intent)
    return analysis.result.as_dict()


def asker(runtime: Runtime, chain: Chain | None = None, *, user: str = "") -> Asker:
    """The way to a model for intent and time: `chain`, else that of routine tasks, and the form its first link takes.

    In demo mode it is the keyword link alone, unless a chain is given: what a simulated model says is nobody's wish.
    """
    chosen = chain or (KEYWORD_ALONE if runtime.simulated else runtime.plan(task=TASK, caller=""))

    async def ask(prompt: Prompt, tag: str) -> Completion:
        return await runtime.ask(prompt, chosen, source=Source.ASSISTANT, task=TASK, tag=tag)

    return Asker(ask, form_for(chosen, runtime.catalog))


def present() -> datetime:
    """This moment in the machine's zone, by its IANA name where the machine says one."""
    try:
        return datetime.now(tzlocal.get_localzone())
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.now().astimezone()
