//! Drives a real WebKitGTK window through WebDriver.

use std::path::PathBuf;

use bellwire_tests::support::desktop::{Options, VirtualDesktop};
use bellwire_tests::support::webdriver::Window;

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_read_and_clicked() {
    let options = Options { tray: false, notifications: false, keychain: false, ..Options::default() };
    let desktop = VirtualDesktop::start_with(&options).unwrap();
    let page_path = desktop.dir().join("page.html");
    std::fs::write(&page_path, PAGE).unwrap();

    let window = Window::open(&desktop, &browser(), &["--automation".as_ref()]).await;
    window.client.goto(&format!("file://{}", page_path.display())).await.unwrap();
    window.wait_for("button").await.click().await.unwrap();
    assert_eq!(window.wait_for_text("p", "世界").await, "Hello 世界");
    assert_eq!(window.texts("li").await, ["one", "two"]);
    window.close().await;
}

/// The text appears some time after the click, so that the test has to wait.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><ul><li>one<li>two</ul>
<button onclick="setTimeout(() => document.querySelector('p').textContent = 'Hello 世界', 300)">Go</button>
<p>Hello</p>"#;

/// Returns the path of the sample browser of WebKitGTK.
fn browser() -> PathBuf {
    let libraries = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let mut paths = libraries.map(|entry| entry.path().join("webkit2gtk-4.1/MiniBrowser"));
    paths.find(|path| path.exists()).unwrap()
}
