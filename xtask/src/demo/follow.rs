//! Reads what the app stores and what it shows, while it runs.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::Sender;
use std::thread;

use serde_json::Value;

/// Something the demo waits for.
pub(super) enum Seen {
    /// A row of the log, as `bellwire log --format ndjson` prints it.
    Event { feed: String, event: String, data: String },
    /// A call of `Notify` on the session bus.
    Notification { title: String, body: String },
}

/// Sends every event among the NDJSON lines of `source`, until it ends.
pub(super) fn events(source: impl Read + Send + 'static, seen: Sender<Seen>) {
    thread::spawn(move || {
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            if let Some(event) = event(&line)
                && seen.send(event).is_err()
            {
                return;
            }
        }
    });
}

/// Sends every notification in what `dbus-monitor` prints to `source`, until it ends.
pub(super) fn notifications(source: impl Read + Send + 'static, seen: Sender<Seen>) {
    thread::spawn(move || {
        let mut call = NotifyCall::default();
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            if let Some(notification) = call.take(&line)
                && seen.send(notification).is_err()
            {
                return;
            }
        }
    });
}

fn event(line: &str) -> Option<Seen> {
    let row: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (row["kind"] == "event").then(|| Seen::Event {
        feed: text("feed"),
        event: text("event"),
        data: text("data"),
    })
}

/// The arguments of one Notify call, gathered line by line: application, replaced id, icon, summary, body, and
/// then the list of actions (Desktop Notifications Specification 1.2, `org.freedesktop.Notifications.Notify`).
#[derive(Default)]
struct NotifyCall {
    strings: Option<Vec<String>>,
}

impl NotifyCall {
    fn take(&mut self, line: &str) -> Option<Seen> {
        if !line.starts_with(' ') && line.contains("member=") {
            self.strings = line.contains("member=Notify").then(Vec::new);
            return None;
        }
        let strings = self.strings.as_mut()?;
        if let Some(start) = line.strip_prefix("   string \"") {
            strings.push(start.to_owned());
            return None;
        }
        if line.starts_with("   array [") {
            let mut strings = self.strings.take()?.into_iter().skip(2).map(unquoted);
            return Some(Seen::Notification { title: strings.next()?, body: strings.next()? });
        }
        // dbus-monitor prints a text as it is: its further lines follow without a mark.
        if let Some(last) = strings.last_mut()
            && !last.ends_with('"')
        {
            last.push('\n');
            last.push_str(line);
        }
        None
    }
}

fn unquoted(text: String) -> String {
    text.strip_suffix('"').map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn notify_calls_are_read_from_the_monitor_with_lines_inside_their_text() {
        let printed = "signal time=1 sender=org.freedesktop.DBus -> destination=:1.5 serial=2 path=/org/freedesktop/DBus; \
             interface=org.freedesktop.DBus; member=NameAcquired
   string \":1.5\"
method call time=2 sender=:1.7 -> destination=org.freedesktop.Notifications serial=3 \
             path=/org/freedesktop/Notifications; interface=org.freedesktop.Notifications; member=Notify
   string \"Bellwire\"
   uint32 0
   string \"\"
   string \"Alerts · outage\"
   string \"支付 is down
since 10:42\"
   array [
      string \"default\"
      string \"Open\"
   ]
   array [
   ]
   int32 -1
";
        let (sender, receiver) = mpsc::channel();
        notifications(printed.as_bytes(), sender);
        let seen: Vec<Seen> = receiver.iter().collect();
        let [Seen::Notification { title, body }] = seen.as_slice() else { panic!("{} seen", seen.len()) };
        assert_eq!(title, "Alerts · outage");
        assert_eq!(body, "支付 is down\nsince 10:42");
    }

    #[test]
    fn only_event_rows_count_as_events() {
        let printed = "{\"kind\":\"open\",\"status\":200}\nnot json\n\
            {\"kind\":\"event\",\"feed\":\"quotes\",\"event\":\"quote\",\"data\":\"{}\",\"seq\":1}\n";
        let (sender, receiver) = mpsc::channel();
        events(printed.as_bytes(), sender);
        let seen: Vec<Seen> = receiver.iter().collect();
        let [Seen::Event { feed, event, .. }] = seen.as_slice() else { panic!("{} seen", seen.len()) };
        assert_eq!((feed.as_str(), event.as_str()), ("quotes", "quote"));
    }
}
