"""Rehearse failures: choose what breaks, see what is promised, run it, read the verdict. Nobody else is disturbed."""

import sqlite3

import streamlit as st

from jarvis_ai.console import drills, formats, runs, verdicts
from jarvis_ai.console.resources import rehearsals as shared_rehearsals
from jarvis_ai.drills import Drill, catalogue, kept, name_of, record
from jarvis_ai.drills.cases import PROMPT, QUESTION

ONE, FULL, KEPT = "One drill", "Full drill", "Verdicts"
RUN, EVERY = "drills_run", "drills_every"
rehearsals = shared_rehearsals()
zone = formats.local_zone()
NOTHING_LOGGED = "Drills on the simulator are kept apart from real traffic, so History does not list this one."


def one() -> None:
    """A drill by hand."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        real = drills.where_picker(rehearsals)
        runtime = rehearsals.runtime(real=real)
        chain = drills.chain_picker(runtime)
    st.caption("Ready cases")
    with st.container(horizontal=True, gap="small"):
        for scenario, broken in drills.scenarios(chain).items():
            st.button(scenario, key=f"drills_scenario_{scenario}", on_click=drills.choose, args=(chain, broken))
    with st.expander("What breaks, link by link", expanded=True, icon=":material/link_off:", key="drills_links"):
        faults = drills.fault_pickers(chain)
    text = st.text_input("Prompt", PROMPT, key="drills_prompt", persist_state="session")
    restarts = st.toggle(
        "Words that were shown may be taken back",
        key="drills_restarts",
        persist_state="session",
        help="As in the Playground. Callers of the HTTP API cannot take words back: they get an error instead.",
    )
    drill = Drill(name_of(faults), chain, faults, drills.prompt_of(text, QUESTION), restarts)
    plan(drill, real=real)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Run the drill",
            icon=":material/local_fire_department:",
            type="primary",
            key="drills_start",
            disabled=not text,
        )
        stop = st.empty()
    if pressed:
        runs.stop([st.session_state[RUN].run] if RUN in st.session_state else [])
        st.session_state[RUN] = rehearsals.start(drill, real=real)
    if RUN not in st.session_state:
        with st.container(border=True):
            st.markdown("**No drill yet.**")
            st.caption("Pick a ready case, or a fault for any link, then run the drill.")
        return
    watch(stop)


def plan(drill: Drill, *, real: bool) -> None:
    """What the policy promises, and what it costs to see it."""
    foreseen = drills.forecast(rehearsals, drill, real=real)
    st.subheader("What the policy will do")
    drills.forecast_table(foreseen)
    st.markdown(formats.literal(drills.promise(foreseen)))
    usual = rehearsals.runtime(real=True).engine.policy.deadlines
    st.caption(drills.deadline_words(rehearsals.policy(real=real).deadlines, usual))
    st.caption(drills.price_words(rehearsals, [drill], real=real))


def watch(stop: st.delta_generator.DeltaGenerator) -> None:
    """The drill under way, or the last one, and its verdict."""
    rehearsal = st.session_state[RUN]
    if not rehearsal.run.done:
        stop.button("Stop", icon=":material/stop_circle:", key="drills_stop", on_click=rehearsal.run.cancel)
    st.subheader("What the caller got")
    verdict = st.empty()
    verdict.info("The drill is under way.", icon=":material/pending:")
    panel = runs.Panel(rehearsal.run)
    if rehearsal.run.operation.simulated and rehearsals.real_providers:
        st.caption(NOTHING_LOGGED)
    else:
        runs.history_link(rehearsal.run)
    runs.follow([panel])
    stop.empty()
    with verdict.container():
        if outcome := rehearsal.judged():
            verdicts.show(outcome)
        else:
            st.info("The drill was stopped, so there is no verdict.", icon=":material/cancel:")


def every() -> None:
    """Every fault in turn."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        real = drills.where_picker(rehearsals)
        chain = drills.chain_picker(rehearsals.runtime(real=real))
    policy = rehearsals.policy(real=real)
    cases = catalogue(chain, policy)
    st.caption(f"{len(cases)} drills, four at a time: every fault on the first link, and some that come together.")
    st.caption(drills.deadline_words(policy.deadlines, rehearsals.runtime(real=True).engine.policy.deadlines))
    st.caption(drills.price_words(rehearsals, cases, real=real))
    with st.container(horizontal=True):
        pressed = st.button(
            "Run all", icon=":material/playlist_play:", type="primary", key="drills_all", disabled=not cases
        )
        stop = st.empty()
    if pressed:
        if EVERY in st.session_state:
            st.session_state[EVERY].cancel()
        st.session_state[EVERY] = rehearsals.start_full(cases, real=real)
    if EVERY not in st.session_state:
        with st.container(border=True):
            st.markdown("**No full drill yet.**")
            verdicts.legend()
        return
    under_way = st.session_state[EVERY]
    if not under_way.done:
        stop.button("Stop", icon=":material/stop_circle:", key="drills_all_stop", on_click=under_way.cancel)
    verdicts.follow(under_way, zone)
    stop.empty()
    if under_way.problem:
        st.error(under_way.problem, icon=":material/error:")
    results([record(outcome) for outcome in under_way.in_order()], "drills_results")


def results(records: list, prefix: str, *, dated: bool = False) -> None:
    """Verdicts in a table; the one that was clicked on below it."""
    verdicts.take_away(records, prefix)
    opened = verdicts.table(records, f"{prefix}_table", zone, dated=dated)
    if opened:
        logged = not rehearsals.real_providers or not opened["simulated"]
        verdicts.details(opened, zone, logged=logged)


def before() -> None:
    """Verdicts of earlier drills."""
    try:
        records = list(kept(rehearsals.runtime(real=False).documents))
    except sqlite3.Error as exc:
        st.error(
            f"The verdicts cannot be read: {exc}. See whether the data folder is writable.", icon=":material/error:"
        )
        return
    if not records:
        with st.container(border=True):
            st.markdown("**No verdicts yet.**")
            st.caption("Every drill leaves one here, with its chain's version, its reasons and its times.")
        return
    chains = {each["chain_hash"]: verdicts.chain_words(each) for each in reversed(records)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "Chains", chains, format_func=chains.__getitem__, key="drills_chains", placeholder="All versions"
        )
        grades = st.pills("Verdict", list(verdicts.LOOKS), format_func=str.capitalize, selection_mode="multi",
                          key="drills_grades")  # fmt: skip
    shown = [
        each
        for each in records
        if (not chosen or each["chain_hash"] in chosen) and (not grades or each["grade"] in grades)
    ]
    verdicts.tally(shown)
    if not shown:
        st.info("No verdict fits. Take a filter away.", icon=":material/filter_alt_off:")
        return
    results(shown, "drills_kept", dated=True)


VIEWS = {ONE: one, FULL: every, KEPT: before}
view = st.segmented_control(
    "View", list(VIEWS), default=ONE, required=True, key="drills_view", persist_state="session",
    label_visibility="collapsed",
)  # fmt: skip
VIEWS[view]()
