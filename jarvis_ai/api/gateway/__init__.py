"""The gateway: OpenRouter's own paths and shapes, so that its clients and OpenAI's need only another base URL.

Its errors are in OpenRouter's envelope, its answers name who really answered, and what only we know of an operation
travels in headers and under one key of the answer, `jarvis`. It never answers from keywords unless asked to.
"""

from jarvis_ai.api.gateway.routes import router

__all__ = ["router"]
