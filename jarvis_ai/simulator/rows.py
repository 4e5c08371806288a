"""One model's row, and how OpenRouter writes it (contract §6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CONTEXT = 131_072
"""Taken where nobody says."""

SAMPLING = ("temperature", "top_p", "top_k", "stop", "seed", "frequency_penalty", "presence_penalty")
ALWAYS = ("max_tokens", "response_format", "structured_outputs", "tools", "tool_choice")
REASONING = ("include_reasoning", "reasoning")

FIXED_SAMPLING = re.compile(r"(?:^|/)(?:gpt-(?:[5-9]|\d\d)|o\d\b)|claude-[a-z]+-(?:[5-9]|4[.-][7-9])")
"""The reasoning models of OpenAI and Claude from 4.7 on."""

UPSTREAMS: Mapping[str, tuple[str, str]] = {
    "openai": ("OpenAI", "openai"),
    "anthropic": ("Amazon Bedrock", "amazon-bedrock"),
    "google": ("Google", "google-vertex"),
    "meta-llama": ("DeepInfra", "deepinfra"),
    "mistralai": ("Mistral", "mistral"),
    "deepseek": ("DeepSeek", "deepseek"),
    "x-ai": ("xAI", "xai"),
    "qwen": ("Alibaba", "alibaba"),
}
"""Who runs an author's models behind OpenRouter: display name and slug."""
ELSEWHERE = ("Together", "together")


@dataclass(frozen=True, slots=True)
class Row:
    """One model. Prices are US dollars a token; -1 marks one that varies."""

    id: str
    name: str
    prompt: Decimal
    completion: Decimal
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    context: int = CONTEXT
    max_output: int | None = None
    slug: str = ""
    """The dated name that answers carry as their `model`; empty when it is the id."""
    created: int = 0
    moderated: bool = False
    expires: str | None = None
    description: str = ""
    inputs: tuple[str, ...] = ("text",)

    @property
    def author(self) -> str:
        return self.id.partition("/")[0].removeprefix("~")

    @property
    def served(self) -> str:
        return self.slug or self.id

    @property
    def upstream(self) -> tuple[str, str]:
        return UPSTREAMS.get(self.author, ELSEWHERE)

    @property
    def parameters(self) -> tuple[str, ...]:
        reasons = any(word in self.id for word in ("gpt-5", "/o1", "/o3", "/o4", "claude", "gemini-2.5", "gemini-3"))
        return ALWAYS + (SAMPLING if self.samples else ()) + (REASONING if reasons else ())

    @property
    def samples(self) -> bool:
        """Whether it takes a temperature, under OpenRouter's name or the maker's own."""
        return FIXED_SAMPLING.search(self.id) is None

    def as_dict(self) -> dict[str, Any]:
        """The row as `GET /models` has it."""
        return {
            "id": self.id,
            "canonical_slug": self.served,
            "hugging_face_id": None,
            "name": self.name,
            "created": self.created,
            "description": self.description or f"{self.name}, as simulated by Jarvis AI.",
            "context_length": self.context,
            "architecture": self.architecture(),
            "pricing": self.pricing(),
            "top_provider": {
                "context_length": self.context,
                "max_completion_tokens": self.max_output,
                "is_moderated": self.moderated,
            },
            "per_request_limits": None,
            "supported_parameters": list(self.parameters),
            "default_parameters": {},
            "supported_voices": None,
            "knowledge_cutoff": None,
            "expiration_date": self.expires,
            "links": {"details": f"/api/v1/models/{self.served}/endpoints"},
        }

    def architecture(self) -> dict[str, Any]:
        return {
            "modality": f"{'+'.join(self.inputs)}->text",
            "input_modalities": list(self.inputs),
            "output_modalities": ["text"],
            "tokenizer": {"openai": "GPT", "anthropic": "Claude", "google": "Gemini"}.get(self.author, "Other"),
            "instruct_type": None,
        }

    def pricing(self) -> dict[str, str]:
        prices = {"prompt": self.prompt, "completion": self.completion, "request": Decimal(0), "image": Decimal(0)}
        extra = {"input_cache_read": self.cache_read, "input_cache_write": self.cache_write}
        return {name: decimal(price) for name, price in {**prices, **extra}.items() if price is not None}

    def endpoint(self) -> dict[str, Any]:
        """Its one endpoint as `GET /models/{id}/endpoints` has it, without the live figures."""
        name, slug = self.upstream
        return {
            "name": f"{name} | {self.served}",
            "model_id": self.id,
            "model_name": self.name,
            "context_length": self.context,
            "pricing": self.pricing(),
            "provider_name": name,
            "tag": slug,
            "quantization": None,
            "max_completion_tokens": self.max_output,
            "max_prompt_tokens": None,
            "supported_parameters": list(self.parameters),
            "status": 0,
            "uptime_last_5m": 100.0,
            "uptime_last_30m": 99.9,
            "uptime_last_1d": 99.7,
            "supports_implicit_caching": False,
            "native_tools": {},
            "service_tier": None,
            "supports_diarization": False,
            "supports_tool_choice": {"auto": True, "function": True, "none": True, "required": True},
        }


def decimal(price: Decimal) -> str:
    """A price as OpenRouter writes it: no exponent, no trailing zeros."""
    text = f"{price:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
