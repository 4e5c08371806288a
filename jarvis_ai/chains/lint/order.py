"""Checks of the links as fallbacks of one another: do they fail apart, and do they take over what the others did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate, pairwise

from jarvis_ai.catalog import Model, thinks_by_name
from jarvis_ai.chains.lint.findings import PROVIDER_NAMES, Case, Finding, Placed, Severity, listed, numbered
from jarvis_ai.domain import KEYWORD, OPENROUTER, Prompt
from jarvis_ai.policy import UNKNOWN_SPEED, deadlines_for

MAKERS = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "google": "Google",
    "x-ai": "xAI",
    "mistralai": "Mistral",
    "cohere": "Cohere",
    "amazon": "Amazon",
    "perplexity": "Perplexity",
}
"""Who makes models and runs them, too: what stops them stops their models behind every door.

Open models (Llama, Qwen…) are run by many hosts and are not listed: two of them need not fail together.
"""

CLIFF = 5
"""So many times dearer than the link before is told."""

WATCHED = ("tools", "response_format", "structured_outputs", "temperature", "reasoning")
"""Parameters whose loss changes what a caller gets."""
NEEDED = {"tools", "response_format", "structured_outputs"}
"""Without these a call that uses them is refused or answered in another shape."""


def upstreams(case: Case) -> Iterator[Finding]:
    """Links that look independent and are not: one maker behind several of them."""
    by_maker: dict[str, list[Placed]] = {}
    for place in case.models:
        if maker := maker_of(place):
            by_maker.setdefault(maker, []).append(place)
    for maker, places in by_maker.items():
        if len(places) > 1:
            yield _shared(maker, places, alone=len(places) == len(case.models))


def maker_of(place: Placed) -> str:
    """Who makes and runs the model; empty for one that many may run."""
    if place.link.provider != OPENROUTER and place.model is None:
        return ""  # a server of the operator's own, as far as anybody can tell
    author = place.link.provider if place.link.provider != OPENROUTER else place.link.model.partition("/")[0]
    return MAKERS.get(author.removeprefix("~"), "")


def _shared(maker: str, places: list[Placed], *, alone: bool) -> Finding:
    numbers = tuple(place.number for place in places)
    two_doors = [place for place in places if _doors(place, places) > 1]
    what = f"are the same model ({two_doors[0].label}) through two doors" if two_doors else f"are models of {maker}"
    meant = tuple(place.number for place in two_doors) or numbers
    others = "" if meant == numbers else f", and {numbered(numbers)} are all models of {maker}"
    sentence = f"{numbered(meant).capitalize()} {what}{others}: an outage of {maker} takes them together."
    advice = f"Put a model of another maker {'behind' if alone else 'early behind'} them."
    return Finding(Severity.WARNING if alone else Severity.NOTE, "shared_upstream", numbers, sentence, advice)


def _doors(place: Placed, places: list[Placed]) -> int:
    """Through how many providers the place's model is asked."""
    return len({other.link.provider for other in places if place.model and other.model == place.model})


def accounts(case: Case) -> Iterator[Finding]:
    """Links that hang on one account."""
    able = case.able
    providers = {place.link.provider for place in able}
    if len(providers) == 1:
        yield _one_account(case, providers.pop())
        return
    for provider in sorted(providers):
        numbers = tuple(place.number for place in able if place.link.provider == provider)
        if len(numbers) > 1:
            name = PROVIDER_NAMES[provider]
            whose = f"{numbered(numbers).capitalize()} use one {name} account"
            sentence = f"{whose}: a refused key or spent credit takes them all."
            advice = f"Have a link of another provider early enough, before most of the {name} ones."
            yield Finding(Severity.NOTE, "shared_account", numbers, sentence, advice)


def _one_account(case: Case, provider: str) -> Finding:
    name = PROVIDER_NAMES[provider]
    rest = (
        "keyword analysis answers" if any(place.link.provider == KEYWORD for place in case.places) else "nobody answers"
    )
    sentence = f"Every model of this chain is reached through {name}: when it is down or refuses the key, {rest}."
    code = "no_link_outside_openrouter" if provider == OPENROUTER else "one_provider"
    wanted = "openai:gpt-4o or anthropic:claude-haiku-4-5" if provider == OPENROUTER else "one through OpenRouter"
    return Finding(Severity.WARNING, code, (), sentence, f"Add a link past it, such as {wanted}, whose key is set.")


