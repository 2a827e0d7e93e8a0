// Fastify with its plugin @fastify/sse: a stream with a history.
//
//   node fastify-sse.mjs PORT CONTROL HISTORY      serves /stream; see history.mjs
import sse from "@fastify/sse";
import fastify from "fastify";
import { createServer } from "node:http";
import { follow, serve } from "./history.mjs";

const app = fastify({ serverFactory: (handler) => createServer(handler) });
await app.register(sse, { serializer: String });
app.get("/stream", { sse: "only" }, async (request, reply) => {
  reply.sse.sendHeaders();
  await reply.sse.send(follow(request.headers));
});
await app.ready();
await serve(app.server);
