//! Dialogs, banners and the inspector in both sizes, both themes and both languages: nothing in them is cut off.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;
use fantoccini::Locator;
use serde_json::json;

use crate::log_view::{run, wait_for_data};
use crate::pictures::keep_at;
use crate::stage::Stage;

/// The window at first, and as small as it can be.
const SIZES: [(u32, u32); 2] = [(1200, 760), (880, 560)];
/// Names of pictures, themes and languages.
const LOOKS: [(&str, &str, &str); 3] =
    [("light", "light", "en"), ("dark", "dark", "en"), ("chinese", "light", "zh-CN")];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_cut_off_in_dialogs_banners_and_the_inspector() {
    let servers = Servers::start().await;
    let feeds = servers.feeds();
    let config = |theme, language| format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n{feeds}");
    let stage = Stage::new(&config("light", "en")).await;
    let window = stage.open().await;
    let failed_rule = wait_for_data(&window, "{host: \"gw-2\", used: 97}").await.seq;
    for (look, theme, language) in LOOKS {
        stage.write_config(&config(theme, language));
        wait_for(
            &window,
            "return [document.documentElement.lang, document.documentElement.dataset.theme]",
            json!([language, theme]),
        )
        .await;
        for size in SIZES {
            window.client.set_window_size(size.0, size.1).await.unwrap();
            wait_for(&window, "return [innerWidth, innerHeight]", json!([size.0, size.1])).await;
            let view = View { window: &window, look, size };
            inspect(&view, failed_rule).await;
            banners(&view).await;
            sign_in(&view).await;
            add(&view, &servers).await;
        }
    }
    window.close().await;
}

/// What the window connects to.
struct Servers {
    refusing: Origin,
    missing: Origin,
    hub: Origin,
    disks: Origin,
    page: Origin,
    circle: Origin,
}

impl Servers {
    async fn start() -> Self {
        let disk = "event: disk\nid: 41\ndata: {\"host\": \"gw-2\", \"used\": 97}\n\n";
        Self {
            refusing: Origin::start(vec![Scene::status(401, &[])]).await,
            missing: Origin::start(vec![Scene::status(404, &[])]).await,
            hub: Origin::start(vec![Scene::stream("")]).await,
            disks: Origin::start(vec![Scene::stream(disk)]).await,
            page: Origin::start(vec![Scene::status(303, &["Location: /user/login?next=%2Fevents"])]).await,
            circle: Origin::start(vec![Scene::status(302, &["Location: /circle"])]).await,
        }
    }

    /// Returns the configuration of a feed with a rule that fails, of feeds that cannot connect, and of feeds whose secrets
    /// are missing.
    fn feeds(&self) -> String {
        let feed = |id: &str, name: &str, url: &str, more: &str| {
            format!("[[feed]]\nid = \"{id}\"\nname = \"{name}\"\nurl = \"{url}\"\n{more}\n")
        };
        let header = "{ type = \"header\", name = \"X-API-Key\", secret = \"key-of-the-operations-team\" }";
        let query = "{ type = \"query\", name = \"access_token\", secret = \"ops\" }";
        let cookie = "{ type = \"cookie\", name = \"session\", secret = \"session\" }";
        let basic = "{ type = \"basic\", user = \"ann\", secret = \"ops\" }";
        let rule = "[[feed.rule]]\nname = \"disks in the north\"\nevent = \"disk\"\ntitle = \"{{ data.used + data.host }}\"\n";
        let refusing = self.refusing.url("/stream");
        [
            feed("disks", "北区磁盘", &self.disks.url("/disks"), rule),
            feed("proxy", "Behind a proxy", "http://feed.example/", "proxy = \"socks5h://127.0.0.1:1\""),
            feed("page", "Sign-in page", &self.page.url("/events"), ""),
            feed("circle", "Circle", &self.circle.url("/circle"), ""),
            feed("header", "Header", &refusing, &format!("auth = {header}")),
            feed("query", "Query", &refusing, &format!("auth = {query}")),
            feed("cookie", "Cookie", &refusing, &format!("auth = {cookie}")),
            feed(
                "several",
                "A feed with several secrets and a long name that goes on",
                &refusing,
                &format!("auth = [{basic}, {header}, {query}]"),
            ),
        ]
        .concat()
    }
}

/// One look and size of the window.
struct View<'a> {
    window: &'a Window,
    look: &'a str,
    size: (u32, u32),
}

