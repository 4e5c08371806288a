"""What a failure says, and what an operator can do about it, one sentence a kind."""

from __future__ import annotations

from collections.abc import Mapping

from jarvis_ai.console.formats import literal
from jarvis_ai.domain import Failure
from jarvis_ai.domain import FailureKind as Kind

CHECK_KEY = "Check the provider's key in `.env` and restart."
ADD_CREDIT = "Add credit or raise the key's limit, then send again; Credits shows what is left."
REWORD = "Change the prompt, then send it again."
CHANGE_REQUEST = "Change the parameters or the model, then send again."
SHORTEN = "Shorten the prompt or choose a model with a longer context; Models lists it."
LATER = "Wait a little and send again, or choose another model. Health shows who answers now."

MOVES: Mapping[Kind, str] = {
    Kind.NOT_CONFIGURED: "Put a key into `.env` and restart.",
    Kind.UNAUTHORIZED: CHECK_KEY,
    Kind.FORBIDDEN: CHECK_KEY,
    Kind.NO_CREDIT: ADD_CREDIT,
    Kind.UNAFFORDABLE: ADD_CREDIT,
    Kind.KEY_LIMIT: ADD_CREDIT,
    Kind.QUOTA_EXHAUSTED: ADD_CREDIT,
    Kind.MODERATED: REWORD,
    Kind.REFUSED: REWORD,
    Kind.INVALID_REQUEST: CHANGE_REQUEST,
    Kind.UPSTREAM_REJECTED: CHANGE_REQUEST,
    Kind.CONTEXT_TOO_LONG: SHORTEN,
    Kind.TOO_LARGE: SHORTEN,
    Kind.MODEL_NOT_FOUND: "Choose a model that exists; Models lists them.",
    Kind.INTERNAL: "This is a fault of ours: the server's log holds the details.",
}


def said(failure: Failure) -> str:
    """What was answered instead, as a sentence in Markdown; empty when nothing was."""
    detail = literal(failure.detail[:1].upper() + failure.detail[1:])
    return detail if not detail or detail.endswith((".", "!", "?")) else f"{detail}."


def next_move(kind: Kind) -> str:
    """The next thing to try."""
    return MOVES.get(kind, LATER)
