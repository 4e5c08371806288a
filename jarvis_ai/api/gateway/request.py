"""What the gateway reads of a request. Whatever it does not know is passed on: the provider is to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from jarvis_ai.api.schemas.completion import Name, whole
from jarvis_ai.domain import Link, Prompt

ROLES = ("system", "developer", "user", "assistant", "tool", "function")

CONTENT = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "object"}}, {"type": "null"}]}
MESSAGE = {"type": "object", "required": ["role"], "properties": {"role": {"enum": ROLES}, "content": CONTENT}}


def in_order(message: dict[str, Any]) -> dict[str, Any]:
    """A message as it came. Raises `ValueError` where no provider could make anything of it."""
    if message.get("role") not in ROLES:
        raise ValueError(f"needs a 'role': one of {', '.join(ROLES)}")
    content = message.get("content")
    parts = isinstance(content, list) and all(isinstance(part, Mapping) for part in content)
    if not (content is None or isinstance(content, str) or parts):
        raise ValueError("'content' must be a text or a list of parts")
    return message


def named(name: str) -> str:
    """A model's name as it came. Raises `ValueError` for a provider without a model, and for what is no name."""
    if not name.isprintable():
        raise ValueError("a model's name holds a character that cannot be printed")
    link = Link.parse(name)
    if not link.model and name != str(link):
        raise ValueError(f"'{name}' names a provider, and no model of it")
    return name


Message = Annotated[dict[str, Any], AfterValidator(in_order), WithJsonSchema(MESSAGE)]
Model = Annotated[Name, AfterValidator(named)]
Whole = Annotated[int, BeforeValidator(whole)]


class ChatRequest(BaseModel):
    """A question in OpenRouter's or OpenAI's words. Every field that is not named here is passed on untouched."""

    model_config = ConfigDict(
        extra="allow",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "model": "openai/gpt-4o",
                    "models": ["anthropic/claude-haiku-4.5"],
                    "messages": [{"role": "user", "content": "Say hello in one word."}],
                    "max_tokens": 20,
                }
            ]
        },
    )

    messages: Annotated[list[Message], Field(min_length=1)] = Field(
        description="The conversation: texts, parts, images, tool calls and their results."
    )
    model: Model | None = Field(
        None, description="Who is asked first: a model of OpenRouter's, or a link such as `openai:gpt-4o` or `keyword`."
    )
    models: Annotated[list[Model], Field(min_length=1)] | None = Field(
        None, description="Exactly these are asked, in this order, as many as you like; `model` goes first."
    )
    stream: bool | None = Field(None, description="Whether the answer comes word by word, as server-sent events.")
    max_tokens: Annotated[Whole, Field(ge=1)] | None = Field(
        None, description="The longest answer, in tokens; without it the model's own limit holds."
    )
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    n: Annotated[Literal[1], BeforeValidator(whole)] | None = Field(None, description="One answer is given, not more.")
    user: str | None = Field(None, description="Your own name for whoever asks: the same user goes the same way.")

    @property
    def names(self) -> list[str]:
        """The models that are named, first one first."""
        return [*filter(None, [self.model]), *(self.models or ())]

    @property
    def caller(self) -> str:
        """What tells whoever asks from others: the user, else the session; empty for nobody in particular."""
        session = (self.model_extra or {}).get("session_id")
        return self.user or (session if isinstance(session, str) else "")

    def prompt(self) -> Prompt:
        """The question for the engine, which is always answered in a stream: only there a cut can be seen."""
        known = {name: value for name in ("user", "n") if (value := getattr(self, name)) is not None}
        return Prompt(
            messages=tuple(self.messages),
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            extra={**(self.model_extra or {}), **known},
        )
