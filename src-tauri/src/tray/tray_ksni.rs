//! The tray on Linux: a StatusNotifierItem on the session bus (freedesktop.org, StatusNotifierItem 0.1), with
//! its menu over `com.canonical.dbusmenu`.

use ksni::menu::{MenuItem, StandardItem, SubMenu};
use ksni::{Category, OfflineReason, ToolTip, Tray, TrayMethods};
use tokio::sync::{mpsc, watch};

use super::menu::{Action, Icon, Item, Menu};
use super::pixmap::{Ink, Picture, SIDES, draw};
use crate::controller::Event;

/// Draws each menu that `menus` brings and sends what a person chooses, and whether anything shows the tray.
/// Must be called within the runtime; ends when `menus` does.
pub fn spawn(_app: &tauri::AppHandle, menus: watch::Receiver<Menu>, events: mpsc::UnboundedSender<Event>) {
    tokio::spawn(show(menus, events));
}

async fn show(mut menus: watch::Receiver<Menu>, events: mpsc::UnboundedSender<Event>) {
    let menu = menus.borrow_and_update().clone();
    let item = BellwireItem { pictures: Pictures::draw(menu.icon), menu, events: events.clone() };
    // A watcher that is absent may come later: the panel may start after this program, or again.
    let _ = events.send(Event::TrayHost(true));
    let handle = match item.assume_sni_available(true).spawn().await {
        Ok(handle) => handle,
        Err(error) => {
            tracing::warn!("no tray icon: {error}; closing the window minimises it instead");
            let _ = events.send(Event::TrayHost(false));
            return;
        }
    };
    while menus.changed().await.is_ok() {
        let menu = menus.borrow_and_update().clone();
        handle.update(|item| item.redraw(menu)).await;
    }
    handle.shutdown().await;
}

struct BellwireItem {
    menu: Menu,
    pictures: Pictures,
    events: mpsc::UnboundedSender<Event>,
}

/// The drawings of the icon that is shown.
struct Pictures {
    icon: Icon,
    argb: Vec<ksni::Icon>,
}

impl BellwireItem {
    fn redraw(&mut self, menu: Menu) {
        if self.pictures.icon != menu.icon {
            self.pictures = Pictures::draw(menu.icon);
        }
        self.menu = menu;
    }

    fn send(&self, action: Action) {
        let _ = self.events.send(Event::Tray(action));
    }
}

impl Tray for BellwireItem {
    fn id(&self) -> String {
        "bellwire".into()
    }

    fn title(&self) -> String {
        "Bellwire".into()
    }

    fn category(&self) -> Category {
        Category::Communications
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pictures.argb.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: "Bellwire".into(), description: self.menu.tooltip.clone(), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.send(Action::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.menu.items.iter().map(menu_item).collect()
    }

    fn watcher_online(&self) {
        let _ = self.events.send(Event::TrayHost(true));
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        let _ = self.events.send(Event::TrayHost(false));
        true
    }
}

impl Pictures {
    fn draw(icon: Icon) -> Self {
        Self { icon, argb: SIDES.map(|side| argb(draw(icon, Ink::Light, side))).into() }
    }
}

/// The picture as the protocol wants it: ARGB32 in network byte order.
fn argb(picture: Picture) -> ksni::Icon {
    let mut data = picture.rgba;
    for pixel in data.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    ksni::Icon { width: picture.side as i32, height: picture.side as i32, data }
}

fn menu_item(item: &Item) -> MenuItem<BellwireItem> {
    match item {
        Item::Separator => MenuItem::Separator,
        Item::Label(label) => {
            StandardItem { label: escaped(label), enabled: false, ..StandardItem::default() }.into()
        }
        Item::Choice { label, action } => {
            let action = action.clone();
            let activate = Box::new(move |item: &mut BellwireItem| item.send(action.clone()));
            StandardItem { label: escaped(label), activate, ..StandardItem::default() }.into()
        }
        Item::Submenu { label, items } => {
            let submenu = items.iter().map(menu_item).collect();
            SubMenu { label: escaped(label), submenu, ..SubMenu::default() }.into()
        }
    }
}

/// In a dbusmenu label `_` marks an access key and `__` is an underscore.
fn escaped(label: &str) -> String {
    label.replace('_', "__")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(menu: Menu) -> (BellwireItem, mpsc::UnboundedReceiver<Event>) {
        let (events, received) = mpsc::unbounded_channel();
        (BellwireItem { pictures: Pictures::draw(menu.icon), menu, events }, received)
    }

    #[test]
    fn underscores_are_no_access_keys() {
        let label = Item::Label("disk_full __ _".into());
        let MenuItem::Standard(drawn) = menu_item(&label) else { panic!("a label is a standard item") };
        assert_eq!((drawn.label.as_str(), drawn.enabled), ("disk__full ____ __", false));
    }

    #[test]
    fn choosing_a_line_sends_its_action() {
        let open = Item::Choice { label: "Open".into(), action: Action::Open };
        let submenu = Item::Submenu { label: "More".into(), items: vec![open] };
        let menu = Menu { icon: Icon::Muted, tooltip: "x".into(), items: vec![submenu] };
        let (mut item, mut received) = item(menu);
        let MenuItem::SubMenu(drawn) = item.menu().remove(0) else { panic!("a submenu is drawn as one") };
        let MenuItem::Standard(line) = &drawn.submenu[0] else { panic!("a choice is a standard item") };
        (line.activate)(&mut item);
        assert_eq!(received.try_recv().unwrap(), Event::Tray(Action::Open));
    }

    #[test]
    fn a_picture_is_big_endian_argb() {
        let picture = Picture { side: 1, rgba: vec![1, 2, 3, 4] };
        assert_eq!(argb(picture).data, [4, 1, 2, 3]);
    }

    #[test]
    fn the_icon_follows_the_menu() {
        let empty = |icon| Menu { icon, tooltip: String::new(), items: Vec::new() };
        let (mut item, _received) = item(empty(Icon::Receiving));
        let before = item.icon_pixmap();
        item.redraw(empty(Icon::Muted));
        let after = item.icon_pixmap();
        assert_eq!(after.iter().map(|icon| icon.width).collect::<Vec<_>>(), [16, 22, 24, 32, 44, 48]);
        assert!(before.iter().zip(&after).all(|(before, after)| before.data != after.data));
    }
}
