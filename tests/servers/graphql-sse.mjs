// A subscription of graphql-sse in its mode of distinct connections: it sends no ids and keeps no history.
//
//   node graphql-sse.mjs PORT CONTROL HISTORY      serves /graphql/stream?query=SUBSCRIPTION; see history.mjs
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { createHandler } from "graphql-sse/lib/use/http";
import { createServer } from "node:http";
import { followNew, serve } from "./history.mjs";

const query = new GraphQLObjectType({ name: "Query", fields: { hello: { type: GraphQLString } } });
const subscription = new GraphQLObjectType({
  name: "Subscription",
  fields: {
    event: {
      type: GraphQLString,
      subscribe: (_source, _arguments, { headers }) => followNew(headers),
      resolve: ({ data }) => data,
    },
  },
});
const handler = createHandler({
  schema: new GraphQLSchema({ query, subscription }),
  context: ({ raw }) => ({ headers: raw.headers }),
});
await serve(createServer(handler));
