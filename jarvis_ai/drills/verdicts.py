"""Whether a caller was served well: pass, partial, safe or fail, with the reasons in words. Pure.

pass     a whole answer, from whom and when the policy promises it; or, where the request itself is at fault and asking
         anybody else is no use, the original error, at once.
partial  a whole answer, but worse than promised: words were taken back before it, keywords answered although a model
         could have, or it came later than promised.
safe     no answer although one was due, or none could be had; the caller was told so, in time.
fail     anything that a caller cannot trust: a part passed off as the whole, mixed or doubled words, an answer of a
         link that could not give one, no end in time, a row that is missing or left open, a cost that the provider does
         not confirm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from jarvis_ai.domain import (
    KEYWORD,
    OPENROUTER,
    Attempt,
    Completed,
    Completion,
    Event,
    FailureKind,
    Link,
    Status,
    TextDelta,
    TextDiscarded,
)
from jarvis_ai.drills.forecast import Forecast

SLACK = 1.5
"""Seconds that this machine may be busy with other things before an answer counts as late."""


class Grade(StrEnum):
    """How well a caller was served, best first."""

    PASS = "pass"
    PARTIAL = "partial"
    SAFE = "safe"
    FAIL = "fail"


SEVERITY = tuple(Grade)


@dataclass(frozen=True, slots=True)
class Row:
    """An attempt as the usage log has it."""

    number: int
    status: str
    cost_nanos: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller saw who only appends words, and forgets them where told to."""

    text: str = ""
    restarts: int = 0
    ended: bool = False

    @classmethod
    def of(cls, events: Sequence[Event]) -> Seen:
        """From everything that a run has emitted."""
        text, restarts = "", 0
        for event in events:
            if isinstance(event, TextDelta):
                text += event.text
            elif isinstance(event, TextDiscarded):
                text, restarts = "", restarts + 1
        return cls(text, restarts, any(isinstance(event, Completed) for event in events))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a drill after its end."""

    completion: Completion
    seen: Seen
    started_at: float
    """Seconds since the epoch."""
    longest: float
    """The deadline of the whole operation, in seconds."""
    hung: bool = False
    """Whether it had to be stopped, long after its deadline."""
    healthy: Mapping[Link, str] = field(default_factory=dict)
    """What each link says when nothing goes wrong; without those of which nobody can know it."""
    rows: Sequence[Row] = ()
    """Of the usage log."""
    row_status: str = ""
    """Of the operation in the usage log; empty where it has none."""
    dispatched: int | None = None
    """Requests that arrived at the simulator; None where others than it were asked."""
    charges: Mapping[str, int] = field(default_factory=dict)
    """What OpenRouter's ledger has for each generation id, 10⁻⁹ US dollars."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade and why."""

    grade: Grade
    reasons: tuple[str, ...]


Finding = tuple[Grade, str]


def judge(forecast: Forecast, evidence: Evidence) -> Verdict:
    """The worst of all findings decides; each of that grade is a reason."""
    findings = [*_answer(forecast, evidence), *_time(forecast, evidence), *_log(evidence), *_money(evidence)]
    worst = max((grade for grade, _ in findings), key=SEVERITY.index)
    return Verdict(worst, tuple(dict.fromkeys(words for grade, words in findings if grade is worst)))


def _answer(forecast: Forecast, evidence: Evidence) -> Iterator[Finding]:
    completion = evidence.completion
    if not evidence.seen.ended:
        yield Grade.FAIL, "The run never told its end."
    if completion.ok:
        yield from _text(evidence)
        yield from _speaker(forecast, completion)
        if evidence.seen.restarts:
            yield Grade.PARTIAL, "Words that had been shown were taken back, and the answer started anew."
    elif completion.status is Status.FAILED:
        yield _refusal(forecast, completion, began=bool(evidence.seen.text))
    else:
        yield Grade.SAFE, f"The run was {completion.status}; nothing was passed off as whole."


def _text(evidence: Evidence) -> Iterator[Finding]:
    said, shown = evidence.completion.text, evidence.seen.text
    if shown != said:
        yield (
            Grade.FAIL,
            f"The caller saw {len(shown)} letters, the answer has {len(said)}: words were lost or doubled.",
        )
    healthy = set(evidence.healthy.values())
    if evidence.completion.link not in evidence.healthy:
        yield Grade.PASS, "The answer ended with a finish reason; its words cannot be known beforehand."
    elif said in healthy:
        yield Grade.PASS, "The answer is whole: letter by letter that of a healthy link."
    elif any(whole.startswith(said) for whole in healthy):
        yield Grade.FAIL, "A part of an answer was passed off as the whole."
    else:
        yield Grade.FAIL, "The answer is nobody's: words of several were mixed, doubled or left out."


