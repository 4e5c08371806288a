"""What a measurement on labelled messages came to: figures, confusions, misses, files. Nothing here asks or shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

import altair as alt
import pandas as pd

from jarvis_ai.assistant.evaluation import Measured
from jarvis_ai.assistant.scores import IntentScore, TimeScore, score_intents, score_times, share
from jarvis_ai.console import formats
from jarvis_ai.console.charts import PALETTE
from jarvis_ai.engine.costs import total_cost

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet."""
WORST = 50
"""Misses that are shown; the files have them all."""
CELL, AROUND = 26, 130


def intent_score(measured: Sequence[Measured]) -> IntentScore:
    """Of those whose intent is to be judged."""
    return score_intents([each.judged_intent for each in measured if each.judged_intent])


def time_score(measured: Sequence[Measured]) -> TimeScore:
    """Of those whose time is to be judged."""
    return score_times([each.judged_time for each in measured if each.judged_time])


def figures(measured: Sequence[Measured]) -> dict[str, str]:
    """The numbers of one method as people read them, by name."""
    intents, times = intent_score(measured), time_score(measured)
    seconds = pd.Series([each.seconds for each in measured], dtype=float).median()
    return {
        "Messages": formats.count(len(measured)),
        "Intent right": formats.share(intents.accuracy),
        "Wrong command": formats.share(share(intents.wrong_commands, intents.rows)),
        "Small talk left alone": formats.share(share(intents.chat_kept, intents.chat)),
        "Calibration error": formats.share(intents.calibration_error),
        "Time right": formats.share(share(times.right, times.moments)),
        "Time found where there is none": formats.share(share(times.false_positives, times.without)),
        "Type of time right": formats.share(share(times.type_right, times.typed)),
        "Median time a message": duration(seconds),
        "Cost": formats.money(total_cost([each.cost for each in measured]).nanos),
        "Decided by words alone": formats.count(sum(each.by_words for each in measured)),
    }


def duration(seconds: float) -> str:
    """Like `formats.seconds`, and of what words alone take the part of a millisecond."""
    return f"{seconds * 1000:.2f} ms" if seconds < 0.01 else formats.seconds(seconds)


def takeaway(found: Mapping[str, Sequence[Measured]]) -> str:
    """The figures in one line."""
    shares = {method: intent_score(each).accuracy for method, each in found.items()}
    return "; ".join(f"{method}: {formats.share(accuracy)} of intents right" for method, accuracy in shares.items())


def confusion(score: IntentScore) -> alt.LayerChart:
    """The said intents by the right one; what is off the diagonal is wrong."""
    rows = pd.DataFrame(
        [
            {"right": gold, "said": said, "messages": number, "verdict": "right" if gold == said else "wrong"}
            for (gold, said), number in score.confusion.items()
        ]
    )
    names = sorted({*rows["right"], *rows["said"]})
    y = alt.Y("right:N", title="Right intent", sort=names, axis=alt.Axis(labelLimit=140, labelOverlap=False))
    x = alt.X(
        "said:N", title="Said intent", sort=names, axis=alt.Axis(labelAngle=-60, labelLimit=140, labelOverlap=False)
    )
    colours = alt.Scale(domain=["right", "wrong"], range=[PALETTE[0], PALETTE[1]])
    tooltip = [alt.Tooltip("right:N", title="Right"), alt.Tooltip("said:N", title="Said"),
               alt.Tooltip("messages:Q", title="Messages", format=",d")]  # fmt: skip
    base = alt.Chart(rows).encode(x=x, y=y, tooltip=tooltip)
    cells = base.mark_rect(cornerRadius=3).encode(color=alt.Color("verdict:N", title=None, scale=colours,
                                                                  legend=alt.Legend(orient="top")))  # fmt: skip
    numbers = base.mark_text(color="white", fontWeight="bold").encode(text=alt.Text("messages:Q", format=",d"))
    return cast(alt.LayerChart, alt.layer(cells, numbers).properties(height=CELL * len(names) + AROUND))


def misses(measured: Sequence[Measured]) -> pd.DataFrame:
    """What was wrong, the surest first."""
    found = [*_intent_misses(measured), *_time_misses(measured)]
    columns = ["Row", "Message", "Right", "Said", "Confidence", "By", "Note"]
    return pd.DataFrame(found, columns=columns).sort_values("Confidence", ascending=False, kind="stable")


def _intent_misses(measured: Sequence[Measured]) -> list[tuple[object, ...]]:
    return [
        (
            each.example.row,
            each.example.text,
            judged.gold,
            judged.said,
            judged.confidence,
            each.method,
            each.intent.note,
        )
        for each in measured
        if (judged := each.judged_intent) and each.intent and not judged.right
    ]


def _time_misses(measured: Sequence[Measured]) -> list[tuple[object, ...]]:
    return [
        (each.example.row, each.example.text, _gold(each), each.time.datetime or each.time.type, each.time.confidence,
         each.method, each.time.note)
        for each in measured
        if (judged := each.judged_time) and each.time and not judged.right
    ]  # fmt: skip


def _gold(each: Measured) -> str:
    gold = each.example.time
    if gold is None or gold.moment is None:
        return gold.type if gold else ""
    return gold.moment.date().isoformat() if gold.grain == "day" else gold.moment.isoformat()


def as_csv(measured: Sequence[Measured]) -> bytes:
    """Every row as a spreadsheet takes it; no cell is a formula."""
    table = pd.DataFrame([{name: _harmless(value) for name, value in each.as_row().items()} for each in measured])
    return table.to_csv(index=False).encode()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_json(measured: Mapping[str, Sequence[Measured]]) -> bytes:
    """Figures and rows of each method."""
    methods = {
        method: {"figures": figures(each), "rows": [one.as_row() for one in each]} for method, each in measured.items()
    }
    return json.dumps(methods, indent=2, ensure_ascii=False).encode()
