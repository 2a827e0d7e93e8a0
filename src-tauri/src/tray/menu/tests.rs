use bellwire_engine::config::Language;
use bellwire_engine::event::MuteFor;
use bellwire_engine::event::{FeedId, Reason, Seq};
use bellwire_engine::event::{Mute, Notified, Problem, ProblemKind};
use bellwire_engine::status::{Connection, FeedStatus, Status};
use jiff::Zoned;

use super::*;
use crate::words::words;

fn now() -> Zoned {
    "2026-11-21T10:42:07+08:00[Asia/Shanghai]".parse().unwrap()
}

fn at(minutes: i64) -> i64 {
    millis(&now()) + minutes * MINUTE_MS
}

fn id(text: &str) -> FeedId {
    FeedId::parse(text).unwrap()
}

fn live() -> Connection {
    Connection::Live { since: 0, http: "2".into(), status: 200, poll_ms: None }
}

fn parked(reason: Reason) -> Connection {
    Connection::Parked { since: 0, reason, retry_at: None }
}

fn feed(name: &str, connection: Connection) -> FeedStatus {
    FeedStatus {
        id: id(&name.to_lowercase()),
        name: name.into(),
        url: "https://a.example/".into(),
        connection,
        unread: 0,
        unread_critical: false,
        alerts: true,
        count: 0,
        rate: [0; 15],
        last_event_id: String::new(),
        quiet_limit_ms: None,
        auth: Vec::new(),
    }
}

fn menu(status: &Status) -> Menu {
    Menu::of(status, words(Language::En), &now())
}

fn label(text: &str) -> Item {
    Item::Label(text.into())
}

fn pick(text: &str, action: Action) -> Item {
    Item::Choice { label: text.into(), action }
}

fn mute_submenu() -> Item {
    Item::Submenu {
        label: "Mute notifications".into(),
        items: vec![
            pick("For 30 minutes", Action::Mute(MuteFor::HalfHour)),
            pick("For 1 hour", Action::Mute(MuteFor::Hour)),
            pick("Until 07:00 tomorrow", Action::Mute(MuteFor::Morning)),
            pick("Until I turn them on", Action::Mute(MuteFor::Ever)),
            Item::Separator,
            label("Events still arrive and count"),
        ],
    }
}

#[test]
fn without_feeds_the_menu_shows_only_its_fixed_lines() {
    assert_eq!(
        menu(&Status::default()),
        Menu {
            icon: Icon::NotReceiving,
            tooltip: "no feeds yet".into(),
            items: vec![
                label("Bellwire: no feeds yet"),
                Item::Separator,
                pick("Open Bellwire", Action::Open),
                label("Mark all read"),
                Item::Separator,
                mute_submenu(),
                Item::Submenu { label: "Feeds".into(), items: vec![label("no feeds yet")] },
                Item::Separator,
                pick("Quit Bellwire", Action::Quit),
            ],
        }
    );
}

#[test]
fn with_feeds_problems_and_notifications_the_menu_shows_all_parts_in_order() {
    let mut ops = feed("Ops", live());
    ops.unread = 24;
    let waiting = Connection::Waiting { retry_at: at(1), attempt: 2, reason: Reason::Refused };
    let slow = Connection::Connecting { since: 0, attempt: 1, slow: true };
    let status = Status {
        feeds: vec![
            ops,
            feed("Payments", parked(Reason::SignIn(401))),
            feed("Quotes", waiting),
            feed("Slow", slow),
            feed("Old", Connection::Off { reason: Some(Reason::NoContent) }),
            feed("Paused", Connection::Off { reason: None }),
        ],
        last_notified: vec![
            Notified { seq: Seq(9), feed: id("ops"), text: "支付网关 故障".into(), at: at(0) },
            Notified { seq: Seq(7), feed: id("ops"), text: "KITE halted until 10:46".into(), at: at(-1) },
        ],
        ..Status::default()
    };
    assert_eq!(
        menu(&status),
        Menu {
            icon: Icon::Unread,
            tooltip: "1 of 6 feeds live · 24 unread".into(),
            items: vec![
                label("Bellwire: 1 of 6 feeds live"),
                pick("Payments needs you: sign in…", Action::OpenFeed(id("payments"))),
                Item::Separator,
                pick("Open Bellwire", Action::Open),
                pick("Mark all read (24)", Action::MarkAllRead),
                Item::Separator,
                label("Last notified"),
                pick("支付网关 故障  10:42", Action::OpenEvent(Seq(9))),
                pick("KITE halted until 10:46  10:41", Action::OpenEvent(Seq(7))),
                Item::Separator,
                mute_submenu(),
                Item::Submenu {
                    label: "Feeds".into(),
                    items: vec![
                        pick("Ops: live", Action::Reconnect(id("ops"))),
                        pick("Payments: needs you", Action::Reconnect(id("payments"))),
                        pick("Quotes: waiting to retry", Action::Reconnect(id("quotes"))),
                        pick("Slow: no answer yet", Action::Reconnect(id("slow"))),
                        pick("Old: ended by the server", Action::Reconnect(id("old"))),
                        label("Paused: off"),
                        Item::Separator,
                        label("Choose one to reconnect it"),
                    ],
                },
                Item::Separator,
                pick("Quit Bellwire", Action::Quit),
            ],
        }
    );
}

