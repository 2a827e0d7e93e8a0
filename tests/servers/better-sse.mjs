// better-sse over HTTP/2 and TLS: a stream with a history. Replays and bursts are sent as batches.
//
//   node better-sse.mjs PORT CONTROL HISTORY CERTIFICATES
//
// PORT or CONTROL 0 picks a free port; HISTORY is a file that is kept across restarts; the folder CERTIFICATES contains
// certificate.pem and key.pem. On PORT, only HTTP/2 over TLS:
//
//   GET  /stream    the history after Last-Event-ID as one batch, then new events
//   GET  /private   the same, 401 without the bearer token `open-sesame`
//
// On CONTROL, plain HTTP/1.1:
//
//   POST /publish   a JSON array of {"id", "event", "data"}, which is sent as one batch
//   GET  /asked     the headers of the requests for streams so far
//
// SIGTERM ends the server cleanly: it sends GOAWAY to every session and ends every stream.
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { join } from "node:path";
import { createEventBuffer, createSession } from "better-sse";
import { control, eventsAfter, onPublish, record, serve } from "./history.mjs";

const certificates = process.argv[5];
const streams = new Map();

function batch(events) {
  const buffer = createEventBuffer({ serializer: String });
  for (const { data, event, id } of events) {
    buffer.push(data, event, id);
  }
  return buffer;
}

async function stream(request, response) {
  record(request.headers);
  const session = await createSession(request, response, { retry: 300, keepAlive: 10_000 });
  streams.set(session, response);
  session.on("disconnected", () => streams.delete(session));
  await session.batch(batch(eventsAfter(session.lastId)));
}

const server = createSecureServer({
  cert: readFileSync(join(certificates, "certificate.pem")),
  key: readFileSync(join(certificates, "key.pem")),
});
const sessions = new Set();
server.on("session", (session) => {
  sessions.add(session);
  session.on("close", () => sessions.delete(session));
});
server.on("request", (request, response) => {
  if (request.url === "/private" && request.headers.authorization !== "Bearer open-sesame") {
    response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
  } else if (request.url === "/stream" || request.url === "/private") {
    void stream(request, response);
  } else {
    response.writeHead(404).end();
  }
});

onPublish((events) => Promise.all([...streams.keys()].map((session) => session.batch(batch(events)))));

process.on("SIGTERM", () => {
  sessions.forEach((session) => session.close());
  streams.forEach((response) => response.end());
  control.closeAllConnections();
  control.close();
  server.close();
});

await serve(server);
