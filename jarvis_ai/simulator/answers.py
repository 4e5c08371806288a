"""What a simulated model says: the same words for the same seed, model and question."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jarvis_ai.domain import text_of
from jarvis_ai.simulator.schemas import described, fitting

LETTERS_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
ECHO = "Repeat exactly:"
SIGNATURE = "(simulated answer from {name}) "
"""What every answer in prose begins with."""

OPENINGS = (
    "Here is what matters about {topic}.",
    "Short answer on {topic}: it depends on what you want to reach, and a first step is easy to take.",
    "Good question. With {topic} it helps to begin at the end: what should be different afterwards?",
    "Let me take {topic} one piece at a time.",
    "There are two sides to {topic}, and both deserve a look.",
)
MIDDLES = (
    "First, write down what you already know; most of the work is to see what is missing.",
    "In practice a small trial tells more than a long plan, because it shows the costs at once.",
    "The usual mistake is to begin with the details before the purpose is agreed.",
    "A simple rule goes a long way: do the reversible things quickly and the others slowly.",
    "Compare at least two ways of doing it, and count both the time and the money they take.",
    "Keep a note of each decision and its reason, so that you can change your mind later without starting anew.",
    "If others are concerned, ask them early; an hour of talk saves a week of repair.",
    "Numbers help here: measure before and after, and change one thing at a time.",
)
CLOSINGS = (
    "Tell me more about your case and I can be more exact.",
    "If you like, I can turn this into a list of steps.",
    "That should be enough to start with {topic} today.",
    "Would you like an example?",
    "Everything beyond that can wait.",
)
STOP_WORDS = frozenset(
    word
    for line in (
        "a about all also an and any are as at be been but by can could did do does for from had has have how i if in",
        "is it its just know let like make me more my need no not of on one or our out please say should so some tell",
        "that the their them then there these they this to up us use was we were what when where which who why will",
        "with would write you your explain give describe",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the caller offers."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked, whichever vendor's words it came in."""

    model: str
    messages: Sequence[Mapping[str, Any]]
    max_tokens: int | None = None
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    """auto, none, required, or a tool's name."""
    schema: Mapping[str, Any] | None = None
    """Of the JSON that is wanted; None where text is."""

    @property
    def prompt(self) -> str:
        """The last user message."""
        users = (message for message in reversed(self.messages) if message.get("role") == "user")
        return next((text_of(message.get("content")) for message in users), "")

    @property
    def input_tokens(self) -> int:
        letters = sum(len(text_of(message.get("content"))) for message in self.messages)
        letters += sum(len(tool.name) + len(json.dumps(tool.schema)) for tool in self.tools)
        return tokens_for(letters) + TOKENS_PER_MESSAGE * len(self.messages)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, whole."""

    text: str
    finish: str
    """stop, length or tool_calls."""
    tool: str = ""
    """The tool that is called with `text` as its arguments; empty for an answer in words."""

    @property
    def output_tokens(self) -> int:
        return tokens_for(len(self.text))


def tokens_for(letters: int) -> int:
    """About how many tokens so many letters are."""
    return -(-letters // LETTERS_PER_TOKEN)


def compose(ask: Ask, *, seed: int) -> Answer:
    """The answer to `ask`."""
    tool = _called(ask)
    if tool:
        arguments = json.dumps(fitting(tool.schema, ask.prompt, _system(ask)))
        return Answer(arguments, "tool_calls", tool.name)
    return limited(words_for(ask, seed=seed), ask.max_tokens)


def _called(ask: Ask) -> Tool | None:
    """The tool to call, if any: one that is demanded, or that the question names."""
    if not ask.tools or ask.tool_choice == "none" or not ask.messages or ask.messages[-1].get("role") != "user":
        return None
    named = next((tool for tool in ask.tools if tool.name == ask.tool_choice), None)
    if named or ask.tool_choice == "required":
        return named or ask.tools[0]
    prompt = ask.prompt.lower()
    return next((tool for tool in ask.tools if _named(tool, prompt)), None)


def _named(tool: Tool, prompt: str) -> bool:
    name = tool.name.lower()
    return name in prompt or name.replace("_", " ") in prompt


def words_for(ask: Ask, *, seed: int) -> str:
    """The answer in words, however long it is. A model says the same behind its vendor's own door."""
    chance = random.Random(f"{seed} {name_of(ask.model)} {ask.prompt}")
    prompt = ask.prompt.strip()
    if prompt.startswith(ECHO):
        return prompt.removeprefix(ECHO).strip()
    system = _system(ask)
    schema = described(system) if ask.schema is None else ask.schema
    if schema is not None:
        return json.dumps(fitting(schema, prompt, system), ensure_ascii=False)
    return _prose(ask.model, prompt, chance)


def _prose(model: str, prompt: str, chance: random.Random) -> str:
    topic, name = _topic(prompt), name_of(model)
    middle = chance.sample(MIDDLES, chance.randint(2, 6))
    parts = [chance.choice(OPENINGS), *middle, chance.choice(CLOSINGS)]
    if chance.random() < 0.3:
        parts = [parts[0], "\n\n" + "\n".join(f"{n}. {line}" for n, line in enumerate(middle, 1)) + "\n\n", parts[-1]]
    return SIGNATURE.format(name=name) + re.sub(r" ?\n ?", "\n", " ".join(parts)).format(topic=topic)


def name_of(model: str) -> str:
    """A model's own name, without its vendor's."""
    return model.rpartition("/")[2]


def _topic(prompt: str) -> str:
    words = re.findall(r"[^\W_][\w'-]*", prompt)
    telling = [word for word in words if word.lower() not in STOP_WORDS][:4]
    # Braces cannot come through the pattern above, so the topic is safe to be put into a template.
    return " ".join(telling) or "your question"


def _system(ask: Ask) -> str:
    return " ".join(text_of(m.get("content")) for m in ask.messages if m.get("role") in ("system", "developer"))


def limited(text: str, max_tokens: int | None) -> Answer:
    """So much of the text as the tokens allow."""
    if max_tokens is not None and tokens_for(len(text)) > max_tokens:
        return Answer(text[: max_tokens * LETTERS_PER_TOKEN], "length")
    return Answer(text, "stop")


def pieces(text: str) -> Iterator[str]:
    """The text in the bits it is streamed in, always the same: one to three words each."""
    chance = random.Random(text)
    words = re.findall(r"\s*\S+|\s+$", text)
    while words:
        count = chance.randint(1, 3)
        yield "".join(words[:count])
        del words[:count]
