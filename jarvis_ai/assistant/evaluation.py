"""Intent and time measured on examples: by words at once, and by a model one message at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from jarvis_ai.assistant.analysis import Analysis, Asker, analyze_intent, extract_time
from jarvis_ai.assistant.examples import Example
from jarvis_ai.assistant.keyword import intent_of
from jarvis_ai.assistant.questions import INTENT, TIME, question
from jarvis_ai.assistant.results import Intent, TimeInfo
from jarvis_ai.assistant.scores import JudgedIntent, JudgedTime, on_the_wall
from jarvis_ai.assistant.times import extract
from jarvis_ai.domain import Completion, Cost, Prompt
from jarvis_ai.engine.costs import NOTHING, total_cost

MODEL, KEYWORD = "model", "keyword"
AT_A_TIME = 6
"""Messages that a model is asked about at once."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was said of one example."""

    example: Example
    method: str
    """model or keyword: who was asked. The results say who answered."""
    intent: Intent | None
    """None where it is not to be judged."""
    time: TimeInfo | None
    """Likewise."""
    seconds: float
    cost: Cost
    """Of all operations it took."""

    @property
    def judged_intent(self) -> JudgedIntent | None:
        return JudgedIntent(self.example.intent, self.intent.intent, self.intent.confidence) if self.intent else None

    @property
    def judged_time(self) -> JudgedTime | None:
        if self.time is None or self.example.time is None:
            return None
        return JudgedTime(self.example.time, on_the_wall(self.time.datetime, self.example.now), self.time.type)

    @property
    def by_words(self) -> bool:
        """Whether words alone decided, be it because nobody else was asked."""
        return any(result is not None and result.source == KEYWORD for result in (self.intent, self.time))

    def as_row(self) -> dict[str, Any]:
        """The example, what was said and whether it is right, as plain values for a table or a file."""
        gold, intent, moment = self.example.time, self.judged_intent, self.judged_time
        return {
            "row": self.example.row,
            "text": self.example.text,
            "method": self.method,
            "reference_datetime": self.example.now.isoformat(),
            "right_intent": self.example.intent or None,
            "intent": self.intent.intent if self.intent else None,
            "intent_confidence": self.intent.confidence if self.intent else None,
            "intent_is_right": intent.right if intent else None,
            "right_datetime": gold.moment.isoformat() if gold and gold.moment else None,
            "right_type": (gold.type or None) if gold else None,
            "datetime": self.time.datetime if self.time else None,
            "type": self.time.type if self.time else None,
            "time_confidence": self.time.confidence if self.time else None,
            "time_is_right": moment.right if moment else None,
            "source": KEYWORD if self.by_words else MODEL,
            "note": " ".join(filter(None, (each.note for each in (self.intent, self.time) if each))),
            "seconds": round(self.seconds, 6),
            "cost_dollars": self.cost.dollars,
        }


def measure_words(example: Example, *, timer: Callable[[], float] = time.perf_counter) -> Measured:
    """What words alone say of an example."""
    began = timer()
    intent = intent_of(example.text) if example.intent else None
    moment = extract(example.text, example.now) if example.time else None
    return Measured(example, KEYWORD, intent, moment, timer() - began, NOTHING)


async def measure_model(asker: Asker, example: Example, *, timer: Callable[[], float] = time.perf_counter) -> Measured:
    """What a model says of an example, asked first for the intent and then for the time."""
    began = timer()
    intent = await analyze_intent(asker, example.text, now=example.now) if example.intent else None
    moment = await extract_time(asker, example.text, now=example.now) if example.time else None
    cost = cost_of([*(intent.completions if intent else ()), *(moment.completions if moment else ())])
    return Measured(example, MODEL, _result(intent), _result(moment), timer() - began, cost)


def _result(analysis: Analysis[Any] | None) -> Any:
    return analysis.result if analysis else None


def cost_of(completions: Sequence[Completion]) -> Cost:
    """Of all operations together; unknown as soon as one of them is."""
    return total_cost([each.cost for each in completions]) if completions else NOTHING


def calls_for(examples: Sequence[Example], asker: Asker) -> list[tuple[Prompt, int]]:
    """How many calls of each kind a model gets, if no answer has to be asked for again, with the longest prompt."""
    judged = (
        (INTENT, [example for example in examples if example.intent]),
        (TIME, [example for example in examples if example.time]),
    )
    longest = [(kind, max(each, key=lambda example: len(example.text)), len(each)) for kind, each in judged if each]
    return [(question(kind, each.text, each.now, form=asker.form), count) for kind, each, count in longest]


class Evaluation:
    """A measurement with a model, which goes on step by step until it is over. Any thread may do so, or stop it."""

    def __init__(self, examples: Sequence[Example], asker: Asker) -> None:
        self.examples = examples
        self.measured: list[Measured] = []
        """In the order of the examples; after a stop, as many as had been answered."""
        self.stopped = False
        self._asker = asker
        self._step_taken = threading.Lock()
        self._under_way: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    @property
    def over(self) -> bool:
        return self.stopped or len(self.measured) == len(self.examples)

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return len(self.measured) / len(self.examples)

    def advance(self) -> None:
        """Ask about the next `AT_A_TIME` examples at once; blocks until they have answered or it is stopped."""
        with self._step_taken:
            if not self.over:
                asyncio.run(self._step())

    def stop(self) -> None:
        """Ask nothing more and cancel what is under way; blocks until that has ended. What was measured stays."""
        self.stopped = True
        under_way = self._under_way
        if under_way is not None:
            loop, task = under_way
            with suppress(RuntimeError):  # its loop is closed: the step has ended by itself
                loop.call_soon_threadsafe(task.cancel)
        with self._step_taken:
            pass

    async def _step(self) -> None:
        following = self.examples[len(self.measured) :][:AT_A_TIME]
        tasks = [asyncio.ensure_future(measure_model(self._asker, example)) for example in following]
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is one
        self._under_way = asyncio.get_running_loop(), task
        if self.stopped:  # between the look at it and the line above, when nobody could cancel yet
            task.cancel()
        try:
            await asyncio.gather(*tasks)
        except asyncio.CancelledError:
            await asyncio.wait(tasks)
            if not self.stopped:
                raise
        finally:
            self._under_way = None
            self.measured += [done.result() for done in tasks if done.done() and not done.cancelled()]
