// Hono's streamSSE on Node: a stream with a history.
//
//   node hono.mjs PORT CONTROL HISTORY      serves /stream; see history.mjs
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { createServer } from "node:http";
import { follow, serve } from "./history.mjs";

const app = new Hono();
app.get("/stream", (context) =>
  streamSSE(context, async (stream) => {
    for await (const event of follow(context.req.header())) {
      await stream.writeSSE(event);
    }
  }),
);
await serve(createServer(getRequestListener(app.fetch)));
