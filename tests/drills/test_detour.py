"""In front of a real provider: nothing that is meant for a broken link reaches it, and its key goes nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import orjson
import pytest

from jarvis_ai.domain import Chain, Link, Prompt
from jarvis_ai.drills import Drill, Grade
from jarvis_ai.drills.detour import Detour, stand_ins
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.runtime import Rehearsals, Runtime
from jarvis_ai.settings import Settings
from jarvis_ai.simulator import Fault, Simulator

KEY = "sk-or-v1-the-real-one"
GPT, MINI = Link.parse("openai/gpt-4o"), Link.parse("openai/gpt-4o-mini")
CHAIN = Chain.of(str(GPT), str(MINI))


@dataclass
class Notes(httpx.AsyncBaseTransport):
    """A transport that answers everything with a refusal and keeps what it was given."""

    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        return httpx.Response(500, stream=httpx.ByteStream(b'{"error": "No."}'), request=request)


async def turned(*models: str, broken: dict[str, str]) -> tuple[Notes, Notes]:
    """What went straight and what went aside when these models were asked."""
    straight, aside = Notes(), Notes()
    addresses = {"base_url": "https://router.example/api/v1", "simulated_url": "http://127.0.0.1:9/openrouter/api/v1"}
    detour = Detour(straight, aside, broken, **addresses)
    provider = OpenRouter(api_key=KEY, base_url=addresses["base_url"], transport=detour)
    for model in models:
        with pytest.raises(ProviderError, match="No"):
            [chunk async for chunk in provider.stream(model, Prompt.of("Hello"))]
    return straight, aside


@pytest.mark.anyio
async def test_a_broken_model_goes_aside_and_every_other_straight() -> None:
    straight, aside = await turned("a/sick", "a/well", broken={"a/sick": "openai/gpt-4o"})
    assert [orjson.loads(request.content)["model"] for request in straight.requests] == ["a/well"]
    assert [orjson.loads(request.content)["model"] for request in aside.requests] == ["openai/gpt-4o"]
    assert str(aside.requests[0].url) == "http://127.0.0.1:9/openrouter/api/v1/chat/completions"


@pytest.mark.anyio
async def test_the_key_is_left_behind() -> None:
    straight, aside = await turned("a/sick", "a/well", broken={"a/sick": "openai/gpt-4o"})
    assert KEY in str(straight.requests[0].headers.raw)
    assert KEY not in f"{aside.requests[0].headers.raw} {aside.requests[0].content!r} {aside.requests[0].url}"
    assert aside.requests[0].headers["authorization"].startswith("Bearer sk-or-v1-")


@pytest.mark.anyio
async def test_what_is_no_request_for_an_answer_goes_straight() -> None:
    straight, aside = Notes(), Notes()
    detour = Detour(straight, aside, {"a": "b"}, base_url="https://a.example", simulated_url="http://127.0.0.1:9")
    for content in (b"", b"[1]", b"{junk"):
        await detour.handle_async_request(httpx.Request("GET", "https://a.example/key", content=content))
    assert (len(straight.requests), aside.requests) == (3, [])


def test_a_link_that_the_simulator_does_not_know_has_a_stand_in_of_its_own() -> None:
    links = [Link("openrouter", "acme/one"), Link("openrouter", "acme/two"), GPT, Link("openai", "my-own-model")]
    names = stand_ins(links)
    assert names[GPT] == GPT
    assert len(set(names.values())) == len(links)
    assert all(known.provider == link.provider for link, known in names.items())


@pytest.fixture(scope="module")
def provider() -> Iterator[Simulator]:
    """In the place of the real OpenRouter."""
    with Simulator(speed=50) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def rehearsals(provider: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsals]:
    home = Runtime(Settings(data_dir=tmp_path_factory.mktemp("home"), demo_speed=50.0), quiet=True)
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("front"), openrouter_api_key=KEY, openrouter_base_url=provider.openrouter_url
    )
    front = Runtime(settings, quiet=True)
    yield Rehearsals(home, front)
    for runtime in (home, front):
        runtime.close()


@pytest.mark.parametrize("kind", ["cut", "rate_limited_no_hint", "reset", "server_error", "empty"])
def test_a_drill_in_front_of_a_real_provider_asks_it_for_healthy_links_only(
    provider: Simulator, rehearsals: Rehearsals, kind: str
) -> None:
    before = len(provider.calls)
    outcome = rehearsals.start(Drill(kind, CHAIN, {GPT: Fault(kind)}), real=True).ending.result(timeout=30)
    asked = [call.model for call in list(provider.calls)[before:] if call.method == "POST"]
    assert asked == [MINI.model]
    assert (outcome.verdict.grade, outcome.completion.link, outcome.simulated) == (Grade.PASS, MINI, False)


def test_a_broken_link_costs_nothing_and_a_healthy_one_what_it_says(
    provider: Simulator, rehearsals: Rehearsals
) -> None:
    completion = rehearsals.start(Drill("", CHAIN, {GPT: Fault("cut")}), real=True).ending.result(timeout=30).completion
    assert [attempt.cost.nanos for attempt in completion.attempts] == [0, provider.ledger.charges()[-1].nanos]
    assert completion.cost.nanos == completion.attempts[-1].cost.nanos


def test_a_drill_with_real_providers_is_a_row_of_their_log_and_touches_no_breaker(rehearsals: Rehearsals) -> None:
    front = rehearsals.runtime(real=True)
    for _ in range(4):
        outcome = rehearsals.start(Drill("", CHAIN, {GPT: Fault("overloaded")}), real=True).ending.result(timeout=30)
    operation = front.analytics.operation(outcome.completion.operation_id) or {}
    assert (operation["source"], operation["simulated"]) == ("drill", 0)
    assert front.breakers() == []
