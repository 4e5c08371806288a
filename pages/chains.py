"""Which models answer, in which order: chains to edit and to use, and the move to OpenRouter."""

import streamlit as st

from jarvis_ai.chains import Version
from jarvis_ai.console import asking, chain_versions, chains, doubts, migration
from jarvis_ai.console.resources import runtime

engine = runtime()
chains.announce()

editing, using, moving = st.tabs(["Edit", "Who uses which", "Migration"], key="chains_tab")

with editing:
    draft = chains.pick(engine)
    links, judgement = st.columns([5, 3], gap="large")
    with links:
        chains.editor(draft, chains.link_names(engine))
        chains.save_bar(engine, draft)
    with judgement:
        st.subheader("Doubts")
        try:
            written = draft.links()
        except ValueError:
            st.caption("They are shown as soon as every link can be read.")
        else:
            findings = doubts.found(engine, written)
            st.caption(doubts.counted(findings))
            doubts.show(findings, draft)
            plan = engine.planner.follow(Version(0, 0.0, written))
            resting = asking.resting(engine, plan)
            with st.expander(asking.summary(plan, resting), icon=":material/alt_route:", key="chains_plan"):
                asking.plan_table(plan, resting, "chains_plan_table")
    if draft.base:
        st.subheader("Versions")
        st.caption(
            "Callers ask for this chain with the model’s name below; the usage log keeps the hash of the version."
        )
        st.code(f"chain:{draft.name}", language=None)
        chain_versions.show(engine, draft)
        chain_versions.remove_bar(engine, draft)

with using:
    st.caption(
        "Whoever names a model, a chain or a door gets it. These answer everybody else, from the next call on. Intent "
        "and time of the assistant are routine tasks."
    )
    migration.uses(engine)

with moving:
    st.caption(
        "Keep the direct keys, move a share of the callers, compare both sides, then move more. A caller is an API "
        "client’s `user`, or a session of this console."
    )
    migration.controls(engine)
    st.subheader("Both sides")
    migration.comparison(engine)
