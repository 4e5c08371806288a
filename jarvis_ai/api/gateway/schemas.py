"""The gateway's answers as its OpenAPI document describes them. They are built and sent without these types."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from jarvis_ai.api.schemas.base import example

MODEL_ROW = {
    "id": "openai/gpt-4o",
    "object": "model",
    "owned_by": "openai",
    "canonical_slug": "openai/gpt-4o",
    "name": "OpenAI: GPT-4o",
    "created": 1715558400,
    "context_length": 128000,
    "architecture": {
        "modality": "text+image->text",
        "input_modalities": ["text", "image"],
        "output_modalities": ["text"],
    },
    "pricing": {"prompt": "0.0000025", "completion": "0.00001"},
    "top_provider": {"context_length": 128000, "max_completion_tokens": 16384, "is_moderated": False},
    "supported_parameters": ["max_tokens", "temperature", "tools"],
}


class ChatUsage(BaseModel):
    """Tokens and money of the answering attempt."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cost: float | None = Field(description="US dollars; null when unknown.")
    prompt_tokens_details: dict[str, int]
    completion_tokens_details: dict[str, int]


class ChatMessage(BaseModel):
    """What was said. A call of tools may come without a word."""

    role: Literal["assistant"]
    content: str | None
    refusal: str | None
    reasoning: str | None
    reasoning_details: list[dict[str, Any]] | None = Field(None, description="To be sent back as it came.")
    tool_calls: list[dict[str, Any]] | None = None
    audio: dict[str, Any] | None = Field(None, description="Sound as base64, and what is said in it.")
    images: list[dict[str, Any]] | None = None
    annotations: list[dict[str, Any]] | None = Field(None, description="What the answer cites, and where.")


class ChatChoice(BaseModel):
    """The answer."""

    index: int
    message: ChatMessage
    finish_reason: str | None
    native_finish_reason: str | None = Field(description="The word of whoever made the model, where it is known.")
    logprobs: dict[str, Any] | None = Field(description="Where asked for, and where one model gave all of the answer.")


class Jarvis(BaseModel):
    """How the answer came about."""

    operation_id: str = Field(description="Where the usage log tells the whole story.")
    link: str | None = Field(description="Who answered, as it may be named in a request.")
    attempts: int
    fallback: bool = Field(description="Whether another link than the first one answered.")
    cost: float | None = Field(description="US dollars of all attempts; null when unknown.")
    cost_source: str
    latency_ms: float
    ttft_ms: float | None
    overhead_ms: float = Field(description="What the gateway itself took of it.")
    simulated: bool


class ChatAnswer(BaseModel):
    """A completion, as OpenRouter gives it."""

    model_config = example(
        id="gen-019abc12-3456-7def-8123-456789abcdef",
        object="chat.completion",
        created=1795513260,
        model="openai/gpt-4o",
        provider="OpenAI",
        system_fingerprint=None,
        choices=[
            {
                "index": 0,
                "logprobs": None,
                "finish_reason": "stop",
                "native_finish_reason": "stop",
                "message": {"role": "assistant", "content": "Hello!", "refusal": None, "reasoning": None},
            }
        ],
        usage={
            "prompt_tokens": 13,
            "completion_tokens": 2,
            "total_tokens": 15,
            "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
            "cost": 0.0000525,
        },
        jarvis={
            "operation_id": "019abc12-3456-7def-8123-456789abcdef",
            "link": "openrouter:openai/gpt-4o",
            "attempts": 1,
            "fallback": False,
            "cost": 0.0000525,
            "cost_source": "billed",
            "latency_ms": 871.4,
            "ttft_ms": 640.2,
            "overhead_ms": 1.9,
            "simulated": False,
        },
    )

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str = Field(description="Who really answered, in the provider's own words.")
    provider: str | None = Field(description="Who ran the model, where OpenRouter says so; else whom we asked.")
    system_fingerprint: str | None
    choices: list[ChatChoice]
    usage: ChatUsage | None = Field(description="Null when the provider told none.")
    jarvis: Jarvis


class ModelRow(BaseModel):
    """One model on offer."""

    model_config = example(**MODEL_ROW)

    id: str
    object: Literal["model"]
    owned_by: str
    canonical_slug: str
    name: str
    created: int
    context_length: int | None
    architecture: dict[str, Any]
    pricing: dict[str, str] = Field(description="US dollars a token; `-1` when it varies.")
    top_provider: dict[str, Any]
    supported_parameters: list[str]


class ModelAnswer(BaseModel):
    """One model, as OpenRouter wraps it."""

    model_config = example(data=MODEL_ROW)

    data: ModelRow


class Catalogue(BaseModel):
    """Models in the catalogue's order."""

    model_config = example(object="list", data=[MODEL_ROW], total_count=1, links={"next": None})

    object: Literal["list"]
    data: list[ModelRow]
    total_count: int
    links: dict[str, str | None]
