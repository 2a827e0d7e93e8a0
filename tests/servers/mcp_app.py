"""MCP's official Python SDK on uvicorn: both of its transports, with a history that is kept across restarts.

    python mcp_app.py PORT HISTORY      PORT 0 picks a free port; HISTORY is a file

POST, GET /mcp  the transport "streamable HTTP", resumable; GET needs the `Mcp-Session-Id` of an `initialize` by POST
GET  /sse       the older transport: a session for each stream, whose first event says where to POST
POST /publish   a JSON array of {"id", "event", "data"}; the data become log messages, and the ids are not used
POST /end       ends the stream of /mcp
GET  /asked     the headers of the requests for streams so far

The tool `receive` of /mcp makes its session the one that gets what is published.
"""

import json
import socket
import sys
from pathlib import Path

import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.sse import SseServerTransport
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCNotification, jsonrpc_message_adapter
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

PORT, HISTORY = int(sys.argv[1]), Path(sys.argv[2])


class FileStore(EventStore):
    """Keeps every message in the file, one a line. Its id is the number of the line."""

    def __init__(self):
        self.events = [json.loads(line) for line in HISTORY.read_text().splitlines()] if HISTORY.exists() else []

    async def store_event(self, stream_id, message):
        text = message and message.model_dump_json(by_alias=True, exclude_unset=True)
        self.events.append([stream_id, text])
        with HISTORY.open("a") as file:
            file.write(json.dumps([stream_id, text]) + "\n")
        return str(len(self.events))

    async def replay_events_after(self, last_event_id, send_callback):
        if not last_event_id.isdigit() or not 0 < int(last_event_id) <= len(self.events):
            return None
        stream_id = self.events[int(last_event_id) - 1][0]
        for number, (of_stream, text) in enumerate(self.events[int(last_event_id) :], int(last_event_id) + 1):
            if of_stream == stream_id and text is not None:
                await send_callback(EventMessage(jsonrpc_message_adapter.validate_json(text), str(number)))
        return stream_id


server = MCPServer("events", log_level="WARNING")
receiver = None
older_streams = set()
asked = []


@server.tool()
async def receive(ctx: Context) -> str:
    global receiver
    receiver = ctx
    return "ok"


async def publish(request):
    for event in await request.json():
        if receiver:
            await receiver.session.send_log_message("info", event["data"])
        params = {"level": "info", "data": event["data"]}
        message = JSONRPCNotification(jsonrpc="2.0", method="notifications/message", params=params)
        for stream in list(older_streams):
            await stream.send(SessionMessage(message))
    return Response(status_code=202)


async def end(_request):
    await receiver.close_standalone_sse_stream()
    return Response(status_code=202)


async def asked_so_far(_request):
    return JSONResponse(asked)


older = SseServerTransport("/messages/")


async def older_stream(request):
    async with older.connect_sse(request.scope, request.receive, request._send) as (messages, stream):
        asked.append(dict(request.headers))
        older_streams.add(stream)
        try:
            async for _message in messages:
                pass
        finally:
            older_streams.discard(stream)
    return Response()


app = server.streamable_http_app(event_store=FileStore(), retry_interval=300)
app.routes.extend(
    [
        Route("/sse", older_stream),
        Mount("/messages/", app=older.handle_post_message),
        Route("/publish", publish, methods=["POST"]),
        Route("/end", end, methods=["POST"]),
        Route("/asked", asked_so_far),
    ]
)


async def recorded(scope, receive, send):
    if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/mcp":
        asked.append({name.decode(): value.decode() for name, value in scope["headers"]})
    await app(scope, receive, send)


listener = socket.create_server(("127.0.0.1", PORT))
print(f"listening on {listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(recorded, log_level="warning")).run(sockets=[listener])
