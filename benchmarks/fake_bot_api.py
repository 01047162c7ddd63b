"""A Bot API that says yes to everything, in a process of its own; GET /counted tells when messages came.

`python -m benchmarks.fake_bot_api` prints its port.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from aiohttp import web

TOKEN = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcE"


@contextmanager
def fake_bot_api() -> Iterator[str]:
    """Its address, until the block ends."""
    command = [sys.executable, "-m", "benchmarks.fake_bot_api"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


async def _serve() -> None:
    times: list[float] = []
    ids = count(1)

    async def call(request: web.Request) -> web.Response:
        form = await request.post()
        given = {**form} if form else (await request.json() if request.can_read_body else {})
        method = request.match_info["method"]
        if method == "getUpdates":
            await asyncio.sleep(1)
            return _ok([])
        if method != "sendMessage":
            return _ok(True)
        times.append(time.time())
        chat = {"id": int(str(given["chat_id"])), "type": "private"}
        return _ok({"message_id": next(ids), "date": int(time.time()), "chat": chat, "text": "."})

    async def counted(_request: web.Request) -> web.Response:
        return web.json_response(times)

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", call)
    app.router.add_get("/counted", counted)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _ok(result: object) -> web.Response:
    return web.Response(
        text=json.dumps({"ok": True, "result": result}), content_type="application/json"
    )


if __name__ == "__main__":
    asyncio.run(_serve())
