"""Launcher: the console, and the HTTP API beside it, on one port and one runtime."""

import streamlit as st
from starlette.responses import RedirectResponse
from starlette.routing import Route

from jarvis_ai.api.routes import routes
from jarvis_ai.console.lifespan import lifespan, on_script_error
from jarvis_ai.runtime import shared

served = [Route("/playground", RedirectResponse("./")), *routes(shared)]  # the first page's name leads to `/`
# Streamlit finds this very assignment by reading the file: a factory call is not detected.
app = st.App("pages/navigation.py", routes=served, lifespan=lifespan, on_script_error=on_script_error)

if __name__ == "__main__":
    app.run()
