//! Node's libraries, each with a small server in tests/servers.

use crate::faults::{self, Subject, faults_of, has_event};

faults_of!(hono, Subject::replaying("hono", "hono.mjs"));

/// A server that sends its response's head with the first event.
const fn late(name: &'static str, script: &'static str) -> Subject {
    Subject { is_ready: |_| true, ..Subject::replaying(name, script) }
}

faults_of!(h3, late("h3", "h3.mjs"));
faults_of!(fastify_sse, late("@fastify/sse", "fastify-sse.mjs"));

faults_of!(
    trpc,
    Subject {
        path: "/events",
        logged: |data| format!("\"{data}\""),
        preamble: 40,
        is_ready: |rows| has_event(rows, "connected"),
        ..Subject::replaying("tRPC", "trpc.mjs")
    }
);

faults_of!(
    graphql_sse,
    Subject {
        path: "/graphql/stream?query=subscription%7Bevent%7D",
        logged: |data| format!(r#"{{"data":{{"event":"{data}"}}}}"#),
        ..Subject::forgetting("graphql-sse", "graphql-sse.mjs")
    }
);
