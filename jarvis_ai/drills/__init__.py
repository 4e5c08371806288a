"""Rehearsals of failure: what breaks is chosen, what the policy promises is told, and what a caller gets is judged.

It knows the engine, the policy and the simulator, and neither pages nor how a runtime is put together.
"""

from jarvis_ai.drills.cases import DEADLINES, Drill, breakable, catalogue, drill_policy, name_of
from jarvis_ai.drills.forecast import Faults, Forecast, Step, foresee
from jarvis_ai.drills.history import keep, kept
from jarvis_ai.drills.report import Record, as_json, as_markdown, record, report
from jarvis_ai.drills.stage import Outcome, Stage, Theatre, full, perform
from jarvis_ai.drills.verdicts import Evidence, Grade, Row, Seen, Verdict, judge

__all__ = [
    "DEADLINES",
    "Drill",
    "Evidence",
    "Faults",
    "Forecast",
    "Grade",
    "Outcome",
    "Record",
    "Row",
    "Seen",
    "Stage",
    "Step",
    "Theatre",
    "Verdict",
    "as_json",
    "as_markdown",
    "breakable",
    "catalogue",
    "drill_policy",
    "foresee",
    "full",
    "judge",
    "keep",
    "kept",
    "name_of",
    "perform",
    "record",
    "report",
]
