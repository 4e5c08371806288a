"""What a caller has seen of an answer that broke off, and whether another link may go on with it."""

from __future__ import annotations

from dataclasses import dataclass

from jarvis_ai.domain import Failure, FailureKind, Link
from jarvis_ai.engine.answer import Answer
from jarvis_ai.policy.rescue import MOST_SEAMS, continues


@dataclass(slots=True)
class Shown:
    """Words that stand though nobody has finished them. Empty at first, and again once they were taken back."""

    text: str = ""
    number: int = 0
    """Of the attempt that spoke last."""
    failure: Failure | None = None
    """Why the first of them broke off: what comes after never hides it."""
    called: bool = False
    """Whether a piece of a tool call was shown, which no words can finish."""
    seams: int = 0
    """How many answers were seen not to go on."""

    def __bool__(self) -> bool:
        return bool(self.text) or self.called

    def broke_off(self, number: int, answer: Answer, failure: Failure) -> None:
        """An attempt failed; what it had said by then stands."""
        self.seams += failure.kind is FailureKind.SEAM
        if answer.pieces or answer.tool_calls:
            self.text += answer.text
            self.called = self.called or bool(answer.tool_calls)
            self.number = number
            self.failure = self.failure or failure

    def hopeless(self, *, restarts: bool) -> bool:
        """Whether enough links have failed to go on. Where an answer may start anew, one is enough."""
        return bool(self) and (self.called or self.seams >= (1 if restarts else MOST_SEAMS))

    def can_go_on(self, link: Link) -> bool:
        """Whether `link` may be asked to finish the words."""
        return bool(self.text) and not self.called and continues(link)
