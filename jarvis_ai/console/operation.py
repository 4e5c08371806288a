"""Operations on a page: the list to choose from, and one opened: how it ended, what was tried and why, what was said.

What users wrote and models answered is shown as text and code, never as Markdown or HTML.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from jarvis_ai.console import again, formats
from jarvis_ai.console.charts import words
from jarvis_ai.console.formats import literal
from jarvis_ai.console.timeline import COST_HELP, LOOKS, attempts_timeline
from jarvis_ai.domain import Attempt, Cost, CostSource, Failure, FailureKind, Link, Status, Usage, text_of

Row = Mapping[str, Any]


def overview(rows: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """Operations as a list to choose from. Takes the rows of `Analytics.operations`."""
    return pd.DataFrame(
        {
            "started": pd.to_datetime(rows["started_at"], unit="ms", utc=True).dt.tz_convert(zone),
            "status": [*map(status_words, rows["status"], rows["fallback"], rows["failure"])],
            "asked": rows["requested_model"].where(rows["requested_model"] != "", "default chain"),
            "answered": rows["model"].where(rows["model"] != "", "nobody"),
            "attempts": rows["attempts"],
            "latency": rows["latency"],
            "ttft": rows["ttft"],
            "tokens": rows["input_tokens"] + rows["output_tokens"],
            "cost": rows["cost"].map(formats.dollars, na_action=None),
            "source": rows["source"],
            "task": rows["task"],
            "id": rows["id"],
        }
    )


def status_words(status: str, fallback: int, failure: str) -> str:
    """How an operation ended, in few words."""
    if status == Status.FAILED:
        return words(failure)
    return "Ok, by a fallback" if fallback else words(status)


COLUMNS = {
    "started": st.column_config.DatetimeColumn("Started", format="D MMM HH:mm:ss", width=115),
    "status": st.column_config.TextColumn("Status", width=110),
    "asked": st.column_config.TextColumn("Asked for", width=180),
    "answered": st.column_config.TextColumn("Answered by", width=180),
    "attempts": st.column_config.NumberColumn("Attempts", format="%d", width=66),
    "latency": st.column_config.NumberColumn("Time (s)", format="%.2f", width=64),
    "ttft": st.column_config.NumberColumn("First token (s)", format="%.2f", width=94),
    "tokens": st.column_config.NumberColumn("Tokens", format="localized", width=62),
    "cost": st.column_config.TextColumn("Cost", alignment="right", width=84),
    "source": st.column_config.TextColumn("Source", width=90),
    "task": st.column_config.TextColumn("Task", width=80),
    "id": st.column_config.TextColumn("Operation", width="medium"),
}


def show(operation: Row, attempts: pd.DataFrame, bodies: Row | None, zone: ZoneInfo) -> None:
    """Everything that is known about one operation, the outcome first."""
    outcome(operation, zone)
    again.button(operation, bodies)
    st.subheader("Attempts")
    if attempts.empty:
        st.caption("Nothing was dispatched: the operation ended before a model was asked.")
    else:
        attempts_timeline(attempts_of(attempts))
    st.subheader("Chain")
    chain(operation["chain"])
    said(bodies)


def outcome(operation: Row, zone: ZoneInfo) -> None:
    """How it ended, in badges and numbers."""
    with st.container(horizontal=True):
        colour, icon, _ = LOOKS[Status(operation["status"])]
        st.badge(words(operation["status"]), icon=f":material/{icon}:", color=colour)
        if operation["fallback"]:
            st.badge("Answered by a fallback", icon=":material/alt_route:", color="orange")
        if operation["simulated"]:
            st.badge("Simulated", icon=":material/science:", color="violet")
        st.badge(operation["source"], color="gray")
        if operation["task"]:
            st.badge(f"task {literal(operation['task'])}", color="gray")
    if operation["failure"]:
        st.error(f"**{words(operation['failure'])}.** {literal(operation['detail'] or '')}", icon=":material/error:")
    with st.grid(4, min_column_width=150):
        st.metric("Whole time", formats.seconds(_seconds(operation["latency_ms"])), border=True)
        st.metric("First token", formats.seconds(_seconds(operation["ttft_ms"])), border=True)
        st.metric(
            "Cost",
            formats.dollars(operation["cost"]),
            help=COST_HELP.get(operation["cost_source"]),
            border=True,
        )
        st.metric("Tokens in / out", _tokens(operation), border=True)
    st.table(_facts(operation, zone), border="horizontal", width="content")


def chain(places: Sequence[Row]) -> None:
    """The links that could be asked, in order, with the reason for each place."""
    rows = [(f"`{place.get('link', '')}`", literal(str(place.get("reason", "")))) for place in places]
    table = pd.DataFrame(rows, columns=["Link", "Why it stands here"], index=pd.RangeIndex(1, len(rows) + 1))
    st.table(
        table,
        border="horizontal",
        width="content",
        hide_index=False,
        alt=f"A chain of {len(rows)} links, each with its reason",
    )


def said(bodies: Row | None) -> None:
    """Request and answer, word for word; keys and tokens were removed before they were kept."""
    st.subheader("Request")
    if bodies is None:
        st.caption("The texts of this operation were not kept, or their time is over.")
        return
    request = bodies["request"] if isinstance(bodies["request"], Mapping) else {}
    for message in request.get("messages") or ():
        st.caption(str(message.get("role", "message")).capitalize())
        st.code(_text(message), language=None, wrap_lines=True)
    with st.expander("Parameters", icon=":material/tune:"):
        st.code(_json({name: value for name, value in request.items() if name != "messages"}), language="json")
    st.subheader("Answer")
    if bodies["answer"]:
        st.code(bodies["answer"], language=None, wrap_lines=True)
    elif not bodies["tool_calls"]:
        st.caption("There is no answer.")
    if bodies["tool_calls"]:
        st.code(_json(bodies["tool_calls"]), language="json", wrap_lines=True)


def attempts_of(table: pd.DataFrame) -> list[Attempt]:
    """The rows of `Analytics.attempts` as the values that they were."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [_attempt({str(name): value for name, value in row.items()}) for row in rows]


