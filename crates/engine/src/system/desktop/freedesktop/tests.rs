use super::*;

fn notification() -> Notification {
    Notification {
        key: 1,
        title: "a < b".into(),
        body: "<b>&</b>".into(),
        severity: Severity::Critical,
        action: "Show in Bellwire".into(),
        link_action: Some("Open a.example".into()),
    }
}

fn sent(capabilities: &[&str]) -> (String, Vec<String>) {
    let capabilities: Vec<String> = capabilities.iter().map(|&name| name.to_owned()).collect();
    let notification = notification();
    let (_, _, _, _, body, actions, _, _) = message("icon", &notification, 7, &capabilities);
    (body, actions.into_iter().map(str::to_owned).collect())
}

#[test]
fn markup_is_escaped_where_it_is_rendered() {
    assert_eq!(sent(&["body-markup"]).0, "&lt;b&gt;&amp;&lt;/b&gt;");
    assert_eq!(sent(&["body"]).0, "<b>&</b>");
}

#[test]
fn a_service_without_actions_gets_none() {
    assert_eq!(sent(&["actions"]).1, ["default", "Show in Bellwire", "link", "Open a.example"]);
    assert!(sent(&["body", "body-markup"]).1.is_empty());
}

#[test]
fn the_desktop_entry_is_that_of_the_installed_program() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src-tauri/tauri.conf.json");
    let config: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(config).unwrap()).unwrap();
    // Its packages name the desktop file after the product.
    assert_eq!(config["productName"], DESKTOP_ENTRY);
}

#[test]
fn the_oldest_of_many_shown_notifications_is_forgotten() {
    let mut shown = Shown::default();
    for key in 0..300 {
        let id = u32::try_from(key).unwrap() + 1;
        shown.insert(key, Bubble { id, clicked: Box::new(|_| {}) });
    }
    assert_eq!(shown.by_key.len(), MAX_SHOWN);
    assert!(shown.remove(1).is_none() && shown.remove(300).is_some() && shown.remove(300).is_none());
}
