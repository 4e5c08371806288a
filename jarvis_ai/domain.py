"""The nouns: what is asked, who may answer, what was tried, and how it ended.

Values only, and the standard library only. Nothing here waits, stores, or knows a wire format. Times of day are
seconds since the epoch, durations are seconds; the usage log alone turns them into integer milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypedDict

OPENROUTER, OPENAI, ANTHROPIC, KEYWORD = "openrouter", "openai", "anthropic", "keyword"
PROVIDERS = (OPENROUTER, OPENAI, ANTHROPIC, KEYWORD)

DEFAULT_MAX_TOKENS = 1024
"""Always sent: without it OpenRouter checks the balance against the model's largest answer (contract §2)."""

LONGEST_OPERATION = 3600.0
"""Seconds. No deadline may be longer: what is under way at a moment began at most so long before it."""


class Source(StrEnum):
    """Which door an operation came through."""

    PLAYGROUND = "playground"
    COMPARE = "compare"
    DRILL = "drill"
    BATCH = "batch"
    API = "api"
    GATEWAY = "gateway"
    ASSISTANT = "assistant"
    PYTHON = "python"


class Status(StrEnum):
    """How an operation or an attempt stands. Everything but `PENDING` is final."""

    PENDING = "pending"
    OK = "ok"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class FinishReason(StrEnum):
    """Why a model stopped, in OpenRouter's words."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"


class FailureKind(StrEnum):
    """What went wrong, as far as anybody has to decide on it. The policy table has a row for each."""

    NOT_CONFIGURED = "not_configured"
    UNAUTHORIZED = "unauthorized"
    NO_CREDIT = "no_credit"
    UNAFFORDABLE = "unaffordable"
    """The longest answer that the request allows costs more than is left; a shorter one does not."""
    KEY_LIMIT = "key_limit"
    FORBIDDEN = "forbidden"
    MODERATED = "moderated"
    REFUSED = "refused"
    INVALID_REQUEST = "invalid_request"
    CONTEXT_TOO_LONG = "context_too_long"
    TOO_LARGE = "too_large"
    MODEL_NOT_FOUND = "model_not_found"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UPSTREAM_TIMEOUT = "upstream_timeout"
    CONNECT_FAILED = "connect_failed"
    CONNECT_TIMEOUT = "connect_timeout"
    DISCONNECTED = "disconnected"
    HEADERS_TIMEOUT = "headers_timeout"
    FIRST_TOKEN_TIMEOUT = "first_token_timeout"
    STALLED = "stalled"
    TRUNCATED = "truncated"
    SEAM = "seam"
    """The answer that was to go on from a broken one could not be shown to."""
    PREFILL = "prefill"
    """The link was given the beginning of its own answer, and refused it or did not go on from there."""
    SATURATED = "saturated"
    """So many calls to this provider were under way that this one's turn did not come in time: it was never sent."""
    UPSTREAM_REJECTED = "upstream_rejected"
    MALFORMED = "malformed"
    EMPTY = "empty"
    DEADLINE = "deadline"
    INTERNAL = "internal"


