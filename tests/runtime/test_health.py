"""How every service stands."""

from __future__ import annotations

from jarvis_ai.policy import Breaker
from jarvis_ai.runtime.health import Health, assess, breaker_rows


def row(provider: str, attempts: int, failed: int) -> dict:
    return {
        "provider": provider,
        "attempts": attempts,
        "failed": failed,
        "last_ok_at": 5.0 if failed < attempts else None,
        "last_failure_at": 6.0 if failed else None,
        "last_failure": "stalled" if failed else None,
    }


def judged(*recent: dict, breakers: dict[str, Breaker] | None = None, configured=("openrouter", "keyword")) -> Health:
    rows = breaker_rows(breakers or {}, now=0.0)
    return assess(configured, rows, recent, simulated=False, notices=[], alerts=[])


def states(health: Health) -> dict[str, str]:
    return {service.provider: service.state for service in health.services}


def test_a_service_without_a_key_is_not_configured_and_one_without_traffic_unknown():
    health = judged()
    assert states(health) == {
        "openrouter": "unknown",
        "openai": "not_configured",
        "anthropic": "not_configured",
        "keyword": "ok",
    }
    assert health.status == "ok"


def test_a_service_that_answers_is_ok():
    assert states(judged(row("openrouter", 10, 1)))["openrouter"] == "ok"


def test_a_service_that_fails_more_than_half_is_degraded_and_one_that_always_fails_is_down():
    assert states(judged(row("openrouter", 10, 6)))["openrouter"] == "degraded"
    health = judged(row("openrouter", 10, 10))
    assert (states(health)["openrouter"], health.status) == ("down", "down")


def test_an_open_breaker_of_one_model_degrades_and_of_the_provider_stops_it():
    one = judged(row("openrouter", 10, 1), breakers={"openrouter:acme/a": Breaker(failures=3, reopens_at=10.0)})
    whole = judged(row("openrouter", 10, 1), breakers={"openrouter": Breaker(failures=3, reopens_at=10.0)})
    assert (states(one)["openrouter"], states(whole)["openrouter"]) == ("degraded", "down")


def test_one_sick_service_of_two_degrades_the_whole():
    health = judged(row("openrouter", 4, 4), row("openai", 4, 0), configured=("openrouter", "openai", "keyword"))
    assert health.status == "degraded"
