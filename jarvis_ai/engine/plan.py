"""Which links answer a prompt, in which order, and why. Pure: the same question gets the same chain."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from jarvis_ai.catalog import DEFAULT_ORDER, TASK_LEADERS, Catalog, direct_model
from jarvis_ai.domain import ANTHROPIC, KEYWORD, OPENAI, OPENROUTER, Chain, ChainLink, Link


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an operator has set about chains."""

    preferred_model: str = DEFAULT_ORDER[0]
    fallback_enabled: bool = True
    cost_optimization: bool = True


def plan(
    wishes: Wishes,
    catalog: Catalog,
    configured: Collection[str],
    *,
    models: Sequence[str] = (),
    task: str = "",
    keyword: bool = True,
) -> Chain:
    """The chain for one prompt.

    Named `models` lead, in their order; else the task's leader, where cost optimization is on; else the preferred
    model. The default order follows, then the vendors' own doors, then keyword analysis. Links of providers that are
    not `configured` are left out. Without fallback only the first link stays. Raises `ValueError` for an unknown task.
    """
    if task and task not in TASK_LEADERS:
        raise ValueError(f"Unknown task '{task}'. Known: {', '.join(TASK_LEADERS)}.")
    places = list(_places(wishes, catalog, models, task, keyword=keyword))
    able = _without_repeats(place for place in places if place.link.provider in configured)
    return Chain(able if wishes.fallback_enabled else able[:1])


class Planner:
    """Plans over one catalogue. The same question gets the same chain, so each is worked out once."""

    def __init__(self, wishes: Wishes, catalog: Catalog, configured: Collection[str]) -> None:
        self.catalog = catalog
        self._plan = functools.lru_cache(maxsize=256)(functools.partial(plan, wishes, catalog, tuple(configured)))

    def plan(self, models: Sequence[str] = (), task: str = "", *, keyword: bool = True) -> Chain:
        """See `plan`."""
        return self._plan(models=tuple(models), task=task, keyword=keyword)


def _places(
    wishes: Wishes, catalog: Catalog, models: Sequence[str], task: str, *, keyword: bool
) -> Iterator[ChainLink]:
    routed = [*_leaders(wishes, models, task), *((name, "next in the default order") for name in DEFAULT_ORDER)]
    links = [_place(name, reason, catalog) for name, reason in routed]
    yield from links
    for provider in (OPENAI, ANTHROPIC):
        yield from _direct(provider, links)
    if keyword:
        yield ChainLink(Link(KEYWORD), "last resort: local keyword analysis, when no model can be reached")


def _leaders(wishes: Wishes, models: Sequence[str], task: str) -> Iterator[tuple[str, str]]:
    yield from ((name, "asked for by name") for name in models)
    if task and wishes.cost_optimization and not models:
        yield TASK_LEADERS[task]
    yield wishes.preferred_model, "the preferred model"


def _place(name: str, reason: str, catalog: Catalog) -> ChainLink:
    link = Link.parse(name)
    if link.provider != OPENROUTER:
        return ChainLink(link, reason)
    resolved = catalog.resolve(link.model)
    context = resolved.model.context_length if resolved.model else None
    if resolved.model_id == link.model:
        return ChainLink(link, reason, context_length=context)
    successor = Link(OPENROUTER, resolved.model_id)
    return ChainLink(successor, f"{reason}; in place of {link.model}, which is retired", link.model, context)


def _direct(provider: str, links: Sequence[ChainLink]) -> Iterator[ChainLink]:
    """The vendor's own door to its first model in the chain."""
    for place in links:
        model = direct_model(provider, place.link.model)
        if model and place.link.provider == OPENROUTER:
            yield ChainLink(
                Link(provider, model), "the vendor's own door, past OpenRouter", context_length=place.context_length
            )
            return


def _without_repeats(places: Iterator[ChainLink]) -> tuple[ChainLink, ...]:
    """Each link once, at its first place."""
    first: dict[Link, ChainLink] = {}
    for place in places:
        first.setdefault(place.link, place)
    return tuple(first.values())
