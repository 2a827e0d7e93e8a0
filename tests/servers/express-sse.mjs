// Express with express-sse: its ids count the events of one connection, and it replays nothing.
//
//   node express-sse.mjs PORT CONTROL HISTORY      serves /stream; see history.mjs
import express from "express";
import SSE from "express-sse";
import { createServer } from "node:http";
import { followNew, serve } from "./history.mjs";

const app = express();
app.get("/stream", async (request, response) => {
  const sse = new SSE([]);
  sse.init(request, response);
  response.flushHeaders();
  for await (const { event, data } of followNew(request.headers)) {
    sse.send(data, event);
  }
  response.end();
});
await serve(createServer(app));