class CostSource(StrEnum):
    """Where a cost came from. `UNKNOWN` goes with `nanos=None` and is never shown as $0."""

    BILLED = "billed"
    SETTLED = "settled"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One provider and model that can answer."""

    provider: str
    model: str = ""
    """The provider's own id for the model; empty for the keyword link."""

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" if self.model else self.provider

    @classmethod
    def parse(cls, text: str) -> Link:
        """Read `openrouter:openai/gpt-4o`, `keyword`, or a bare model id, which is OpenRouter's.

        Raises `ValueError` for an empty text.
        """
        text = text.strip()
        if not text:
            raise ValueError("A link needs a model, for example 'openrouter:openai/gpt-4o'.")
        if text == KEYWORD:
            return cls(KEYWORD)
        provider, colon, model = text.partition(":")
        return cls(provider, model) if colon and provider in PROVIDERS else cls(OPENROUTER, text)


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A link and the sentence that says why it stands where it stands."""

    link: Link
    reason: str = ""
    requested: str = ""
    """The name that was asked for, where an alias or the catalogue resolved it to another."""
    context_length: int | None = None
    """How many tokens the model holds; None where nobody says."""
    thinks: bool = False
    """Whether the model reasons before its first word, which takes its time."""
    retries: int | None = None
    """How often at most it is asked again; None: as often as the failure's rule says."""
    first_token: float | None = None
    """Seconds it has for its first token; None: as long as its own recent times suggest."""
    silence: float | None = None
    """Seconds it has between two tokens; None: as long as every model."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Links in the order they are tried."""

    links: tuple[ChainLink, ...]
    name: str = ""
    """Under which an operator has saved it; empty for one that was planned for a prompt."""
    version: str = ""
    """The hash of the saved version that it was planned from; empty for one that was planned for a prompt."""
    arm: str = ""
    """Which side of a gradual migration it was planned for; see `Operation.arm`."""

    def __hash__(self) -> int:
        # Cheap on purpose: every call looks its chain up, and few chains have both ends in common.
        return hash((self.links[:1], self.links[-1:]))

    @classmethod
    def of(cls, *names: str) -> Chain:
        """A chain of links written as text, without reasons."""
        return cls(tuple(ChainLink(Link.parse(name)) for name in names))

    @property
    def hash(self) -> str:
        """Twelve hexadecimal digits that are the same for chains that act the same: reasons and names are left out.

        A chain that was planned from a saved version has that version's, whatever the plan left out or put in place of
        a retired name: what an operator saved is found again in the log.
        """
        if self.version:
            return self.version
        acts = [(str(place.link), place.retries, place.first_token, place.silence) for place in self.links]
        return sha256(repr(acts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages and parameters of one request, in OpenAI's shapes."""

    messages: tuple[Mapping[str, Any], ...]
    temperature: float | None = None
    max_tokens: int | None = DEFAULT_MAX_TOKENS
    """None: the caller set no limit, and none is sent where the vendor's format does without."""
    stream: bool = True
    """Whether the provider is asked to stream. The engine's path is the same either way."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Every other body field (`tools`, `response_format`, `top_p`…), passed through untouched."""

    @classmethod
    def of(cls, text: str, *, system: str = "", **parameters: Any) -> Prompt:
        """One user message, after an optional system message."""
        head = ({"role": "system", "content": system},) if system else ()
        return cls(messages=(*head, {"role": "user", "content": text}), **parameters)

    @property
    def text(self) -> str:
        """The last user message as plain text; empty when there is none."""
        for message in reversed(self.messages):
            if message.get("role") == "user":
                return text_of(message.get("content"))
        return ""


def text_of(content: Any) -> str:
    """The plain text of a message's content, be it a string, a list of parts, or nothing."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts. `input_tokens` includes cache reads and writes, `output_tokens` includes reasoning."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nanos: int | None = None
    """What the provider itself says it billed, in 10⁻⁹ US dollars; None where it does not say."""


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount of money and where it came from."""

    nanos: int | None = None
    """10⁻⁹ US dollars. None means unknown."""
    source: CostSource = CostSource.UNKNOWN

    @property
    def dollars(self) -> float | None:
        """The amount in US dollars; None means unknown."""
        return None if self.nanos is None else self.nanos / 1e9


UNKNOWN_COST = Cost()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt, or a whole operation, did not answer."""

    kind: FailureKind
    detail: str = ""
    """One sentence for a person: what happened, to what."""
    http_status: int | None = None
    retry_after: float | None = None
    """Seconds the server asked to be left alone; None when it did not say."""
    retryable: bool | None = None
    """The server's explicit word (`availability.retryable`, `x-should-retry`); None when it did not say."""
    affordable: int | None = None
    """Tokens of an answer that the account still pays for; None when the server did not say."""
    raw: str = ""
    """The provider's own words, redacted, at most a few hundred characters."""


# What a provider's stream is made of, in this order: Opened, then any of the rest.


@dataclass(frozen=True, slots=True)
class Opened:
    """Response headers arrived with a good status."""

    generation_id: str = ""


@dataclass(frozen=True, slots=True)
class Alive:
    """A keep-alive comment: proves the connection, not progress."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer."""

    text: str
    logprobs: Mapping[str, Any] | None = None
    """How likely its tokens were, as the provider sent it (`content`, `refusal`); None where nobody asked for it."""


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's reasoning; not part of the answer."""

    text: str
    details: tuple[Mapping[str, Any], ...] = ()
    """The same as the provider sent it (`reasoning_details`): whoever goes on with the conversation sends it back."""


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call, in OpenAI's streamed shape (`index`, `id`, `function.arguments`…)."""

    delta: Mapping[str, Any]


MEDIA = ("audio", "images")
"""Fields of an answer that say something where no words do."""


@dataclass(frozen=True, slots=True)
class ExtraDelta:
    """What comes beside the words, in the provider's shape: pieces of `audio`, whole `images`, `annotations`."""

    fields: Mapping[str, Any]

    @property
    def speaks(self) -> bool:
        """Whether it is a part of the answer itself, and not only about its words."""
        return any(name in self.fields for name in MEDIA)


@dataclass(frozen=True, slots=True)
class Finished:
    """The model said that it was done, and why. Without this a stream is not a success."""

    reason: FinishReason
    served_model: str = ""
    """The model id as the provider reports it, often dated."""
    upstream: str = ""
    """Who ran it behind OpenRouter, for example `Amazon Bedrock`."""
    generation_id: str = ""
    native: str = ""
    """The reason in the own word of whoever made the model, such as `end_turn`; empty where nobody says."""


Chunk = Opened | Alive | TextDelta | ReasoningDelta | ToolCallDelta | ExtraDelta | Usage | Finished


class About(TypedDict, total=False):
    """What may be said of an operation besides its prompt and its chain; see `Operation`."""

    task: str
    tag: str
    requested_model: str
    restarts: bool
    arm: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a user asked for. Requests are counted in these."""

    id: str
    """UUIDv7."""
    started_at: float
    source: Source
    prompt: Prompt
    chain: Chain
    task: str = ""
    tag: str = ""
    requested_model: str = ""
    simulated: bool = False
    restarts: bool = True
    """Whether an answer that broke off may be started anew: not where its words cannot be taken back."""
    arm: str = ""
    """Which side of a gradual migration the caller is on: `openrouter`, `direct`, or empty without one."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One dispatch to one link. Money is counted in these."""

    operation_id: str
    number: int
    """From 1, in order of dispatch."""
    link: Link
    started_at: float
    status: Status = Status.PENDING
    reason: str = ""
    """Why this link was asked now."""
    waited: float = 0.0
    """Seconds of backoff before this dispatch."""
    failure: Failure | None = None
    latency: float | None = None
    ttft: float | None = None
    """Seconds from dispatch to the first content token; None when none came."""
    usage: Usage | None = None
    cost: Cost = UNKNOWN_COST
    generation_id: str = ""
    served_model: str = ""
    hedge: bool = False
    """Whether it was asked beside a link that was slow to speak."""
    resumed: bool = False
    """Whether it was asked to go on from where an earlier answer broke off."""

    @property
    def failure_kind(self) -> FailureKind | None:
        return self.failure.kind if self.failure else None


@dataclass(frozen=True, slots=True)
class Completion:
    """How an operation ended, with everything that was tried."""

    operation_id: str
    finished_at: float
    status: Status
    text: str = ""
    link: Link | None = None
    """Who answered; None when nobody did."""
    preferred: Link | None = None
    """The first link of the chain; None where it is not known, then the first one asked counts as it."""
    failure: Failure | None = None
    attempts: tuple[Attempt, ...] = ()
    usage: Usage | None = None
    """Of the answering attempt."""
    cost: Cost = UNKNOWN_COST
    """Of all attempts together; unknown as soon as one that may have been billed is unknown."""
    latency: float = 0.0
    """Seconds from the start of the operation to its end."""
    ttft: float | None = None
    """Seconds from the start of the operation to the first token that was kept."""
    finish_reason: FinishReason | None = None
    served_model: str = ""
    upstream: str = ""
    """Who ran the model behind OpenRouter, for example `Amazon Bedrock`; empty where nobody says."""
    reasoning: str = ""
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    reasoning_details: tuple[Mapping[str, Any], ...] = ()
    logprobs: tuple[Mapping[str, Any], ...] = ()
    """Of the text's pieces, in order; nothing where another link went on with the answer of a first."""
    extra: tuple[Mapping[str, Any], ...] = ()
    """The fields of every `ExtraDelta`, in order."""
    native_finish_reason: str = ""
    simulated: bool = False
    overhead: float = 0.0
    """Seconds of `latency` in which no provider was asked and no wait was due: our own share."""

    @property
    def ok(self) -> bool:
        return self.status is Status.OK

    @property
    def fell_back(self) -> bool:
        """Whether another link than the preferred one gave the answer."""
        return self.ok and bool(self.attempts) and self.link != (self.preferred or self.attempts[0].link)


Fact = Operation | Attempt | Completion
"""What the usage log records."""


# What a run emits besides the deltas.


@dataclass(frozen=True, slots=True)
class Planned:
    """The operation exists and this is its chain. Always the first event."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Waiting:
    """The engine waits before it asks again."""

    link: Link
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A link is being asked."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class TextDiscarded:
    """What was shown so far came from an attempt that broke off: forget it, the answer starts anew."""

    number: int


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """A link was asked and did not answer."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class AttemptCancelled:
    """A link was asked and is not listened to any more: another one spoke first."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Completed:
    """The run is over, well or not. Always the last event."""

    completion: Completion


Event = (
    Planned
    | Waiting
    | AttemptStarted
    | TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | ExtraDelta
    | TextDiscarded
    | AttemptFailed
    | AttemptCancelled
    | Completed
)
