"""The shell around every page: configuration, navigation, title, and what all pages say."""

import streamlit as st

from jarvis_ai.console.resources import runtime

st.set_page_config(page_title="Jarvis AI", page_icon=":material/alt_route:", layout="wide")

page = st.navigation(
    {
        "Ask": [
            st.Page(
                "playground.py",
                title="Playground",
                icon=":material/chat:",
                default=True,
                help="Ask one chain and watch it answer.",
            ),
            st.Page(
                "compare.py",
                title="Compare",
                icon=":material/view_column:",
                help="One prompt, two to four models side by side.",
            ),
            st.Page(
                "drills.py",
                title="Drills",
                icon=":material/local_fire_department:",
                help="Rehearse failures on the simulator.",
            ),
        ],
        "Review": [
            st.Page(
                "usage.py",
                title="Usage",
                icon=":material/monitoring:",
                help="Cost, calls, latency and failures over time.",
            ),
            st.Page(
                "history.py", title="History", icon=":material/history:", help="Every operation, down to its attempts."
            ),
        ],
        "Operate": [
            st.Page(
                "health.py",
                title="Health",
                icon=":material/ecg_heart:",
                help="How every service stands, and the chain.",
            ),
            st.Page(
                "models.py", title="Models", icon=":material/category:", help="The catalogue with prices and context."
            ),
            st.Page(
                "credits.py",
                title="Credits",
                icon=":material/account_balance_wallet:",
                help="Limits of the key and the balance.",
            ),
        ],
    }
)

st.title(page.title, icon=page.icon)
if runtime().simulated:
    st.caption(
        ":material/science: **Demo mode**: every answer and price here is simulated. "
        "Put a key into `.env` and restart to go live."
    )
page.run()
