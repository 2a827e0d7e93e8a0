// h3's createEventStream, as in Nitro and Nuxt: a stream with a history, whose head is sent with its first event.
//
//   node h3.mjs PORT CONTROL HISTORY      serves /stream; see history.mjs
import { createEventStream, H3 } from "h3";
import { toNodeHandler } from "h3/node";
import { createServer } from "node:http";
import { follow, serve } from "./history.mjs";

async function send(stream, headers) {
  for await (const { id, event, data } of follow(headers)) {
    await stream.push({ id, event, data });
  }
  await stream.close();
}

const app = new H3();
app.get("/stream", (event) => {
  const stream = createEventStream(event);
  void send(stream, Object.fromEntries(event.req.headers));
  return stream.send();
});
await serve(createServer(toNodeHandler(app)));
