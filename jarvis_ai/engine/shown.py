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
    wordless: bool = False
    """Whether something was shown that no words can finish: a piece of a tool call, of sound, an image."""
    thought: bool = False
    """Whether thought was shown: nobody is to read a second model's after it as if they were one."""
    seams: int = 0
    """How many answers were seen not to go on."""

    def __bool__(self) -> bool:
        return bool(self.text) or self.wordless

    def broke_off(self, number: int, answer: Answer, failure: Failure) -> None:
        """An attempt failed; what it had said by then stands."""
        self.seams += failure.kind is FailureKind.SEAM
        self.thought = self.thought or bool(answer.reasoning)
        if answer.said:
            self.text += answer.text
            self.wordless = self.wordless or answer.wordless
            self.number = number
            self.failure = self.failure or failure

    def hopeless(self, *, restarts: bool) -> bool:
        """Whether enough links have failed to go on. Where an answer may start anew, one is enough."""
        return bool(self) and (self.wordless or self.seams >= (1 if restarts else MOST_SEAMS))

    def can_go_on(self, link: Link) -> bool:
        """Whether `link` may be asked to finish the words."""
        return bool(self.text) and not self.wordless and continues(link)
