"""One message as the page Assistant shows it: what a model and what words alone make of it, side by side."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from jarvis_ai.assistant.analysis import MOST_ASKED, Analysis, Asker, analyze_intent, extract_time
from jarvis_ai.assistant.evaluation import cost_of
from jarvis_ai.assistant.keyword import Explanation
from jarvis_ai.assistant.questions import Form, Kind, instructions
from jarvis_ai.assistant.results import Intent, TimeInfo
from jarvis_ai.console import asking, formats
from jarvis_ai.console.formats import literal
from jarvis_ai.domain import KEYWORD, Chain, Completion, Prompt
from jarvis_ai.runtime import Runtime

PHRASES = ("Wake me up at 7 AM tomorrow", "Remind me in 2 hours", "Dinner with Kim on Friday at 8", "Ring me at 5")
"""To try the page with."""
LIKELIEST = 3
"""Intents of the second vote that are shown."""
SPEAKERS = ("user", "assistant")
FORM_WORDS = {
    Form.SCHEMA: "a strict JSON schema",
    Form.OBJECT: "JSON mode, and the description below",
    Form.DESCRIBED: "the description below alone",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What is typed into the page."""

    text: str
    now: datetime
    fixed: bool
    """Whether `now` was chosen; else it is the moment of asking."""
    context: tuple[Mapping[str, str], ...] = ()

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for messages that have the same answers."""
        return self.text, str(self.now.tzinfo), self.now if self.fixed else None, repr(self.context)


def message() -> Message:
    """The controls: a message, the conversation before it, and where and when it is read."""
    with st.container(horizontal=True):
        for phrase in PHRASES:
            st.button(phrase, key=f"assistant_phrase_{phrase}", on_click=_take, args=(phrase,))
    text = st.text_area("Message", key="assistant_text", persist_state="session", height=80, max_chars=2_000,
                        placeholder="What somebody says to the phone")  # fmt: skip
    with st.expander("Time, zone and context", icon=":material/schedule:", key="assistant_more"):
        moment, zone = reference("assistant")
        said = st.text_area("Said before", key="assistant_context", persist_state="session", height=100,
                            placeholder="user: Who is my dentist?\nassistant: Dr. Wu.",
                            help="One line for each message, oldest first. Only the model reads it.")  # fmt: skip
    now = (moment or datetime.now(zone)).replace(tzinfo=zone)
    return Message((text or "").strip(), now, moment is not None, conversation(said or ""))


def reference(prefix: str) -> tuple[datetime | None, ZoneInfo]:
    """The time, None for the present, and the zone in which messages are read."""
    when, where = st.columns(2)
    moment = when.datetime_input("Reference time", None, key=f"{prefix}_now", step=60, persist_state="session",
                                 help="When the message was written. Empty: this moment.")  # fmt: skip
    names, here = _zones(), formats.local_zone().key
    zone = where.selectbox("Time zone", names, names.index(here) if here in names else names.index("UTC"),
                           key=f"{prefix}_zone", persist_state="session")  # fmt: skip
    return moment, ZoneInfo(zone)


@functools.cache
def _zones() -> list[str]:
    """Every time zone by name; looked up once, for it takes a walk through hundreds of files."""
    return sorted(available_timezones())


def _take(phrase: str) -> None:
    st.session_state["assistant_text"] = phrase


def conversation(text: str) -> tuple[dict[str, str], ...]:
    """Messages from lines; one that names no speaker is the user's."""
    return tuple(_turn(line) for line in text.splitlines() if line.strip())


def _turn(line: str) -> dict[str, str]:
    speaker, colon, rest = line.partition(":")
    role = speaker.strip().lower()
    return {"role": role, "content": rest.strip()} if colon and role in SPEAKERS else {"role": "user", "content": line}


def price_words(runtime: Runtime, chain: Chain, asked: Sequence[tuple[Prompt, int]]) -> str:
    """How many calls of each prompt there will be and what they cost at most, said before they are made."""
    first = asking.first_asked(chain, asking.resting(runtime, chain))
    if first is None or first.provider == KEYWORD:
        return "No model can be asked now, so the keyword link answers: it costs nothing."
    prices = [(asking.highest_cost(runtime.catalog, str(first), prompt).nanos, count) for prompt, count in asked]
    most = [price * count * MOST_ASKED for price, count in prices if price is not None]
    number = sum(count for _, count in asked)
    calls = f"{number:,} calls of {first.model}, {MOST_ASKED * number:,} if every answer has to be asked for again"
    known = len(most) == len(prices)
    cost = f"at most {formats.money(sum(most))}" if known else "at a cost that is not known beforehand"
    billed = "Simulated, nobody is billed." if runtime.simulated else "Fallbacks to dearer models come on top."
    return literal(f"{calls}: {cost}. {billed}")


