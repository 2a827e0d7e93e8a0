use bellwire_engine::config::{AppSettings, Language};
use bellwire_engine::event::MuteFor;
use bellwire_engine::status::{Connection, FeedStatus};
use jiff::ToSpan;

use super::*;
use crate::tray::menu::{Icon, Item};

/// A shell that records its calls, in order.
#[derive(Default)]
struct Fake {
    calls: Vec<Call>,
}

#[derive(Clone, Debug, PartialEq)]
enum Call {
    Show(Option<Place>),
    Destroy,
    Minimise,
    Hint(String),
    Draw(Menu),
    Ask(Request),
    Link(String),
    Quit,
}

impl Shell for Fake {
    fn show_window(&mut self, place: Option<Place>) {
        self.calls.push(Call::Show(place));
    }
    fn destroy_window(&mut self) {
        self.calls.push(Call::Destroy);
    }
    fn minimise_window(&mut self) {
        self.calls.push(Call::Minimise);
    }
    fn hint_in_tray(&mut self, words: &Words) {
        self.calls.push(Call::Hint(words.hint_title.to_owned()));
    }
    fn draw_tray(&mut self, menu: Menu) {
        self.calls.push(Call::Draw(menu));
    }
    fn ask_engine(&mut self, request: Request) {
        self.calls.push(Call::Ask(request));
    }
    fn open_link(&mut self, link: Url) {
        self.calls.push(Call::Link(link.into()));
    }
    fn quit(&mut self) {
        self.calls.push(Call::Quit);
    }
}

fn now() -> Zoned {
    "2026-11-21T10:42:07+08:00[Asia/Shanghai]".parse().unwrap()
}

fn now_ms() -> i64 {
    now().timestamp().as_millisecond()
}

fn feed() -> FeedId {
    FeedId::parse("ops").unwrap()
}

fn status(close_to_tray: bool) -> Status {
    let app = AppSettings { language: Some(Language::En), close_to_tray, ..AppSettings::default() };
    Status { app, newest_seq: Seq(42), ..Status::default() }
}

fn live() -> Status {
    let ops = FeedStatus {
        id: feed(),
        name: "Ops".into(),
        url: String::new(),
        connection: Connection::Live { since: 0, http: "2".into(), status: 200, poll_ms: None },
        unread: 0,
        unread_critical: false,
        alerts: true,
        count: 0,
        rate: [0; 15],
        last_event_id: String::new(),
        quiet_limit_ms: None,
        auth: Vec::new(),
    };
    Status { feeds: vec![ops], ..status(true) }
}

/// Returns the calls that `events` cause on a desktop with a tray.
fn calls(status: Status, hint_seen: bool, events: impl IntoIterator<Item = Event>) -> Vec<Call> {
    let mut controller = Controller::new(Fake::default(), Arc::new(status), hint_seen);
    controller.handle(Event::TrayHost(true), &now());
    for event in events {
        controller.handle(event, &now());
    }
    controller.shell.calls
}

fn asked(action: Action) -> Vec<Call> {
    calls(status(true), true, [Event::Tray(action)])
}

#[test]
fn closing_destroys_the_window_and_shows_the_hint_once() {
    let hint = Call::Hint("Bellwire keeps receiving".into());
    let twice = [Event::CloseRequested, Event::CloseRequested];
    assert_eq!(calls(status(true), false, twice), [Call::Destroy, hint, Call::Destroy]);
}

#[test]
fn the_hint_is_not_shown_again_after_a_restart() {
    assert_eq!(calls(status(true), true, [Event::CloseRequested]), [Call::Destroy]);
}

#[test]
fn without_a_tray_host_closing_minimises_and_shows_no_hint() {
    let gone = [Event::TrayHost(false), Event::CloseRequested];
    assert_eq!(calls(status(true), false, gone), [Call::Minimise]);
    let back = [Event::TrayHost(false), Event::TrayHost(true), Event::CloseRequested];
    assert_eq!(calls(status(true), true, back), [Call::Destroy]);
}

#[test]
fn before_the_tray_is_known_closing_minimises() {
    let mut controller = Controller::new(Fake::default(), Arc::new(status(true)), true);
    controller.handle(Event::CloseRequested, &now());
    assert_eq!(controller.shell.calls, [Call::Minimise]);
}

#[test]
fn closing_quits_if_close_to_tray_is_off() {
    assert_eq!(calls(status(false), false, [Event::CloseRequested]), [Call::Quit]);
}

#[test]
fn the_link_of_a_notification_opens_without_a_window() {
    let link: Url = "https://status.example.com/1".parse().unwrap();
    let opened = Call::Link("https://status.example.com/1".into());
    assert_eq!(calls(status(true), true, [Event::LinkClicked(link)]), [opened]);
}