impl View<'_> {
    /// Takes a picture, and panics if something is cut off.
    async fn check(&self, what: &str) {
        let name = format!("{what}-{}-{}", self.look, self.size.0);
        keep_at(self.window, &name, self.size).await;
        assert_eq!(run(self.window, CUT_OFF).await, json!([]), "{name}");
    }

    async fn click(&self, css: &str) {
        self.window.wait_for(css).await.click().await.unwrap();
    }

    async fn enter(&self, testid: &str, text: &str) {
        let field = self.window.wait_for(&format!("[data-testid={testid}]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    async fn close_dialog(&self) {
        self.click("[data-testid=dialog-close]").await;
        wait::until("the end of the dialog", async || {
            self.window.client.find(Locator::Css("dialog")).await.is_err().then_some(())
        })
        .await;
    }
}

/// Looks at an event whose rule could not be computed.
async fn inspect(view: &View<'_>, seq: i64) {
    view.click("[data-feed=disks]").await;
    view.click(&format!("#row-{seq}")).await;
    view.window.wait_for_text("[data-testid=rule-error]", "title: cannot be computed").await;
    view.check("rule-error").await;
}

/// Looks at feeds that cannot connect, and the banners that say why.
async fn banners(view: &View<'_>) {
    for (id, state) in [("page", "parked"), ("circle", "parked"), ("proxy", "waiting")] {
        view.window.wait_for(&format!("[data-feed={id}][data-state={state}]")).await;
        view.click(&format!("[data-feed={id}]")).await;
        view.check(&format!("unconnected-{id}")).await;
    }
}

/// Looks at the dialogs for a new secret, with nothing entered.
async fn sign_in(view: &View<'_>) {
    for id in ["header", "query", "cookie", "several"] {
        view.click(&format!("[data-feed={id}]")).await;
        view.click("[data-testid=feed-banner-action]").await;
        view.click("[data-testid=dialog-sign-in]").await;
        view.window.wait_for("[data-testid=sign-in-dialog] [role=alert]").await;
        view.check(&format!("sign-in-{id}")).await;
        view.close_dialog().await;
    }
}

/// Looks at the dialog for a new feed: for a server that wants a sign-in, for an address with nothing, for a service, for
/// an address that looks like one of a service and holds a secret.
async fn add(view: &View<'_>, servers: &Servers) {
    view.click("[data-testid=add-feed]").await;
    view.enter("feed-url", &servers.refusing.url("/a/rather/long/path?with=a&query=too")).await;
    view.click("[data-testid=check]").await;
    view.window.wait_for("[data-testid=wants-sign-in]").await;
    let kind = view.window.wait_for("[data-testid=secret-kind]").await;
    kind.select_by_value("header").await.unwrap();
    view.click("[data-testid=check]").await;
    view.window.wait_for("[data-testid=add-dialog] .form .hint.bad").await;
    view.check("add-sign-in").await;
    view.close_dialog().await;

    view.click("[data-testid=add-feed]").await;
    view.enter("feed-url", &servers.missing.url("/nothing")).await;
    view.click("[data-testid=check]").await;
    view.window.wait_for("[data-testid=check-failed]").await;
    view.check("add-fails").await;
    view.close_dialog().await;

    view.click("[data-testid=add-feed]").await;
    view.enter("feed-url", &servers.hub.url("/api/realtime")).await;
    view.window.wait_for("[data-testid=service-note]").await;
    view.click("[data-testid=check]").await;
    view.window.wait_for("[data-testid=add-dialog] .form .hint.bad").await;
    view.check("add-service-asks").await;
    view.enter("answer-topics", "orders").await;
    view.click("[data-testid=check]").await;
    view.window.wait_for("[data-step=type][data-mark=ok]").await;
    view.check("add-service").await;
    view.close_dialog().await;

    view.click("[data-testid=add-feed]").await;
    view.enter("feed-url", &servers.hub.url("/accounts/GA2/payments?access_token=abc")).await;
    view.window.wait_for("[data-testid=service-note]").await;
    view.click("[data-testid=check]").await;
    view.window.wait_for("[data-testid=exposed]").await;
    view.check("add-similar").await;
    view.close_dialog().await;
}

async fn wait_for(window: &Window, script: &str, wanted: serde_json::Value) {
    wait::until(&format!("{script}: {wanted}"), async || (run(window, script).await == wanted).then_some(()))
        .await;
}

/// Returns the texts that are cut without an ellipsis or that must be whole, and those outside the window or the dialog.
const CUT_OFF: &str = r#"
const found = [];
const dialog = document.querySelector('dialog');
const edge = (dialog ?? document.documentElement).getBoundingClientRect();
for (const element of (dialog ?? document.body).querySelectorAll('*')) {
  const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
  if (!hasText || element.offsetParent === null || element.closest('.visually-hidden, .log') !== null) continue;
  const { overflowX, textOverflow } = getComputedStyle(element);
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const isWide = element.scrollWidth > element.clientWidth;
  const isHigh = element.scrollHeight > element.clientHeight;
  const isCut = overflowX !== 'visible' && ((isWide && textOverflow !== 'ellipsis') || isHigh);
  const mustBeWhole = element.closest('[data-testid=rule-error], .note, .hint, .label, footer') !== null;
  // An inline element has no width of its own.
  const isTooWide = mustBeWhole && isWide && element.clientWidth > 0;
  let isCovered = false;
  // A state of the head that does not fit is left out whole.
  for (let around = element.parentElement; around !== null && element.closest('.state') === null; around = around.parentElement) {
    const clip = around.getBoundingClientRect();
    if (/auto|scroll/.test(getComputedStyle(around).overflowY)) break;
    isCovered ||= getComputedStyle(around).overflowY === 'hidden' && (top < clip.top - 1 || bottom > clip.bottom + 1);
  }
  if (isCut || isTooWide || isCovered || left < edge.left || right > edge.right) found.push(element.textContent.trim());
}
return found;
"#;
