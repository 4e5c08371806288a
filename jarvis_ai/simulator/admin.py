"""The switchboard over HTTP: faults on and off, and what the simulator has seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields
from typing import Any

import orjson
from aiohttp import web

from jarvis_ai.simulator.errors import Refused
from jarvis_ai.simulator.exchange import Call, World
from jarvis_ai.simulator.faults import FAULTS, PROVIDERS, Fault
from jarvis_ai.simulator.inference import read_body
from jarvis_ai.simulator.ledger import dollars

FIELDS = [field.name for field in fields(Fault)]
CALL_FIELDS = [field.name for field in fields(Call) if field.repr]
SHOWN = 100
"""So many of the latest calls and charges are in the state."""


class Admin:
    """The routes under `/admin`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/admin/faults", self.list_faults),
            web.put("/admin/faults", self.set_fault),
            web.delete("/admin/faults", self.clear_faults),
            web.get("/admin/state", self.state),
        ]

    async def list_faults(self, request: web.Request) -> web.Response:
        return _json({"faults": self._active(), "kinds": dict(FAULTS)})

    async def set_fault(self, request: web.Request) -> web.Response:
        """Take `{"target", "kind", …}`; a wrong one is a 400 that says what is known."""
        try:
            body = await read_body(request)
            target, fault = _read(body)
            self._world.faults.set(target, fault)
        except Refused as refused:
            return _wrong(str(refused))
        except ValueError as exc:
            return _wrong(str(exc))
        return _json({"faults": self._active()})

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Switch off what is on for the `target` in the query, or everything; an unknown target is a 400."""
        target = request.query.get("target")
        try:
            if target is not None:
                self._world.faults.check(target)
        except ValueError as exc:
            return _wrong(str(exc))
        self._world.faults.clear(target)
        return _json({"faults": self._active()})

    async def state(self, request: web.Request) -> web.Response:
        """Everything seen so far; of calls and charges the latest."""
        world = self._world
        calls = list(world.calls)
        shown = [{name: getattr(call, name) for name in CALL_FIELDS} for call in calls[-SHOWN:]]
        state = {
            "seed": world.seed,
            "speed": world.speed,
            "faults": self._active(),
            "received": world.received,
            "by_path": world.by_path,
            "by_model": Counter(f"{call.provider}:{call.model}" for call in calls if call.model),
            "calls": shown,
            "ledger": {
                "usage": {provider: dollars(world.ledger.nanos(provider)) for provider in PROVIDERS},
                "charges": [asdict(charge) for charge in world.ledger.charges()[-SHOWN:]],
            },
        }
        return _json(state)

    def _active(self) -> dict[str, Any]:
        return {target: fault.as_dict() for target, fault in self._world.faults.active().items()}


def _read(body: dict[str, Any]) -> tuple[str, Fault]:
    """The target and the fault in a body. Raises `ValueError` saying what is wrong with it."""
    unknown = set(body) - {"target", *FIELDS}
    if unknown:
        raise ValueError(f"Unknown field '{min(unknown)}'. Known: target, {', '.join(FIELDS)}.")
    if not isinstance(body.get("target"), str) or "kind" not in body:
        raise ValueError(f"'target' and 'kind' are needed. Kinds: {', '.join(FAULTS)}.")
    return body["target"], Fault(**{name: body[name] for name in FIELDS if name in body})


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


def _wrong(message: str) -> web.Response:
    return _json({"error": {"code": 400, "message": message}}, 400)
