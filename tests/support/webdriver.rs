//! Drives the real window through WebDriver.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::desktop::VirtualDesktop;
use super::{http, wait};

/// A program under WebDriver. Ending the session ends the program.
#[derive(Debug)]
pub struct Window {
    /// The session, for calls that have no method here.
    pub client: Client,
    driver: Child,
}

impl Window {
    /// Starts `program` with `arguments` on `desktop`, and connects to its window.
    ///
    /// The program gets the desktop's environment. It must allow automation, as Tauri does when WebKitWebDriver
    /// starts it.
    pub async fn open(desktop: &VirtualDesktop, program: &Path, arguments: &[&OsStr]) -> Self {
        let port = http::free_port();
        let log =
            || File::create(desktop.dir().join("logs/WebKitWebDriver.log")).expect("a log can be written");
        let mut command = desktop.command("WebKitWebDriver");
        command.arg(format!("--port={port}"));
        // Tauri reads the first variable, its webview library the second. Without them, they do not allow automation.
        command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.stdout(Stdio::null()).stderr(log());
        let driver = desktop.spawn(&mut command).expect("WebKitWebDriver starts");
        wait::until("WebKitWebDriver to listen", async || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        })
        .await;

        let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        let options = json!({ "binary": program, "args": arguments });
        let mut capabilities = Capabilities::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| panic!("no session with {}: {error}", program.display()));
        Self { client, driver }
    }

    /// Connects to the window that the program opened after it closed the previous one.
    pub async fn take_next(&self) {
        wait::until("a window to drive", async || {
            let handle = self.client.windows().await.ok()?.into_iter().next()?;
            self.client.switch_to_window(handle).await.ok()
        })
        .await;
    }

    /// Starts to reload the page. Scripts may still reach the old page until [`Self::wait_for_reload`] returns.
    pub async fn reload(&self) {
        let script = "window.isLeft = true; location.reload()";
        self.client.execute(script, Vec::new()).await.expect("the page reloads");
    }

    /// Waits until the new page has replaced the one that was reloaded, and has shown its log.
    pub async fn wait_for_reload(&self) {
        let script = "return !window.isLeft && document.querySelector('.log') !== null";
        wait::until("the reloaded page to show its log", async || {
            // Between the two pages there is none to run a script.
            self.client.execute(script, Vec::new()).await.ok().filter(|shown| shown == true)
        })
        .await;
    }

    /// Waits until an element matches `css`, and returns the first.
    pub async fn wait_for(&self, css: &str) -> Element {
        wait::until(&format!("an element {css}"), async || self.client.find(Locator::Css(css)).await.ok())
            .await
    }

    /// Waits until the text of the first element that matches `css` contains `needle`, and returns the text.
    pub async fn wait_for_text(&self, css: &str, needle: &str) -> String {
        wait::until(&format!("{needle:?} in {css}"), async || {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            element.text().await.ok().filter(|text| text.contains(needle))
        })
        .await
    }

    /// Returns the texts of all elements that match `css`, in document order.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.client.find_all(Locator::Css(css)).await.expect("the selector is valid") {
            // An element may have been removed meanwhile.
            texts.extend(element.text().await);
        }
        texts
    }

    /// Ends the session and the program.
    pub async fn close(mut self) {
        // If the window is already closed, the session has ended.
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