def _speaker(forecast: Forecast, completion: Completion) -> Iterator[Finding]:
    link = completion.link
    broken = {step.link for step in forecast.steps if step.failure} - {forecast.answers}
    if forecast.certain and link in broken:
        yield Grade.FAIL, f"{link} answered, which was broken: the fault did not happen."
    if link == Link(KEYWORD) and forecast.answers not in (link, None):
        yield Grade.PARTIAL, f"Keyword analysis answered although {forecast.answers} could have."
    elif link == Link(KEYWORD):
        yield Grade.PASS, "No model was left; keyword analysis answered, as the chain has it."


def _refusal(forecast: Forecast, completion: Completion, *, began: bool) -> Finding:
    told = completion.failure.kind if completion.failure else FailureKind.INTERNAL
    if forecast.refuses and told is forecast.failure:
        return Grade.PASS, f"The caller was told the original error, {_plain(told)}; asking others would be no use."
    if began:
        return (
            Grade.SAFE,
            f"What had been shown was not passed off as whole: the caller was told the error, {_plain(told)}.",
        )
    if forecast.answers is None:
        return Grade.SAFE, f"Nobody could answer, and the caller was told so: {_plain(told)}."
    return Grade.SAFE, f"{forecast.answers} could have answered; the caller got an honest error: {_plain(told)}."


def _time(forecast: Forecast, evidence: Evidence) -> Iterator[Finding]:
    completion = evidence.completion
    if evidence.hung or completion.latency > evidence.longest + SLACK:
        yield (
            Grade.FAIL,
            f"It took {completion.latency:.1f} s; the deadline for the whole of it is {evidence.longest:g} s.",
        )
    asked = _asked_at(completion, evidence.started_at)
    if asked is not None and asked > forecast.latest + SLACK:
        grade = Grade.PARTIAL if completion.ok else Grade.SAFE
        yield grade, f"Later than promised: {asked:.1f} s until all failures were over, not {forecast.latest:.1f} s."


def _asked_at(completion: Completion, started_at: float) -> float | None:
    """Seconds until the link was asked that answered, or until the caller was told that none does."""
    if completion.status is Status.FAILED:
        return completion.latency
    answering = [attempt for attempt in completion.attempts if attempt.status is Status.OK]
    return answering[-1].started_at - started_at if answering else None


def _log(evidence: Evidence) -> Iterator[Finding]:
    tried = evidence.completion.attempts
    numbers = {row.number for row in evidence.rows}
    missing = [attempt.number for attempt in tried if attempt.number not in numbers]
    pending = [row.number for row in evidence.rows if row.status == Status.PENDING]
    if missing:
        yield Grade.FAIL, f"The usage log has no row of attempt {_listed(missing)}."
    if pending:
        yield Grade.FAIL, f"In the usage log attempt {_listed(pending)} is still pending."
    if evidence.row_status != evidence.completion.status:
        yield Grade.FAIL, f"In the usage log the operation is {evidence.row_status or 'missing'}."
    sent = sum(attempt.link.provider != KEYWORD for attempt in tried)
    if evidence.dispatched is not None and evidence.dispatched > sent:
        yield Grade.FAIL, f"{evidence.dispatched} requests were sent, {sent} attempts are known of."


def _money(evidence: Evidence) -> Iterator[Finding]:
    costs = {row.number: row.cost_nanos for row in evidence.rows}
    for attempt in evidence.completion.attempts:
        charged = evidence.charges.get(attempt.generation_id)
        if attempt.link.provider != OPENROUTER or charged is None:
            continue
        known = costs.get(attempt.number)
        if known is None and attempt.status is Status.OK:
            yield Grade.FAIL, f"Attempt {attempt.number} was billed, and the usage log does not know its cost."
        elif known is not None and known != charged:
            yield Grade.FAIL, f"Attempt {attempt.number} cost {charged} nano-dollars; the usage log has {known}."
    yield from _total(evidence.completion.attempts, evidence.completion)


def _total(attempts: Sequence[Attempt], completion: Completion) -> Iterator[Finding]:
    amounts = [attempt.cost.nanos for attempt in attempts]
    known = [amount for amount in amounts if amount is not None]
    due = sum(known) if amounts and len(known) == len(amounts) else None
    if completion.cost.nanos != due:
        yield Grade.FAIL, f"The attempts cost {due} nano-dollars together; the operation says {completion.cost.nanos}."


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _plain(kind: FailureKind) -> str:
    return kind.value.replace("_", " ")