#[test]
fn everything_that_opens_the_window_opens_it_at_its_place() {
    let events = [
        Event::SecondStart,
        Event::NotificationClicked(Seq(7)),
        Event::Tray(Action::Open),
        Event::Tray(Action::OpenEvent(Seq(8))),
        Event::Tray(Action::OpenFeed(feed())),
    ];
    let places = [None, Some(Place::Row(Seq(7))), None, Some(Place::Row(Seq(8))), Some(Place::Feed(feed()))];
    assert_eq!(calls(status(true), true, events), places.map(Call::Show));
}

#[test]
fn tray_actions_become_requests_to_the_engine() {
    let ask = |request| vec![Call::Ask(request)];
    assert_eq!(asked(Action::Reconnect(feed())), ask(Request::Reconnect(feed())));
    assert_eq!(asked(Action::MarkAllRead), ask(Request::MarkAllRead(Seq(42))));
    assert_eq!(asked(Action::Unmute), ask(Request::Mute(Mute::Off)));
}

#[test]
fn a_mute_ends_at_its_chosen_time() {
    let asked_mute = |length| asked(Action::Mute(length));
    let until = |at| vec![Call::Ask(Request::Mute(Mute::Until(at)))];
    let morning: Zoned = "2026-11-22T07:00:00+08:00[Asia/Shanghai]".parse().unwrap();
    assert_eq!(asked_mute(MuteFor::HalfHour), until(now_ms() + 30 * 60_000));
    assert_eq!(asked_mute(MuteFor::Hour), until(now_ms() + 60 * 60_000));
    assert_eq!(asked_mute(MuteFor::Morning), until(morning.timestamp().as_millisecond()));
    assert_eq!(asked_mute(MuteFor::Ever), vec![Call::Ask(Request::Mute(Mute::On))]);
}

#[test]
fn quitting_in_the_tray_and_a_signal_end_the_program() {
    assert_eq!(asked(Action::Quit), [Call::Quit]);
    assert_eq!(calls(status(true), true, [Event::Terminate]), [Call::Quit]);
}

#[test]
fn the_tray_is_redrawn_only_if_its_content_changed() {
    let mut counted = live();
    counted.event_count = 5;
    counted.feeds[0].rate[14] = 3;
    let mut unread = live();
    unread.feeds[0].unread = 1;
    let events = [live(), counted, unread].map(|status| Event::Status(Arc::new(status)));
    let icons: Vec<Icon> = calls(status(true), true, events)
        .into_iter()
        .map(|call| match call {
            Call::Draw(menu) => menu.icon,
            other => panic!("not a drawing: {other:?}"),
        })
        .collect();
    assert_eq!(icons, [Icon::Receiving, Icon::Unread]);
}

#[test]
fn a_change_of_language_redraws_the_tray() {
    let mut chinese = live();
    chinese.app.language = Some(Language::ZhCn);
    let drawn = calls(status(true), true, [Event::Status(Arc::new(chinese))]);
    let Some(Call::Draw(menu)) = drawn.first() else { panic!("nothing drawn") };
    assert_eq!(menu.items[0], Item::Label("Bellwire: 1 个订阅源，1 个在线".into()));
}

#[test]
fn a_tick_is_due_at_each_minute_of_a_mute_and_at_its_end() {
    let tick = |mute| {
        let controller = Controller::new(Fake::default(), Arc::new(Status { mute, ..live() }), true);
        controller.next_tick(&now()).map(|time| time.as_millis())
    };
    assert_eq!(tick(Mute::Off), None);
    assert_eq!(tick(Mute::On), None);
    assert_eq!(tick(Mute::Until(now_ms() - 1)), None);
    assert_eq!(tick(Mute::Until(now_ms())), None);
    assert_eq!(tick(Mute::Until(now_ms() + 1_800_000)), Some(60_000));
    assert_eq!(tick(Mute::Until(now_ms() + 1_799_999)), Some(59_999));
    assert_eq!(tick(Mute::Until(now_ms() + 60_001)), Some(1));
    assert_eq!(tick(Mute::Until(now_ms() + 500)), Some(500));
}

#[test]
fn a_tick_redraws_the_remaining_time() {
    let mut controller = Controller::new(Fake::default(), Arc::new(Status::default()), true);
    let muted = Status { mute: Mute::Until(now_ms() + 60_000), ..live() };
    controller.handle(Event::Status(Arc::new(muted)), &now());
    controller.handle(Event::MuteTick, &now());
    let end = &now() + 60.seconds();
    controller.handle(Event::MuteTick, &end);
    let tooltips: Vec<String> = controller
        .shell
        .calls
        .iter()
        .map(|call| match call {
            Call::Draw(menu) => menu.tooltip.clone(),
            other => panic!("not a drawing: {other:?}"),
        })
        .collect();
    assert_eq!(tooltips, ["1 of 1 feed live · muted, 1 min left", "1 of 1 feed live"]);
}
