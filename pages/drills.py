"""Rehearse failures: choose what breaks, send a prompt, see what the caller gets. Nobody else is disturbed."""

import streamlit as st

from jarvis_ai.console import drills, runs
from jarvis_ai.console.resources import drill_runtime, runtime
from jarvis_ai.domain import Prompt

RUN, BROKEN = "drills_run", "drills_broken"
engine = drill_runtime()
chain = engine.plan()

st.caption("Everything here happens on a simulator of its own: it costs nothing, and breaks nothing on other pages.")

with st.container(horizontal=True):
    for scenario, faults in drills.scenarios(chain).items():
        st.button(scenario, key=f"drills_scenario_{scenario}", on_click=drills.choose, args=(chain, faults))

with st.expander("What breaks, link by link", expanded=True, icon=":material/link_off:", key="drills_links"):
    faults = drills.fault_pickers(chain)

text = st.text_input("Prompt", "What is the weather in Paris tomorrow at noon?", key="drills_prompt")
with st.container(horizontal=True, vertical_alignment="center"):
    pressed = st.button(
        "Run the drill", icon=":material/local_fire_department:", type="primary", key="drills_start", disabled=not text
    )
    stop = st.empty()

if pressed:
    runs.stop([st.session_state[RUN]] if RUN in st.session_state else [])
    st.session_state[RUN] = drills.start(engine, chain, faults, Prompt.of(text))
    st.session_state[BROKEN] = faults

verdict = st.empty()
if RUN not in st.session_state:
    with verdict.container(border=True):
        st.markdown("**No drill yet.**")
        st.caption("Pick one of the cases above, or a fault for any link, then run the drill.")
    st.stop()

run = st.session_state[RUN]
if not run.done:
    stop.button("Stop", icon=":material/stop_circle:", key="drills_stop", on_click=run.cancel)
verdict.info("The drill is under way.", icon=":material/pending:")
st.subheader("What the caller got")
panel = runs.Panel(run)
if runtime().simulated:
    runs.history_link(run)
else:
    st.caption("Drills are kept apart from real traffic, so History does not list this one.")
runs.follow([panel])
stop.empty()
with verdict:
    drills.verdict(run.completion, st.session_state[BROKEN])
