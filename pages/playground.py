"""Ask one chain and watch it answer."""

import streamlit as st

from jarvis_ai.chains import PREFIX
from jarvis_ai.console import asking, runs
from jarvis_ai.console.formats import literal
from jarvis_ai.console.resources import runtime
from jarvis_ai.domain import Source

TASKS = {"": "Automatic", "complex": "Complex", "routine": "Routine", "fast": "Fast"}
RUN, SAID = "playground_run", "playground_said"
engine = runtime()

with st.container(horizontal=True, vertical_alignment="bottom"):
    task = st.segmented_control(
        "Task",
        TASKS,
        format_func=TASKS.get,
        default="",
        required=True,
        key="playground_task",
        persist_state="session",
        help="Decides who leads the chain when you name no model. Automatic begins with the preferred model.",
    )
    named = asking.chain_picker(engine, "playground_chain")
    models = [] if named else asking.model_picker(engine, "playground_models")

with st.expander("Parameters", icon=":material/tune:", key="playground_more"):
    parameters = asking.parameters("playground")

try:
    chain = engine.plan(models=models, task=task or "", chain=named, caller=asking.caller())
except ValueError as exc:
    st.error(literal(str(exc)), icon=":material/error:")
    st.stop()
resting = asking.resting(engine, chain)
with st.expander(asking.summary(chain, resting), icon=":material/alt_route:", key="playground_plan"):
    asking.plan_table(chain, resting, "playground_plan_table")
if first := asking.first_asked(chain, resting):
    price = asking.price_words(engine, [str(first)], parameters.prompt(""))
    st.caption(f"{price} The prompt itself and further attempts come on top.")

# In a container: at the bottom of the window it would make the page scroll past the answer to the last attempt.
with st.container():
    text = st.chat_input("Ask something", key="playground_prompt")
if text:
    runs.stop([st.session_state[RUN]] if RUN in st.session_state else [])
    st.session_state[SAID] = text
    prompt, asked = parameters.prompt(text), f"{PREFIX}{named}" if named else next(iter(models), "")
    st.session_state[RUN] = engine.start(
        prompt, chain, source=Source.PLAYGROUND, task=task or "", requested_model=asked
    )

welcome = st.empty()
if RUN not in st.session_state:
    with welcome.container(border=True):
        st.markdown("**Nothing asked yet.**")
        st.caption(
            "The first model of the plan answers. When it fails, the next one is asked, and every attempt is "
            "shown here with its reason, its wait, its tokens and its cost. Each prompt stands alone."
        )
    st.stop()

run = st.session_state[RUN]
with st.chat_message("user", avatar=":material/person:"):
    st.text(st.session_state[SAID])
with st.chat_message("assistant", avatar=":material/smart_toy:"):
    panel, stop = runs.Panel(run), st.empty()
if not run.done:
    stop.button("Stop", icon=":material/stop_circle:", key="playground_stop", on_click=run.cancel)
runs.history_link(run)
runs.follow([panel])
stop.empty()
