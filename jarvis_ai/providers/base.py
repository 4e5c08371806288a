"""The one seam between the engine and the vendors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from jarvis_ai.domain import Chunk, Prompt


class Provider(Protocol):
    """One vendor, behind one method."""

    def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        """Ask `model` and yield its answer as it arrives: `Opened`, deltas, `Usage` once, `Finished` once.

        Non-streaming requests (`prompt.stream` false) yield the same chunks, the answer as one delta. Ends without
        `Finished` only by raising. Raises `ProviderError` and nothing else, whatever the transport did. Closing the
        iterator closes the connection, which cancels the call upstream. Sets no deadline but the one to connect.
        """
        ...
