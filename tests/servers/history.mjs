// What the servers of Node's libraries share: a history in a file, and a port through which a test controls them.
//
//   POST /publish   a JSON array of {"id", "event", "data"}
//   POST /end       ends every stream
//   GET  /asked     the headers of the requests for streams so far
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";

const [port, controlPort, historyPath] = process.argv.slice(2);
const lines = existsSync(historyPath) ? readFileSync(historyPath, "utf8").split("\n").filter(Boolean) : [];
const history = lines.map((line) => JSON.parse(line));
const asked = [];
const changes = new EventEmitter();
changes.setMaxListeners(0);
const listeners = [];
let endings = 0;

/** Records the headers of a request for a stream, for `/asked`. */
export function record(headers) {
  asked.push({ ...headers });
}

/** Returns the events after the one with this id, or all if there is none. */
export function eventsAfter(id) {
  return history.slice(indexAfter(id));
}

/** Calls `listener` with the events of each later `/publish`, which is answered once the returned promise resolves. */
export function onPublish(listener) {
  listeners.push(listener);
}

/** Yields the events after `Last-Event-ID` and then new ones, until the test ends the streams. */
export function follow(headers) {
  return followFrom(headers, indexAfter(headers["last-event-id"]));
}

/** Yields new events only, until the test ends the streams. */
export function followNew(headers) {
  return followFrom(headers, history.length);
}

function indexAfter(id) {
  return history.findIndex((event) => event.id === id) + 1;
}

async function* followFrom(headers, start) {
  const ending = endings;
  let at = start;
  record(headers);
  while (endings === ending) {
    if (at < history.length) {
      yield history[at++];
    } else {
      await once(changes, "change");
    }
  }
}

/** The server of the port through which a test controls the streams. */
export const control = createServer(async (request, response) => {
  if (request.url === "/asked") {
    response.end(JSON.stringify(asked));
    return;
  }
  let body = "";
  for await (const chunk of request) {
    body += chunk;
  }
  if (request.url === "/end") {
    endings += 1;
  } else {
    const events = JSON.parse(body);
    appendFileSync(historyPath, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    history.push(...events);
    await Promise.all(listeners.map((listener) => listener(events)));
  }
  changes.emit("change");
  response.writeHead(202).end();
});

/** Lets `server`, which has the streams, and the control listen, and prints their ports. */
export async function serve(server) {
  for (const [listener, wanted] of [
    [server, port],
    [control, controlPort],
  ]) {
    await new Promise((resolve) => listener.listen(Number(wanted), "127.0.0.1", resolve));
    console.log(`listening on ${listener.address().port}`);
  }
}
