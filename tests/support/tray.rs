//! The tray as a panel sees it: registered items, their properties and menus, and clicks on them.
//!
//! `org.kde.StatusNotifierItem`, and `com.canonical.dbusmenu` for the menu.

use std::collections::HashMap;

use zbus::proxy::{CacheProperties, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

use super::wait;

/// One registered tray item.
#[derive(Clone, Debug)]
pub struct TrayItem {
    connection: zbus::Connection,
    /// The bus name, such as `org.kde.StatusNotifierItem-4242-1` or `:1.7`.
    pub bus_name: String,
    path: String,
}

/// One entry of an item's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuEntry {
    /// The id that a click contains.
    pub id: i32,
    /// The label after the labels of its submenus, without mnemonics: `Mute / for 1 h`.
    pub label: String,
    /// Whether the entry can be clicked.
    pub enabled: bool,
    /// Whether the entry is checked.
    pub checked: bool,
    /// Whether the entry is a separator.
    pub separator: bool,
}

/// Returns the items that the tray host knows, in its order; none if there is no tray host.
pub async fn items(connection: &zbus::Connection) -> Vec<TrayItem> {
    let watcher = uncached(
        connection,
        "org.kde.StatusNotifierWatcher",
        "/StatusNotifierWatcher",
        "org.kde.StatusNotifierWatcher",
    )
    .await;
    let names: Vec<String> = watcher.get_property("RegisteredStatusNotifierItems").await.unwrap_or_default();
    names
        .into_iter()
        .map(|name| {
            // The host appends the item's path to its bus name, if the item registered one.
            let (bus_name, path) = match name.find('/') {
                Some(at) => (name[..at].trim_end_matches('@').to_owned(), name[at..].to_owned()),
                None => (name, "/StatusNotifierItem".to_owned()),
            };
            TrayItem { connection: connection.clone(), bus_name, path }
        })
        .collect()
}

/// Waits until an item with this `Id` is registered.
pub async fn wait_for_item(connection: &zbus::Connection, id: &str) -> TrayItem {
    wait::until(&format!("the tray item {id}"), async || {
        for item in items(connection).await {
            if item.text("Id").await.as_deref() == Some(id) {
                return Some(item);
            }
        }
        None
    })
    .await
}

impl TrayItem {
    /// Returns a text property: `Id`, `Title`, `Status` or `IconName`.
    pub async fn text(&self, property: &str) -> Option<String> {
        self.proxy().await.get_property(property).await.ok()
    }

    /// Returns the tooltip's title and text, joined by a line break.
    pub async fn tooltip(&self) -> Option<String> {
        type ToolTip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
        let value: OwnedValue = self.proxy().await.get_property("ToolTip").await.ok()?;
        let (_, _, title, text) = ToolTip::try_from(value).ok()?;
        Some(if text.is_empty() { title } else { format!("{title}\n{text}") })
    }

    /// Returns the icon's images: width, height and ARGB32 bytes of each.
    pub async fn icon_pixmaps(&self) -> Vec<(i32, i32, Vec<u8>)> {
        let value: Option<OwnedValue> = self.proxy().await.get_property("IconPixmap").await.ok();
        value.and_then(|value| value.try_into().ok()).unwrap_or_default()
    }

    /// Clicks the item with the left button.
    pub async fn activate(&self) {
        self.proxy().await.call_method("Activate", &(0_i32, 0_i32)).await.expect("the item takes a click");
    }

    /// Returns the menu's entries from top to bottom; those of a submenu follow the entry that opens it.
    pub async fn menu(&self) -> Vec<MenuEntry> {
        let menu = self.menu_proxy().await;
        // An item may fill its menu only when it opens.
        let _ = menu.call_method("AboutToShow", &(0_i32)).await;
        let no_properties: &[&str] = &[];
        let (_revision, root): (u32, Node) = menu
            .call("GetLayout", &(0_i32, -1_i32, no_properties))
            .await
            .expect("the item answers with its menu");
        let mut entries = Vec::new();
        flatten(root.2, "", &mut entries);
        entries
    }