#[test]
fn while_muted_one_line_ends_the_mute_and_shows_its_remaining_time() {
    let mute_line = |mute: Mute| {
        let status = Status { feeds: vec![feed("Ops", live())], mute, ..Status::default() };
        let menu = menu(&status);
        (menu.icon, menu.tooltip, menu.items[5].clone())
    };
    let muted = |tooltip: &str, line: &str| {
        (Icon::Muted, format!("1 of 1 feed live · {tooltip}"), pick(line, Action::Unmute))
    };
    assert_eq!(mute_line(Mute::Until(at(24))), muted("muted, 24 min left", "Unmute (24 min left)"));
    assert_eq!(mute_line(Mute::Until(at(24) - 1)), muted("muted, 24 min left", "Unmute (24 min left)"));
    assert_eq!(mute_line(Mute::Until(at(0) + 1)), muted("muted, 1 min left", "Unmute (1 min left)"));
    assert_eq!(mute_line(Mute::Until(at(20 * 60 + 1))), muted("muted, 21 h left", "Unmute (21 h left)"));
    assert_eq!(mute_line(Mute::On), muted("muted", "Unmute"));
    assert_eq!(mute_line(Mute::Until(at(0))), (Icon::Receiving, "1 of 1 feed live".into(), mute_submenu()));
}

#[test]
fn the_icon_shows_the_most_severe_state() {
    let mut ops = feed("Ops", live());
    ops.unread = 1;
    let mut status = Status { feeds: vec![ops], mute: Mute::On, ..Status::default() };
    for kind in [ProblemKind::Store, ProblemKind::Disk] {
        status.problem = Some(Problem { kind, message: "disk full".into() });
        assert_eq!(menu(&status).icon, Icon::NotReceiving);
        assert_eq!(menu(&status).items[0], label("Bellwire: the log cannot be written"));
    }
    status.problem = None;
    assert_eq!(menu(&status).icon, Icon::Muted);
    status.mute = Mute::Off;
    assert_eq!(menu(&status).icon, Icon::Unread);
    status.feeds[0].unread = 0;
    assert_eq!(menu(&status).icon, Icon::Receiving);
    status.feeds[0].connection = Connection::Off { reason: None };
    assert_eq!(menu(&status).icon, Icon::NotReceiving);
}

#[test]
fn a_feed_that_only_logs_has_nothing_unread() {
    let mut quotes = feed("Quotes", live());
    quotes.unread = 5;
    quotes.alerts = false;
    let menu = menu(&Status { feeds: vec![quotes], ..Status::default() });
    assert_eq!((menu.icon, menu.items[3].clone()), (Icon::Receiving, label("Mark all read")));
}

#[test]
fn three_needs_at_most_and_a_broken_configuration_is_the_first() {
    let feeds = ["A", "B", "C"].map(|name| feed(name, parked(Reason::KeychainLocked)));
    let mut status = Status { feeds: feeds.into(), ..Status::default() };
    let needs = |status: &Status| {
        let items = menu(status).items;
        items.into_iter().skip(1).take_while(|item| *item != Item::Separator).collect::<Vec<_>>()
    };
    let feed_line = |name: &str| {
        pick(&format!("{name} needs you: unlock the keychain…"), Action::OpenFeed(id(&name.to_lowercase())))
    };
    assert_eq!(needs(&status), [feed_line("A"), feed_line("B"), feed_line("C")]);
    status.problem = Some(Problem { kind: ProblemKind::Config, message: "line 3".into() });
    let config = pick("config.toml needs you: correct an error…", Action::Open);
    assert_eq!(needs(&status), [config, feed_line("A"), feed_line("B")]);
}

#[test]
fn hostile_text_is_one_short_line() {
    let title = format!("a\u{202e}b\n<b>{}", "x".repeat(1000));
    let notified = Notified { seq: Seq(1), feed: id("ops"), text: title, at: at(0) };
    let status =
        Status { feeds: vec![feed("Ops", live())], last_notified: vec![notified], ..Status::default() };
    let expected = format!("ab <b>{}…  10:42", "x".repeat(48 - 6 - 1 - 7));
    assert_eq!(expected.chars().count(), 48);
    assert_eq!(menu(&status).items[6], pick(&expected, Action::OpenEvent(Seq(1))));
}

#[test]
fn counts_over_999_are_shown_as_999_plus() {
    let mut ops = feed("Ops", live());
    ops.unread = 1000;
    let menu = menu(&Status { feeds: vec![ops], ..Status::default() });
    assert_eq!(menu.items[3], pick("Mark all read (999+)", Action::MarkAllRead));
}

#[test]
fn the_chinese_menu_has_the_same_lines() {
    let mut ops = feed("Ops", live());
    ops.name = "运维".into();
    let status = Status { feeds: vec![ops], mute: Mute::Until(at(24)), ..Status::default() };
    assert_eq!(
        Menu::of(&status, words(Language::ZhCn), &now()),
        Menu {
            icon: Icon::Muted,
            tooltip: "1 个订阅源，1 个在线 · 已静音，还剩 24 分钟".into(),
            items: vec![
                label("Bellwire: 1 个订阅源，1 个在线"),
                Item::Separator,
                pick("打开 Bellwire", Action::Open),
                label("全部标为已读"),
                Item::Separator,
                pick("取消静音（还剩 24 分钟）", Action::Unmute),
                Item::Submenu {
                    label: "订阅源".into(),
                    items: vec![
                        pick("运维：在线", Action::Reconnect(id("ops"))),
                        Item::Separator,
                        label("选择一个即重新连接"),
                    ],
                },
                Item::Separator,
                pick("退出 Bellwire", Action::Quit),
            ],
        }
    );
}
