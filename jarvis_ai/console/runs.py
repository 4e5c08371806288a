"""Runs as pages watch them.

A run belongs to the runtime. A page keeps the handle in its session and only looks on, so a rerun in the middle of
an answer finds the run again and shows everything that has come so far.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from jarvis_ai.console import answers, formats
from jarvis_ai.console.advice import next_move, said
from jarvis_ai.console.charts import words
from jarvis_ai.console.formats import literal
from jarvis_ai.console.timeline import COST_HELP, attempts_timeline, name
from jarvis_ai.domain import (
    Attempt,
    AttemptCancelled,
    AttemptFailed,
    AttemptStarted,
    Completed,
    Completion,
    Event,
    Status,
    TextDelta,
    TextDiscarded,
    Waiting,
)
from jarvis_ai.runtime import Run

REPAINT = 1 / 20
"""Seconds between two looks: painting each piece of text by itself costs ten times the server's time."""
BEAT = 0.5
"""Seconds after which a silent run is painted too: Streamlit notices a click only when something is painted."""


@dataclass(slots=True)
class Seen:
    """What a run has told so far."""

    text: str = ""
    discarded: int = 0
    """How often text that was shown had to be taken back."""
    waiting: Waiting | None = None
    attempts: dict[int, Attempt] = field(default_factory=dict)
    completion: Completion | None = None

    def take(self, event: Event) -> None:
        """Learn of one event."""
        match event:
            case TextDelta(text=text):
                self.text += text
            case TextDiscarded():
                self.text, self.discarded = "", self.discarded + 1
            case Waiting():
                self.waiting = event
            case AttemptStarted(attempt=attempt):
                self.waiting, self.attempts[attempt.number] = None, attempt
            case AttemptFailed(attempt=attempt) | AttemptCancelled(attempt=attempt):
                self.attempts[attempt.number] = attempt
            case Completed(completion=completion):
                self.completion, self.text = completion, completion.text or self.text
                self.attempts = {attempt.number: attempt for attempt in completion.attempts}

    @property
    def doing(self) -> str:
        """What goes on right now, in words."""
        under_way = [attempt for attempt in self.attempts.values() if attempt.status is Status.PENDING]
        if self.waiting:
            return f"Waits {formats.seconds(self.waiting.seconds)} before asking {name(self.waiting.link)}"
        if not under_way:
            return "Choosing whom to ask"
        if len(under_way) > 1:
            return f"{name(under_way[0].link)} is slow; also asking {name(under_way[-1].link)}"
        if under_way[-1].resumed and self.text:
            return f"Going on with the answer: {name(under_way[-1].link)}"
        return f"{'Answering' if self.text else 'Asking'}: {name(under_way[-1].link)}"


class Panel:
    """Where one run is painted, at the place where this is made; holds what was painted last."""

    def __init__(self, run: Run, *, beside_others: bool = False) -> None:
        self.run, self.seen, self.beside_others = run, Seen(), beside_others
        self._read, self._painted_at = 0, 0.0
        self._note, self._text, self._doing, self._end = st.empty(), st.empty(), st.empty(), st.empty()
        self._attempts = st.empty()

    @property
    def done(self) -> bool:
        return self.seen.completion is not None

    def paint(self, now: float) -> None:
        """Show what is new since the last time; `now` is any clock in seconds."""
        before = (self.seen.text, len(self.seen.attempts), self.seen.discarded)
        news = self.run.events[self._read :]
        for event in news:
            self.seen.take(event)
        self._read += len(news)
        if not news and now - self._painted_at < BEAT:
            return
        self._painted_at = now
        if self.seen.discarded != before[2]:
            self._note.caption(":material/restart_alt: An attempt broke off and its text was taken back.")
            self._text.empty()
        if self.seen.text != before[0]:
            answers.show(self._text, self.seen.text)
        self._paint_state()
        if any(not isinstance(event, TextDelta) for event in news):
            self._paint_attempts()

    def _paint_state(self) -> None:
        completion = self.seen.completion
        if completion is None:
            elapsed = max(time.time() - self.run.operation.started_at, 0)
            self._doing.caption(f":material/pending: {literal(self.seen.doing)} · {elapsed:.1f} s")
            return
        self._doing.empty()
        with self._end.container():
            outcome(completion)
            (figures_in_rows if self.beside_others else figures)(completion)

    def _paint_attempts(self) -> None:
        if self.seen.attempts and not self.beside_others:
            with self._attempts.container():
                st.subheader("Attempts")
                attempts_timeline(list(self.seen.attempts.values()))


def follow(panels: Sequence[Panel]) -> None:
    """Paint all runs until the last is over; returns at once when they are."""
    while True:
        now = time.monotonic()
        for panel in panels:
            if not panel.done:
                panel.paint(now)
        if all(panel.done for panel in panels):
            return
        time.sleep(REPAINT)


def stop(runs: Sequence[Run]) -> None:
    """Cancel what is still under way."""
    for run in runs:
        run.cancel()


def figures(completion: Completion) -> None:
    """What a run took, side by side."""
    helps = {"Total cost": COST_HELP[completion.cost.source]}
    with st.grid(4, min_column_width=120):
        for label, value in measured(completion).items():
            st.metric(label, value, help=helps.get(label))


def figures_in_rows(completion: Completion) -> None:
    """The same one below the other, so that answers side by side can be compared line by line."""
    st.table({label: literal(value) for label, value in measured(completion).items()}, border="horizontal")


def measured(completion: Completion) -> dict[str, str]:
    """What a run took, by name."""
    usage = completion.usage
    return {
        "First token": formats.seconds(completion.ttft),
        "Whole time": formats.seconds(completion.latency),
        "Tokens in / out": f"{usage.input_tokens:,} / {usage.output_tokens:,}" if usage else "–",
        "Total cost": formats.money(completion.cost.nanos),
    }


def outcome(completion: Completion) -> None:
    """One line or box that says how it ended."""
    if completion.ok and completion.link is not None:
        by = literal(name(completion.link))
        if completion.fell_back:
            st.caption(f":material/alt_route: Answered by a fallback: {by}")
        else:
            st.caption(f":material/check_circle: Answered by {by}")
    elif completion.status is Status.CANCELLED:
        st.caption(":material/cancel: Stopped. What had come until then stays here.")
    else:
        st.error(refusal(completion), icon=":material/error:")


def refusal(completion: Completion) -> str:
    """Why nobody answered and what to do, as Markdown."""
    failure = completion.failure
    if failure is None:
        return "**Nobody answered.** The run was interrupted. Send the prompt again."
    return f"**Nobody answered: {words(failure.kind).lower()}.** {said(failure)} {next_move(failure.kind)}"


def history_link(run: Run) -> None:
    """The way to this operation in History."""
    st.page_link(
        "history.py",
        label="Open in History",
        icon=":material/history:",
        query_params={"operation": run.operation_id},
    )


def asked(run: Run) -> str:
    """Whom a run asks first, as Markdown, with the name that was asked for when it is another."""
    links = run.operation.chain.links
    if not links:
        return "Nobody"
    place = links[0]
    instead = f" in place of {place.requested}" if place.requested else ""
    return literal(f"{place.link.model or place.link.provider}{instead}")
