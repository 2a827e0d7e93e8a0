//! Reads and clicks tray items through the real panel.

use std::sync::atomic::Ordering;

use bellwire_tests::support::desktop::{self, Options, VirtualDesktop};
use bellwire_tests::support::tray;

use crate::tray_item;

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_item_shows_its_properties_and_can_be_clicked() {
    let options = Options { notifications: false, keychain: false, ..Options::default() };
    let desktop = VirtualDesktop::start_with(&options).unwrap();
    let application = desktop::connect(&desktop).await;
    let connection = desktop::connect(&desktop).await;
    assert!(tray::items(&connection).await.is_empty());

    let clicks = tray_item::register(&application).await;
    let item = tray::wait_for_item(&connection, "sample").await;
    assert!(desktop.has_tray_item());
    assert_eq!(item.bus_name, application.unique_name().unwrap().as_str());
    assert_eq!(item.text("Title").await.as_deref(), Some("Sample 世界"));
    assert_eq!(item.text("IconName").await, None);
    assert_eq!(item.tooltip().await.as_deref(), Some("Sample\n2 unread"));
    assert_eq!(item.icon_pixmaps().await, [(1, 1, vec![255, 1, 2, 3])]);

    assert_eq!(item.menu_labels().await, ["Open a_b", "Mute", "Mute / for 1 h", "Quit"]);
    let entries = item.menu().await;
    assert!(entries[1].separator);
    let states: Vec<_> = entries.iter().map(|entry| (entry.id, entry.enabled, entry.checked)).collect();
    assert_eq!(
        states,
        [(1, true, false), (2, true, false), (4, true, false), (3, true, true), (6, false, false)]
    );

    item.activate().await;
    assert_eq!(clicks.activations.load(Ordering::SeqCst), 1);
    item.click("Mute / for 1 h").await;
    assert_eq!(*clicks.entries.lock().unwrap(), [3]);
}