    /// Returns the labels of the menu's entries, without separators.
    pub async fn menu_labels(&self) -> Vec<String> {
        self.menu().await.into_iter().filter(|entry| !entry.separator).map(|entry| entry.label).collect()
    }

    /// Clicks the entry with this label. Panics with all entries if there is none.
    pub async fn click(&self, label: &str) {
        self.try_click(label).await.expect("the menu takes a click");
    }

    /// Clicks the entry with this label, which ends the program. The program may end before it answers.
    pub async fn click_to_end(&self, label: &str) {
        let no_reply = "org.freedesktop.DBus.Error.NoReply";
        match self.try_click(label).await {
            Err(zbus::Error::MethodError(name, ..)) if name.as_str() == no_reply => {}
            answered => answered.expect("the menu takes a click"),
        }
    }

    async fn try_click(&self, label: &str) -> zbus::Result<()> {
        let entries = self.menu().await;
        let entry = entries.iter().find(|entry| entry.label == label);
        let entry = entry.unwrap_or_else(|| panic!("no entry {label:?} in {entries:#?}"));
        assert!(entry.enabled, "{label:?} cannot be clicked");
        let menu = self.menu_proxy().await;
        menu.call_method("Event", &(entry.id, "clicked", Value::from(0_i32), 0_u32)).await.map(drop)
    }

    async fn proxy(&self) -> Proxy<'_> {
        uncached(&self.connection, &self.bus_name, &self.path, "org.kde.StatusNotifierItem").await
    }

    async fn menu_proxy(&self) -> Proxy<'_> {
        let path: OwnedObjectPath =
            self.proxy().await.get_property("Menu").await.expect("the item has a menu");
        uncached(&self.connection, &self.bus_name, path.as_str(), "com.canonical.dbusmenu").await
    }
}

/// `(ia{sv}av)`: id, properties, and child entries, each such a node in a variant.
type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

fn flatten(children: Vec<OwnedValue>, above: &str, entries: &mut Vec<MenuEntry>) {
    for child in children {
        let node = Structure::try_from(child).and_then(Node::try_from);
        let (id, properties, below) = node.expect("a menu's entry is as dbusmenu has it");
        let text =
            |name: &str| properties.get(name).and_then(|value| <&str>::try_from(value).ok()).unwrap_or("");
        let flag =
            |name: &str| properties.get(name).and_then(|value| bool::try_from(value).ok()).unwrap_or(true);
        if !flag("visible") {
            continue;
        }
        let own = without_mnemonics(text("label"));
        let label = if above.is_empty() { own } else { format!("{above} / {own}") };
        let toggle_state = properties.get("toggle-state").and_then(|value| i32::try_from(value).ok());
        entries.push(MenuEntry {
            id,
            label: label.clone(),
            enabled: flag("enabled"),
            checked: toggle_state == Some(1),
            separator: text("type") == "separator",
        });
        flatten(below, &label, entries);
    }
}

/// Removes mnemonics from a label: `_` marks the next letter as the mnemonic, and `__` is an underscore.
fn without_mnemonics(label: &str) -> String {
    label.split("__").map(|part| part.replace('_', "")).collect::<Vec<_>>().join("_")
}

async fn uncached<'a>(
    connection: &zbus::Connection,
    name: &'a str,
    path: &str,
    interface: &'static str,
) -> Proxy<'a> {
    zbus::proxy::Builder::new(connection)
        .destination(name)
        .and_then(|builder| builder.path(path.to_owned()))
        .and_then(|builder| builder.interface(interface))
        .expect("names and paths are well formed")
        .cache_properties(CacheProperties::No)
        .build()
        .await
        .expect("a proxy without a cache asks nothing")
}
