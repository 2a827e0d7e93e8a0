//! Every preset against the documented shapes of its service, one test for each file in `tests/presets`: the feed is added
//! by its address, loses its connection, and is away while the program restarts.

mod guide;
mod secret;
mod table;

use bellwire_engine::config::parse;
use bellwire_engine::event::{Click, FeedId, Outcome, Reason, Row, RowBody, Severity, StoredEvent};
use bellwire_engine::ports::Notification;
use bellwire_engine::presets::{self, PresetChoice};
use bellwire_engine::status::Connection;
use bellwire_engine::{EngineHandle, FeedWish};
use bellwire_tests::support::scenario::{AfterCut, Scenario, Sent};
use bellwire_tests::support::service::Service;
use bellwire_tests::support::world::{World, feed, rows};
use tokio::sync::broadcast;

use crate::resume::gaps;

/// Notifications are not to be counted together here.
const CONFIG: &str = "version = 1\n\n[notifications]\nburst = 1000\n";
/// How much faster than real time the engine's clock runs.
const SPEED: u32 = 20;

/// A scenario being played.
struct Play {
    name: &'static str,
    scenario: Scenario,
    service: Service,
    world: World,
    engine: EngineHandle,
    clicks: broadcast::Receiver<Click>,
    /// The number of notifications that were checked.
    checked: usize,
}

macro_rules! scenarios {
    ($($test:ident = $file:literal),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $test() {
                play($file).await;
            }
        )*

        #[test]
        fn every_file_of_a_preset_is_played() {
            assert_eq!(Scenario::names(), [$($file),*]);
            let played: Vec<String> = Scenario::names().iter().map(|name| Scenario::read(name).preset).collect();
            let unplayed = presets::all().iter().find(|preset| !played.contains(&preset.name));
            assert_eq!(unplayed.map(|preset| &preset.name), None);
        }
    };
}

scenarios! {
    ably = "ably",
    alpaca = "alpaca",
    alpaca_of_version_1 = "alpaca-1",
    casper = "casper",
    centrifugo = "centrifugo",
    couchdb = "couchdb",
    django_eventstream = "django-eventstream",
    esphome = "esphome",
    ethereum_beacon = "ethereum-beacon",
    firebase = "firebase",
    gitea = "gitea",
    graphql_sse = "graphql-sse",
    home_assistant = "home-assistant",
    hue = "hue",
    launchdarkly = "launchdarkly",
    mastodon = "mastodon",
    mbta = "mbta",
    mcp = "mcp",
    mcp_of_the_older_transport = "mcp-0",
    mercure_of_the_draft = "mercure-0",
    mercure_of_version_1 = "mercure-1",
    ntfy = "ntfy",
    openai = "openai",
    openhab = "openhab",
    particle = "particle",
    plex = "plex",
    pocketbase = "pocketbase",
    stellar = "stellar",
    trpc = "trpc",
    wikimedia = "wikimedia",
}

async fn play(name: &'static str) {
    let scenario = Scenario::read(name);
    let service = Service::start(scenario.clone()).await;
    let world = World::at_speed(CONFIG, SPEED);
    let engine = world.start().await;
    let clicks = engine.clicks();
    let mut play = Play { name, scenario, service, world, engine, clicks, checked: 0 };
    play.add().await;
    play.service.opened(1).await;
    play.publish_live(0..2);
    play.scenario.alive.iter().for_each(|sign| play.service.send(&sign.wire));
    play.arrived(2).await;
    match play.scenario.says.after_cut {
        AfterCut::Ends => play.ends().await,
        AfterCut::Complete => play.resumes().await,
        AfterCut::MayBeMissing => play.loses().await,
    }
}

impl Play {
    /// Starts the engine again.
    async fn start(&mut self) {
        self.engine = self.world.start().await;
        // A notification offers its link only where someone waits for clicks.
        self.clicks = self.engine.clicks();
    }

    /// Adds the feed by the address that a person pastes.
    async fn add(&self) {
        let url = format!("http://{}{}", self.service.address(), self.scenario.address);
        let recognised = presets::recognise(&url.parse().unwrap()).map(|found| found.preset.name.as_str());
        let by_address = self.scenario.recognised.then_some(self.scenario.preset.as_str());
        assert_eq!(recognised, by_address, "{url}");
        let preset = match self.scenario.recognised {
            true => PresetChoice::Recognised,
            false => PresetChoice::Named(self.scenario.preset.clone()),
        };
        let form = presets::named(&self.scenario.preset).unwrap().secret.as_ref();
        let expected = self.scenario.request.secret.as_ref();
        let wish = FeedWish {
            url,
            id: FeedId::parse("feed"),
            secret: expected.map(|expected| secret::given(form.expect("a sign-in form"), expected)),
            preset,
            answers: self.scenario.set.clone(),
            ..FeedWish::default()
        };
        self.engine.add_feed(wish).await.unwrap_or_else(|error| panic!("{error}\n{error:?}"));
    }

    fn publish_live(&self, events: std::ops::Range<usize>) {
        events.for_each(|event| self.service.publish(event));
    }

