"""The Python door, over a runtime whose providers are simulated."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jarvis_ai.analytics import EVERYTHING
from jarvis_ai.chains import Migration, save_migration, written
from jarvis_ai.chains.versions import save
from jarvis_ai.errors import OperationFailed
from jarvis_ai.runtime import Runtime
from jarvis_ai.service import (
    OpenRouterService,
    analyze_intent_with_openrouter,
    extract_time_info_with_openrouter,
    present,
)
from jarvis_ai.settings import Settings
from jarvis_ai.simulator.faults import Fault

HELLO = [{"role": "user", "content": "Hello?"}]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime(Settings(data_dir=tmp_path_factory.mktemp("data"), demo_speed=1000.0), quiet=True)
    yield runtime
    runtime.close()


@pytest.fixture
def service(runtime: Runtime) -> OpenRouterService:
    return OpenRouterService(runtime)


def row_of(runtime: Runtime, answer: dict[str, Any]) -> dict[str, Any]:
    row = runtime.analytics.operation(answer["operation_id"])
    assert row is not None
    return row


def test_one_service_answers_in_one_event_loop_after_another(service: OpenRouterService):
    answers = [asyncio.run(service.chat_completion(HELLO, max_tokens=10))["content"] for _ in range(2)]
    assert all(answers)


def test_a_saved_chain_is_asked_by_its_name_and_a_user_stays_on_a_side_of_a_migration(tmp_path: Path):
    with closing(Runtime(Settings(data_dir=tmp_path, demo_speed=1000.0), quiet=True)) as runtime:
        save(runtime.documents, written("night", [{"link": "anthropic:claude-haiku-4-5"}]), now=1.0)
        save_migration(runtime.documents, Migration(50), now=2.0)
        runtime.reload_saved()
        service = OpenRouterService(runtime)
        named = asyncio.run(service.chat_completion(HELLO, model="chain:night", max_tokens=10))
        said = [asyncio.run(service.chat_completion(HELLO, user="ann", max_tokens=10)) for _ in range(3)]
        assert named["provider"] == "anthropic"
        assert {row_of(runtime, answer)["arm"] for answer in said} == {Migration(50).arm("ann")}


def test_one_service_answers_in_the_loops_of_many_threads_at_once(service: OpenRouterService):
    answers: list[dict[str, Any]] = []

    async def ask() -> None:
        answers.extend(await asyncio.gather(*(service.chat_completion(HELLO, max_tokens=10) for _ in range(5))))

    threads = [threading.Thread(target=asyncio.run, args=[ask()]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer["operation_id"] for answer in answers}) == 20
    assert all(answer["content"] for answer in answers)


def test_the_log_keeps_the_name_that_was_asked_for_and_nothing_where_none_was(
    runtime: Runtime, service: OpenRouterService
):
    retired = asyncio.run(service.chat_completion(HELLO, model="google/gemini-pro-1.5", max_tokens=10))
    nameless = asyncio.run(service.chat_completion(HELLO, max_tokens=10))
    assert (row_of(runtime, retired)["requested_model"], retired["model"]) == (
        "google/gemini-pro-1.5",
        "google/gemini-2.5-flash",
    )
    assert row_of(runtime, nameless)["requested_model"] == ""


def test_a_task_leads_and_the_log_keeps_the_reason(runtime: Runtime, service: OpenRouterService):
    answer = asyncio.run(service.chat_completion(HELLO, task="fast", max_tokens=10))
    assert answer["model"] == "anthropic/claude-haiku-4.5"
    row = row_of(runtime, answer)
    assert row["task"] == "fast"
    assert row["chain"][0]["reason"].startswith("fast task: the quickest model first")


def test_an_unknown_task_is_refused_with_those_that_are_known(service: OpenRouterService):
    with pytest.raises(ValueError, match="Known: complex, routine, fast"):
        asyncio.run(service.chat_completion(HELLO, task="huge"))


def test_a_stream_is_the_answer_in_pieces(service: OpenRouterService):
    async def pieces() -> list[str]:
        return [piece async for piece in service.stream(HELLO, max_tokens=20)]

    got = asyncio.run(pieces())
    assert len(got) > 1
    assert "".join(got).startswith("(simulated answer")


def test_a_stream_that_broke_off_is_finished_by_another_model_and_no_letter_is_lost(
    runtime: Runtime, service: OpenRouterService
):
    async def text() -> str:
        return "".join([piece async for piece in service.stream(HELLO)])

    assert runtime.simulator is not None
    healthy = asyncio.run(text())
    runtime.simulator.faults.set("openrouter:openai/gpt-4o", Fault("cut_clean", times=1))
    assert asyncio.run(text()) == healthy


def test_a_stream_that_nobody_could_finish_raises_and_the_log_says_failed(runtime: Runtime, service: OpenRouterService):
    assert runtime.simulator is not None
    for provider in ("openrouter", "openai", "anthropic"):
        runtime.simulator.faults.set(provider, Fault("forgets"))
    runtime.simulator.faults.set("openrouter:openai/gpt-4o", Fault("cut_clean", times=1))
    got: list[str] = []

    async def stream() -> None:
        async for piece in service.stream(HELLO, max_tokens=40):
            got.append(piece)  # noqa: PERF401 - what came before the end counts

    with pytest.raises(OperationFailed) as broken:
        asyncio.run(stream())
    completion = broken.value.completion
    row = row_of(runtime, {"operation_id": completion.operation_id})
    assert got
    assert completion.failure is not None
    assert (row["status"], row["failure"], row["attempts"]) == ("failed", "truncated", len(completion.attempts))


@pytest.fixture
def nobody(runtime: Runtime) -> Iterator[None]:
    """Every vendor refuses the request itself, so that nothing stands in."""
    assert runtime.simulator is not None
    for provider in ("openrouter", "openai", "anthropic"):
        runtime.simulator.faults.set(provider, Fault("moderated"))
    yield
    runtime.simulator.faults.clear(None)


@pytest.mark.usefixtures("nobody")
def test_a_call_that_nobody_answers_raises_with_everything_that_was_tried(service: OpenRouterService):
    async def stream() -> None:
        async for _ in service.stream(HELLO):
            pass

    for call in (service.chat_completion(HELLO), stream()):
        with pytest.raises(OperationFailed) as failed:
            asyncio.run(call)
        assert failed.value.completion.attempts


NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="module")
def keyed(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A runtime that has a key, for the providers that the other one simulates."""
    assert runtime.simulator is not None
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("keyed"),
        openrouter_api_key="sk-or-v1-simulated",
        openrouter_base_url=runtime.simulator.openrouter_url,
    )
    keyed = Runtime(settings, quiet=True)
    yield keyed
    keyed.close()


