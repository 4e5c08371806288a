"""What the linter says of a chain, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import streamlit as st

from jarvis_ai.chains.lint import Finding, Severity, lint
from jarvis_ai.chains.lint.findings import numbered
from jarvis_ai.console import chains
from jarvis_ai.console.drafts import Draft
from jarvis_ai.console.formats import literal
from jarvis_ai.domain import Chain
from jarvis_ai.runtime import Runtime

LOOKS: Mapping[Severity, tuple[str, str]] = {
    Severity.ERROR: ("red", "error"),
    Severity.WARNING: ("orange", "warning"),
    Severity.NOTE: ("gray", "info"),
}


def found(runtime: Runtime, chain: Chain) -> list[Finding]:
    """What the linter says of a chain today."""
    today = datetime.now(UTC).date()
    return lint(chain, runtime.catalog, runtime.engine.policy, runtime.providers.keys(), today=today)


def show(findings: Sequence[Finding], draft: Draft) -> None:
    """Findings, worst first; notes are folded away where there is worse. What names a better link can put it there."""
    serious = [finding for finding in findings if finding.severity is not Severity.NOTE]
    notes = [finding for finding in findings if finding.severity is Severity.NOTE]
    if not findings:
        st.caption(":green[:material/check_circle:] Nothing to doubt.")
    for finding in serious:
        _doubt(finding, draft)
    if notes:
        with st.expander(f"Worth knowing ({len(notes)})", icon=":material/info:", expanded=not serious,
                         key="chains_notes"):  # fmt: skip
            for finding in notes:
                _doubt(finding, draft)


def _doubt(finding: Finding, draft: Draft) -> None:
    color, icon = LOOKS[finding.severity]
    where = f"**{numbered(finding.places).capitalize()}.** " if finding.link and finding.places else ""
    advice = "" if finding.instead else f"  \n:gray[{literal(finding.advice)}]"
    st.markdown(f":{color}[:material/{icon}:] {where}{literal(finding.sentence)}{advice}")
    if finding.instead:
        row = draft.rows[finding.places[0] - 1]
        st.button(f"Write {finding.instead}", icon=":material/auto_fix_high:", type="tertiary",
                  key=f"chains_fix_{row.id}", on_click=chains.rewrite, args=(row, finding.instead))  # fmt: skip


def counted(findings: Sequence[Finding]) -> str:
    """How many of each severity, in words; empty when there is none."""
    numbers = [(severity, sum(finding.severity is severity for finding in findings)) for severity in Severity]
    return ", ".join(f"{number} {severity}{'s' * (number > 1)}" for severity, number in numbers if number)
