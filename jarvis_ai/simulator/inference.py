"""From a request for an answer to the answer, or to what goes wrong in its place."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from jarvis_ai.simulator.answers import Answer, Ask, compose
from jarvis_ai.simulator.continuation import begin_anew, go_on, is_prefill, partial_of
from jarvis_ai.simulator.delivery import Performance, body_script, hang_up, nothing, said_of, stream_script
from jarvis_ai.simulator.errors import FALLS_BACK, PAGE, REFUSALS, Refusal, Refused, refusal_of, refuse
from jarvis_ai.simulator.exchange import Dialect, Order, Turn, World
from jarvis_ai.simulator.faults import ANSWERS_ONLY, Fault
from jarvis_ai.simulator.pace import jittered, pace_of
from jarvis_ai.simulator.rows import Row

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answering(dialect: Dialect, world: World) -> Handler:
    """The handler of a vendor's completions."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            body = await read_body(request)
            world.note(request, dialect.provider, body)
            order = dialect.read(request, body)
            row, fault = _meet(order, dialect.provider, world)
            await before_answer(request, dialect, fault, row, order.ask.input_tokens)
            turn = _turn(dialect, world, order, row, fault)
            return await _answer(request, dialect, world, turn, fault)
        except Refused as refused:
            return error_response(dialect, refused.refusal)

    return handle


async def read_body(request: web.Request) -> dict[str, Any]:
    """The JSON object in a request. Raises `Refused` where there is none."""
    try:
        body = orjson.loads(await request.read())
    except web.HTTPRequestEntityTooLarge as exc:
        raise refuse(413, "The body of the request is too large.") from exc
    except (orjson.JSONDecodeError, web.RequestPayloadError) as exc:
        raise refuse(400, "The body of the request is no valid JSON.") from exc
    if not isinstance(body, dict):
        raise refuse(400, "The body of the request is no JSON object.")
    return body


def _meet(order: Order, provider: str, world: World) -> tuple[Row, Fault | None]:
    """Who answers, and what goes wrong: the next in line takes over after what concerns one model alone."""
    for row in order.rows:
        asked = order.ask.model if row is order.rows[0] else row.id
        fault = world.faults.take(provider, row.id, asked, meets=lambda fault: _meets(fault, order.ask))
        if order.ask.input_tokens > row.context and (fault is None or fault.kind in ANSWERS_ONLY):
            fault = Fault("context_too_long")
        if fault is None or fault.kind not in FALLS_BACK:
            break
    return row, fault


def _meets(fault: Fault, ask: Ask) -> bool:
    """Whether a fault can happen to a request: some happen to those alone that go on with an answer."""
    if fault.kind == "refuses_prefill":
        return is_prefill(ask.messages)
    return fault.kind != "forgets" or partial_of(ask.messages) is not None


async def before_answer(
    request: web.Request, dialect: Dialect, fault: Fault | None, row: Row | None, asked: int
) -> None:
    """Let the faults happen that leave no room for an answer. Raises `Refused` for those that are error answers."""
    kind = fault.kind if fault else ""
    if fault and kind == "silence":
        await nothing(fault.seconds)
    elif kind in ("reset", "closed"):
        await hang_up(request, reset=kind == "reset")
    elif fault and kind in REFUSALS[dialect.provider]:
        raise Refused(refusal_of(dialect.provider, fault, facts(row, asked)))
    elif kind == "html":
        raise web.HTTPBadGateway(text=PAGE, content_type="text/html")


def facts(row: Row | None, asked: int) -> Mapping[str, Any]:
    """What the words of a refusal may mention; `asked` counts the request's tokens."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    context = row.context if row else 0
    return {
        "model": row.id if row else "",
        "upstream": row.upstream[0] if row else "",
        "context": context,
        "requested": max(asked, context + 1),
        "midnight": int(midnight.timestamp() * 1000),
    }


async def _answer(
    request: web.Request, dialect: Dialect, world: World, turn: Turn, fault: Fault | None
) -> web.StreamResponse:
    order, row = turn.order, turn.row
    broken = refusal_of(dialect.provider, fault or Fault("bad_gateway"), facts(row, turn.input_tokens))
    if fault and (fault.kind == "ok_with_error" or (not order.stream and fault.kind == "error_before_content")):
        return _json(dialect.error(broken)[0], {})
    if fault and fault.kind == "stream_error" and not order.stream:
        return _failed_midway(dialect, world, turn, fault, broken)
    performance = Performance(request, dialect, turn, world)
    response = web.StreamResponse(headers=dialect.headers(turn))
    if order.stream:
        response.content_type = "text/event-stream"
        response.headers["Cache-Control"] = "no-cache"
        steps = stream_script(dialect, turn, fault, broken, speed=world.speed)
    else:
        response.content_type = "application/json"
        response.content_length, steps = body_script(dialect, turn, fault, speed=world.speed)
    return await performance.play(response, steps)


def _turn(dialect: Dialect, world: World, order: Order, row: Row, fault: Fault | None) -> Turn:
    kind = fault.kind if fault else ""
    return Turn(
        id=dialect.new_id(world),
        provider=dialect.provider,
        order=order,
        row=row,
        answer=_answer_to(replace(order.ask, model=row.id), kind, world.seed),
        pace=jittered(pace_of(row.id), random.Random(world.chance.random()), speed=world.speed),
        created=world.clock(),
    )


def _answer_to(ask: Ask, kind: str, seed: int) -> Answer:
    """What is said in the end, whatever becomes of it on the way."""
    partial = partial_of(ask.messages)
    if kind == "empty":
        return Answer("", "stop")
    if partial is None:
        return compose(ask, seed=seed)
    return begin_anew(ask, partial, seed=seed) if kind == "forgets" else go_on(ask, partial, seed=seed)


def _failed_midway(dialect: Dialect, world: World, turn: Turn, fault: Fault, broken: Refusal) -> web.Response:
    said = said_of(turn, fault)
    body = dialect.partial(turn, said, broken)
    if body is None:
        return error_response(dialect, broken)
    world.ledger.add(turn.charge(len(said), finish="error"))
    return _json(body, dialect.headers(turn))


def error_response(dialect: Dialect, refusal: Refusal) -> web.Response:
    """A refusal in the vendor's envelope."""
    body, headers = dialect.error(refusal)
    if refusal.retry_after is not None:
        # No exponent: a header of 1e+06 is none.
        headers["Retry-After"] = f"{refusal.retry_after:.3f}".rstrip("0").rstrip(".")
    return _json(body, headers, status=refusal.status)


def _json(body: Mapping[str, Any], headers: Mapping[str, str], *, status: int = 200) -> web.Response:
    return web.Response(
        body=orjson.dumps(body), status=status, headers=dict(headers), content_type="application/json", charset="utf-8"
    )
