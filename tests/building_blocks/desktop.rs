//! The virtual desktop has the services that it was started with, and no others.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::Duration;

use bellwire_tests::support::desktop::{Options, VirtualDesktop};
use bellwire_tests::support::notifyd::{CloseReason, NotificationDaemon};
use xtask::process_group::wait_for_end;

fn without_daemon() -> Options {
    Options { tray: false, notifications: false, keychain: false, ..Options::default() }
}

#[test]
fn a_full_desktop_has_tray_notifications_keychain_and_a_picture() {
    let desktop = VirtualDesktop::start().unwrap();
    assert!(desktop.has_tray_host());
    assert!(!desktop.has_tray_item());
    assert_eq!(notify(&desktop, 0, "Hello 世界"), "(uint32 1,)\n");

    let mut store = desktop.command("secret-tool");
    store.args(["store", "--label=test", "service", "bellwire", "account", "ops"]).stdin(Stdio::piped());
    let mut storing = store.spawn().unwrap();
    storing.stdin.take().unwrap().write_all(b"s3cret").unwrap();
    assert!(storing.wait().unwrap().success());
    let found =
        desktop.command("secret-tool").args(["lookup", "service", "bellwire", "account", "ops"]).output();
    assert_eq!(found.unwrap().stdout, b"s3cret");

    let png_path = desktop.dir().join("screen.png");
    desktop.screenshot(&png_path).unwrap();
    let png = std::fs::read(png_path).unwrap();
    // PNG, third edition, 5.2 and 11.2.2: the signature, then IHDR with width and height.
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!(png[16..24], [0, 0, 5, 160, 0, 0, 3, 132]);
}

#[test]
fn the_tray_host_ends_and_starts_with_the_panel() {
    let options = Options { notifications: false, keychain: false, ..Options::default() };
    let mut desktop = VirtualDesktop::start_with(&options).unwrap();
    desktop.stop_panel().unwrap();
    assert!(!desktop.has_tray_host());
    desktop.start_panel().unwrap();
    assert!(desktop.has_tray_host());
}

#[test]
fn a_dropped_desktop_leaves_no_process_and_no_folder() {
    let desktop = VirtualDesktop::start_with(&without_daemon()).unwrap();
    let dir = desktop.dir().to_owned();
    let mut child = desktop.spawn(desktop.command("sleep").arg("600")).unwrap();
    drop(desktop);
    assert!(wait_for_end(&mut child, Duration::ZERO).unwrap().is_some());
    assert!(!dir.exists());
    assert!(processes_naming(dir.to_str().unwrap()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notification_service_records_calls_and_sends_clicks() {
    let desktop = VirtualDesktop::start_with(&without_daemon()).unwrap();
    let daemon = NotificationDaemon::start_with(&desktop, &["body"]).await;
    let mut monitor = desktop.command("gdbus");
    monitor.args(["monitor", "--session", "--dest", "org.freedesktop.Notifications"]);
    let mut monitor = desktop.spawn(monitor.stdout(Stdio::piped())).unwrap();
    let mut heard = BufReader::new(monitor.stdout.take().unwrap()).lines().map(Result::unwrap);
    // After this line, gdbus prints every signal.
    heard.find(|line| line.contains("is owned by")).unwrap();

    assert_eq!(notify(&desktop, 0, "first"), "(uint32 1,)\n");
    assert_eq!(notify(&desktop, 0, "second"), "(uint32 2,)\n");
    assert_eq!(notify(&desktop, 1, "instead of the first"), "(uint32 1,)\n");
    let call = daemon.wait_for("the replacement", |call| call.replaces_id == 1).await;
    assert_eq!((call.app.as_str(), call.summary.as_str()), ("Bellwire", "instead of the first"));
    assert_eq!((call.body.as_str(), call.expire_timeout), ("<b>&amp;</b>", -1));
    assert_eq!(call.actions, ["default", "Open"]);
    assert_eq!(u8::try_from(&call.hints["urgency"]).unwrap(), 2);
    assert_eq!(daemon.calls().len(), 3);

    daemon.click(1, "default").await;
    let signal = heard.find(|line| line.contains("ActionInvoked")).unwrap();
    assert!(signal.contains("(uint32 1, 'default')"), "{signal}");
    daemon.close(1, CloseReason::Dismissed).await;
    let signal = heard.find(|line| line.contains("NotificationClosed")).unwrap();
    assert!(signal.contains("(uint32 1, uint32 2)"), "{signal}");

    assert_eq!(call_daemon(&desktop, "GetCapabilities", &[]), "(['body'],)\n");
    call_daemon(&desktop, "CloseNotification", &["2"]);
    assert_eq!(daemon.closed(), [2]);
    let _ = monitor.kill();
    let _ = monitor.wait();
}

/// Calls a method of the notification service with gdbus, and returns its output.
fn call_daemon(desktop: &VirtualDesktop, method: &str, arguments: &[&str]) -> String {
    let output = desktop
        .command("gdbus")
        .args(["call", "--session", "--dest", "org.freedesktop.Notifications"])
        .args(["--object-path", "/org/freedesktop/Notifications", "--method"])
        .arg(format!("org.freedesktop.Notifications.{method}"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn notify(desktop: &VirtualDesktop, replaces_id: u32, summary: &str) -> String {
    let replaces_id = replaces_id.to_string();
    let actions = "['default', 'Open']";
    let hints = "{'urgency': <byte 2>}";
    let arguments = ["Bellwire", &replaces_id, "", summary, "<b>&amp;</b>", actions, hints, "--", "-1"];
    call_daemon(desktop, "Notify", &arguments)
}

/// Returns the ids of the processes whose environment contains `text`.
fn processes_naming(text: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let has_text = |environment: Vec<u8>| String::from_utf8_lossy(&environment).contains(text);
    entries
        .filter(|entry| std::fs::read(entry.path().join("environ")).is_ok_and(has_text))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
