"""Models as the analyses meet them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from jarvis_ai.assistant.analysis import Asker
from jarvis_ai.assistant.questions import Form
from jarvis_ai.domain import Completion, Failure, FailureKind, Link, Prompt, Status

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Tuesday
GPT, KEYWORD = Link.parse("openai/gpt-4o-mini"), Link.parse("keyword")


class Says:
    """A model that gives these replies one after the other, the last one again and again, and notes the prompts."""

    def __init__(self, *replies: str, link: Link = GPT, form: Form = Form.SCHEMA) -> None:
        self.replies, self.link, self.form = replies, link, form
        self.prompts: list[Prompt] = []
        self.tags: list[str] = []

    @property
    def asker(self) -> Asker:
        return Asker(self.ask, self.form)

    async def ask(self, prompt: Prompt, tag: str) -> Completion:
        self.prompts.append(prompt)
        self.tags.append(tag)
        text = self.replies[min(len(self.prompts), len(self.replies)) - 1]
        return Completion("op", 0.0, Status.OK, text, self.link, preferred=GPT)


class Refuses(Says):
    """Nobody answers, for this reason; with `reply`, nobody until the form of the answer is no longer demanded."""

    def __init__(self, kind: FailureKind, reply: str = "") -> None:
        super().__init__(reply)
        self.kind = kind

    async def ask(self, prompt: Prompt, tag: str) -> Completion:
        answer = await super().ask(prompt, tag)
        if answer.text and "response_format" not in prompt.extra:
            return answer
        return Completion("op", 0.0, Status.FAILED, failure=Failure(self.kind))
