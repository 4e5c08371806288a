"""A file of labelled messages on the page Assistant: words are measured at once, a model when it is asked for.

A model is asked step by step within the script's run, so that nothing is spent for a page that nobody looks at.
A click begins another run beside the one that waits for an answer; the measurement can be shared by both.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from jarvis_ai.assistant.analysis import Asker
from jarvis_ai.assistant.evaluation import KEYWORD, MODEL, Evaluation, Measured, calls_for, measure_words
from jarvis_ai.assistant.examples import COLUMNS, Example, SheetError, read_examples, sample_sheet
from jarvis_ai.console import measured, scopes, windows
from jarvis_ai.console.assistant import price_words, reference
from jarvis_ai.console.formats import literal
from jarvis_ai.domain import Chain, Source
from jarvis_ai.runtime import Runtime

MEASUREMENT, OURS = "assistant_measurement", "assistant_ours"
MEGABYTES = 5
PROBLEMS_SHOWN = 20
NAMES = {MODEL: "Model", KEYWORD: "Keyword link"}
MISSES = {
    "Row": st.column_config.NumberColumn("Row", width="small"),
    "Message": st.column_config.TextColumn("Message", width="large"),
    "Confidence": st.column_config.ProgressColumn("Confidence", format="percent", min_value=0, max_value=1),
}


@dataclass(slots=True)
class Measurement:
    """One file, and what was made of its messages so far."""

    identity: tuple[object, ...]
    name: str
    examples: Sequence[Example]
    words: Sequence[Measured]
    evaluation: Evaluation | None = None
    began: float = 0.0
    """When a model was first asked, and below when it last had answered; seconds since the epoch."""
    last: float = 0.0

    @property
    def found(self) -> dict[str, Sequence[Measured]]:
        """What was measured, by who was asked."""
        asked = self.evaluation.measured if self.evaluation else ()
        return {**({MODEL: asked} if asked else {}), KEYWORD: self.words}


def chosen() -> Measurement | None:
    """The controls: a file, or ours. What was measured stays until another file is chosen."""
    uploaded = st.file_uploader("CSV file", "csv", key="assistant_sheet", max_upload_size=MEGABYTES,
                                on_change=_take, args=(False,))  # fmt: skip
    with st.container(horizontal=True):
        st.button("Measure on the example", icon=":material/science:", key="assistant_use_sample", on_click=_take,
                  args=(True,))  # fmt: skip
        st.download_button("Download the example", sample_sheet(), "messages.csv", "text/csv", key="assistant_sample",
                           icon=":material/download:", on_click="ignore")  # fmt: skip
    with st.expander("Columns, time and zone", icon=":material/table:", key="assistant_columns"):
        st.table({name: literal(meaning) for name, meaning in COLUMNS.items()}, border="horizontal")
        st.caption("Rows without a time or a zone of their own are read at this time and in this zone.")
        moment, zone = reference("assistant_default")
    if st.session_state.get(OURS):
        _measure("messages.csv", sample_sheet(), moment, datetime.now(zone))
    elif uploaded:
        _measure(uploaded.name, uploaded.getvalue(), moment, datetime.now(zone))
    return st.session_state.get(MEASUREMENT)


def _take(ours: bool) -> None:
    """Which of the two is measured: our example, or the file that was uploaded last."""
    st.session_state[OURS] = ours


def _measure(name: str, data: bytes, moment: datetime | None, present: datetime) -> None:
    """Measure a file by words, unless that was done already; one with mistakes is refused whole."""
    identity = (data, moment, str(present.tzinfo))
    kept: Measurement | None = st.session_state.get(MEASUREMENT)
    if kept is not None and kept.identity == identity:
        return
    st.session_state.pop(MEASUREMENT, None)
    try:
        examples = read_examples(data, moment.replace(tzinfo=present.tzinfo) if moment else present)
    except SheetError as exc:
        _refuse(name, exc.problems)
        return
    words = [measure_words(example) for example in examples]
    st.session_state[MEASUREMENT] = Measurement(identity, name, examples, words)


def _refuse(name: str, problems: Sequence[str]) -> None:
    lines = "\n".join(f"- {literal(problem)}" for problem in problems[:PROBLEMS_SHOWN])
    more = len(problems) - PROBLEMS_SHOWN
    rest = f"\n\nAnd {more:,} more." if more > 0 else ""
    st.error(f"**{literal(name)} was not measured.** Mend it and choose it again.\n\n{lines}{rest}",
             icon=":material/error:")  # fmt: skip


def ask_model(engine: Runtime, chain: Chain, door: Asker, measurement: Measurement) -> None:
    """The button that has the model measured too, with its price; and the measuring, until it is over or stopped."""
    evaluation = measurement.evaluation
    under_way = evaluation is not None and not evaluation.over
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Measure the model too", icon=":material/send:", type="primary", key="assistant_measure",
                            disabled=under_way)  # fmt: skip
        stop = st.empty()
        st.caption(price_words(engine, chain, calls_for(measurement.examples, door)))
    if pressed:
        evaluation = measurement.evaluation = Evaluation(measurement.examples, door)
        measurement.began = measurement.last = time.time()
    if evaluation is None:
        return
    if not evaluation.over:
        stop.button("Stop", icon=":material/stop_circle:", key="assistant_stop", on_click=evaluation.stop)
        _follow(measurement, evaluation)
        stop.empty()
    if evaluation.stopped:
        st.caption(f":material/cancel: Stopped: the model was asked about {_progress(evaluation)}.")
    scopes.open_rows("Open the model's requests", _requests(measurement))


def _follow(measurement: Measurement, evaluation: Evaluation) -> None:
    bar = st.progress(evaluation.share, "Asking the model…")
    while not evaluation.over:
        evaluation.advance()
        measurement.last = time.time()
        bar.progress(evaluation.share, f"Asking the model… {_progress(evaluation)}")
    bar.empty()


def _requests(measurement: Measurement) -> dict[str, str | list[str]]:
    """The URL parameters of History for what a measurement asked."""
    stretch = {windows.FROM: str(math.floor(measurement.began)), windows.TO: str(math.ceil(measurement.last) + 1)}
    return {windows.key("history", "source"): [Source.ASSISTANT.value], **stretch}


def _progress(evaluation: Evaluation) -> str:
    return f"{len(evaluation.measured):,} of {len(evaluation.examples):,} messages"


def show(measurement: Measurement) -> None:
    """Figures, confusion, misses and files."""
    found = measurement.found
    st.subheader(literal(f"{measurement.name}: {len(measurement.examples):,} messages"))
    table = {NAMES[method]: measured.figures(each) for method, each in found.items()}
    st.dataframe(table, key="assistant_figures", height="content", alt=measured.takeaway(found))
    _confusions(found)
    _misses([each for all_ in found.values() for each in all_])
    _files(found)


def _confusions(found: dict[str, Sequence[Measured]]) -> None:
    scores = {method: measured.intent_score(each) for method, each in found.items()}
    judged = {method: score for method, score in scores.items() if score.rows}
    if not judged:
        return
    st.subheader("Confusion")
    st.caption(
        "Right intents from top to bottom, said ones from left to right. What nobody understands counts as chat."
    )
    for place, (method, score) in zip(st.columns(len(judged)), judged.items(), strict=True):
        with place:
            st.markdown(f"**{NAMES[method]}**")
            wrong = score.rows - score.right
            st.altair_chart(measured.confusion(score), key=f"assistant_confusion_{method}",
                            alt=f"{NAMES[method]}: {wrong:,} of {score.rows:,} intents are confused")  # fmt: skip


def _misses(rows: Sequence[Measured]) -> None:
    st.subheader("Worst misses")
    misses = measured.misses(rows)
    if misses.empty:
        st.caption("None: everything is as the file says.")
        return
    more = len(misses) - measured.WORST
    st.caption("The surest first." + (f" The files below have {more:,} more." if more > 0 else ""))
    st.dataframe(misses.head(measured.WORST), hide_index=True, key="assistant_misses", column_config=MISSES,
                 alt=f"{len(misses):,} misses, the surest first")  # fmt: skip


def _files(found: dict[str, Sequence[Measured]]) -> None:
    every = [each for all_ in found.values() for each in all_]
    with st.container(horizontal=True):
        st.download_button("Results as CSV", lambda: measured.as_csv(every), "assistant.csv", "text/csv",
                           key="assistant_csv", icon=":material/download:", on_click="ignore")  # fmt: skip
        st.download_button("Results as JSON", lambda: measured.as_json(found), "assistant.json", "application/json",
                           key="assistant_json", icon=":material/download:", on_click="ignore")  # fmt: skip
