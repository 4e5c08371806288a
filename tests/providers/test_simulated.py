"""The providers over their real transport against the simulator: every fault, streamed and not, with each vendor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jarvis_ai.domain import FailureKind, Finished, Opened, Prompt, TextDelta
from jarvis_ai.drills.meanings import LATE, MEANINGS, NEVER_END, OTHERWISE
from jarvis_ai.providers.anthropic import Anthropic
from jarvis_ai.providers.openai import OpenAI
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.simulator import FAULTS, Fault, Simulator
from tests.providers.replies import heard, usages

pytestmark = pytest.mark.anyio

MODELS = {"openrouter": "openai/gpt-4o", "openai": "gpt-4o", "anthropic": "claude-haiku-4-5"}

HALF_A_BODY = dict.fromkeys(("cut_clean", "no_finish", "malformed_chunk"), FailureKind.MALFORMED)
"""Where an answer in one piece breaks in another way than a stream."""


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(speed=1000) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Iterator[Simulator]:
    running.faults.clear()
    yield running
    running.faults.clear()


def made(name: str, simulator: Simulator) -> OpenRouter | OpenAI | Anthropic:
    match name:
        case "openrouter":
            return OpenRouter(api_key="sk-or-v1-test", base_url=simulator.openrouter_url)
        case "openai":
            return OpenAI(api_key="sk-test", base_url=simulator.openai_url)
        case _:
            return Anthropic(api_key="sk-ant-test", base_url=simulator.anthropic_url)


async def asked(simulator: Simulator, name: str, *, stream: bool, model: str = ""):
    provider = made(name, simulator)
    try:
        prompt = Prompt.of("How do I plan a party?", system="Be brief.", stream=stream, temperature=0.5)
        return await heard(provider, prompt, model or MODELS[name])
    finally:
        await provider.aclose()


def test_every_fault_has_a_meaning():
    assert {*MEANINGS, *NEVER_END} == set(FAULTS)
    assert set(LATE) <= set(FAULTS)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", MEANINGS)
@pytest.mark.parametrize("name", MODELS)
async def test_a_fault_means_what_it_is(simulator: Simulator, name: str, kind: str, stream: bool):
    simulator.faults.set(name, Fault(kind))
    chunks, error = await asked(simulator, name, stream=stream)
    meaning = OTHERWISE.get((name, kind), MEANINGS[kind])
    meaning = meaning if stream else HALF_A_BODY.get(kind, meaning)
    assert (error.failure.kind if error else None) is meaning
    assert isinstance(chunks[-1] if chunks else None, Finished) == (meaning is None)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("name", "model"),
    [
        *MODELS.items(),
        ("openai", "o3-mini"),
        ("openai", "gpt-5"),
        ("anthropic", "claude-sonnet-5"),
        ("anthropic", "claude-sonnet-4-6"),
    ],
)
async def test_a_whole_answer_comes_with_the_usage_that_the_ledger_has(
    simulator: Simulator, name: str, model: str, stream: bool
):
    chunks, error = await asked(simulator, name, model=model, stream=stream)
    charge = simulator.ledger.charges()[-1]
    (usage,) = usages(chunks)
    assert error is None
    assert (usage.input_tokens, usage.output_tokens) == (charge.input_tokens, charge.output_tokens)
    assert usage.cost_nanos == (charge.nanos if name == "openrouter" else None)
    assert "".join(chunk.text for chunk in chunks if isinstance(chunk, TextDelta)).startswith("(simulated answer")


async def test_openrouter_is_told_who_asks(simulator: Simulator):
    await asked(simulator, "openrouter", stream=True)
    headers = {name.lower(): value for name, value in simulator.calls[-1].headers.items()}
    assert headers["x-openrouter-title"] == "Jarvis AI" and headers["http-referer"].startswith("https://")


async def test_the_account_is_read_as_it_is(simulator: Simulator):
    router = OpenRouter(api_key="sk-or-v1-test", base_url=simulator.openrouter_url)
    try:
        rows = await router.models()
        endpoints, key = await router.endpoints("openai/gpt-4o"), await router.key()
    finally:
        await router.aclose()
    assert "openai/gpt-4o" in {row["id"] for row in rows} and len(rows) > 600
    assert endpoints["endpoints"][0]["provider_name"] == "OpenAI" and key["limit"] > 0


async def test_what_an_answer_that_broke_off_came_to_can_be_asked_afterwards(simulator: Simulator):
    simulator.faults.set("openrouter", Fault("cut_clean"))
    chunks, error = await asked(simulator, "openrouter", stream=True)
    opened, charge = chunks[0], simulator.ledger.charges()[-1]
    assert isinstance(opened, Opened) and error and not usages(chunks)
    provider = OpenRouter(api_key="sk-or-v1-test", base_url=simulator.openrouter_url)
    account = await provider.account(opened.generation_id)
    await provider.aclose()
    assert (account.cost_nanos, account.input_tokens, account.output_tokens) == (
        charge.nanos,
        charge.input_tokens,
        charge.output_tokens,
    )
