//! The tray on Windows and macOS, drawn by Tauri.

use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu as NativeMenu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};
use tokio::sync::{mpsc, watch};

use super::menu::{Action, Icon, Item, Menu};
use super::pixmap::{Ink, draw};
use crate::controller::Event;

#[cfg(target_os = "macos")]
const INK: Ink = Ink::Template;
#[cfg(not(target_os = "macos"))]
const INK: Ink = Ink::Light;

/// The side of the icon, in pixels: 22 points at a scale of 2.
const SIDE: u32 = 44;

/// Starts the tray. It draws each menu from `menus`, and sends to `events` the actions that a person chooses and
/// whether the tray is shown. It ends when the sender of `menus` is dropped. Must be called within a tokio runtime.
pub fn spawn(app: &AppHandle, menus: watch::Receiver<Menu>, events: mpsc::UnboundedSender<Event>) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = show(&app, menus, &events).await {
            tracing::warn!("no tray icon: {error}; closing the window minimises it instead");
            let _ = events.send(Event::TrayHost(false));
        }
    });
}

async fn show(
    app: &AppHandle,
    mut menus: watch::Receiver<Menu>,
    events: &mpsc::UnboundedSender<Event>,
) -> tauri::Result<()> {
    let menu = menus.borrow_and_update().clone();
    let tray = build(app, &menu, menus.clone(), events)?;
    let _ = events.send(Event::TrayHost(true));
    let mut drawn = menu.icon;
    while menus.changed().await.is_ok() {
        let menu = menus.borrow_and_update().clone();
        tray.set_menu(Some(native_menu(app, &menu)?))?;
        tray.set_tooltip(Some(tooltip(&menu)))?;
        if drawn != menu.icon {
            drawn = menu.icon;
            tray.set_icon(Some(image(drawn)))?;
            tray.set_icon_as_template(cfg!(target_os = "macos"))?;
        }
    }
    Ok(())
}

fn build(
    app: &AppHandle,
    menu: &Menu,
    menus: watch::Receiver<Menu>,
    events: &mpsc::UnboundedSender<Event>,
) -> tauri::Result<TrayIcon> {
    let (clicked, chosen) = (events.clone(), events.clone());
    TrayIconBuilder::with_id("bellwire")
        .icon(image(menu.icon))
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip(tooltip(menu))
        .menu(&native_menu(app, menu)?)
        .show_menu_on_left_click(false)
        .on_tray_icon_event(move |_, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                let _ = clicked.send(Event::Tray(Action::Open));
            }
        })
        .on_menu_event(move |_, event| {
            if let Some(action) = find(&menus.borrow().items, event.id().as_ref()) {
                let _ = chosen.send(Event::Tray(action));
            }
        })
        .build(app)
}

fn native_menu(app: &AppHandle, menu: &Menu) -> tauri::Result<NativeMenu<Wry>> {
    let native = NativeMenu::new(app)?;
    for item in &menu.items {
        native.append(native_item(app, item)?.as_ref())?;
    }
    Ok(native)
}

fn native_item(app: &AppHandle, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match item {
        Item::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Item::Label(label) => Box::new(MenuItem::new(app, escaped(label), false, None::<&str>)?),
        Item::Choice { label, action } => {
            Box::new(MenuItem::with_id(app, id(action), escaped(label), true, None::<&str>)?)
        }
        Item::Submenu { label, items } => {
            let native = Submenu::new(app, escaped(label), true)?;
            for item in items {
                native.append(native_item(app, item)?.as_ref())?;
            }
            Box::new(native)
        }
    })
}

/// Returns the id under which the system reports that a line was chosen.
fn id(action: &Action) -> String {
    format!("{action:?}")
}

/// Returns the action with this id, if the menu still contains it.
fn find(items: &[Item], wanted: &str) -> Option<Action> {
    items.iter().find_map(|item| match item {
        Item::Choice { action, .. } if id(action) == wanted => Some(action.clone()),
        Item::Submenu { items, .. } => find(items, wanted),
        _ => None,
    })
}

/// Escapes a label: in native menus, `&` marks an access key and `&&` is an ampersand.
fn escaped(label: &str) -> String {
    label.replace('&', "&&")
}

fn tooltip(menu: &Menu) -> String {
    format!("Bellwire: {}", menu.tooltip)
}

fn image(icon: Icon) -> Image<'static> {
    let picture = draw(icon, INK, SIDE);
    Image::new_owned(picture.rgba, picture.side, picture.side)
}
