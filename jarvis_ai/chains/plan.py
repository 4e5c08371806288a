"""Which links answer a prompt, in which order, and why. Pure: the same question gets the same chain."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from jarvis_ai.catalog import DEFAULT_ORDER, TASK_LEADERS, Catalog, direct_model, thinks_by_name
from jarvis_ai.chains.migration import DIRECT
from jarvis_ai.chains.saved import Saved
from jarvis_ai.chains.versions import PREFIX, Version
from jarvis_ai.domain import ANTHROPIC, KEYWORD, OPENAI, OPENROUTER, PROVIDERS, Chain, ChainLink, Link

VENDORS = (OPENAI, ANTHROPIC)
OWN_DOOR = "the vendor's own door, past OpenRouter"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an operator has set about chains in the environment."""

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
    saved: Version | None = None,
    exactly: bool = False,
    arm: str = "",
) -> Chain:
    """The chain for one prompt.

    Named `models` lead, in their order; else the task's leader, where cost optimization is on; else the preferred
    model. The default order follows, then the vendors' own doors, then keyword analysis. A `saved` chain takes the
    place of all that is not named, and `exactly` leaves only the models that are, and the vendors' own doors to them.
    Links of providers that are not `configured` are left out. Without fallback only the first link stays.

    `arm` is the caller's side of a migration: `direct` puts the vendor's own door to the leading model before it. The
    chain carries the arm only where both doors are open, and the caller named none of them.

    Raises `ValueError` for an unknown task or an empty name.
    """
    check_task(task)
    if exactly:
        wanted = _exactly(catalog, models)
    else:
        wanted = _follow(saved, catalog, models) if saved else _places(wishes, catalog, models, task)
    able = _without_repeats(
        place for place in wanted if place.link.provider in configured and (keyword or place.link.provider != KEYWORD)
    )
    able, side = (able, "") if _names_a_door(models) else _on_side(able, arm, catalog, configured)
    exact = saved if saved and not models else None
    return Chain(
        able if wishes.fallback_enabled else able[:1],
        name=exact.name if exact else "",
        version=exact.hash if exact else "",
        arm=side,
    )


def check_task(task: str) -> None:
    """Raises `ValueError` for a kind of task that nobody knows."""
    if task and task not in TASK_LEADERS:
        raise ValueError(f"Unknown task '{task}'. Known: {', '.join(TASK_LEADERS)}.")


class Planner:
    """Plans over one catalogue and one state of what is saved. Each question is worked out once."""

    def __init__(
        self, wishes: Wishes, catalog: Catalog, configured: Collection[str], saved: Saved | None = None
    ) -> None:
        self.catalog, self.saved = catalog, saved or Saved()
        self._wishes, self._configured = wishes, tuple(configured)
        self._plan = functools.lru_cache(maxsize=512)(self._work_out)

    def plan(
        self,
        models: Sequence[str] = (),
        task: str = "",
        *,
        keyword: bool = True,
        chain: str = "",
        exactly: bool = False,
        caller: str | None = None,
    ) -> Chain:
        """The chain for a prompt; see `plan`.

        `chain` names a saved one, as does the only model when it is written `chain:NAME`; else the task's own or that
        of all traffic is followed, where one is set. `caller` decides the side of a migration, for chains that nobody
        named; None is nobody, and is on no side.
        """
        arm = "" if caller is None else self._arm(caller)
        return self._plan(tuple(models), task, keyword, chain, exactly=exactly, arm=arm)

    def follow(self, version: Version) -> Chain:
        """The plan that a version makes when it is asked for by name, be it saved or not."""
        return plan(self._wishes, self.catalog, self._configured, saved=version)

    def moved(self, arm: str) -> Chain:
        """The chain of a prompt about which nothing is said, on this side of a migration."""
        return self._plan((), "", True, "", exactly=False, arm=arm)

    def _arm(self, caller: str) -> str:
        return self.saved.migration.arm(caller)

    def _work_out(
        self, models: tuple[str, ...], task: str, keyword: bool, chain: str, *, exactly: bool, arm: str
    ) -> Chain:
        check_task(task)
        named = _named_chain(models, chain)
        follow = named or self.saved.defaults.chain_for(task)
        return plan(
            self._wishes,
            self.catalog,
            self._configured,
            models=() if named else models,
            task=task,
            keyword=keyword,
            saved=self.saved.find(follow) if follow else None,
            exactly=exactly and not named,
            arm="" if named else arm,
        )


def _named_chain(models: Sequence[str], chain: str) -> str:
    """The saved chain that was asked for by name; empty when none was."""
    written = [name.strip().removeprefix(PREFIX).strip() for name in models if name.strip().startswith(PREFIX)]
    if written and len(models) == 1 and not chain:
        return written[0]
    if written or (chain and models):
        raise ValueError("A saved chain is asked for alone: no other chain or model can be named beside it.")
    return chain


