"""Outcomes as plain values: to keep, to show in a table, to export as Markdown or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jarvis_ai.domain import KEYWORD, OPENROUTER, Attempt, Completion, Link, Status
from jarvis_ai.drills.forecast import Faults
from jarvis_ai.drills.stage import Outcome
from jarvis_ai.drills.verdicts import Grade
from jarvis_ai.simulator import Fault

Record = Mapping[str, Any]
"""An outcome as JSON has it."""

USUAL = Fault("silence")
COLUMNS = ("Fault", "What the caller saw", "Attempts", "Seconds", "Verdict")


def record(outcome: Outcome) -> dict[str, Any]:
    """Everything about an outcome that is worth keeping; durations in seconds, moments in seconds since the epoch."""
    completion, chain = outcome.completion, outcome.drill.chain
    return {
        "name": outcome.drill.name,
        "grade": outcome.verdict.grade.value,
        "reasons": list(outcome.verdict.reasons),
        "saw": saw(outcome),
        "started_at": outcome.started_at,
        "seconds": round(completion.latency, 3),
        "ttft": None if completion.ttft is None else round(completion.ttft, 3),
        "promised": round(outcome.forecast.latest, 3),
        "attempts": [_attempt(attempt) for attempt in completion.attempts],
        "cost_nanos": completion.cost.nanos,
        "chain": [str(place.link) for place in chain.links],
        "chain_name": chain.name,
        "chain_hash": chain.hash,
        "faults": faults(outcome.drill.faults),
        "restarts": outcome.drill.restarts,
        "simulated": outcome.simulated,
        "operation_id": completion.operation_id,
    }


def faults(broken: Faults) -> dict[str, dict[str, Any]]:
    """Each broken link with its fault; what a fault leaves as usual is left out."""
    usual = USUAL.as_dict()
    return {
        str(link): {key: value for key, value in fault.as_dict().items() if key == "kind" or value != usual[key]}
        for link, fault in broken.items()
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "link": str(attempt.link),
        "status": attempt.status.value,
        "failure": attempt.failure.kind.value if attempt.failure else "",
        "hedge": attempt.hedge,
        "resumed": attempt.resumed,
        "waited": round(attempt.waited, 3),
        "seconds": None if attempt.latency is None else round(attempt.latency, 3),
    }


def saw(outcome: Outcome) -> str:
    """What the caller got, in one sentence."""
    completion = outcome.completion
    if completion.status is Status.CANCELLED:
        return "No end: the run had to be stopped."
    if not completion.ok or completion.link is None:
        told = completion.failure.kind.value.replace("_", " ") if completion.failure else "no reason"
        return f"An error that says why: {told}."
    if completion.link.provider == KEYWORD:
        return "An answer from keyword analysis."
    by = _named(completion.link)
    begun = _begun_by(completion)
    return f"A whole answer, begun by {begun} and finished by {by}." if begun else f"A whole answer from {by}."


def _begun_by(completion: Completion) -> str:
    """Whose words the answer begins with, where another finished it; empty where one link said all of it."""
    answering = next((attempt for attempt in completion.attempts if attempt.status is Status.OK), None)
    if answering is None or not answering.resumed:
        return ""
    spoke = (attempt for attempt in completion.attempts if attempt.ttft is not None and not attempt.resumed)
    return next((_named(attempt.link) for attempt in spoke if attempt is not answering), "")


def _named(link: Link) -> str:
    """A link as the tables name it: OpenRouter is understood."""
    return link.model if link.provider == OPENROUTER else str(link)


def as_json(records: Sequence[Record]) -> str:
    """Records to keep elsewhere."""
    return json.dumps(list(records), indent=2, ensure_ascii=False) + "\n"


def as_markdown(records: Sequence[Record]) -> str:
    """A table of what the callers saw."""
    lines = [_line(COLUMNS), _line(["---"] * len(COLUMNS)), *(_line(cells(each)) for each in records)]
    return "\n".join(lines) + "\n"


def cells(each: Record) -> list[str]:
    """A record as the table has it."""
    reason = "" if each["grade"] == Grade.PASS else f": {' '.join(each['reasons'])}"
    words = str(each["name"]).replace("_", " ")
    return [words, each["saw"], str(len(each["attempts"])), f"{each['seconds']:.1f}", f"{each['grade']}{reason}"]


def report(records: Sequence[Record]) -> str:
    """Records with their chains and times, as a page of Markdown."""
    parts = ["# Fallback drills", ""]
    for key in dict.fromkeys(each["chain_hash"] for each in records):
        own = [each for each in records if each["chain_hash"] == key]
        parts += [f"## {own[0]['chain_name'] or 'Planned chain'} ({key})", ""]
        parts += [f"{number}. `{link}`" for number, link in enumerate(own[0]["chain"], 1)]
        parts += ["", f"{_when(own[-1])} to {_when(own[0])}, newest first.", "", as_markdown(own)]
    return "\n".join(parts)


def _when(each: Record) -> str:
    return datetime.fromtimestamp(each["started_at"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _line(values: Sequence[str]) -> str:
    return "| " + " | ".join(value.replace("|", "\\|").replace("\n", " ") for value in values) + " |"
