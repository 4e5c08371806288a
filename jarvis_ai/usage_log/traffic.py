"""Made-up traffic, some hours at a time: what a log looks like after so many calls, the same for the same seed.

Columns are drawn with numpy, because ten million rows are asked for; their names are those of the log's tables. Every
row says that it is simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson

from jarvis_ai.domain import OPENROUTER, Chain, ChainLink, CostSource, FinishReason, Prompt, Status
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION, Cells, EndedAttempt, columns_of
from jarvis_ai.usage_log.columnar import Array, Categorical, Columns, Nullable, fold, take
from jarvis_ai.usage_log.ended import SHARED
from jarvis_ai.usage_log.ids import generations, uuids
from jarvis_ai.usage_log.levels import DAY_MS, HOUR_MS
from jarvis_ai.usage_log.rows import chain_hash, chain_json, model_of, request_of
from jarvis_ai.usage_log.world import (
    BLACKOUT_HOURS,
    BY_HOUR,
    CANCELLED_SHARE,
    CHAINS,
    GIVEN_UP_SHARE,
    LONGEST_CHAIN,
    NAMED,
    NAMED_SHARE,
    OUTAGE,
    OUTAGE_HOURS,
    PROFILES,
    SOURCES,
    TALKS,
    TASKS,
    TROUBLES,
    WEEKEND,
    Profile,
)

Tried = Mapping[str, Array]
"""What becomes of the attempts of one turn, a place an attempt."""

READY_MS = 120_000
"""Nobody begins so shortly before the end: every operation has ended by then."""


TOGETHER = 5000
"""Operations of several hours that are made up at once; of an hour with more of them all are."""


class Traffic(NamedTuple):
    """Rows of some hours, by the columns of their tables."""

    operations: Columns
    whose: Array
    """The number of each attempt's operation."""
    attempts: Columns
    bodies: Columns