def form_words(chain: Chain, form: Form) -> str:
    """Who is asked first, and how firmly they are held to the shape of an answer."""
    first = f"What a model is told at this moment. {chain.links[0].link} is asked first"
    return literal(
        f"{first}, held to the shape by {FORM_WORDS[form]}. Requests carry the prompt's version as their tag."
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model made of a message."""

    message: Message
    intent: Analysis[Intent]
    time: Analysis[TimeInfo]
    seconds: float

    @property
    def completions(self) -> tuple[Completion, ...]:
        return (*self.intent.completions, *self.time.completions)


async def ask(asker: Asker, message: Message) -> Answered:
    """Ask a model for both at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    intent, moment = await asyncio.gather(
        analyze_intent(asker, message.text, now=message.now, context=message.context),
        extract_time(asker, message.text, now=message.now, context=message.context),
    )
    return Answered(message, intent, moment, loop.time() - began)


def results(intent: Intent, moment: TimeInfo) -> None:
    """Both results as a person reads them."""
    st.markdown(f"**{literal(words(intent.intent))}** · {formats.share(intent.confidence)} sure")
    st.table(_shown(intent_rows(intent)), border="horizontal")
    st.markdown(f"**{literal(moment.readable_time or moment.type)}** · {formats.share(moment.confidence)} sure")
    st.table(_shown(time_rows(moment)), border="horizontal")
    for note in filter(None, (intent.note, moment.note)):
        st.caption(f":material/info: {literal(note)}")


def words(name: str) -> str:
    """A name of an intent as words."""
    return name.replace("_", " ").capitalize()


def intent_rows(intent: Intent) -> dict[str, str]:
    """An intent's parts by name."""
    entities = {name.capitalize(): value for name, value in intent.entities.items()}
    return {"Intent": intent.intent, "Action needed": "yes" if intent.action_needed else "no",
            "Priority": intent.priority, **entities, "Decided by": intent.source}  # fmt: skip


def time_rows(moment: TimeInfo) -> dict[str, str]:
    """A time's parts by name; those that it has not are left out."""
    rows = {"Type": moment.type, "Moment": moment.datetime, "End": moment.end, "Recurs": moment.recurrence,
            "Could also mean": ", ".join(moment.alternatives), "Decided by": moment.source}  # fmt: skip
    return {name: value for name, value in rows.items() if value}


def reasons(found: Explanation) -> None:
    """What matched in a message, and why that decided."""
    st.markdown("**What matched, and why**")
    st.table(_shown(reason_rows(found)), border="horizontal")


def reason_rows(found: Explanation) -> dict[str, str]:
    """A keyword decision's parts by name; those that it has not are left out."""
    rule = f"{found.rule}, which speaks for {found.rule_intent}" if found.rule else ""
    likeliest = list(found.probabilities.items())[:LIKELIEST]
    rows = {
        "Decided": found.why,
        "Rule": rule,
        "Matched": found.matched,
        "Read as": found.plain,
        "Telling words": ", ".join(found.telling),
        "Likeliest": ", ".join(f"{name} {formats.share(share)}" for name, share in likeliest),
    }
    return {name: value for name, value in rows.items() if value}


def _shown(rows: Mapping[str, str]) -> dict[str, str]:
    return {name: literal(value) for name, value in rows.items()}


def account(answered: Answered) -> None:
    """What a model's answer took, and the way to its operations."""
    cost = cost_of(answered.completions)
    st.caption(literal(f"{formats.seconds(answered.seconds)} · {formats.money(cost.nanos)}"))
    for analysis, name in ((answered.intent, "intent"), (answered.time, "time")):
        for place, completion in enumerate(analysis.completions, start=1):
            again = f", asked again ({place})" if place > 1 else ""
            st.page_link("history.py", label=f"Open the {name} in History{again}", icon=":material/history:",
                         query_params={"operation": completion.operation_id})  # fmt: skip


def exchange(kind: Kind, analysis: Analysis[Intent] | Analysis[TimeInfo], now: datetime) -> None:
    """What was sent and what came back, word for word; what a model said is never layout."""
    st.code(instructions(kind, now), language=None, wrap_lines=True, height=200)
    for completion in analysis.completions:
        by = f"{completion.link.model or completion.link.provider}" if completion.link else "nobody"
        st.caption(literal(f"Answered by {by}:"))
        st.code(completion.text[:4_000] or "nothing", language=None, wrap_lines=True)
    for problem in analysis.problems:
        st.caption(f":material/build: {literal(f'Could not be used: {problem}.')}")