def _attempt(row: Row) -> Attempt:
    provider, model = row["provider"], row["model"]
    return Attempt(
        operation_id=row["operation_id"],
        number=row["attempt_no"],
        link=Link(provider, "" if model == provider else model),
        started_at=row["started_at"] / 1000,
        status=Status(row["status"]),
        reason=row["reason"],
        waited=row["waited"] or 0.0,
        failure=_failure(row),
        latency=row["latency"],
        ttft=row["ttft"],
        usage=_usage(row),
        cost=Cost(_integer(row["cost_nanos"]), CostSource(row["cost_source"])),
        generation_id=row["generation_id"],
        served_model=row["served_model"],
        hedge=bool(row["hedge"]),
        resumed=bool(row["resumed"]),
    )


def _failure(row: Row) -> Failure | None:
    if not row["failure"]:
        return None
    return Failure(
        FailureKind(row["failure"]),
        detail=row["detail"],
        http_status=_integer(row["http_status"]),
        retry_after=_seconds(row["retry_after_ms"]),
    )


def _usage(row: Row) -> Usage | None:
    if row["input_tokens"] is None and row["output_tokens"] is None:
        return None
    names = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
    return Usage(*(_integer(row[name]) or 0 for name in names))


def _facts(operation: Row, zone: ZoneInfo) -> dict[str, str]:
    facts = {
        "Started": f"{formats.when(operation['started_at'] / 1000, zone)} {zone.key}",
        "Asked for": literal(operation["requested_model"] or "the default chain"),
        "Answered by": literal(_link(operation)),
        "Finished because": words(operation["finish_reason"] or "") if operation["finish_reason"] else "",
        "Tag": literal(operation["tag"]),
        "Side of a migration": literal(operation["arm"] or ""),
        "Version of the chain": f"`{operation['chain_hash']}`" if operation["chain_hash"] else "",
        "Our own overhead": "" if operation["overhead_ms"] is None else f"{operation['overhead_ms']:.1f} ms",
        "Operation": f"`{operation['id']}`",
    }
    return {name: value for name, value in facts.items() if value}


def _link(operation: Row) -> str:
    if not operation["model"]:
        return "nobody"
    provider = operation["provider"]
    return provider if operation["model"] == provider else f"{operation['model']} through {provider}"


def _tokens(operation: Row) -> str:
    return f"{formats.count(operation['input_tokens'])} / {formats.count(operation['output_tokens'])}"


def _text(message: Row) -> str:
    """A message's text; what is more than text, or no text, as JSON."""
    content = message.get("content")
    plain = content if isinstance(content, str) else text_of(content)
    return plain if plain and isinstance(content, str) and set(message) <= {"role", "content"} else _json(message)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _integer(value: float | None) -> int | None:
    return None if value is None else int(value)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
