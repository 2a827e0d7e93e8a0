"""sse-starlette on uvicorn: a stream with a history, every line end, pings, and responses without a stream.

    python sse_starlette_app.py PORT HISTORY      PORT 0 picks a free port; HISTORY is a file that is kept across restarts

GET  /stream?sep=lf|cr|crlf&ping=SECONDS   the history after Last-Event-ID, then new events
GET  /ends                                 like /stream, but the stream ends after five events
GET  /status/CODE                          that status; 429 has a Retry-After of 2 s and is sent only once
GET  /private                              401 without the bearer token `open-sesame`
POST /publish                              a JSON array of {"id", "event", "data"}
GET  /asked                                the headers of the requests for streams so far
"""

import asyncio
import json
import socket
import sys
from pathlib import Path

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PORT, HISTORY = int(sys.argv[1]), Path(sys.argv[2])
SEPARATORS = {"lf": "\n", "cr": "\r", "crlf": "\r\n"}

history = [json.loads(line) for line in HISTORY.read_text().splitlines()] if HISTORY.exists() else []
published = asyncio.Condition()
asked = []
is_too_early = True


def position(last_event_id):
    """Returns the position after an id in the history; 0 if the id is unknown."""
    ids = [event["id"] for event in history]
    return ids.index(last_event_id) + 1 if last_event_id in ids else 0


async def events(request, most=None):
    at = position(request.headers.get("last-event-id"))
    yield {"retry": 300}
    while most is None or most > 0:
        async with published:
            await published.wait_for(lambda: len(history) > at)
        yield history[at]
        at += 1
        most = None if most is None else most - 1


def stream(request, most=None):
    asked.append(dict(request.headers))
    query = request.query_params
    return EventSourceResponse(
        events(request, most),
        sep=SEPARATORS[query.get("sep", "crlf")],
        ping=float(query.get("ping", "15")),
    )


async def ends(request):
    return stream(request, most=5)


async def status(request):
    global is_too_early
    code = request.path_params["code"]
    if code != 429:
        return Response(status_code=code)
    if not is_too_early:
        return stream(request)
    is_too_early = False
    return Response(status_code=429, headers={"Retry-After": "2"})


async def private(request):
    if request.headers.get("authorization") != "Bearer open-sesame":
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    return stream(request)


async def publish(request):
    batch = await request.json()
    with HISTORY.open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in batch)
    async with published:
        history.extend(batch)
        published.notify_all()
    return Response(status_code=202)


async def asked_so_far(request):
    return JSONResponse(asked)


app = Starlette(
    routes=[
        Route("/stream", stream),
        Route("/ends", ends),
        Route("/status/{code:int}", status),
        Route("/private", private),
        Route("/publish", publish, methods=["POST"]),
        Route("/asked", asked_so_far),
    ]
)

listener = socket.create_server(("127.0.0.1", PORT))
print(f"listening on {listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
