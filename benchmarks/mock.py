"""A provider that answers at once: `python -m benchmarks.mock` serves it and writes its port to standard output.

A process of its own, so that its work is not counted as ours. The clock it stamps its first token with is the
machine's monotonic clock, which both processes read alike.
"""

from __future__ import annotations

import asyncio
import sys
import time

import orjson
from aiohttp import web

USAGE = {"prompt_tokens": 13, "completion_tokens": 500, "total_tokens": 513, "cost": 0.00001}
HEAD = {"id": "gen-1", "created": 1795513260, "model": "openai/gpt-4o", "provider": "Mock"}
ANSWER = orjson.dumps(
    {
        **HEAD,
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "The quick brown fox jumps over the lazy dog."},
            }
        ],
        "usage": USAGE,
    }
)


def chunk(content: str, finish: str | None = None, **more: object) -> bytes:
    """One server-sent event of a streamed answer."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish}
    return b"data: " + orjson.dumps({**HEAD, "object": "chat.completion.chunk", "choices": [choice], **more}) + b"\n\n"


WORD = chunk("word ")
END = chunk("", "stop", usage=USAGE) + b"data: [DONE]\n\n"


async def completions(request: web.Request) -> web.StreamResponse:
    """Answer in one piece, or stream `max_tokens` words with `seed` microseconds between them."""
    body = orjson.loads(await request.read())
    if not body.get("stream"):
        return web.Response(body=ANSWER, content_type="application/json")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(chunk(f"{time.monotonic_ns()} "))
    pause = body.get("seed", 0) / 1_000_000
    for _ in range(body["max_tokens"] - 1):
        if pause:
            await asyncio.sleep(pause)
        await response.write(WORD)
    await response.write(END)
    return response


async def serve() -> None:
    """Serve until standard input closes, which it does when the parent is gone."""
    app = web.Application()
    app.router.add_post("/api/v1/chat/completions", completions)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
