"""What a message wants and when, with a model and without one; and how often that is right."""

import asyncio
import time
from datetime import datetime

import streamlit as st

from jarvis_ai.assistant.keyword import explain
from jarvis_ai.assistant.questions import INTENT, KINDS, TIME, instructions, question
from jarvis_ai.assistant.times import extract
from jarvis_ai.console import assistant, evaluation, formats, measured, scopes, windows
from jarvis_ai.console.formats import literal
from jarvis_ai.console.resources import runtime
from jarvis_ai.service import TASK, asker

ANSWERED = "assistant_answered"
engine = runtime()
chain = engine.plan(task=TASK)
door = asker(engine, chain)

one, many, prompts = st.tabs(["One message", "A file of messages", "Prompts"], key="assistant_tab", on_change="rerun")

if one.open:
    with one:
        message = assistant.message()
        questions = [
            (question(kind, message.text, message.now, form=door.form, context=message.context), 1)
            for kind in KINDS.values()
        ]
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(
                "Ask the model", icon=":material/send:", type="primary", key="assistant_ask", disabled=not message.text
            )
            st.caption(assistant.price_words(engine, chain, questions))
        if pressed:
            with st.spinner("Asking…"):
                st.session_state[ANSWERED] = asyncio.run(assistant.ask(door, message))

        if not message.text:
            with st.container(border=True):
                st.markdown("**Nothing said yet.**")
                st.caption("Type a message, or take one of those above: what words alone make of it shows at once.")
        else:
            answered = st.session_state.get(ANSWERED)
            fresh = answered if answered and answered.message.identity == message.identity else None
            by_model, by_words = st.columns(2, border=True)
            with by_model:
                st.subheader("Model")
                if fresh:
                    assistant.results(fresh.intent.result, fresh.time.result)
                    assistant.account(fresh)
                else:
                    st.caption("Not asked about this message yet. Press “Ask the model”.")
            with by_words:
                st.subheader("Keyword link")
                began = time.perf_counter()
                why, moment = explain(message.text), extract(message.text, message.now)
                took = measured.duration(time.perf_counter() - began)
                assistant.results(why.intent, moment)
                assistant.reasons(why)
                st.caption(literal(f"{took} · $0.00, no network"))
            if fresh:
                with st.expander("What was sent, and what came back", icon=":material/swap_vert:"):
                    assistant.exchange(INTENT, fresh.intent, fresh.message.now)
                    assistant.exchange(TIME, fresh.time, fresh.message.now)

if many.open:
    with many:
        measurement = evaluation.chosen()
        if measurement is None:
            st.caption("Choose a file of messages with their right intents or times, or measure on the example.")
        else:
            evaluation.ask_model(engine, chain, door, measurement)
            evaluation.show(measurement)

if prompts.open:
    with prompts:
        st.caption(assistant.form_words(chain, door.form))
        for kind in KINDS.values():
            st.subheader(kind.version)
            st.code(instructions(kind, datetime.now(formats.local_zone())), language=None, wrap_lines=True)
        scopes.open_rows("Open all requests of the assistant", {windows.key("history", "source"): ["assistant"]})
