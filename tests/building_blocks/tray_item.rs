//! A small tray item with a menu.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use zbus::zvariant::{ObjectPath, OwnedValue, Structure, Value};

/// The recorded clicks.
#[derive(Clone, Debug, Default)]
pub struct Clicks {
    pub activations: Arc<AtomicU32>,
    pub entries: Arc<Mutex<Vec<i32>>>,
}

/// Serves the item on `connection` and registers it with the tray host.
pub async fn register(connection: &zbus::Connection) -> Clicks {
    let clicks = Clicks::default();
    let server = connection.object_server();
    server.at("/StatusNotifierItem", Item(clicks.clone())).await.unwrap();
    server.at("/Menu", Menu(clicks.clone())).await.unwrap();
    let own_name = connection.unique_name().unwrap().as_str();
    let watcher = "org.kde.StatusNotifierWatcher";
    connection
        .call_method(
            Some(watcher),
            "/StatusNotifierWatcher",
            Some(watcher),
            "RegisterStatusNotifierItem",
            &(own_name),
        )
        .await
        .unwrap();
    clicks
}

/// Icon name, icon images, title, text.
type ToolTip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);

struct Item(Clicks);

#[zbus::interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    fn activate(&self, _x: i32, _y: i32) {
        self.0.activations.fetch_add(1, Ordering::SeqCst);
    }

    #[zbus(property)]
    fn id(&self) -> &str {
        "sample"
    }

    #[zbus(property)]
    fn category(&self) -> &str {
        "ApplicationStatus"
    }

    #[zbus(property)]
    fn status(&self) -> &str {
        "Active"
    }

    #[zbus(property)]
    fn title(&self) -> &str {
        "Sample 世界"
    }

    #[zbus(property)]
    fn icon_pixmap(&self) -> Vec<(i32, i32, Vec<u8>)> {
        vec![(1, 1, vec![255, 1, 2, 3])]
    }

    #[zbus(property)]
    fn tool_tip(&self) -> ToolTip {
        (String::new(), Vec::new(), "Sample".into(), "2 unread".into())
    }

    #[zbus(property)]
    fn menu(&self) -> ObjectPath<'_> {
        ObjectPath::from_static_str_unchecked("/Menu")
    }
}

struct Menu(Clicks);

type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

#[zbus::interface(name = "com.canonical.dbusmenu")]
impl Menu {
    fn about_to_show(&self, _id: i32) -> bool {
        false
    }

    fn get_layout(&self, _parent: i32, _depth: i32, _properties: Vec<String>) -> (u32, Node) {
        let mute = vec![entry(3, &[("label", "for 1 _h".into()), ("toggle-state", 1.into())], vec![])];
        let entries = vec![
            entry(1, &[("label", "_Open a__b".into())], vec![]),
            entry(2, &[("type", "separator".into())], vec![]),
            entry(4, &[("label", "Mute".into())], mute),
            entry(5, &[("label", "hidden".into()), ("visible", false.into())], vec![]),
            entry(6, &[("label", "Quit".into()), ("enabled", false.into())], vec![]),
        ];
        (1, (0, HashMap::new(), entries))
    }

    fn event(&self, id: i32, kind: String, _data: OwnedValue, _time: u32) {
        if kind == "clicked" {
            self.0.entries.lock().unwrap().push(id);
        }
    }
}

fn entry(id: i32, properties: &[(&str, Value<'_>)], below: Vec<OwnedValue>) -> OwnedValue {
    let properties: HashMap<String, OwnedValue> =
        properties.iter().map(|(name, value)| ((*name).to_owned(), value.try_to_owned().unwrap())).collect();
    let node: Node = (id, properties, below);
    Value::from(Structure::from(node)).try_to_owned().unwrap()
}
