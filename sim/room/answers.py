"""How the rooms answer: pages, plain data, files to take away, each with a policy that lets nothing run but ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

__all__ = ["HEADERS", "PREFIX", "body_of", "download", "json_of", "page", "rooms_at"]

PREFIX = "/room"
_MOST_BYTES = 16_000
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def json_of(content: Any, status: int = 200) -> Response:
    """Return plain data."""
    return JSONResponse(content, status, headers=HEADERS)


def rooms_at(request: Request) -> str:
    """Return where the rooms are; a mounted folder of files says of itself where *it* is."""
    return f"{request.scope.get('app_root_path', request.scope['root_path'])}{PREFIX}"


def page(
    request: Request, name: str, title: str, *, files: Sequence[str] | None = None, status: int = 200, **data: Any
) -> Response:
    """Return a page: its frame, and what its scripts begin with."""
    at = rooms_at(request)
    given = json.dumps({"page": name, "at": at, **data}).replace("<", "\\u003c")
    files = files or ("charts", "room", name)
    scripts = "".join(f'<script src="{at}/assets/{file}.js" defer></script>' for file in ("elements", *files))
    text = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · Cultureshift</title>"
        f'<script src="{at}/assets/theme.js"></script>'
        f'<link rel="stylesheet" href="{at}/assets/room.css"><link rel="stylesheet" href="{at}/assets/debrief.css">'
        f'<link rel="icon" href="{at}/assets/icon.svg">'
        f'</head><body class="{name}"><div id="app"><noscript><main><h1>Cultureshift</h1>'
        "<p>This page needs JavaScript.</p></main></noscript></div>"
        f'<script type="application/json" id="given">{given}</script>{scripts}</body></html>'
    )
    return HTMLResponse(text, status, headers=HEADERS)


async def body_of(request: Request, wanted: type[BaseModel] | TypeAdapter[Any]) -> Any:
    """Return what was asked, checked; a small body of JSON."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise HTTPException(415, "This is not how the page asks.")
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise HTTPException(413, "That is too long.")
    try:
        if isinstance(wanted, TypeAdapter):
            return wanted.validate_json(content)
        return wanted.model_validate_json(content)
    except (ValidationError, RecursionError):
        raise HTTPException(400, "That could not be understood. Reload the page and try again.") from None


def download(content: str, kind: str, name: str) -> Response:
    """Return a file to take away."""
    headers = {**HEADERS, "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
