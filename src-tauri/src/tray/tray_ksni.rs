//! The tray on Linux: a StatusNotifierItem on the session bus (freedesktop.org, StatusNotifierItem 0.1) with a
//! `com.canonical.dbusmenu` menu.

use std::time::Duration;

use ksni::menu::{MenuItem, StandardItem, SubMenu};
use ksni::{Category, OfflineReason, ToolTip, Tray, TrayMethods};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::menu::{Action, Icon, Item, Menu};
use super::pixmap::{Ink, Picture, SIDES, draw};
use crate::controller::Event;

/// The time for which the lines of an opened menu do not change, so that no line moves away from the pointer. The
/// protocol reports only the opening of a menu, not its closing.
const HOLD: Duration = Duration::from_secs(10);

/// Starts the tray. It draws each menu from `menus`, and sends to `events` the actions that a person chooses and
/// whether the desktop shows tray icons. It ends when the sender of `menus` is dropped.
pub fn spawn(_app: &tauri::AppHandle, menus: watch::Receiver<Menu>, events: mpsc::UnboundedSender<Event>) {
    // One thread of its own keeps the answers in order: hosts that use libdbusmenu request a menu and its submenus in
    // separate calls, and a submenu stays empty if the answers arrive in another order.
    let serve = move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(show(menus, events)),
        Err(error) => tracing::warn!(%error, "no tray icon; closing the window minimises it instead"),
    };
    if let Err(error) = std::thread::Builder::new().name("tray".into()).spawn(serve) {
        tracing::warn!(%error, "no tray icon; closing the window minimises it instead");
    }
}

async fn show(mut menus: watch::Receiver<Menu>, events: mpsc::UnboundedSender<Event>) {
    let item = BellwireItem::new(menus.borrow_and_update().clone(), events.clone());
    // If there is no watcher yet, one may come later: the panel may start after this program, or restart.
    let _ = events.send(Event::TrayHost(true));
    let handle = match item.assume_sni_available(true).spawn().await {
        Ok(handle) => handle,
        Err(error) => {
            tracing::warn!(%error, "no tray icon; closing the window minimises it instead");
            let _ = events.send(Event::TrayHost(false));
            return;
        }
    };
    let mut held_until = None;
    loop {
        tokio::select! {
            changed = menus.changed() => if changed.is_err() { break },
            () = until(held_until), if held_until.is_some() => {}
        }
        let menu = menus.borrow_and_update().clone();
        held_until = handle.update(|item| item.redraw(menu)).await.flatten();
    }
    handle.shutdown().await;
}

async fn until(moment: Option<Instant>) {
    if let Some(moment) = moment {
        tokio::time::sleep_until(moment).await;
    }
}

struct BellwireItem {
    menu: Menu,
    /// The lines that are shown: those of `menu`, or older ones during [`HOLD`].
    lines: Vec<Item>,
    opened_at: Option<Instant>,
    pictures: Pictures,
    events: mpsc::UnboundedSender<Event>,
}

/// The images of the current icon, in all sizes.
struct Pictures {
    icon: Icon,
    argb: Vec<ksni::Icon>,
}

impl BellwireItem {
    fn new(menu: Menu, events: mpsc::UnboundedSender<Event>) -> Self {
        let (lines, pictures) = (menu.items.clone(), Pictures::draw(menu.icon));
        Self { menu, lines, opened_at: None, pictures, events }
    }

    /// Sets the menu. Returns when to call this again if its lines cannot be shown yet.
    fn redraw(&mut self, menu: Menu) -> Option<Instant> {
        if self.pictures.icon != menu.icon {
            self.pictures = Pictures::draw(menu.icon);
        }
        self.menu = menu;
        let held_until = self.opened_at.map(|opened| opened + HOLD).filter(|end| Instant::now() < *end);
        if held_until.is_none() {
            self.lines = self.menu.items.clone();
        }
        held_until.filter(|_| self.lines != self.menu.items)
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
        self.lines.iter().map(menu_item).collect()
    }

    fn menu_about_to_show(&mut self) {
        self.lines = self.menu.items.clone();
        self.opened_at = Some(Instant::now());
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

/// Converts an image to the protocol's format: ARGB32 in network byte order.
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

/// Escapes a label: in dbusmenu, `_` marks an access key and `__` is an underscore.
fn escaped(label: &str) -> String {
    label.replace('_', "__")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(menu: Menu) -> (BellwireItem, mpsc::UnboundedReceiver<Event>) {
        let (events, received) = mpsc::unbounded_channel();
        (BellwireItem::new(menu, events), received)
    }

    #[test]
    fn underscores_in_labels_are_escaped() {
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

    #[tokio::test(start_paused = true)]
    async fn the_lines_of_an_open_menu_do_not_change_for_ten_seconds() {
        let menu = |tooltip: &str, line: &str| Menu {
            icon: Icon::Receiving,
            tooltip: tooltip.into(),
            items: vec![Item::Label(line.into())],
        };
        let label = |item: &BellwireItem| match item.menu().remove(0) {
            MenuItem::Standard(line) => line.label,
            _ => panic!("a label is a standard item"),
        };
        let (mut item, _received) = item(menu("a", "first"));
        item.menu_about_to_show();
        let held_until = item.redraw(menu("b", "second"));
        assert_eq!((label(&item).as_str(), item.tool_tip().description.as_str()), ("first", "b"));
        tokio::time::sleep_until(held_until.unwrap()).await;
        assert_eq!(item.redraw(menu("b", "second")), None);
        assert_eq!(label(&item), "second");
    }

    #[tokio::test(start_paused = true)]
    async fn an_opened_menu_shows_the_newest_lines() {
        let menu = |line: &str| Menu {
            icon: Icon::Receiving,
            tooltip: String::new(),
            items: vec![Item::Label(line.into())],
        };
        let (mut item, _received) = item(menu("first"));
        item.menu_about_to_show();
        item.redraw(menu("second"));
        item.menu_about_to_show();
        assert_eq!(item.lines, menu("second").items);
    }
}