    /// Waits for the rows of the first events, as far as `count`. Checks their types and decisions, that all else is
    /// logged as control events, and what the notifications say.
    async fn arrived(&mut self, count: usize) {
        let expected: Vec<Sent> = self.scenario.event[..count].to_vec();
        let row_count: usize = expected.iter().map(|sent| sent.rows).sum();
        let found = tokio::select! {
            found = rows(&self.engine, |rows| news(rows).len() >= row_count) => found,
            why = self.service.refusal() => panic!("the service refused a request: {why}"),
        };
        let news = news(&found);
        assert_eq!(news.len(), row_count, "{news:#?}");
        let mut firsts = Vec::new();
        let mut at = 0;
        for sent in &expected {
            firsts.push(news[at].clone());
            at += sent.rows;
        }
        for ((_, event), sent) in firsts.iter().zip(&expected) {
            // What is replayed is counted in one notification, which reads like any other while it counts one event.
            let is_counted = event.replayed && event.severity != Severity::Critical;
            let outcome = match (sent.notify, is_counted) {
                (false, _) => Outcome::Log,
                (true, false) => Outcome::Notify,
                (true, true) => Outcome::Digest,
            };
            assert_eq!((&event.event_type, event.decision.outcome), (&sent.r#type, outcome), "{}", sent.wire);
            assert_eq!(event.decision.fault, None, "{}", sent.wire);
            let severity = sent.severity.as_deref();
            assert!(severity.is_none_or(|expected| expected == event.severity.code()), "{event:?}");
        }
        let quiet = found.iter().filter_map(event).filter(|event| event.decision.outcome == Outcome::Control);
        let signs = self.scenario.greeting.iter().chain(&self.scenario.alive);
        // A sign without a data line is no event.
        let with_data = signs.filter(|sign| sign.quiet && sign.wire.contains("data:"));
        assert!(quiet.count() >= with_data.count(), "{found:#?}");
        self.notified(firsts.iter().map(|(seq, _)| *seq).zip(&expected).collect()).await;
    }

    /// Checks what the newest notifications say.
    async fn notified(&mut self, events: Vec<(i64, &Sent)>) {
        let expected: Vec<(i64, &Sent)> = events.into_iter().filter(|(_, sent)| sent.notify).collect();
        let shown = self.world.ledger.shown(expected.len()).await;
        assert_eq!(shown.len(), expected.len(), "{shown:#?}");
        for ((seq, sent), note) in expected.into_iter().zip(shown).skip(self.checked) {
            assert_eq!(Some(note.title.as_str()), sent.title.as_deref(), "{}", sent.wire);
            assert_eq!(Some(note.body.as_str()), sent.body.as_deref(), "{}", sent.wire);
            assert_eq!(Some(note.severity.code()), sent.severity.as_deref(), "{}", sent.wire);
            let (clicked, link) = self.clicked(&note).await;
            assert_eq!((clicked, link.as_deref()), (seq, sent.link.as_deref()), "{}", sent.wire);
            self.checked += 1;
        }
    }

    /// Clicks the link of a notification, or the notification where it has none. Returns the row and the link.
    async fn clicked(&mut self, note: &Notification) -> (i64, Option<String>) {
        match note.link_action {
            Some(_) => self.world.ledger.click_link(note.key),
            None => self.world.ledger.click(note.key),
        }
        let click = self.clicks.recv().await.unwrap();
        (click.seq.0, click.link.map(String::from))
    }

    /// The stream ends, and is complete.
    async fn ends(self) {
        self.service.end();
        let off = feed(&self.engine, |feed| matches!(feed.connection, Connection::Off { .. })).await;
        assert_eq!(off.connection, Connection::Off { reason: Some(Reason::Complete) });
        self.engine.shutdown().await;
        self.saw("the stream is complete, and the feed is off");
    }

    /// What is published during cuts and during restarts arrives, once each.
    async fn resumes(mut self) {
        for event in 2..4 {
            self.service.go_away();
            self.publish_live(event..event + 1);
            self.service.come_back();
            self.arrived(event + 1).await;
        }
        for event in 4..6 {
            self.engine.shutdown().await;
            self.publish_live(event..event + 1);
            self.start().await;
            self.arrived(event + 1).await;
        }
        self.engine.shutdown().await;
        self.saw("0 lost, 0 doubled");
    }

    /// What is published during a cut and during a restart is lost, and a gap row shows it. The same events arrive when
    /// they are published during a connection.
    async fn loses(mut self) {
        self.service.go_away();
        self.publish_live(2..4);
        self.service.come_back();
        self.service.opened(2).await;
        rows(&self.engine, |rows| !gaps(rows).is_empty()).await;
        self.publish_live(2..4);
        self.arrived(4).await;
        self.engine.shutdown().await;
        self.publish_live(4..6);
        self.start().await;
        self.service.opened(3).await;
        self.publish_live(4..6);
        self.arrived(6).await;
        self.engine.shutdown().await;
        self.saw("gap row");
    }

    /// Compares the outcome with the page of servers.
    fn saw(&self, after_cut: &str) {
        let config = parse(&self.world.config()).unwrap();
        let preset = presets::named(&self.scenario.preset).unwrap();
        table::saw(self.name, preset, &config.feeds[0].resume, after_cut);
    }
}

/// Returns the events that are no control events, with their rows.
fn news(rows: &[Row]) -> Vec<(i64, StoredEvent)> {
    let events = rows.iter().filter_map(|row| Some((row.seq.0, event(row)?.clone())));
    events.filter(|(_, event)| event.decision.outcome != Outcome::Control).collect()
}

fn event(row: &Row) -> Option<&StoredEvent> {
    match &row.body {
        RowBody::Event(event) => Some(event),
        _ => None,
    }
}