def contexts(case: Case) -> Iterator[Finding]:
    """Links that hold less than those before them: a long prompt finds fewer and fewer that take it."""
    sized = [(place, place.model.context_length) for place in case.models if place.model and place.model.context_length]
    for (_, before), (place, size) in pairwise(sized):
        leading = sized[0][1]
        if size >= before:
            continue
        shorter_than_all = size < leading
        whom = f"the first link's {leading:,}" if shorter_than_all else f"{before:,} of the link before"
        sentence = f"{place.label} holds {size:,} tokens, less than {whom}."
        advice = "Order by length, or accept that prompts too long for it pass it over."
        severity = Severity.WARNING if shorter_than_all else Severity.NOTE
        yield Finding(severity, "context_shrinks", (place.number,), sentence, advice, place.written.link)


def prices(case: Case) -> Iterator[Finding]:
    """Links that are many times dearer than those before them: an outage becomes a bill."""
    priced = [(place, price) for place in case.models if (price := blended(place.model)) is not None]
    for (cheap, before), (place, price) in pairwise(priced):
        if price <= CLIFF * before:
            continue
        times = f"{price / before:.0f} times dearer than" if before else "paid for, after the free"
        sentence = f"{place.label} is {times} {cheap.label} before it."
        advice = "Put a link of a price between them, or watch the cost when the cheaper one fails."
        severity = Severity.WARNING if price > priced[0][1] else Severity.NOTE
        yield Finding(severity, "price_cliff", (place.number,), sentence, advice, place.written.link)


def blended(model: Model | None) -> Decimal | None:
    """Dollars a token at three tokens in for one out, the usual mix of chat; None where a price is not known."""
    if model is None or model.input_price is None or model.output_price is None:
        return None
    return (3 * model.input_price + model.output_price) / 4


def parameters(case: Case) -> Iterator[Finding]:
    """Links that do not take what the first one takes."""
    known = [place for place in case.models if place.model and place.model.supported_parameters]
    for place in known[1:]:
        lost = [name for name in WATCHED if _takes(known[0], name) and not _takes(place, name)]
        if lost:
            sentence = f"{place.label} does not take {listed(lost)}, which {known[0].label} at the head takes."
            advice = "Expect calls that use them to be refused there, or answered in another way."
            severity = Severity.WARNING if NEEDED & set(lost) else Severity.NOTE
            yield Finding(severity, "parameters", (place.number,), sentence, advice, place.written.link)


def _takes(place: Placed, parameter: str) -> bool:
    return place.model is not None and parameter in place.model.supported_parameters


def deadlines(case: Case) -> Iterator[Finding]:
    """Deadlines of a link's own that the operation's cuts off, and links that in the worst case are never asked."""
    usual = case.policy.deadlines
    for place in case.models:
        # Between two tokens somebody speaks: only the end of all is an end to that.
        limits = (
            (place.written.first_token, usual.total, "JARVIS_DEADLINE_TOTAL"),
            (place.written.silence, usual.longest, "JARVIS_DEADLINE_ANSWER"),
        )
        for own, end, variable in limits:
            if own is not None and own >= end:
                sentence = f"{place.label} may be silent for {own:g} s, but the whole operation ends after {end:g} s."
                advice = f"Set a shorter deadline, or raise {variable}."
                yield Finding(Severity.WARNING, "deadline", (place.number,), sentence, advice, place.written.link)
    yield from _starved(case, usual.total)


def _starved(case: Case, total: float) -> Iterator[Finding]:
    able = case.able
    starts = [0.0, *accumulate(longest(place, case) for place in able)]
    late = [place.number for place, start in zip(able, starts, strict=False) if start >= total]
    if not late:
        return
    asked = [place.number for place in able if place.number not in late]
    sentence = (
        f"In the worst case {numbered(asked)} use up the {total:g} s of an operation: "
        f"{numbered(late)} would not be asked."
    )
    advice = "Give the first links shorter first-token deadlines or no retries, or raise JARVIS_DEADLINE_TOTAL."
    severity = Severity.WARNING if len(asked) < 2 else Severity.NOTE
    yield Finding(severity, "deadlines_exceed_total", tuple(late), sentence, advice)


def longest(place: Placed, case: Case) -> float:
    """Seconds that a link may take without a word: every try fails just before its deadline.

    A link that stays silent is not asked again; one that says at last that it failed may be.
    """
    policy, own = case.policy, place.written
    rule = max(rule.retries for rule in policy.rules.values())
    retries = rule if own.retries is None else min(own.retries, rule)
    thinks = bool(place.model and place.model.thinks) or thinks_by_name(place.link.model)
    first_token = deadlines_for(replace(own, thinks=thinks), Prompt(()), UNKNOWN_SPEED, policy).first_token
    return (1 + retries) * first_token + retries * policy.patience
