"""Style, scripts and the icon: read once, compressed once, kept by browsers under an address that changes with them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

PREFIX = "/static/chat"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One static file."""

    plain: bytes
    zipped: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """All static files by name."""
    folder = files("bot.channels.webchat").joinpath("static")
    found = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        media_type = _TYPES.get(file.name.rpartition(".")[2])
        if media_type is None:
            continue
        plain = file.read_bytes()
        found[file.name] = Asset(
            plain=plain, zipped=gzip.compress(plain, mtime=0), media_type=media_type
        )
    return found


@cache
def version() -> str:
    """Changes when any file does."""
    digest = hashlib.sha256()
    for name, asset in assets().items():
        digest.update(name.encode() + b"\0" + asset.plain)
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Where a file is."""
    if name not in assets():
        raise LookupError(name)
    return f"{PREFIX}/{version()}/{name}"


def router() -> APIRouter:
    """Serves the files."""
    routes = APIRouter(prefix=PREFIX)

    @routes.get("/{wanted}/{name}")
    async def file(wanted: str, name: str, request: Request) -> Response:
        asset = assets().get(name)
        if asset is None:
            return Response(status_code=404)
        # A page shown before an update may still ask for the old version: serve it, but do not keep it.
        kept = _FOR_GOOD if wanted == version() else "no-cache"
        headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.plain, media_type=asset.media_type, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(asset.zipped, media_type=asset.media_type, headers=headers)

    return routes
