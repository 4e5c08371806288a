"""The shell around every page: configuration, navigation, title, and what all pages say."""

import sqlite3

import streamlit as st

from jarvis_ai.analytics import TooSlow
from jarvis_ai.console.formats import literal
from jarvis_ai.console.resources import ICON, runtime

# Before the navigation, which fetches the page's icon from a host outside when there is no other.
st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=220)

SECTIONS = {
    "Ask": [
        ("playground.py", "Playground", "chat", "Ask one chain and watch it answer."),
        ("compare.py", "Compare", "view_column", "One prompt, two to four models side by side."),
        ("assistant.py", "Assistant", "support_agent", "What a message wants, and when."),
        ("drills.py", "Drills", "local_fire_department", "Rehearse failures on the simulator."),
    ],
    "Review": [
        ("usage.py", "Usage", "monitoring", "Any measure by any group and over time."),
        ("latency.py", "Latency", "speed", "How long answers take, and how much of it is ours."),
        ("history.py", "History", "history", "Every operation, down to its attempts."),
    ],
    "Operate": [
        ("chains.py", "Chains", "account_tree", "Which models answer, in which order, and who uses which chain."),
        ("health.py", "Health", "ecg_heart", "How every service stands, and the chain."),
        ("models.py", "Models", "category", "The catalogue with prices and context."),
        ("credits.py", "Credits", "account_balance_wallet", "Limits of the key and the balance."),
    ],
}

page = st.navigation(
    {
        section: [
            st.Page(file, title=title, icon=f":material/{icon}:", help=purpose, default=file == "playground.py")
            for file, title, icon, purpose in pages
        ]
        for section, pages in SECTIONS.items()
    }
)

st.set_page_config(page_title=f"{page.title} · Jarvis AI")
st.title(page.title, icon=page.icon)
if runtime().simulated:
    st.caption(
        ":material/science: **Demo mode**: every answer and price here is simulated. "
        "Put a key into `.env` and restart to go live."
    )
try:
    page.run()
except TooSlow as exc:
    st.warning(
        f"**This took too long.** The usage log was asked for {exc.seconds:g} seconds, then the question was given up. "
        "Choose a shorter period or fewer filters.",
        icon=":material/timer_off:",
    )
except sqlite3.Error as exc:
    st.error(
        f"**The usage log cannot be read.** The database says: {literal(str(exc))}. "
        "Calls go on meanwhile, and the page Health shows how everything stands.",
        icon=":material/database_off:",
    )