def hours(chance: np.random.Generator, rows: int, days: int, now_ms: int) -> Iterator[Array]:
    """Where the hour begins in which each operation does, some hours at a time; `rows` in all, of the last days."""
    last = (now_ms - READY_MS) // HOUR_MS * HOUR_MS
    starts = np.arange(last - days * DAY_MS + HOUR_MS, last + 1, HOUR_MS)
    weekend = (starts // DAY_MS + 3) % 7 > 4
    busy = np.array(BY_HOUR)[starts // HOUR_MS % 24] * np.where(weekend, WEEKEND, 1.0)
    busy[-1] *= (now_ms - READY_MS - last) / HOUR_MS  # it is not over yet
    counts = chance.multinomial(rows, busy / busy.sum())
    cuts = np.flatnonzero(np.diff(counts.cumsum() // TOGETHER)) + 1
    for some in np.split(np.arange(len(starts)), cuts):
        if counts[some].any():
            yield np.repeat(starts[some], counts[some])


def made(chance: np.random.Generator, hours: Array, now_ms: int, *, bodies_from: int) -> Traffic:
    """Operations that begin in these hours, and before `now_ms`, with everything that was tried.

    What was said is kept of those that begin at `bodies_from` or later.
    """
    return _Operations(chance, hours, now_ms).traffic(bodies_from)


def cells_of(traffic: Traffic) -> Cells:
    """What its rows count."""
    operations, absent = traffic.operations, np.zeros(len(traffic.whose), dtype=np.int64)
    shared = {name: take(operations[name], traffic.whose) for name in SHARED}
    attempts = {**dict.fromkeys(columns_of(EndedAttempt), absent), **traffic.attempts, **shared}
    return {**fold(OPERATION, operations), **fold(ATTEMPT, attempts)}


def _objects(values: Iterable[Any]) -> Array:
    """To be picked from by number."""
    values = list(values)
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _chain(profiles: Sequence[Profile]) -> Chain:
    reasons = ["first for this task", *["next in line"] * (len(profiles) - 1)]
    return Chain(tuple(ChainLink(item.link, reason) for item, reason in zip(profiles, reasons, strict=True)))


def _places(profiles: Sequence[Profile]) -> list[int]:
    return [*map(PROFILES.index, profiles), *[-1] * (LONGEST_CHAIN - len(profiles))]


# The tables of the world as arrays: a number stands for each profile, task, source, trouble and chain.
PLACES = np.array([_places(chain) for chain in CHAINS])
MEDIAN, SPREAD = np.array([each.median_ms for each in PROFILES]), np.array([each.spread for each in PROFILES])
INPUT_PRICE = np.array([each.input_price for each in PROFILES])
OUTPUT_PRICE = np.array([each.output_price for each in PROFILES])
FAILING = np.array([each.failing for each in PROFILES])
ROUTED = np.array([each.link.provider == OPENROUTER for each in PROFILES])
VENDOR_OUT = np.array([each.link.model.startswith("openai/") for each in PROFILES])
PROVIDER = _objects(each.link.provider for each in PROFILES)
MODEL = _objects(model_of(each.link) for each in PROFILES)
TASK, TASK_SHARE = _objects(TASKS), np.array([share for share, _ in TASKS.values()]) / 100
SOURCE, SOURCE_SHARE = _objects(map(str, SOURCES)), np.array(list(SOURCES.values())) / 100
SLOW_MS = np.array([each.slow_ms for each in TROUBLES])
BILLED = np.array([each.billed for each in TROUBLES])
TROUBLE_SHARE = np.array([each.share for each in TROUBLES]) / 100
KIND = _objects(each.kind.value for each in TROUBLES)
HTTP_STATUS = _objects(each.http_status for each in TROUBLES)
DETAIL = _objects(each.detail for each in TROUBLES)
CHAIN_JSON = _objects(chain_json(_chain(chain)) for chain in CHAINS)
CHAIN_HASH = _objects(chain_hash(_chain(chain)) for chain in CHAINS)
REQUESTED = _objects([*("" for _ in TASKS), *(str(each.link).removeprefix(f"{OPENROUTER}:") for each in NAMED)])
REQUEST = _objects(orjson.dumps(request_of(Prompt.of(asked, temperature=0.3))).decode() for asked, _ in TALKS)
ANSWER = _objects([*(answer for _, answer in TALKS), ""])
SERVED = np.append(MODEL, "")
REASON = _objects(["first in the chain", "the one before it failed"])
COST_SOURCE = _objects([CostSource.UNKNOWN.value, CostSource.BILLED.value, CostSource.ESTIMATED.value])
STOPPED = _objects([FinishReason.STOP.value])
NO_TEXT, WRITER = _objects([""]), _objects(["synth"])
STATUS = _objects([Status.OK.value, Status.FAILED.value, Status.CANCELLED.value])
OK, FAILED, CANCELLED = range(3)


class _Operations:
    """On their way through their chains: an array a column, a place an operation."""

    def __init__(self, chance: np.random.Generator, hours: Array, now_ms: int) -> None:
        self.chance = chance
        self.now_ms = now_ms
        self.rows = rows = len(hours)
        self.started = np.sort(hours + chance.integers(0, np.clip(now_ms - READY_MS - hours, 1, HOUR_MS)))
        self.task = chance.choice(len(TASKS), rows, p=TASK_SHARE)
        named = chance.random(rows) < NAMED_SHARE
        self.chain = np.where(named, len(TASKS) + chance.integers(0, len(NAMED), rows), self.task)
        self.source = chance.choice(len(SOURCES), rows, p=SOURCE_SHARE)
        self.cancelled = chance.random(rows) < CANCELLED_SHARE
        self.talk = chance.integers(0, len(TALKS), rows)
        self.ids = uuids(chance, self.started)
        self.clock = self.started + 1
        self.attempts, self.status, self.last, self.trouble, self.ttft, self.tokens_in, self.tokens_out, self.nanos = (
            np.zeros(rows, dtype=np.int64) for _ in range(8)
        )
        """Of the last attempt, but for `attempts` and `nanos`, which are of all."""
        self.unknown = np.zeros(rows, dtype=bool)
        self.tried: list[Tried] = []

    def traffic(self, bodies_from: int) -> Traffic:
        active = np.arange(self.rows)
        for turn in range(LONGEST_CHAIN):
            active = self._turn(turn, active)
        tried = {name: np.concatenate([turn[name] for turn in self.tried]) for name in self.tried[0]}
        in_order = np.argsort(tried["who"], kind="stable")  # the log's order: an operation's lie together
        tried = {name: values[in_order] for name, values in tried.items()}
        said = np.flatnonzero(self.started >= bodies_from)
        return Traffic(self._operations(), tried["who"], self._attempts(tried), self._bodies(said))

    def _turn(self, turn: int, who: Array) -> Array:
        """Everybody in `who` asks the next link of its chain; returns those who go on after that."""
        chance, count, link = self.chance, len(who), PLACES[self.chain[who], turn]
        waited = chance.integers(100, 800, count) if turn else np.zeros(count, dtype=np.int64)
        began = self.clock[who] + waited
        out = in_outage(link, began, self.now_ms)
        status = np.where(out | (chance.random(count) < FAILING[link]), FAILED, OK)
        status = np.where(self.cancelled[who], CANCELLED, status)
        ok, failed = status == OK, status == FAILED
        trouble = np.where(out, OUTAGE, chance.choice(len(TROUBLES), count, p=TROUBLE_SHARE))
        whole = np.maximum(1, MEDIAN[link] * np.exp(chance.standard_normal(count) * SPREAD[link]))
        refused = np.where(SLOW_MS[trouble] > 0, SLOW_MS[trouble], chance.integers(100, 900, count))
        latency = np.where(ok, whole, np.where(failed, refused, whole * chance.random(count))).astype(np.int64)
        tokens_in = chance.integers(40, 900, count)
        tokens_out = np.maximum(4, np.exp(4.6 + 0.7 * chance.standard_normal(count))).astype(np.int64)
        nanos = np.where(ok, tokens_in * INPUT_PRICE[link] + tokens_out * OUTPUT_PRICE[link], 0)
        unknown = ~ok & ((status == CANCELLED) | BILLED[trouble])
        ttft = (latency * chance.uniform(0.15, 0.35, count)).astype(np.int64)
        generation = chance.integers(0, 1 << 63, count)
        self.tried.append(
            {
                "who": who, "turn": np.full(count, turn), "link": link, "began": began, "waited": waited,
                "status": status, "trouble": trouble, "latency": latency, "ttft": ttft, "tokens_in": tokens_in,
                "tokens_out": tokens_out, "nanos": nanos, "unknown": unknown, "generation": generation,
            }
        )  # fmt: skip
        self.clock[who] = began + latency
        self.attempts[who] = turn + 1
        self.status[who], self.last[who], self.trouble[who] = status, link, trouble
        self.ttft[who], self.tokens_in[who], self.tokens_out[who] = began + ttft, tokens_in, tokens_out
        self.nanos[who] += nanos
        self.unknown[who] |= unknown
        more: Array = PLACES[self.chain[who], min(turn + 1, LONGEST_CHAIN - 1)] >= 0
        on: Array = who[failed & more & (chance.random(count) >= GIVEN_UP_SHARE)]
        return on

    def _attempts(self, tried: Tried) -> Columns:
        link, status, trouble = tried["link"], tried["status"], tried["trouble"]
        ok, failed = status == OK, status == FAILED
        return {
            "operation_id": self.ids[tried["who"]],
            "attempt_no": tried["turn"] + 1,
            "provider": Categorical(link, PROVIDER),
            "model": Categorical(link, MODEL),
            "started_at": tried["began"],
            "status": Categorical(status, STATUS),
            "reason": Categorical(np.minimum(tried["turn"], 1), REASON),
            "waited_ms": tried["waited"],
            "failure": _only(failed, trouble, KIND),
            "http_status": _only(failed, trouble, HTTP_STATUS),
            "detail": _only(failed, trouble, DETAIL),
            "latency_ms": tried["latency"],
            "ttft_ms": Nullable(tried["ttft"], ok),
            "input_tokens": Nullable(tried["tokens_in"], ok),
            "output_tokens": Nullable(tried["tokens_out"], ok),
            "cost_nanos": Nullable(tried["nanos"], ~tried["unknown"]),
            "cost_source": _cost_source(link, ok, tried["unknown"]),
            "generation_id": np.where(ok & ROUTED[link], generations(tried["generation"]), ""),
            "served_model": Categorical(np.where(ok, link, len(PROFILES)), SERVED),
        }

    def _operations(self) -> Columns:
        ok, failed = self.status == OK, self.status == FAILED
        latency, nothing = self.clock - self.started + 1, np.zeros(self.rows, dtype=np.int64)
        overhead = np.round(np.exp(self.chance.standard_normal(self.rows) * 0.35 - 0.3), 2)
        return {
            "id": self.ids,
            "started_at": self.started,
            "finished_at": self.started + latency,
            "source": Categorical(self.source, SOURCE),
            "task": Categorical(self.task, TASK),
            "requested_model": Categorical(self.chain, REQUESTED),
            "chain": Categorical(self.chain, CHAIN_JSON),
            "chain_hash": Categorical(self.chain, CHAIN_HASH),
            "status": Categorical(self.status, STATUS),
            "provider": _only(ok, self.last, PROVIDER),
            "model": _only(ok, self.last, MODEL),
            "fallback": (ok & (self.attempts > 1)).astype(np.int64),
            "attempts": self.attempts,
            "latency_ms": latency,
            "ttft_ms": Nullable(self.ttft - self.started, ok),
            "overhead_ms": overhead,
            "input_tokens": Nullable(self.tokens_in, ok),
            "output_tokens": Nullable(self.tokens_out, ok),
            "cost_nanos": Nullable(self.nanos, ~self.unknown),
            "cost_source": _cost_source(self.last, ok, self.unknown),
            "finish_reason": _only(ok, self.status, STOPPED),
            "failure": _only(failed, self.trouble, KIND),
            "detail": _only(failed, self.trouble, DETAIL),
            "tag": Categorical(nothing, NO_TEXT),
            "arm": Categorical(nothing, NO_TEXT),
            "simulated": nothing + 1,
            "cached": nothing,
            "writer": Categorical(nothing, WRITER),
        }

    def _bodies(self, whose: Array) -> Columns:
        answered = np.where(self.status == OK, self.talk, len(TALKS))
        return {
            "operation_id": self.ids[whose],
            "started_at": self.started[whose],
            "request": Categorical(self.talk[whose], REQUEST),
            "answer": Categorical(answered[whose], ANSWER),
        }


def in_outage(link: Array, at: Array, now_ms: int) -> Array:
    """Whether a model does not answer because of the outage, on a working day, a week before the end or a bit more."""
    today = now_ms // DAY_MS
    day = today - (7 if (today - 9 + 3) % 7 > 4 else 9)
    hour_of_day = (at - day * DAY_MS) / HOUR_MS
    vendor = (hour_of_day >= OUTAGE_HOURS[0]) & (hour_of_day < OUTAGE_HOURS[1]) & VENDOR_OUT[link]
    everybody = (hour_of_day >= BLACKOUT_HOURS[0]) & (hour_of_day < BLACKOUT_HOURS[1]) & ~VENDOR_OUT[link]
    found: Array = (vendor | everybody) & ROUTED[link]
    return found


def _only(these: Array, codes: Array, categories: Array) -> Categorical:
    """NULL for all others."""
    return Categorical(np.where(these, codes, -1), categories)


def _cost_source(link: Array, ok: Array, unknown: Array) -> Categorical:
    return Categorical(np.where(unknown, 0, np.where(ok & ROUTED[link], 1, 2)), COST_SOURCE)
