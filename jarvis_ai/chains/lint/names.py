"""Checks of each link by itself: is there such a model, for how long, and can it be asked at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from jarvis_ai.catalog import Model, shutdown_at_vendor, undated
from jarvis_ai.chains.lint.findings import PROVIDER_NAMES, Case, Finding, Placed, Severity, numbered
from jarvis_ai.domain import ANTHROPIC, KEYWORD, OPENAI, OPENROUTER, Link

SOON = 90
"""Days before a model's end from which on it is told."""

KEYS = {OPENROUTER: "OPENROUTER_API_KEY", OPENAI: "OPENAI_API_KEY", ANTHROPIC: "ANTHROPIC_API_KEY"}


def nothing_to_ask(case: Case) -> Iterator[Finding]:
    """A chain without a link that can answer."""
    if not case.chain.links:
        yield Finding(Severity.ERROR, "empty", (), "The chain has no links.", "Add at least one model.")
    elif not any(place.link.provider in case.configured for place in case.places):
        sentence = "No provider of this chain has a key: nobody would be asked."
        yield Finding(Severity.ERROR, "nobody", (), sentence, "Set a key in .env, or add a link that has one.")


def names(case: Case) -> Iterator[Finding]:
    """Names that are retired, or that nobody lists."""
    if not len(case.catalog) and any(place.link.provider == OPENROUTER for place in case.places):
        sentence = "The catalogue was not read yet, so names, prices and lengths could not be checked."
        yield Finding(Severity.NOTE, "no_catalogue", (), sentence, "Look again when OpenRouter can be reached.")
    for place in case.models:
        if place.written.link.provider == OPENROUTER:
            yield from _routed(case, place)
        elif len(case.catalog):
            yield from _direct(case, place)


def _routed(case: Case, place: Placed) -> Iterator[Finding]:
    resolved = case.catalog.resolve(place.written.link.model)
    if resolved.model_id != resolved.requested:
        advice = f"Write {resolved.model_id} in its place."
        yield _of(place, Severity.WARNING, "retired_name", resolved.note, advice, instead=resolved.model_id)
    elif resolved.note:
        near = case.catalog.suggest(resolved.requested)
        advice = f"Write {near[0]}, or another name of the page Models." if near else "Take a name of the page Models."
        yield _of(place, Severity.ERROR, "unknown_name", resolved.note, advice, instead=next(iter(near), ""))


def _direct(case: Case, place: Placed) -> Iterator[Finding]:
    link = place.link
    if place.model is not None or shutdown_at_vendor(link):
        return
    near = case.catalog.suggest_direct(link)
    hint = f" Did you mean {near[0]}?" if near else ""
    sentence = f"OpenRouter lists no model that {PROVIDER_NAMES[link.provider]} would call {link.model}.{hint}"
    # Behind OPENAI_BASE_URL may stand a server of the operator's own, with names of its own.
    severity = Severity.NOTE if link.provider == OPENAI else Severity.WARNING
    advice = "Check the name with the vendor; a server of your own may well know it."
    instead = str(Link(link.provider, near[0])) if near else ""
    yield _of(place, severity, "unknown_name", sentence, advice, instead=instead)


def expiry(case: Case) -> Iterator[Finding]:
    """Models that are switched off, or soon will be."""
    for place in case.models:
        last = end_of(place.link, place.model, case.today)
        if last is None or (last - case.today).days > SOON:
            continue
        advice = "Put a model that stays in its place."
        if last < case.today:
            yield _of(place, Severity.ERROR, "switched_off", f"{place.label} was switched off on {last}.", advice)
        else:
            left = (last - case.today).days
            sentence = f"{place.label} is switched off on {last}, in {left} days."
            yield _of(place, Severity.WARNING, "expires", sentence, advice)


def end_of(link: Link, model: Model | None, today: date) -> date | None:
    """The last day of a model at this door, as the catalogue or its vendor announced it; None where neither did.

    What its vendor has switched off and OpenRouter still lists is run by somebody else there.
    """
    at_vendor = shutdown_at_vendor(link)
    if link.provider != OPENROUTER:
        return at_vendor
    return _day(model) or (at_vendor if at_vendor and at_vendor >= today else None)


def _day(model: Model | None) -> date | None:
    try:
        return date.fromisoformat((model.expires or "")[:10]) if model else None
    except ValueError:
        return None


def keys(case: Case) -> Iterator[Finding]:
    """Links whose provider cannot be asked."""
    for place in case.models:
        if place.link.provider not in case.configured:
            key = KEYS[place.link.provider]
            sentence = f"{PROVIDER_NAMES[place.link.provider]} has no key: {place.label} is left out of every plan."
            yield _of(place, Severity.WARNING, "no_key", sentence, f"Set {key} in .env and restart, or remove it.")


def duplicates(case: Case) -> Iterator[Finding]:
    """Links that stand there twice, be it under another name."""
    seen: dict[Link, list[Placed]] = {}
    for place in case.places:
        same = Link(place.link.provider, undated(place.link.model)) if place.link.provider != OPENROUTER else place.link
        seen.setdefault(same, []).append(place)
    for places in seen.values():
        if len(places) > 1:
            numbers = tuple(place.number for place in places)
            sentence = (
                f"{numbered(numbers).capitalize()} ask the same: {places[0].label}. Only the first of them counts."
            )
            yield Finding(Severity.WARNING, "duplicate", numbers, sentence, "Remove all but one of them.")


def keyword_last(case: Case) -> Iterator[Finding]:
    """Links after keyword analysis, which always answers."""
    for place in case.places[:-1]:
        if place.link.provider == KEYWORD:
            sentence = "Keyword analysis always answers: the links after it are never asked."
            yield _of(place, Severity.ERROR, "keyword_not_last", sentence, "Move keyword to the end.")
            return


def _of(place: Placed, severity: Severity, code: str, sentence: str, advice: str, *, instead: str = "") -> Finding:
    return Finding(severity, code, (place.number,), sentence, advice, place.written.link, instead)
