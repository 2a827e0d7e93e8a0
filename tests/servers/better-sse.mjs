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
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { join } from "node:path";
import { createEventBuffer, createSession } from "better-sse";

const [port, control, historyPath, certificates] = process.argv.slice(2);
const lines = existsSync(historyPath) ? readFileSync(historyPath, "utf8").split("\n").filter(Boolean) : [];
const history = lines.map((line) => JSON.parse(line));
const asked = [];
const streams = new Map();

function batch(events) {
  const buffer = createEventBuffer({ serializer: String });
  for (const { data, event, id } of events) {
    buffer.push(data, event, id);
  }
  return buffer;
}

async function stream(request, response) {
  asked.push(Object.fromEntries(Object.entries(request.headers)));
  const session = await createSession(request, response, { retry: 300, keepAlive: 10_000 });
  const known = history.findIndex(({ id }) => id === session.lastId);
  streams.set(session, response);
  session.on("disconnected", () => streams.delete(session));
  await session.batch(batch(history.slice(known + 1)));
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

const controller = createServer(async (request, response) => {
  if (request.url === "/asked") {
    response.end(JSON.stringify(asked));
    return;
  }
  let body = "";
  for await (const chunk of request) {
    body += chunk;
  }
  const events = JSON.parse(body);
  appendFileSync(historyPath, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  history.push(...events);
  await Promise.all([...streams.keys()].map((session) => session.batch(batch(events))));
  response.writeHead(202).end();
});

process.on("SIGTERM", () => {
  sessions.forEach((session) => session.close());
  streams.forEach((response) => response.end());
  controller.closeAllConnections();
  controller.close();
  server.close();
});

for (const [listener, wanted] of [
  [server, port],
  [controller, control],
]) {
  await new Promise((resolve) => listener.listen(Number(wanted), "127.0.0.1", resolve));
  console.log(`listening on ${listener.address().port}`);
}
