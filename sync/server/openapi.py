"""GET /openapi.json: the doors for laptops, for everybody and for watchers, as programs read them.

The page is a file, resources/openapi.json; tests hold it to the doors that are there, and to what
they answer.
"""

from pathlib import Path

from fastapi import FastAPI, Response

PATH = "/openapi.json"
FILE = Path(__file__).parents[2] / "resources" / "openapi.json"
HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


def add(app: FastAPI) -> None:
    """Open the door."""
    content = FILE.read_bytes()

    @app.get(PATH)
    async def described() -> Response:
        return Response(content, headers=HEADERS, media_type="application/json")
