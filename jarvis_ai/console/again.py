"""An operation asked again: what the Playground needs so that its prompt can be looked at and sent once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from jarvis_ai.chains import PREFIX
from jarvis_ai.domain import text_of

PLAYGROUND = "playground.py"
PARAMETERS = {"temperature": "playground_temperature", "max_tokens": "playground_max_tokens"}


def button(operation: Mapping[str, Any], bodies: Mapping[str, Any] | None) -> None:
    """Leads to the Playground with everything filled in; nothing is sent, nor paid, before somebody presses there."""
    filled = state(operation, bodies)
    ready = st.button(
        "Run again in the Playground",
        icon=":material/replay:",
        key="history_again",
        disabled=filled is None,
        help="Fills in the prompt, the model and the parameters; it is sent when you send it."
        if filled
        else "The Playground asks one prompt: a conversation, or one whose texts were not kept, cannot be run there.",
    )
    if ready and filled:
        st.session_state.update(filled)
        st.switch_page(PLAYGROUND)


def state(operation: Mapping[str, Any], bodies: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The Playground's controls by key; None for what is more than one prompt, perhaps with a system message."""
    request = bodies["request"] if bodies and isinstance(bodies["request"], Mapping) else {}
    messages = request.get("messages")
    said = [_said(message) for message in messages] if isinstance(messages, list) else []
    if [role for role, _ in said] not in (["user"], ["system", "user"]) or not all(text for _, text in said):
        return None
    named = str(operation["requested_model"])
    models = [named] if named and not named.startswith(PREFIX) else []
    return {
        "playground_prompt": said[-1][1],
        "playground_system": said[0][1] if len(said) > 1 else "",
        "playground_models": models,
        "playground_chain": named.removeprefix(PREFIX) if named.startswith(PREFIX) else "",
        "playground_task": operation["task"] or "",
        **{key: request[name] for name, key in PARAMETERS.items() if isinstance(request.get(name), int | float)},
    }


def _said(message: Any) -> tuple[str, str]:
    if not isinstance(message, Mapping) or set(message) - {"role", "content"}:
        return "", ""
    content = message.get("content")
    return str(message.get("role", "")), content if isinstance(content, str) else text_of(content)
