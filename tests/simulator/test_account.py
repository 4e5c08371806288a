"""The catalogue, the keys, the money: read as a client reads them."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from jarvis_ai.simulator import Fault, Simulator
from jarvis_ai.simulator.ledger import Charge, Ledger
from tests.simulator.words import GPT, HAIKU, Wire, ask, chat, events, spoken

MANAGEMENT = {"Authorization": "Bearer sk-or-v1-mgmt"}
DAY = 86_400.0


def test_the_catalogue_is_of_a_real_size_and_prices_are_decimal_strings(client: httpx.Client) -> None:
    models = client.get("/models").json()["data"]
    assert len(models) > 600
    for model in models:
        prices = [model["pricing"]["prompt"], model["pricing"]["completion"]]
        assert all("E" not in price and Decimal(price) >= -1 for price in prices)
        assert model["context_length"] and model["created"]


@pytest.mark.parametrize(
    ("model", "prompt", "completion", "context"),
    [
        ("openai/gpt-4o", "0.0000025", "0.00001", 128_000),
        ("openai/gpt-4o-mini", "0.00000015", "0.0000006", 128_000),
        ("anthropic/claude-sonnet-4.6", "0.000003", "0.000015", 1_000_000),
        ("anthropic/claude-haiku-4.5", "0.000001", "0.000005", 200_000),
        ("anthropic/claude-3-haiku", "0.00000025", "0.00000125", 200_000),
        ("meta-llama/llama-3.1-8b-instruct", "0.00000005", "0.00000008", 131_072),
        ("google/gemini-2.5-flash", "0.0000003", "0.0000025", 1_048_576),
        ("google/gemini-2.5-pro", "0.00000125", "0.00001", 1_048_576),
        ("openrouter/auto", "-1", "-1", 2_000_000),
        ("meta-llama/llama-3.3-70b-instruct:free", "0", "0", 131_072),
    ],
)
def test_these_models_are_as_on_openrouter(
    client: httpx.Client, model: str, prompt: str, completion: str, context: int
) -> None:
    row = client.get(f"/model/{model}").json()["data"]
    assert (row["id"], row["pricing"]["prompt"], row["pricing"]["completion"]) == (model, prompt, completion)
    assert row["context_length"] == context


@pytest.mark.parametrize(
    "name",
    [
        "anthropic/claude-3-5-sonnet-20241022",
        "anthropic/claude-3-haiku-20240307",
        "meta-llama/llama-3-1-8b-instruct",
        "google/gemini-pro-1.5",
    ],
)
def test_a_retired_name_is_no_model(client: httpx.Client, name: str) -> None:
    response = ask(client, model=name)
    assert response.status_code == 400
    assert response.json()["error"]["message"] == f"{name} is not a valid model ID"
    assert client.get(f"/model/{name}").status_code == 404


def test_a_router_is_charged_as_the_model_it_picked(client: httpx.Client) -> None:
    body = ask(client, model="openrouter/auto").json()
    assert body["model"] == "openai/gpt-4o-mini" and body["usage"]["cost"] > 0


def test_a_free_model_costs_nothing_and_a_variant_is_the_model(client: httpx.Client) -> None:
    assert ask(client, model="meta-llama/llama-3.3-70b-instruct:free").json()["usage"]["cost"] == 0
    assert ask(client, model="openai/gpt-4o:nitro").json()["model"] == GPT


def test_answers_carry_the_dated_name_and_who_ran_the_model(client: httpx.Client) -> None:
    response = ask(client, model=HAIKU)
    body = response.json()
    assert (body["model"], body["provider"]) == ("anthropic/claude-4.5-haiku-20251001", "Amazon Bedrock")
    assert body["choices"][0]["native_finish_reason"] == "end_turn"
    assert response.headers["X-Generation-Id"] == body["id"]
    head, moment, letters = body["id"].split("-")
    assert (head, moment.isdigit(), len(letters)) == ("gen", True, 20)


def test_a_prompt_longer_than_the_context_is_refused(client: httpx.Client) -> None:
    error = ask(client, "word " * 110_000).json()["error"]
    assert error["message"].startswith("This endpoint's maximum context length is 128000 tokens.")


def test_keys_are_checked(client: httpx.Client) -> None:
    for header, status in (("", 401), ("Bearer", 401), ("Bearer sk-or-invalid", 401), ("Bearer other", 401)):
        assert client.get("/key", headers={"Authorization": header}).status_code == status
    assert client.post("/chat/completions", json=chat(), headers=MANAGEMENT).status_code == 403
    assert client.get("/key", headers=MANAGEMENT).json()["data"]["is_management_key"] is True
    assert client.get("/credits").status_code == 403
    assert client.get("/models", headers={"Authorization": ""}).status_code == 200


def test_the_live_figures_of_endpoints_are_for_those_with_a_key(client: httpx.Client) -> None:
    path = f"/models/{GPT}/endpoints"
    (known,) = client.get(path).json()["data"]["endpoints"]
    (unknown,) = client.get(path, headers={"Authorization": ""}).json()["data"]["endpoints"]
    assert known["latency_last_30m"]["p50"] == 700.0
    assert unknown["latency_last_30m"] is None is unknown["throughput_last_30m"]


def test_the_ledger_is_the_sum_of_what_the_answers_said_they_cost() -> None:
    simulator = Simulator(speed=10_000)
    with simulator.running(), httpx.Client(headers={"Authorization": "Bearer sk-or-v1-test"}) as client:
        client.base_url = simulator.openrouter_url
        told = [ask(client, f"Question {n}", model=model).json()["usage"] for n in range(5) for model in (GPT, HAIKU)]
        told += [list(events(ask(client, f"{n}?", stream=True).text))[-1]["usage"] for n in range(5)]
        key, credits = client.get("/key").json()["data"], client.get("/credits", headers=MANAGEMENT).json()["data"]
    nanos = sum(round(usage["cost"] * 1e9) for usage in told)
    assert simulator.ledger.nanos("openrouter") == nanos > 0
    assert key["usage"] == key["usage_daily"] == credits["total_usage"] == nanos / 1e9
    assert len(simulator.ledger.charges()) == len(told)


def test_an_answer_costs_its_tokens_times_the_price(client: httpx.Client) -> None:
    usage = ask(client).json()["usage"]
    expected = usage["prompt_tokens"] * Decimal("0.0000025") + usage["completion_tokens"] * Decimal("0.00001")
    assert usage["cost"] == float(expected)


def test_a_cut_stream_is_charged_for_what_was_sent(wire: Wire) -> None:
    wire.simulator.faults.set("openrouter", Fault("cut", after=40))
    wire.received("openrouter", stream=True)
    charge = wire.simulator.ledger.charges()[-1]
    assert (charge.output_tokens, charge.finish) == (10, None)
    assert charge.nanos == charge.input_tokens * 2500 + 10 * 10_000


def test_a_stream_that_the_client_left_is_charged_for_what_it_got(wire: Wire) -> None:
    wire.simulator.faults.set("openrouter", Fault("stalled", after=40))
    before = len(wire.simulator.ledger.charges())
    wire.received("openrouter", stream=True)
    charge = wire.charge(before + 1)
    assert (charge.cancelled, charge.output_tokens, charge.nanos > 0) == (True, 10, True)


@pytest.mark.parametrize("provider", ["openrouter", "openai", "anthropic"])
def test_an_answer_that_is_not_streamed_is_billed_whole_though_its_client_left(provider: str) -> None:
    with Simulator(speed=2) as slow, httpx.Client() as http:
        wire = Wire(slow, http)
        assert wire.received(provider, timeout=0.1) == ("", "ReadTimeout")
        charge = wire.charge(1)
    assert (charge.cancelled, charge.finish, charge.output_tokens > 10, charge.nanos > 0) == (False, "stop", True, True)


@pytest.mark.parametrize("provider", ["openrouter", "openai", "anthropic"])
def test_a_stream_that_is_left_while_it_runs_is_charged_for_what_was_sent(provider: str) -> None:
    with Simulator(speed=2) as slow, httpx.Client() as http:
        wire, text = Wire(slow, http), ""
        with wire.open(provider, stream=True) as response:
            for piece in response.iter_text():
                text += piece
                if len(text) > 2_000:
                    break
        charge = wire.charge(1)
    assert (charge.cancelled, charge.finish) == (True, None)
    said = sum(len(event["delta"].get("text", "")) for event in events(text) if event.get("delta")) or len(spoken(text))
    # Some pieces more may have left before the simulator heard of it.
    assert 0 < said <= charge.output_tokens * 4


def test_an_error_costs_nothing(wire: Wire) -> None:
    before = wire.simulator.ledger.nanos("openrouter")
    for kind in ("429", "stream_error", "error_before_content", "empty", "ok_with_error"):
        wire.simulator.faults.set("openrouter", Fault(kind))
        wire.ask("openrouter", stream=True)
        wire.ask("openrouter")
    assert wire.simulator.ledger.nanos("openrouter") == before


def test_an_unknown_generation_is_not_found(client: httpx.Client) -> None:
    assert client.get("/generation", params={"id": "gen-1-x"}).status_code == 404


def test_pages_of_models_follow_each_other(client: httpx.Client) -> None:
    total = client.get("/models/count").json()["data"]["count"]
    page = client.get("/models", params={"offset": total - 2, "limit": 5}).json()
    assert (len(page["data"]), page["total_count"], page["links"]["next"]) == (2, total, None)
    first = client.get("/models", params={"limit": 2, "q": "gpt"}).json()
    second = client.get(str(client.base_url.copy_with(raw_path=first["links"]["next"].encode()))).json()
    assert "q=gpt" in first["links"]["next"]
    assert {row["id"] for row in first["data"]}.isdisjoint(row["id"] for row in second["data"])
    found = client.get("/models", params={"q": "gpt-4o-mini"}).json()["data"]
    assert GPT + "-mini" in [row["id"] for row in found] and len(found) < total
    for wrong in ({"limit": "x"}, {"limit": 0}, {"offset": -1}, {"offset": "9" * 5000}):
        assert client.get("/models", params=wrong).status_code == 400


def test_periods_of_a_key_end_at_midnight_utc_and_activity_shows_completed_days() -> None:
    now = [1_795_219_200.0 + 60]  # 2026-11-21, a Saturday
    ledger = Ledger(clock=lambda: now[0])
    assert (ledger.today().isoformat(), ledger.today().weekday()) == ("2026-11-21", 5)
    ledger.add(charge(now[0] - DAY, 5))
    ledger.add(charge(now[0], 7))
    assert (ledger.nanos("openrouter"), ledger.nanos("openrouter", days=1)) == (12, 7)
    assert [row["date"] for row in ledger.activity()] == ["2026-11-20"]
    now[0] += DAY
    assert [(row["date"], row["requests"]) for row in ledger.activity()] == [("2026-11-21", 1), ("2026-11-20", 1)]


def charge(created: float, nanos: int) -> Charge:
    return Charge("gen-1-x", "openrouter", GPT, GPT, "OpenAI", created, 1, 1, nanos, "stop", False, False, 0.1, 0.2)
