"""What the linter doubts, check by check, and what it lets pass."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.catalog import DEFAULT_ORDER, Catalog
from jarvis_ai.chains import written
from jarvis_ai.chains.lint import CHECKS, Finding, Severity, lint
from jarvis_ai.domain import KEYWORD, OPENROUTER, PROVIDERS, Chain, Link
from jarvis_ai.policy import Deadlines, Policy

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
ALL = ("tools", "response_format", "structured_outputs", "temperature", "max_tokens")


def row(id_: str, dollars: str = "1", *, context: int = 100_000, takes: Collection[str] = ALL, **rest: Any) -> dict:
    """One model of a catalogue; it costs as much in as out, in dollars a million tokens."""
    price = f"{dollars}e-6"
    return {
        "id": id_,
        "context_length": context,
        "pricing": {"prompt": price, "completion": price},
        "supported_parameters": list(takes),
        **rest,
    }


CATALOG = Catalog.read(
    [
        row("openai/gpt-4o", expiration_date="2027-01-14"),
        row("openai/gpt-5.2"),
        row("anthropic/claude-sonnet-4.6"),
        row("anthropic/claude-sonnet-4.5"),
        row("anthropic/claude-3-haiku"),
        row("anthropic/claude-haiku-4.5"),
        row("meta-llama/llama-3.1-8b-instruct"),
        row("google/gemini-2.5-flash"),
        row("acme/cheap", "0.1"),
        row("acme/dear", "10"),
        row("acme/free", "0"),
        row("acme/short", context=8_000),
        row("acme/long", context=1_000_000),
        row("acme/plain", takes=["temperature", "max_tokens"]),
        row("acme/fixed", takes=[*ALL[:3], "max_tokens"]),
        row("acme/silent", takes=[]),
        row("acme/leaving", expiration_date="2026-12-24"),
        row("acme/left", expiration_date="2026-11-23"),
        row("acme/stays", expiration_date="2027-12-24"),
        {"id": "acme/unpriced", "pricing": {"prompt": "-1", "completion": "-1"}},
    ]
)


def doubts(
    *links: str | dict[str, Any],
    catalog: Catalog = CATALOG,
    policy: Policy | None = None,
    configured: Collection[str] = PROVIDERS,
) -> list[Finding]:
    rows = [{"link": link} if isinstance(link, str) else link for link in links]
    return lint(written("night", rows), catalog, policy or Policy(), configured, today=TODAY)


def of(code: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def test_a_sound_chain_gives_no_reason_for_doubt():
    assert doubts("openai/gpt-5.2", "anthropic:claude-sonnet-4-6", "keyword") == []


def test_the_four_dead_names_of_the_default_order_are_told_with_their_successors():
    found = of("retired_name", lint(Chain.of(*DEFAULT_ORDER), CATALOG, Policy(), PROVIDERS, today=TODAY))
    assert {finding.link: finding.advice for finding in found} == {
        Link(OPENROUTER, "anthropic/claude-3-5-sonnet-20241022"): "Write anthropic/claude-sonnet-4.6 in its place.",
        Link(OPENROUTER, "anthropic/claude-3-haiku-20240307"): "Write anthropic/claude-haiku-4.5 in its place.",
        Link(OPENROUTER, "meta-llama/llama-3-1-8b-instruct"): "Write meta-llama/llama-3.1-8b-instruct in its place.",
        Link(OPENROUTER, "google/gemini-pro-1.5"): "Write google/gemini-2.5-flash in its place.",
    }
    assert [finding.places for finding in found] == [(3,), (4,), (5,), (6,)]


def test_the_dead_names_are_told_even_before_a_catalogue_was_read():
    found = lint(Chain.of(*DEFAULT_ORDER), Catalog(), Policy(), PROVIDERS, today=TODAY)
    assert len(of("retired_name", found)) == 4
    assert len(of("no_catalogue", found)) == 1
    assert of("unknown_name", found) == []


def test_an_unknown_name_is_an_error_with_the_nearest_that_there_is():
    [finding] = of("unknown_name", doubts("openai/gpt-5.22", "anthropic:claude-sonnet-4-6"))
    assert (finding.severity, finding.places) == (Severity.ERROR, (1,))
    assert finding.advice == "Write openai/gpt-5.2, or another name of the page Models."
    assert finding.instead == "openai/gpt-5.2"


@pytest.mark.parametrize(
    ("link", "severity", "hint"),
    [
        ("anthropic:claude-haiku-4.5", Severity.WARNING, "Did you mean claude-haiku-4-5?"),
        ("openai:llama-at-home", Severity.NOTE, "OpenAI would call llama-at-home."),
    ],
)
def test_a_vendors_own_name_is_checked_but_may_be_one_of_a_server_of_ours(link: str, severity: Severity, hint: str):
    [finding] = of("unknown_name", doubts("acme/cheap", link))
    assert finding.severity is severity
    assert hint in finding.sentence


def test_a_dated_name_of_a_vendor_is_known():
    assert of("unknown_name", doubts("acme/cheap", "anthropic:claude-haiku-4-5-20251001")) == []


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("openai/gpt-4o", "2027-01-14, in 51 days"),
        ("openai:gpt-4o-2024-08-06", "2027-01-14, in 51 days"),
        ("anthropic:claude-sonnet-4-5", "2026-11-30, in 6 days"),
        ("anthropic/claude-sonnet-4.5", "2026-11-30, in 6 days"),
        ("acme/leaving", "2026-12-24, in 30 days"),
    ],
)
def test_a_model_that_will_be_switched_off_is_told_beforehand(link: str, words: str):
    [finding] = of("expires", doubts(link))
    assert finding.severity is Severity.WARNING
    assert words in finding.sentence


@pytest.mark.parametrize("link", ["acme/left", "anthropic:claude-3-haiku-20240307"])
def test_a_model_that_was_switched_off_is_an_error(link: str):
    [finding] = of("switched_off", doubts(link))
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("link", ["acme/stays", "acme/cheap", "anthropic/claude-3-haiku"])
def test_what_stays_or_is_run_by_others_by_now_is_not_told(link: str):
    assert [finding for finding in doubts(link) if finding.code in {"expires", "switched_off"}] == []


def test_a_link_without_a_key_says_which_one_is_missing():
    [finding] = of("no_key", doubts("openai/gpt-5.2", "anthropic:claude-sonnet-4-6", configured=[OPENROUTER, KEYWORD]))
    assert finding.places == (2,)
    assert "ANTHROPIC_API_KEY" in finding.advice


def test_a_chain_that_nobody_answers_is_an_error():
    assert of("nobody", doubts("openai:gpt-4o", configured=[]))[0].severity is Severity.ERROR
    assert lint(Chain(()), CATALOG, Policy(), PROVIDERS, today=TODAY)[0].code == "empty"


@pytest.mark.parametrize(
    "links",
    [
        ("openai/gpt-4o", "acme/cheap", "openrouter:openai/gpt-4o"),
        ("google/gemini-pro-1.5", "acme/cheap", "google/gemini-2.5-flash"),
        ("openai:gpt-4o", "acme/cheap", "openai:gpt-4o-2024-08-06"),
        ("keyword", "acme/cheap", "keyword"),
    ],
)
def test_a_link_that_stands_there_twice_is_told_under_whatever_name(links: tuple[str, ...]):
    [finding] = of("duplicate", doubts(*links))
    assert finding.places == (1, 3)


def test_links_after_keyword_analysis_are_never_asked():
    [finding] = of("keyword_not_last", doubts("acme/cheap", "keyword", "openai/gpt-4o"))
    assert (finding.severity, finding.places) == (Severity.ERROR, (2,))
    assert of("keyword_not_last", doubts("acme/cheap", "keyword")) == []


@pytest.mark.parametrize("configured", [PROVIDERS, (OPENROUTER, KEYWORD)])
def test_a_chain_without_a_way_past_openrouter_says_what_happens_when_it_is_down(configured: Collection[str]):
    outside = [] if configured is PROVIDERS else ["openai:gpt-4o"]  # a link without a key is no way
    [finding] = of("no_link_outside_openrouter", doubts("acme/cheap", *outside, "keyword", configured=configured))
    assert finding.severity is Severity.WARNING
    assert "keyword analysis answers" in finding.sentence


def test_a_chain_of_one_vendor_alone_is_told_too():
    assert len(of("one_provider", doubts("openai:gpt-4o", "openai:gpt-5.2"))) == 1


def test_links_of_one_account_are_named_together():
    [finding] = of("shared_account", doubts("acme/cheap", "acme/long", "openai/gpt-4o", "anthropic:claude-sonnet-4-6"))
    assert (finding.severity, finding.places) == (Severity.NOTE, (1, 2, 3))


def test_one_model_through_two_doors_is_not_two_independent_links():
    [finding] = of("shared_upstream", doubts("openai/gpt-4o", "acme/cheap", "openai:gpt-4o"))
    assert finding.places == (1, 3)
    assert "same model (openai/gpt-4o) through two doors" in finding.sentence
    assert finding.severity is Severity.NOTE


def test_a_chain_of_one_maker_falls_with_it():
    [finding] = of("shared_upstream", doubts("openai/gpt-4o", "openai:gpt-5.2", "keyword"))
    assert finding.severity is Severity.WARNING


def test_a_server_of_our_own_is_not_taken_for_the_vendor() -> None:
    assert of("shared_upstream", doubts("openai/gpt-4o", "openai:llama-at-home")) == []


def test_open_models_that_many_hosts_run_need_not_fail_together():
    assert of("shared_upstream", doubts("acme/cheap", "acme/long")) == []


def test_a_link_that_holds_less_than_the_first_or_the_one_before_is_told():
    found = of("context_shrinks", doubts("openai/gpt-4o", "acme/long", "acme/short", "acme/cheap"))
    assert [(finding.places, finding.severity) for finding in found] == [((3,), Severity.WARNING)]
    [note] = of("context_shrinks", doubts("openai/gpt-4o", "acme/long", "acme/cheap"))
    assert note.severity is Severity.NOTE


def test_a_link_many_times_dearer_is_told_and_weighs_more_when_the_first_was_cheaper_too():
    [steep] = of("price_cliff", doubts("openai/gpt-4o", "acme/dear"))
    [back] = of("price_cliff", doubts("openai/gpt-4o", "acme/cheap", "acme/unpriced", "openai/gpt-5.2"))
    assert (steep.severity, steep.places) == (Severity.WARNING, (2,))
    assert "10 times dearer than openai/gpt-4o" in steep.sentence
    assert (back.severity, back.places) == (Severity.NOTE, (4,))
    assert "after the free acme/free" in of("price_cliff", doubts("acme/free", "acme/cheap"))[0].sentence


def test_parameters_that_a_fallback_does_not_take_are_named():
    [worse] = of("parameters", doubts("openai/gpt-4o", "acme/plain"))
    [minor] = of("parameters", doubts("openai/gpt-4o", "acme/fixed", "acme/silent"))
    assert "tools, response_format and structured_outputs" in worse.sentence
    assert (worse.severity, minor.severity) == (Severity.WARNING, Severity.NOTE)
    assert "does not take temperature" in minor.sentence


def test_links_that_in_the_worst_case_are_never_asked_are_told():
    policy = Policy(deadlines=Deadlines(first_token=10, total=40))
    [finding] = of("deadlines_exceed_total", doubts("acme/cheap", "acme/long", "openai/gpt-4o", policy=policy))
    assert (finding.places, finding.severity) == ((3,), Severity.NOTE)


def test_a_model_that_thinks_takes_more_of_the_time() -> None:
    [finding] = of("deadlines_exceed_total", doubts("openai/o3", "acme/cheap"))
    assert (finding.places, finding.severity) == ((2,), Severity.WARNING)


def test_shorter_deadlines_and_no_retries_make_room_for_every_link():
    policy = Policy(deadlines=Deadlines(first_token=10, total=40))
    hasty = [{"link": name, "first_token": 4, "retries": 0} for name in ("acme/cheap", "acme/long")]
    assert of("deadlines_exceed_total", doubts(*hasty, "openai/gpt-4o", policy=policy)) == []


def test_a_deadline_beyond_the_operations_is_told():
    [finding] = of("deadline", doubts({"link": "acme/cheap", "first_token": 120}, "openai/gpt-4o"))
    assert "120 s, but the whole operation ends after 90 s" in finding.sentence
    assert "JARVIS_DEADLINE_TOTAL" in finding.advice
    [finding] = of("deadline", doubts({"link": "acme/cheap", "silence": 700}, "openai/gpt-4o"))
    assert "700 s, but the whole operation ends after 600 s" in finding.sentence
    assert of("deadline", doubts({"link": "acme/cheap", "silence": 120}, "openai/gpt-4o")) == []


def test_every_code_is_documented_and_no_other() -> None:
    sources = "".join(file.read_text() for file in (ROOT / "jarvis_ai/chains/lint").glob("*.py"))
    said = set(re.findall(r'[Ss]everity(?:\.[A-Z]+)?, "([a-z_]+)"', sources))
    said |= set(re.findall(r'code = "(\w+)" if .+ else "(\w+)"', sources)[0])
    table = (ROOT / "docs/chains.md").read_text().partition("## Doubts")[2]
    assert set(re.findall(r"`([a-z_]+)`", table.partition("## Gradual")[0])) == said


@given(
    st.lists(
        st.sampled_from([*(model.id for model in CATALOG), *DEFAULT_ORDER, "openai:gpt-4o", "keyword", "nobody/knows"]),
        max_size=8,
    ),
    st.sets(st.sampled_from(PROVIDERS)),
    st.sampled_from([CATALOG, Catalog()]),
)
def test_any_chain_is_judged_in_sentences_worst_first(links: list[str], configured: set[str], catalog: Catalog):
    found = lint(Chain.of(*links), catalog, Policy(), configured, today=TODAY)
    ranks = [list(Severity).index(finding.severity) for finding in found]
    assert ranks == sorted(ranks)
    assert len(CHECKS) == 12
    for finding in found:
        assert finding.sentence.endswith((".", "?"))
        assert finding.advice.endswith(".")
        assert all(1 <= place <= len(links) for place in finding.places)
