"""Who may ask. One rule: every path needs the bearer token, except the API's own description."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from jarvis_ai.api.errors import answer, own_path, trouble

OPEN_PATHS = frozenset({"/openapi.json", "/docs"})

HOW_TO = (
    "Send the header 'Authorization: Bearer TOKEN'. The token is in the file api_token of the server's data folder, "
    "unless JARVIS_API_TOKEN sets it."
)


class BearerGate:
    """Lets a request through when it carries the token.

    A middleware and not a dependency: nothing of a stranger's body is read, and an unknown path tells them nothing.
    """

    def __init__(self, app: ASGIApp, *, token: Callable[[], str]) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or own_path(scope) in OPEN_PATHS:
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        given = bearer(headers.get("authorization", "")) or headers.get("x-api-key", "")
        if given and matches(given, self.token()):
            return await self.app(scope, receive, send)
        return await unauthorized(given, own_path(scope))(scope, receive, send)


def bearer(authorization: str) -> str:
    """The token in an Authorization header; empty when there is none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def matches(given: str, token: str) -> bool:
    """Whether the two are the same, in a time that does not tell how much of it is. An empty token opens nothing."""
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def unauthorized(given: str, path: str) -> ASGIApp:
    """The 401 for a request without a token, or with a wrong one."""
    what = "This token is not valid." if given else "A bearer token is needed."
    challenge = 'Bearer realm="Jarvis AI"' + (', error="invalid_token"' if given else "")
    return answer(401, trouble("unauthorized", f"{what} {HOW_TO}"), {"WWW-Authenticate": challenge}, path=path)
