"""One prompt, two to four models side by side, streaming at the same time."""

from collections.abc import Sequence

import streamlit as st

from jarvis_ai.console import asking, formats, runs
from jarvis_ai.console.resources import runtime
from jarvis_ai.domain import Prompt, Source
from jarvis_ai.engine.costs import total_cost

RUNS, SAID = "compare_runs", "compare_said"
FEWEST, MOST = 2, 4
engine = runtime()


def start(models: Sequence[str], prompt: Prompt, text: str) -> None:
    """Ask all models at once, each alone: a fallback's answer would not be the model's."""
    runs.stop(st.session_state.get(RUNS, ()))
    st.session_state[SAID] = text
    st.session_state[RUNS] = [
        engine.start(prompt, asking.alone(engine, model), source=Source.COMPARE, requested_model=model)
        for model in models
    ]


names = asking.model_names(engine)
models = st.multiselect(
    "Models",
    names,
    default=asking.well_known(engine, FEWEST),
    key="compare_models",
    max_selections=MOST,
    persist_state="session",
    placeholder="Choose two to four models",
    select_all=False,
)
text = st.text_area(
    "Prompt", key="compare_prompt", persist_state="session", height=100, placeholder="What all of them are asked"
)
with st.expander("Parameters", icon=":material/tune:", key="compare_more"):
    parameters = asking.parameters("compare")

prompt = parameters.prompt(text)
enough = len(models) >= FEWEST
with st.container(horizontal=True, vertical_alignment="center"):
    pressed = st.button(
        f"Ask {len(models)} models" if enough else "Ask",
        icon=":material/send:",
        type="primary",
        key="compare_ask",
        disabled=not enough,
    )
    stop = st.empty()
    st.caption(asking.price_words(engine, models, prompt) if enough else "Choose two models at least.")

if pressed and text.strip():
    start(models, prompt, text)
elif pressed:
    st.warning("Write a prompt first.", icon=":material/edit:")

welcome = st.empty()
if RUNS not in st.session_state:
    with welcome.container(border=True):
        st.markdown("**Nothing compared yet.**")
        st.caption("Each model is asked alone, without fallbacks, and its answer, times, tokens and cost stand here.")
    st.stop()

started = st.session_state[RUNS]
with st.chat_message("user", avatar=":material/person:"):
    st.text(st.session_state[SAID])
if any(not run.done for run in started):
    stop.button("Stop", icon=":material/stop_circle:", key="compare_stop", on_click=runs.stop, args=(started,))

panels = []
with st.grid(len(started), min_column_width=220):
    for run in started:
        with st.container(border=True):
            st.markdown(f"**{runs.asked(run)}**")
            panels.append(runs.Panel(run, beside_others=True))
            runs.history_link(run)
runs.follow(panels)
stop.empty()

total = total_cost([run.completion.cost for run in started]).nanos
st.caption(f"All together: {formats.money(total)}")
