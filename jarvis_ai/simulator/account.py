"""What OpenRouter tells about models and money (contract §6, §7), and the other vendors about their models."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER
from jarvis_ai.simulator import catalog, openai
from jarvis_ai.simulator.anthropic import check_access
from jarvis_ai.simulator.errors import Refused, refuse
from jarvis_ai.simulator.exchange import Dialect, World
from jarvis_ai.simulator.faults import ACCOUNT
from jarvis_ai.simulator.inference import Handler, before_answer, error_response
from jarvis_ai.simulator.ledger import Charge, dollars
from jarvis_ai.simulator.openrouter import is_management, key_of
from jarvis_ai.simulator.pace import pace_of
from jarvis_ai.simulator.rows import ELSEWHERE, UPSTREAMS, Row

Read = Callable[[web.Request, World], Any]

TOTAL_CREDITS = 100.0
KEY_LIMIT = 50.0
PAGE_ROWS = 500
MOST_ROWS = 1_000
PUBLIC_FOR = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=3600"


def reading(dialect: Dialect, world: World, read: Read) -> Handler:
    """The handler of a read. The faults of `provider:account` meet it, those of answers do not."""

    async def handle(request: web.Request) -> web.StreamResponse:
        world.note(request, dialect.provider, {})
        try:
            await before_answer(request, dialect, world.faults.take(dialect.provider, ACCOUNT), None, 0)
            body = read(request, world)
        except Refused as refused:
            return error_response(dialect, refused.refusal)
        headers = {"Cache-Control": PUBLIC_FOR} if request.path.endswith("/models") else {}
        return web.Response(body=orjson.dumps(body), content_type="application/json", headers=headers)

    return handle


def models(request: web.Request, world: World) -> dict[str, Any]:
    """Every model, or a page of them where `limit` or `offset` is given."""
    rows = [row for row in catalog.rows().values() if _wanted(row, request)]
    paged = "limit" in request.query or "offset" in request.query
    offset = _number(request, "offset", 0)
    limit = min(_number(request, "limit", PAGE_ROWS, least=1), MOST_ROWS) if paged else len(rows)
    shown = rows[offset : offset + limit]
    following = request.rel_url.update_query(offset=offset + limit, limit=limit)
    more = str(following) if paged and offset + limit < len(rows) else None
    return {"data": [row.as_dict() for row in shown], "total_count": len(rows), "links": {"next": more}}


def _wanted(row: Row, request: web.Request) -> bool:
    """Whether a row passes the filters that are given: `q` and `supported_parameters`."""
    words = request.query.get("q", "").lower()
    parameters = set(filter(None, request.query.get("supported_parameters", "").split(",")))
    return words in f"{row.id} {row.name}".lower() and parameters <= set(row.parameters)


def _number(request: web.Request, name: str, usual: int, *, least: int = 0) -> int:
    text = request.query.get(name) or str(usual)
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) < least:
        raise refuse(400, f"'{name}' must be a number from {least} on.")
    return int(text)


def count(request: web.Request, world: World) -> dict[str, Any]:
    return {"data": {"count": len(catalog.rows())}}


def own_models(request: web.Request, world: World) -> dict[str, Any]:
    key_of(request)
    return models(request, world)


def _row(request: web.Request) -> Row:
    id_ = f"{request.match_info['author']}/{request.match_info['slug']}"
    row = catalog.find(id_)
    if row is None:
        raise refuse(404, f"Model {id_} not found")
    return row


def model(request: web.Request, world: World) -> dict[str, Any]:
    return {"data": _row(request).as_dict()}


def endpoints(request: web.Request, world: World) -> dict[str, Any]:
    """Who serves a model. Latency (ms) and throughput are told to those who have a key."""
    row = _row(request)
    known = bool(request.headers.get("Authorization"))
    pace = pace_of(row.id)
    live = {
        "latency_last_30m": _percentiles(pace.ttft * 1000, slower=True) if known else None,
        "throughput_last_30m": _percentiles(pace.tokens_per_second, slower=False) if known else None,
    }
    about = {"id": row.id, "name": row.name, "created": row.created, "description": row.as_dict()["description"]}
    return {"data": {**about, "architecture": row.architecture(), "endpoints": [{**row.endpoint(), **live}]}}


def _percentiles(median: float, *, slower: bool) -> dict[str, float]:
    factors = (1.0, 1.2, 1.5, 2.2) if slower else (1.0, 0.9, 0.8, 0.6)
    return {name: round(median * factor, 2) for name, factor in zip(("p50", "p75", "p90", "p99"), factors, strict=True)}


def key(request: web.Request, world: World) -> dict[str, Any]:
    """The key that asks, with every field that any version of the contract has."""
    name = key_of(request)
    ledger = world.ledger
    used, month = ledger.nanos(OPENROUTER), ledger.nanos(OPENROUTER, days=ledger.today().day)
    spent = {
        "usage": dollars(used),
        "usage_daily": dollars(ledger.nanos(OPENROUTER, days=1)),
        "usage_weekly": dollars(ledger.nanos(OPENROUTER, days=ledger.today().weekday() + 1)),
        "usage_monthly": dollars(month),
    }
    unused = {f"byok_{period}": 0 for period in spent}
    return {
        "data": {
            "label": f"{name[:12]}...{name[-3:]}",
            "limit": KEY_LIMIT,
            "limit_remaining": max(KEY_LIMIT - dollars(month), 0.0),
            "limit_reset": "monthly",
            "include_byok_in_limit": False,
            **spent,
            **unused,
            "is_free_tier": False,
            "is_management_key": is_management(name),
            "is_provisioning_key": is_management(name),
            "creator_user_id": "user_simulated",
            "organization_id": None,
            "workspace_id": None,
            "expires_at": None,
            "allowed_data_regions": ["global"],
            "budgets": [],
            "effective_budget": None,
            "free_model_daily_requests": {"used": 0, "limit": 1000, "remaining": 1000},
            "rate_limit": {
                "requests": -1,
                "interval": "10s",
                "note": "This field is deprecated and safe to ignore.",
            },
        }
    }


def credits(request: web.Request, world: World) -> dict[str, Any]:
    key_of(request, management=True)
    return {"data": {"total_credits": TOTAL_CREDITS, "total_usage": dollars(world.ledger.nanos(OPENROUTER))}}


def activity(request: web.Request, world: World) -> dict[str, Any]:
    key_of(request, management=True)
    return {"data": world.ledger.activity()}


def providers(request: web.Request, world: World) -> dict[str, Any]:
    links = {"privacy_policy_url": None, "terms_of_service_url": None, "status_page_url": None}
    return {"data": [{"name": name, "slug": slug, **links} for name, slug in (*UPSTREAMS.values(), ELSEWHERE)]}


def generation(request: web.Request, world: World) -> dict[str, Any]:
    key_of(request)
    id_ = request.query.get("id", "")
    charge = world.ledger.find(id_)
    if charge is None or charge.provider != OPENROUTER:
        raise refuse(404, f"Generation {id_} not found")
    return {"data": record(charge)}


UNKNOWN = (
    *("app_id", "cache_discount", "external_user", "http_referer", "moderation_latency", "num_fetches", "user_agent"),
    *("native_tokens_completion_images", "num_input_audio_prompt", "num_media_completion", "num_media_prompt"),
    *("num_search_results", "preset_id", "router", "service_tier", "web_search_engine", "workspace_id", "request_id"),
    *("response_cache_source_id", "session_id"),
)
"""Fields that a record must have and that nobody here can fill."""


def record(charge: Charge) -> dict[str, Any]:
    """The record of one answer, durations in milliseconds."""
    latency = round(charge.ttft * 1000)
    trail = {"provider_name": charge.upstream, "status": 200, "latency": latency, "is_byok": False}
    return {
        **dict.fromkeys(UNKNOWN),
        "id": charge.id,
        "upstream_id": f"simulated-{charge.id[-20:]}",
        "api_type": "completions",
        "origin": "",
        "model": charge.served_model,
        "created_at": datetime.fromtimestamp(charge.created, UTC).isoformat().replace("+00:00", "Z"),
        "data_region": "global",
        "is_byok": False,
        "provider_name": charge.upstream,
        "provider_responses": [trail],
        "streamed": charge.streamed,
        "cancelled": charge.cancelled,
        "finish_reason": charge.finish,
        "native_finish_reason": charge.finish,
        "latency": latency,
        "generation_time": round(charge.seconds * 1000),
        "tokens_prompt": charge.input_tokens,
        "tokens_completion": charge.output_tokens,
        "native_tokens_prompt": charge.input_tokens,
        "native_tokens_completion": charge.output_tokens,
        "native_tokens_cached": 0,
        "native_tokens_reasoning": 0,
        "total_cost": charge.dollars,
        "usage": charge.dollars,
        "upstream_inference_cost": None,
    }


def openai_models(request: web.Request, world: World) -> dict[str, Any]:
    openai.check_key(request)
    about = {"object": "model", "owned_by": "system"}
    data = [{"id": row.id, "created": row.created, **about} for row in catalog.direct(OPENAI).values()]
    return {"object": "list", "data": data}


def anthropic_models(request: web.Request, world: World) -> dict[str, Any]:
    check_access(request)
    rows = list(catalog.direct(ANTHROPIC).values())
    return {"data": [_listed(row) for row in rows], "has_more": False, "first_id": rows[0].id, "last_id": rows[-1].id}


def _listed(row: Row) -> dict[str, Any]:
    return {
        "type": "model",
        "id": row.id,
        "display_name": row.name,
        "created_at": datetime.fromtimestamp(row.created, UTC).isoformat().replace("+00:00", "Z"),
        "max_input_tokens": row.context,
        "max_tokens": row.max_output,
        "capabilities": None,
        "lifecycle": "active",
        "retires_at": None,
    }


OPENROUTER_READS: dict[str, Read] = {
    "/models": models,
    "/models/count": count,
    "/models/user": own_models,
    "/model/{author}/{slug}": model,
    "/models/{author}/{slug}/endpoints": endpoints,
    "/key": key,
    "/credits": credits,
    "/generation": generation,
    "/activity": activity,
    "/providers": providers,
}