def _places(wishes: Wishes, catalog: Catalog, models: Sequence[str], task: str) -> Iterator[ChainLink]:
    routed = [*_leaders(wishes, models, task), *((name, "next in the default order") for name in DEFAULT_ORDER)]
    links = [_place(ChainLink(Link.parse(name), reason), catalog) for name, reason in routed]
    yield from links
    for provider in VENDORS:
        doors = (_door(place, provider) for place in links)
        yield from [door for door in doors if door][:1]
    yield ChainLink(Link(KEYWORD), "last resort: local keyword analysis, when no model can be reached")


def _exactly(catalog: Catalog, models: Sequence[str]) -> Iterator[ChainLink]:
    """The models that were named, then every own door that their vendors have to them."""
    links = [_place(ChainLink(Link.parse(name), "asked for by name"), catalog) for name in models]
    yield from links
    yield from (door for place in links for provider in VENDORS if (door := _door(place, provider)))


def _follow(saved: Version, catalog: Catalog, models: Sequence[str]) -> Iterator[ChainLink]:
    """A saved chain, after the models that were named."""
    for name in models:
        yield _place(ChainLink(Link.parse(name), "asked for by name"), catalog)
    for number, place in enumerate(saved.chain.links, 1):
        yield _place(replace(place, reason=f"place {number} of the chain {saved.name}"), catalog)


def _leaders(wishes: Wishes, models: Sequence[str], task: str) -> Iterator[tuple[str, str]]:
    yield from ((name, "asked for by name") for name in models)
    if task and wishes.cost_optimization and not models:
        yield TASK_LEADERS[task]
    yield wishes.preferred_model, "the preferred model"


def _place(written: ChainLink, catalog: Catalog) -> ChainLink:
    """A link with what the catalogue knows of it, and in place of a retired model its successor."""
    link = written.link
    if link.provider != OPENROUTER:
        return _told(written, catalog)
    resolved = catalog.resolve(link.model)
    if resolved.model_id == link.model:
        return _told(written, catalog)
    reason = f"{written.reason}; in place of {link.model}, which is retired"
    successor = replace(written, link=Link(OPENROUTER, resolved.model_id), reason=reason, requested=link.model)
    return _told(successor, catalog)


def _told(place: ChainLink, catalog: Catalog) -> ChainLink:
    """What a link's model holds and whether it thinks, as far as anybody says."""
    model = catalog.behind(place.link)
    return replace(
        place,
        context_length=model.context_length if model else None,
        thinks=bool(model and model.thinks) or thinks_by_name(place.link.model),
    )


def _door(place: ChainLink, provider: str) -> ChainLink | None:
    """The vendor's own door to a model that OpenRouter offers; None where the vendor does not make it."""
    model = direct_model(provider, place.link.model) if place.link.provider == OPENROUTER else None
    return replace(place, link=Link(provider, model), reason=OWN_DOOR, requested="") if model else None


def _names_a_door(models: Sequence[str]) -> bool:
    """Whether the caller has chosen the provider of the leading model."""
    return bool(models) and models[0].strip().partition(":")[0] in PROVIDERS


def _on_side(
    places: tuple[ChainLink, ...], arm: str, catalog: Catalog, configured: Collection[str]
) -> tuple[tuple[ChainLink, ...], str]:
    """The places with the caller's own side of a migration first, and that side where the leader has both."""
    doors = _both_doors(places[0], catalog) if arm and places else None
    if doors is None or not all(door.link.provider in configured for door in doors):
        return places, ""
    own = doors[1] if arm == DIRECT else doors[0]
    leader = replace(own, reason=f"{own.reason}; the caller is on the {arm} side of the migration")
    return _without_repeats(iter((leader, *places))), arm


def _both_doors(leader: ChainLink, catalog: Catalog) -> tuple[ChainLink, ChainLink] | None:
    """The leading model through OpenRouter and through its vendor; None when it does not have both."""
    if leader.link.provider == OPENROUTER:
        door = next(filter(None, (_door(leader, vendor) for vendor in VENDORS)), None)
        return (leader, door) if door else None
    twin = catalog.behind(leader.link)
    if twin is None or leader.link.provider not in VENDORS:
        return None
    return replace(leader, link=Link(OPENROUTER, twin.id), reason="the same model through OpenRouter"), leader


def _without_repeats(places: Iterator[ChainLink]) -> tuple[ChainLink, ...]:
    """Each link once, at its first place."""
    first: dict[Link, ChainLink] = {}
    for place in places:
        first.setdefault(place.link, place)
    return tuple(first.values())
