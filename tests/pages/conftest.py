"""Pages on the real runtime in demo mode: AppTest drives them from the shell, as a browser would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from jarvis_ai import runtime as runtimes
from jarvis_ai.runtime import Runtime

SHELL = str(Path(__file__).parents[2] / "pages" / "navigation.py")
SECRETS = ("OPENROUTER_API_KEY", "OPENROUTER_MANAGEMENT_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY")


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The shared runtime on a simulator and a data directory of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*SECRETS, *(name for name in os.environ if name.startswith(("USAGE_", "JARVIS_")))):
            patch.delenv(name, raising=False)
        patch.chdir(tmp_path_factory.mktemp("cwd"))  # an `.env` of the developer's must not be read
        patch.setenv("JARVIS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setenv("JARVIS_DEMO_SPEED", "50")
        st.cache_resource.clear()
        yield runtimes.shared()
        for made in (runtimes.drills, runtimes.shared):
            if made.cache_info().currsize:
                made().close()
            made.cache_clear()
        st.cache_resource.clear()


@pytest.fixture
def app(demo: Runtime) -> AppTest:
    """A fresh session at the shell, not run yet."""
    return AppTest.from_file(SHELL, default_timeout=30)


def open_page(app: AppTest, file: str) -> AppTest:
    """`app` at one of its pages."""
    app.switch_page(file).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All texts of the page, in no order to rely on."""
    kinds = (app.markdown, app.caption, app.error, app.warning, app.success, app.info, app.text)
    return "\n".join(element.value for kind in kinds for element in kind)
