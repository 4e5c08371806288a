"""How good and how fast intent and time are without a model.

`python -m benchmarks.assistant DATA...` prints the figures for files of labelled messages, one JSON object a line: with
`text` and `intent`; or with `text`, `reference_datetime`, `timezone`, `gold_iso`, `gold_alt`, `gold_type` and `grain`.
Without DATA, and in `make bench`, it measures speed and import time on sentences of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

if not __package__:  # run by its path: the packages are beside the folder it lies in
    sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.harness import Row, Section, median, save, tables
from jarvis_ai.assistant.keyword import intent_of
from jarvis_ai.assistant.scores import (
    GoldTime,
    JudgedIntent,
    JudgedTime,
    on_the_wall,
    score_intents,
    score_times,
    share,
)
from jarvis_ai.assistant.times import extract

NAME = "assistant"
TITLE = "Intent and time from words alone, on one core, and how long the import takes"

Line = Mapping[str, Any]
Figure = tuple[str, float | None, str]
"""Name, value, and what is to be reached."""

SENTENCES = (
    "Wake me up at half past six tomorrow",
    "Remind me to call the plumber in an hour and a half",
    "Move my review with Dana to next Friday at 3",
    "What's on my calendar this weekend?",
    "Text Omar that I'm running ten minutes late",
    "Add oat milk and rice to the shopping list",
    "Will it rain in Lisbon on Sunday afternoon?",
    "Book a table for four at 7 on the 14th of May",
    "Take out the bins every other Thursday evening",
    "Do you ever get tired of my questions?",
    "Any unread mail from the landlord since Monday?",
    "Never mind the alarm for tomorrow",
)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
ROUNDS = 40
"""How often the sentences are gone through in a turn."""
IMPORTS = ("import jarvis_ai.assistant.keyword", "import jarvis_ai.assistant.times")

SPOKEN_TO_ASSISTANTS = {"smcalflow", "slurp", "ms_recognizers_tasks", "clinc150"}
"""Sources of what people say to assistants; the others are the suites of time parsers."""
BARE_HOUR = "bare_hour"


def measure(turns: int = 7) -> list[Row]:
    """Milliseconds for a message, and seconds for the imports in a fresh process."""
    intent = median([_per_message(intent_of) for _ in range(turns)])
    moment = median([_per_message(lambda text: extract(text, NOW)) for _ in range(turns)])
    imports = median([_import_seconds(IMPORTS) - _import_seconds(()) for _ in range(turns)])
    return [
        Row("intent", "ms", {"ours": round(intent * 1000, 4)}, goal=0.2),
        Row("time", "ms", {"ours": round(moment * 1000, 4)}, goal=1.0),
        Row("import of both", "s", {"ours": round(imports, 3)}, goal=0.2),
    ]


def _per_message(read: Callable[[str], object]) -> float:
    for text in SENTENCES:
        read(text)
    began = time.process_time()
    for _ in range(ROUNDS):
        for text in SENTENCES:
            read(text)
    return (time.process_time() - began) / (ROUNDS * len(SENTENCES))


def _import_seconds(statements: Sequence[str]) -> float:
    """The processor's seconds for a fresh process that runs these statements."""
    before = _children_seconds()
    command = [sys.executable, "-c", "\n".join(statements)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1])  # noqa: S603 - statements of our own
    return _children_seconds() - before


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def figures(lines: Sequence[Line]) -> Iterator[Figure]:
    """What there is to say of one file's lines, be they intents or times."""
    yield from intent_figures(lines) if "intent" in lines[0] else time_figures(lines)


def intent_figures(lines: Sequence[Line]) -> Iterator[Figure]:
    found, seconds = _timed(lambda line: intent_of(line["text"]), lines)
    judged = [
        JudgedIntent(line["intent"], said.intent, said.confidence) for line, said in zip(lines, found, strict=True)
    ]
    score = score_intents(judged)
    yield "accuracy", score.accuracy, "≥ 91 %"
    yield "wrong command fired", share(score.wrong_commands, score.rows), "≤ 4 %"
    yield "chat kept", share(score.chat_kept, score.chat), "≥ 97 %"
    yield "expected calibration error", score.calibration_error, "≤ 5 %"
    yield "messages a second", len(lines) / seconds, "≥ 5,000"


def time_figures(lines: Sequence[Line]) -> Iterator[Figure]:
    found, seconds = _timed(lambda line: extract(line["text"], now_of(line)), lines)
    judged = [
        JudgedTime(gold_of(line), on_the_wall(said.datetime, now_of(line)), said.type)
        for line, said in zip(lines, found, strict=True)
    ]

    def part(keep: Callable[[Line], bool]) -> list[JudgedTime]:
        return [each for line, each in zip(lines, judged, strict=True) if keep(line)]

    spoken = score_times(part(lambda line: line["source"] in SPOKEN_TO_ASSISTANTS))
    suites = score_times(part(lambda line: line["source"] not in SPOKEN_TO_ASSISTANTS))
    bare = score_times(part(lambda line: BARE_HOUR in line["tags"]))
    every = score_times(judged)
    yield "assistant rows: right", share(spoken.right, spoken.moments), "≥ 98 %"
    yield "assistant rows: minute", share(spoken.clocked_right, spoken.clocked), "≥ 97.5 %"
    yield "assistant rows: strict", share(spoken.strictly_right, spoken.moments), "≥ 94 %"
    yield "assistant rows: false positives", share(spoken.false_positives, spoken.without), "≤ 0.3 %"
    yield "bare hours: right", share(bare.right, bare.moments), "≥ 88 %"
    yield "other suites: right", share(suites.right, suites.moments), "≥ 75 %"
    yield "all rows: right", share(every.right, every.moments), ""
    yield "all rows: type", share(every.type_right, every.typed), ""
    yield "messages a second", len(lines) / seconds, "≥ 1,000"


def _timed(read: Callable[[Line], Any], lines: Sequence[Line]) -> tuple[list[Any], float]:
    """What was read of each line, and the processor's seconds for all; what happens once is done before."""
    read(lines[0])
    began = time.process_time()
    found = [read(line) for line in lines]
    return found, time.process_time() - began


def now_of(line: Line) -> datetime:
    """The present of a line, in its zone; a reference without an offset is UTC's."""
    reference = datetime.fromisoformat(line["reference_datetime"])
    aware = reference if reference.tzinfo else reference.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(line["timezone"]))


def gold_of(line: Line) -> GoldTime:
    """The right time of a line."""
    moment = datetime.fromisoformat(line["gold_iso"]) if line["gold_iso"] else None
    others = tuple(map(datetime.fromisoformat, line["gold_alt"]))
    return GoldTime(line["gold_type"], moment, others, line["grain"] or "minute")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assistant", description=__doc__)
    parser.add_argument("data", nargs="*", type=Path, metavar="DATA", help="files of labelled messages, JSON lines")
    for path in parser.parse_args().data:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        print(f"\n{path.name}, {len(lines):,} messages\n")
        for name, value, goal in figures(lines):
            print(f"{name:>32}  {_shown(value):>9}  {goal}")
    rows = measure()
    print(f"\n{TITLE}\n\n{tables(rows)}\n\n→ {save(NAME, [Section(TITLE, rows)])}")


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}" if value <= 1 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
