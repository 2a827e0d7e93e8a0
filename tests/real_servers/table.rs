//! The table of docs/servers.md. Each cell contains the result of a test, which fails if its result differs.
//!
//! `BELLWIRE_WRITE_SERVERS=1 cargo test -p bellwire-tests --test real_servers` writes the results instead. If the
//! page was deleted before, it is created again, without cells of removed tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bellwire_tests::support::servers_page::{self as page, WRITE};

/// The rows.
const SERVERS: [&str; 20] = [
    "clock-stream.mjs",
    "server-time.mjs",
    "time-message.mjs",
    "nchan",
    "sse-starlette",
    "better-sse",
    "django-eventstream, daphne",
    "django-eventstream, uvicorn",
    "MCP, streamable HTTP",
    "MCP, HTTP with SSE",
    "hono",
    "h3",
    "@fastify/sse",
    "tRPC",
    "graphql-sse",
    "express-sse",
    "NestJS",
    "nginx, proxy",
    "HAProxy, proxy",
    "Caddy, proxy",
];

/// The columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The HTTP version.
    Http,
    /// Events were published while Bellwire was not running.
    Away,
    /// The connection was cut or reset.
    Cut,
    /// The connection stayed open, but nothing arrived.
    Silent,
    /// The server was killed and started again.
    Killed,
    /// The server ended the stream.
    Ends,
    /// The events to replay had expired.
    Expired,
    /// Responses without a stream.
    Answers,
    /// Line ends, comments, batches, several channels in one stream.
    Form,
}

const COLUMNS: [(Column, &str); 9] = [
    (Column::Http, "HTTP"),
    (Column::Away, "Bellwire not running for a while"),
    (Column::Cut, "connection cut"),
    (Column::Silent, "connection silent"),
    (Column::Killed, "server killed and restarted"),
    (Column::Ends, "server ends the stream"),
    (Column::Expired, "history expired"),
    (Column::Answers, "responses without a stream"),
    (Column::Form, "format of the stream"),
];

/// The content of a cell without a test.
const EMPTY: &str = "–";

/// Compares a test's result with the table. Panics if they differ.
pub fn saw(server: &str, column: Column, what: &str) {
    assert!(SERVERS.contains(&server), "{server} is not a row of the table");
    if std::env::var_os(WRITE).is_some() {
        return page::change(|page| {
            let mut cells = cells(page);
            cells.insert((server.to_owned(), column), what.to_owned());
            page_of(&cells, page::split(page).1)
        });
    }
    let cells = cells(&page::read());
    let written = cells.get(&(server.to_owned(), column)).map_or(EMPTY, String::as_str);
    assert_eq!(
        what, written,
        "docs/servers.md differs for {server}; {WRITE}=1 writes the results of the tests"
    );
}

type Cells = BTreeMap<(String, Column), String>;

fn cells(page: &str) -> Cells {
    let mut cells = Cells::new();
    for line in page.lines() {
        let texts: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if texts.len() != COLUMNS.len() + 1 || !SERVERS.contains(&texts[0]) {
            continue;
        }
        let filled = COLUMNS.iter().zip(&texts[1..]).filter(|(_, text)| **text != EMPTY);
        cells.extend(filled.map(|((column, _), text)| ((texts[0].to_owned(), *column), (*text).to_owned())));
    }
    cells
}

/// Returns the page, with the section of services as it is.
fn page_of(cells: &Cells, services: &str) -> String {
    let mut page = String::from(INTRODUCTION);
    let titles = COLUMNS.map(|(_, title)| title).join(" | ");
    writeln!(page, "| server | {titles} |\n|{}", "---|".repeat(COLUMNS.len() + 1)).unwrap();
    for server in SERVERS {
        let row =
            COLUMNS.map(|(column, _)| cells.get(&(server.to_owned(), column)).map_or(EMPTY, String::as_str));
        writeln!(page, "| {server} | {} |", row.join(" | ")).unwrap();
    }
    if services.is_empty() { page } else { page + "\n" + services }
}

const INTRODUCTION: &str = "\
# Servers

How Bellwire works with event servers by other authors, and what its log shows after a fault. Each cell is the result
of a test in the suite `real_servers`, which fails if its result differs;
`BELLWIRE_WRITE_SERVERS=1 cargo test -p bellwire-tests --test real_servers` writes this page. A dash means that the case
was not tested, or does not apply to the server.

- **clock-stream.mjs, server-time.mjs, time-message.mjs**: the servers of tutorials, in `tests/servers`. They send no
  ids and keep no history.
- **nchan**: nginx with the module nchan, from Debian's packages. It keeps its history in memory. Where the history no
  longer reaches back to the requested message, nchan continues with the oldest message that it has. Nothing in its
  stream shows the loss; the log says that nothing shows that the server resumed.
- **sse-starlette**: the Python library, on uvicorn; its app in `tests/servers` keeps a history in a file.
- **better-sse**: the Node library, over HTTP/2 and TLS; its server in `tests/servers` keeps a history in a file.
- **django-eventstream**: for Django, which keeps its history in a database (here sqlite). A stream that ends with
  `stream-error` cannot be resumed: the server answers the id `error` with 400. A place that it has forgotten gives a
  `stream-reset`, which is an event as any other. If an event is published while it reads its history, it sends the
  whole replay again.
- **MCP**: the official Python SDK, on uvicorn. Bellwire gets the session of *streamable HTTP* as a header; with the
  session's end the server answers 404. *HTTP with SSE* is the older transport: each stream is a session of its own, and
  nothing is replayed.
- **hono, h3, @fastify/sse, tRPC**: libraries for Node; their servers in `tests/servers` keep a history in a file. h3 and
  @fastify/sse send the head of a response with its first event, so Bellwire is connecting until then.
- **graphql-sse**: for Node. It sends no ids and keeps no history.
- **express-sse, NestJS**: for Node. Their ids count the events of one connection, and they replay nothing.
- **nginx, HAProxy, Caddy** as proxies, from Debian's packages, in front of a server with a history. They end a
  response that is silent for 2 s: *connection silent* is a feed without events for longer. *Server ends the stream* is a
  reload of the configuration, after which nginx and HAProxy end streams within 1 s. Caddy speaks HTTP/2 over TLS.

Words in quotation marks are reasons from the log. *Lost* and *doubled* compare the published events with the log. A gap
row that only says that resuming is not shown yet is left out where the server did resume.

";

#[test]
fn the_page_of_servers_has_the_form_that_its_table_is_read_from() {
    let page = page::read();
    assert_eq!(page, page_of(&cells(&page), page::split(&page).1));
}
