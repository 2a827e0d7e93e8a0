//! Attacks from within the page, and from a hostile server.

use std::collections::BTreeSet;

use bellwire_tests::support::desktop::Options;
use bellwire_tests::support::notifyd::USUAL_CAPABILITIES;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::webdriver::Window;
use serde_json::{Value, json};

use crate::log_view::{self, wait_for_data, wait_for_rows};
use crate::stage::{Stage, one_feed};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-src 'none'";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_cannot_run_load_or_reach_anything_foreign() {
    let origin = Origin::start(vec![Scene::stream("data: here\n\n")]).await;
    let canary = Origin::start(vec![Scene::status(200, &["Access-Control-Allow-Origin: *"])]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    wait_for_data(&window, "here").await;

    let tried = tell(&window, TRY_WALLS, vec![json!(canary.url(""))]).await;
    let policies = tried["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 1, "{tried:#}");
    assert_eq!(directives(policies[0].as_str().unwrap()), directives(POLICY));
    assert_eq!(tried["global"], "undefined");
    for attempt in ["eval", "function", "fetch", "xhr", "image", "script", "style", "frame", "object"] {
        assert_eq!(tried["attempts"][attempt], "refused", "{attempt}: {tried:#}");
    }
    for attempt in ["eventsource", "websocket", "worker", "window", "inline", "handler", "form", "base"] {
        assert_eq!(tried["attempts"][attempt], "refused", "{attempt}: {tried:#}");
    }
    assert_eq!(tried["place"], "tauri://localhost");
    assert_eq!(tried["ran"], json!([]), "{tried:#}");

    // The page may call its own sixteen commands and listen to events, and nothing else.
    for command in [
        "plugin:event|emit",
        "plugin:event|emit_to",
        "plugin:webview|create_webview_window",
        "plugin:webview|internal_toggle_devtools",
        "plugin:window|close",
        "plugin:window|create",
        "plugin:app|version",
        "plugin:path|resolve_directory",
        "plugin:resources|close",
        "plugin:shell|open",
    ] {
        let answer = tell(&window, INVOKE, vec![json!(command)]).await;
        assert!(answer.as_str().unwrap().starts_with("refused"), "{command}: {answer}");
    }
    assert_eq!(tell(&window, INVOKE, vec![json!("take_target")]).await, "answered: null");

    // The page still works, and no request was sent.
    origin.send("data: still here\n\n");
    wait_for_data(&window, "still here").await;
    assert_eq!((canary.count(), origin.count()), (0, 1));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_that_a_server_sends_is_shown_as_text() {
    let canary = Origin::start(vec![Scene::status(200, &[])]).await;
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=live]").await;
    let tags_before = tell(&window, FOREIGN_TAGS, Vec::new()).await;
    assert_eq!(tags_before, json!([]));

    // Each text is used as event type, as id and as data.
    let texts = texts(&canary.url(""));
    let stream: String =
        texts.iter().map(|text| format!("event: {text}\nid: {text}\ndata: {text}\n\n")).collect();
    origin.send(&stream);
    wait_for_rows(&window, "every text", |rows| {
        rows.iter().filter(|row| row.kind == "event").count() == texts.len()
    })
    .await;
    for (row, text) in log_view::events(&window).await.iter().zip(&texts) {
        let shown = shown(text);
        assert_eq!(row.data, shown, "the data of row {}", row.seq);
        let head: String = shown.chars().take(20).collect();
        assert!(row.event.starts_with(&head), "{:?} of {text:?}", row.event);
        // Eight characters, with an ellipsis in the middle.
        assert!(row.id.chars().count() <= 8 * 7 && !row.id.is_empty(), "{:?} of {text:?}", row.id);
    }
    inspect_each(&window).await;

    // Large, deeply nested or invalid data.
    let monsters = monsters(&canary.url(""));
    for (event, data) in &monsters {
        origin.send(&format!("event: {event}\ndata: {data}\n\n"));
    }
    origin.send("event: after\ndata: all of it\n\n");
    wait_for_data(&window, "all of it").await;
    inspect_each(&window).await;
    for (event, _) in &monsters {
        let rows = log_view::events(&window).await;
        assert!(rows.iter().any(|row| row.event == *event), "{event} has a row");
    }

    assert_eq!(tell(&window, FOREIGN_TAGS, Vec::new()).await, json!([]));
    assert_eq!(
        tell(&window, "return Object.keys(window).filter((name) => name.startsWith('ran'))", vec![]).await,
        json!([])
    );
    origin.send("data: still here\n\n");
    wait_for_data_anywhere(&window, "still here").await;
    assert_eq!((canary.count(), origin.count()), (0, 1));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_is_escaped_where_the_daemon_renders_it() {
    let origin = Origin::start(vec![Scene::stream(HOSTILE_NOTIFICATION)]).await;
    let stage = Stage::with(&Options::default(), USUAL_CAPABILITIES, &one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    let call = stage.daemon.wait_for("the notification", |_| true).await;
    assert_eq!(call.summary, "Ops · <b>alert</b>gnp.exe");
    assert_eq!(
        call.body,
        "&lt;img src='http://127.0.0.1:1/'&gt; &amp;amp; &lt;a href='x'&gt;gnp.exe&lt;/a&gt;"
    );
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_stays_as_it_is_where_the_daemon_shows_plain_text() {
    let origin = Origin::start(vec![Scene::stream(HOSTILE_NOTIFICATION)]).await;
    let stage = Stage::with(&Options::default(), &["actions", "body"], &one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    let call = stage.daemon.wait_for("the notification", |_| true).await;
    assert_eq!(call.body, "<img src='http://127.0.0.1:1/'> &amp; <a href='x'>gnp.exe</a>");
    window.close().await;
}

const HOSTILE_NOTIFICATION: &str = "event: <b>alert</b>\u{202e}gnp.exe\n\
    data: <img src='http://127.0.0.1:1/'> &amp; <a href='x'>\u{202e}gnp.exe\u{7}</a>\n\n";

/// Returns texts of one line that are harmful if they are interpreted as anything but text.
fn texts(canary: &str) -> Vec<String> {
    [
        "<script>window.ran1=1</script>",
        "</script><script>window.ran2=1</script>",
        "<img src=x onerror=window.ran3=1>",
        "<img src='CANARY/img'>",
        "<svg onload=window.ran4=1><image href='CANARY/svg'/></svg>",
        "<iframe src='CANARY/frame' srcdoc='<script>top.ran5=1</script>'></iframe>",
        "<a href='javascript:window.ran6=1'>javascript:window.ran6=1</a>",
        "<link rel=stylesheet href='CANARY/css'><style>@import 'CANARY/import'</style>",
        "<meta http-equiv=refresh content='0;url=CANARY/refresh'><base href='CANARY/'>",
        "<math><mtext></table><img src=x onerror=window.ran7=1>",
        "![picture](CANARY/markdown.png) [link](javascript:window.ran8=1)",
        "{{constructor.constructor('window.ran9=1')()}} ${window.ran10=1} <%= 1 %> {@html 1} {#if 1}",
        "'\"><input autofocus onfocus=window.ran11=1>",
        "javascript:window.ran12=1//\\\"'`-->]]>",
        "data:text/html,<script>window.ran13=1</script>",
        "\u{202e}gnp.exe\u{202c}\u{2066}x\u{2069} \u{200f}\u{61c}",
        "\u{1b}[31mred\u{1b}]8;;CANARY/ansi\u{7}link\u{1b}]8;;\u{7}\u{8}\u{8}",
        "zero\u{200b}width\u{feff}\u{2060} \u{e0041}tag a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}",
        "__proto__",
        "constructor",
        "运维 告警 ﷽ 𝔘𝔫𝔦 👩‍👩‍👧‍👦",
    ]
    .map(|text| text.replace("CANARY", canary))
    .to_vec()
}

/// Returns events with large, deeply nested or invalid data.
fn monsters(canary: &str) -> Vec<(&'static str, String)> {
    let markup = format!("<img src='{canary}/huge' onerror='window.ran14=1'>");
    vec![
        ("huge-line", markup.repeat(1024 * 1024 / markup.len())),
        ("deep-array", "[".repeat(10_000) + &"]".repeat(10_000)),
        ("deep-object", "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000)),
        ("broken-json", "{\"a\":[1,2,{\"b\":".to_owned()),
        ("surrogates", r#"{"lone":"\ud800","other":"\udfff x","null":"\u0000","bidi":"\u202e\u2066"}"#.to_owned()),
        ("prototype", r#"{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}"#.to_owned()),
        ("markup-keys", r#"{"<img src=x onerror=window.ran15=1>":"<script>window.ran16=1</script>","</script>":["<svg onload=window.ran17=1>"]}"#.to_owned()),
        ("wide", format!("[{}1]", "1,".repeat(100_000))),
        ("numbers", r#"{"big":123456789012345678901234567890,"exp":1e999,"minus":-0,"nan":NaN}"#.to_owned()),
        ("nul", "a\0b\0c".to_owned()),
        ("links", format!("javascript:window.ran18=1 file:///etc/passwd data:text/html,x http://user:pw@127.0.0.1/ {canary}/link")),
    ]
}

/// Returns a text as the log shows it, with symbols for invisible characters.
fn shown(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
    };
    text.chars().map(|c| if hidden(c) { format!("U+{:04X}", u32::from(c)) } else { c.to_string() }).collect()
}

/// Opens every rendered event in the inspector, in each of its views, and checks that it contains only text.
async fn inspect_each(window: &Window) {
    let seen =
        tell(window, &format!("const foreign = () => {{{FOREIGN_TAGS}}};{INSPECT_EACH}"), Vec::new()).await;
    for inspected in seen.as_array().unwrap() {
        assert_eq!(inspected["foreign"], json!([]), "{inspected:#}");
        for link in inspected["links"].as_array().unwrap() {
            assert_eq!(link, "Open 127.0.0.1", "{inspected:#}");
        }
    }
    let events = log_view::events(window).await.len();
    assert!(seen.as_array().unwrap().len() >= events, "every drawn event was inspected");
}

/// Returns the directives of a policy, in any order.
fn directives(policy: &str) -> BTreeSet<&str> {
    policy.split(';').map(str::trim).collect()
}

/// Scrolls to the end and waits for an event with this data.
async fn wait_for_data_anywhere(window: &Window, data: &str) {
    log_view::run(window, "document.querySelector('[data-testid=pause]').click()").await;
    wait_for_data(window, data).await;
}

async fn tell(window: &Window, script: &str, arguments: Vec<Value>) -> Value {
    window.client.execute(script, arguments).await.expect("the page runs the test's script")
}

/// Elements that the window does not use.
const FOREIGN_TAGS: &str = r#"
const own = (element) =>
  (element.tagName === 'SCRIPT' && /^\/assets\/[^/]*\.js$/.test(element.getAttribute('src') ?? '')) ||
  (element.tagName === 'LINK' && /^\/assets\/[^/]*\.css$/.test(element.getAttribute('href') ?? '')) ||
  (element.tagName === 'META' && !element.hasAttribute('http-equiv'));
const kinds = 'script, link, meta, img, image, iframe, frame, object, embed, video, audio, source, style, base, form, a, math, template, marquee, [onload], [onerror], [onfocus], [onclick]';
return [...document.querySelectorAll(kinds)].filter((element) => !own(element)).map((element) => element.outerHTML);
"#;

/// Opens each rendered event, and returns its foreign elements and its links.
const INSPECT_EACH: &str = r#"
const there = async (css) => {
  for (;;) {
    const found = document.querySelector(css);
    if (found !== null) return found;
    await new Promise(requestAnimationFrame);
  }
};
const seen = [];
const seqs = [...document.querySelectorAll('.row[data-kind=event]')].map((row) => row.dataset.seq);
for (const seq of seqs) {
  document.getElementById(`row-${seq}`)?.click();
  if ((await there('[data-testid=inspector]')).dataset.seq !== seq) await there(`[data-testid=inspector][data-seq='${seq}']`);
  const found = { seq, foreign: [], links: [] };
  for (const [tab, content] of [['json', 'json-tree'], ['raw', 'raw-lines'], ['timing', 'timing-chart'], ['parsed', 'fields']]) {
    document.querySelector(`[data-testid=tab-${tab}]`).click();
    await there(`[data-testid=inspector][data-seq='${seq}'] :is([data-testid=${content}], [data-testid=plain-data])`);
    found.foreign.push(...foreign());
  }
  found.links = [...document.querySelectorAll('[data-testid=open-link]')].map((link) => link.textContent.trim());
  seen.push(found);
}
(await there('[data-testid=inspector-close]')).click();
return seen;
"#;

const INVOKE: &str = r#"
return window.__TAURI_INTERNALS__.invoke(arguments[0], {}).then(
  (answer) => `answered: ${JSON.stringify(answer)}`,
  (error) => `refused: ${JSON.stringify(error)}`,
);
"#;

/// Tries everything that the policy forbids, and returns the result of each attempt.
const TRY_WALLS: &str = r#"
const canary = arguments[0];
const attempts = {};
const policies = new Set();
document.addEventListener('securitypolicyviolation', (event) => policies.add(event.originalPolicy));
const settled = (name, promise) => promise.then(() => (attempts[name] = 'done'), () => (attempts[name] = 'refused'));
const element = (tag, attributes) => new Promise((resolve, reject) => {
  const made = document.createElement(tag);
  made.onload = resolve;
  made.onerror = reject;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  document.body.append(made);
});
// A blocked frame or object reports no error: it must exist and still be empty after a while.
const silent = (tag, attributes) => {
  const before = performance.getEntriesByType('resource').length;
  const made = element(tag, attributes);
  const violated = new Promise((_, reject) =>
    document.addEventListener('securitypolicyviolation', (event) => event.blockedURI.startsWith(canary) && reject(), true));
  return Promise.race([made.then(() => { if (performance.getEntriesByType('resource').length === before) throw 0; }), violated]);
};
const attempt = (name, action) => settled(name, (async () => action())());

await attempt('eval', () => (0, eval)('window.ranEval = 1'));
await attempt('function', () => new Function('window.ranFunction = 1')());
await attempt('fetch', () => fetch(`${canary}/fetch`));
await attempt('xhr', () => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.onload = resolve;
  request.onerror = reject;
  request.open('GET', `${canary}/xhr`);
  request.send();
}));
// This returns true even if the request is blocked; the canary server records requests.
navigator.sendBeacon(`${canary}/beacon`);
await attempt('image', () => element('img', { src: `${canary}/image` }));
await attempt('script', () => element('script', { src: `${canary}/script` }));
await attempt('style', () => element('link', { rel: 'stylesheet', href: `${canary}/style` }));
await attempt('frame', () => silent('iframe', { src: `${canary}/frame` }));
await attempt('object', () => silent('object', { data: `${canary}/object` }));
await attempt('eventsource', () => new Promise((resolve, reject) => {
  const source = new EventSource(`${canary}/eventsource`);
  source.onopen = resolve;
  source.onerror = () => { source.close(); reject(); };
}));
await attempt('websocket', () => new Promise((resolve, reject) => {
  const socket = new WebSocket(`${canary.replace('http', 'ws')}/websocket`);
  socket.onopen = resolve;
  socket.onerror = reject;
}));
await attempt('worker', () => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
  worker.onmessage = resolve;
  worker.onerror = reject;
}));
await attempt('window', () => { if (window.open(`${canary}/window`) === null) throw 0; });
await attempt('inline', () => {
  const script = document.createElement('script');
  script.textContent = 'window.ranInline = 1';
  document.body.append(script);
  if (window.ranInline === undefined) throw 0;
});
await attempt('handler', () => {
  const button = document.createElement('button');
  button.setAttribute('onclick', 'window.ranHandler = 1');
  document.body.append(button);
  button.click();
  if (window.ranHandler === undefined) throw 0;
});
await attempt('form', () => new Promise((resolve, reject) => {
  document.addEventListener('securitypolicyviolation', (event) => event.effectiveDirective === 'form-action' && reject());
  const form = document.createElement('form');
  form.action = `${canary}/form`;
  form.method = 'post';
  document.body.append(form);
  form.submit();
}));
await attempt('base', () => {
  const base = document.createElement('base');
  base.href = canary;
  document.head.append(base);
  if (!document.baseURI.startsWith(canary)) throw 0;
});
location.href = `${canary}/navigation`;
const link = document.createElement('a');
link.href = `${canary}/link`;
document.body.append(link);
link.click();
return {
  attempts,
  policies: [...policies],
  global: typeof window.__TAURI__,
  place: location.origin,
  ran: Object.keys(window).filter((name) => name.startsWith('ran')),
};
"#;
