// A subscription of tRPC with `tracked` ids, as httpSubscriptionLink asks for it: a stream with a history.
//
//   node trpc.mjs PORT CONTROL HISTORY      serves /events; see history.mjs
import { initTRPC, tracked } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { follow, serve } from "./history.mjs";

const trpc = initTRPC.context().create();
const router = trpc.router({
  events: trpc.procedure
    .input((value) => value)
    .subscription(async function* ({ ctx, input }) {
      // tRPC puts the header Last-Event-ID into the input.
      for await (const { id, data } of follow({ ...ctx.headers, "last-event-id": input?.lastEventId })) {
        yield tracked(id, data);
      }
    }),
});
await serve(createHTTPServer({ router, createContext: ({ req }) => ({ headers: req.headers }) }));