def last_row(runtime: Runtime) -> dict[str, Any]:
    return dict(runtime.analytics.operations(None, EVERYTHING, limit=1).iloc[0])


def test_without_a_key_words_alone_decide_and_no_simulated_model_is_asked(runtime: Runtime):
    intent = asyncio.run(analyze_intent_with_openrouter("Wake me up at 7 AM tomorrow", now=NOW, runtime=runtime))
    moment = asyncio.run(extract_time_info_with_openrouter("Remind me in 2 hours", now=NOW, runtime=runtime))
    assert (intent["intent"], intent["source"], intent["note"]) == ("wake_up_call", "keyword", "")
    assert (moment["datetime"], moment["source"]) == ("2026-11-24T12:00:00+01:00", "keyword")
    row = last_row(runtime)
    assert (row["source"], row["task"], row["tag"], row["provider"]) == ("assistant", "routine", "time_v2", "keyword")


def test_with_a_key_the_cheap_model_is_asked_and_logged(keyed: Runtime):
    intent = asyncio.run(analyze_intent_with_openrouter("Wake me up at 7 AM tomorrow", now=NOW, runtime=keyed))
    assert (intent["intent"], intent["source"]) == ("wake_up_call", "model")
    row = last_row(keyed)
    assert (row["source"], row["task"], row["tag"]) == ("assistant", "routine", "intent_v2")
    assert (row["provider"], row["model"]) == ("openrouter", "openai/gpt-4o-mini")


def test_a_models_time_is_in_the_callers_zone(keyed: Runtime):
    moment = asyncio.run(extract_time_info_with_openrouter("Remind me in 2 hours", now=NOW, runtime=keyed))
    assert (moment["datetime"], moment["source"], moment["note"]) == ("2026-11-24T12:00:00+01:00", "model", "")


def test_a_model_that_knows_no_schemas_answers_in_the_shape_that_is_described(
    runtime: Runtime, tmp_path_factory: pytest.TempPathFactory
):
    assert runtime.simulator is not None
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("claude"),
        anthropic_api_key="sk-ant-simulated",
        anthropic_base_url=runtime.simulator.anthropic_url,
    )
    claude = Runtime(settings, quiet=True)
    intent = asyncio.run(analyze_intent_with_openrouter("Never mind the alarm", now=NOW, runtime=claude))
    provider = last_row(claude)["provider"]
    claude.close()
    assert (intent["intent"], intent["source"], provider) == ("cancel", "model", "anthropic")


def test_a_models_nonsense_is_asked_for_once_more_and_then_words_decide(keyed: Runtime):
    before = len(keyed.analytics.operations(None, EVERYTHING, limit=100))
    parrot = "Repeat exactly: Wake me up at 7 AM tomorrow"  # which is what the simulated model says, and no JSON
    moment = asyncio.run(extract_time_info_with_openrouter(parrot, now=NOW, runtime=keyed))
    assert (moment["datetime"], moment["source"]) == ("2026-11-25T07:00:00+01:00", "keyword")
    assert "could not be used (it held no JSON object" in moment["note"]
    assert len(keyed.analytics.operations(None, EVERYTHING, limit=100)) == before + 2


def test_a_models_slips_are_mended(keyed: Runtime):
    parrot = "Repeat exactly: Sure! {'intent': 'Make-Call', 'confidence': '97%', 'entities': {'who': 'Ana'},}"
    intent = asyncio.run(analyze_intent_with_openrouter(parrot, now=NOW, runtime=keyed))
    assert (intent["intent"], intent["confidence"], intent["entities"]) == ("make_call", 0.97, {"who": "Ana"})
    assert intent["source"] == "model"


@pytest.mark.usefixtures("nobody")
def test_the_analyses_never_raise_for_want_of_a_provider(keyed: Runtime):
    intent = asyncio.run(analyze_intent_with_openrouter("Wake me up at 7 AM tomorrow", now=NOW, runtime=keyed))
    moment = asyncio.run(extract_time_info_with_openrouter("Remind me in 2 hours", now=NOW, runtime=keyed))
    assert (intent["intent"], intent["source"]) == ("wake_up_call", "keyword")
    assert (moment["datetime"], moment["source"]) == ("2026-11-24T12:00:00+01:00", "keyword")
    assert "No model could be reached" in moment["note"]


def test_the_present_is_now_in_a_zone():
    assert abs(present() - datetime.now(UTC)) < timedelta(minutes=1)
    assert present().tzinfo is not None
