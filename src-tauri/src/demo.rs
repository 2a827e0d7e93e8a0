//! Serves the demo feeds on this computer, from this program.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use bellwire_engine::config::{Config, EditError, Language, Rule};
use bellwire_engine::event::{FeedId, Severity};
use bellwire_engine::{EngineHandle, FeedWish};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use url::Url;

use crate::words::{Words, words};

/// The default port. It is fixed, so that the feeds' URLs stay valid after a restart.
const PORT: u16 = 47_320;

/// A demo feed: id, path, name, and whether its events notify.
type DemoFeed = (&'static str, &'static str, fn(&Words) -> &'static str, bool);

const FEEDS: [DemoFeed; 3] = [
    ("demo-quotes", "/quotes", |words| words.demo_quotes, false),
    ("demo-places", "/places", |words| words.demo_places, false),
    ("demo-alerts", "/alerts", |words| words.demo_alerts, true),
];

/// Serves the demo feeds, at most once in a process.
#[derive(Default)]
pub struct DemoServer {
    port: Mutex<Option<u16>>,
}

/// Why the demo feeds cannot be served or added.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The port cannot be opened.
    #[error(
        "the demo feeds cannot be served on port {port} of this computer: {source}; end what uses it and try again"
    )]
    Port {
        /// The port.
        port: u16,
        /// The system's error.
        source: io::Error,
    },
    /// The feeds could not be added.
    #[error(transparent)]
    Edit(#[from] EditError),
}

impl DemoServer {
    /// Serves the demo feeds on the port that the configuration's demo feeds use. Does nothing if it has none.
    ///
    /// # Errors
    /// [`DemoError::Port`] if the port cannot be opened.
    pub async fn serve_configured(&self, config: &Config) -> Result<(), DemoError> {
        match configured_port(config) {
            Some(port) => self.serve_on(port).await.map(drop),
            None => Ok(()),
        }
    }

    /// Serves the demo feeds and adds those that are missing. Only the alerts notify.
    ///
    /// # Errors
    /// [`DemoError::Port`] if no port can be opened, [`DemoError::Edit`] if the feeds cannot be added.
    pub async fn add(&self, engine: &EngineHandle) -> Result<(), DemoError> {
        let port = self.serve_anywhere().await?;
        let status = engine.status().borrow().clone();
        let missing = FEEDS.iter().filter(|(id, ..)| status.feeds.iter().all(|feed| feed.id.as_str() != *id));
        let words = words(Language::of(status.app.language));
        let wishes: Vec<_> =
            missing.map(|(id, path, name, notifies)| wish(id, path, name(words), *notifies, port)).collect();
        if !wishes.is_empty() {
            engine.add_feeds(wishes).await?;
        }
        Ok(())
    }

    /// Serves on the default port, or on any port if it is in use. Returns the port.
    async fn serve_anywhere(&self) -> Result<u16, DemoError> {
        match self.serve_on(PORT).await {
            Ok(port) => Ok(port),
            Err(error) => {
                tracing::warn!("{error}; taking another port");
                self.serve_on(0).await
            }
        }
    }

    /// Serves on this port, unless the demo is already served. Returns the port that it is served on.
    async fn serve_on(&self, port: u16) -> Result<u16, DemoError> {
        let mut running = self.port.lock().await;
        if let Some(port) = *running {
            return Ok(port);
        }
        let failed = |source| DemoError::Port { port, source };
        let listener =
            TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        tokio::spawn(async move {
            let serving =
                bellwire_demo::serve(listener, bellwire_demo::Options::default(), std::future::pending());
            if let Err(error) = serving.await {
                tracing::warn!(%error, "the demo feeds are no longer served");
            }
        });
        Ok(*running.insert(port))
    }
}

/// Returns the port in the URLs of the configuration's demo feeds; `None` if there are none on this computer.
fn configured_port(config: &Config) -> Option<u16> {
    config.feeds.iter().find_map(|feed| {
        let (_, path, ..) = FEEDS.iter().find(|(id, ..)| *id == feed.id.as_str())?;
        let url: &Url = &feed.url;
        let is_demo = url.scheme() == "http" && url.host_str() == Some("127.0.0.1") && url.path() == *path;
        url.port().filter(|_| is_demo)
    })
}

fn wish(id: &str, path: &str, name: &str, notifies: bool, port: u16) -> FeedWish {
    let severity = if notifies {
        vec![
            (Severity::Critical, vec!["outage".to_owned()]),
            (Severity::Warning, vec!["degraded".to_owned()]),
        ]
    } else {
        Vec::new()
    };
    let rules = if notifies { Vec::new() } else { vec![Rule::log_all()] };
    FeedWish {
        url: format!("http://127.0.0.1:{port}{path}"),
        id: FeedId::parse(id),
        name: Some(name.to_owned()),
        rules,
        severity,
        ..FeedWish::default()
    }
}

#[cfg(test)]
mod tests {
    use bellwire_engine::config::parse;

    use super::*;

    fn config(id: &str, url: &str) -> Config {
        parse(&format!("version = 1\n[[feed]]\nid = \"{id}\"\nurl = \"{url}\"\n")).unwrap()
    }

    #[test]
    fn a_demo_feed_is_known_by_its_id_and_its_address() {
        let port = |id, url| configured_port(&config(id, url));
        assert_eq!(port("demo-quotes", "http://127.0.0.1:4000/quotes"), Some(4000));
        assert_eq!(port("demo-quotes", "http://127.0.0.1:4000/places"), None);
        assert_eq!(port("quotes", "http://127.0.0.1:4000/quotes"), None);
        assert_eq!(port("demo-quotes", "https://a.example:4000/quotes"), None);
    }

    #[test]
    fn without_demo_feeds_nothing_is_served() {
        assert_eq!(configured_port(&parse("").unwrap()), None);
    }

    #[tokio::test]
    async fn the_demo_is_served_once_on_its_configured_port() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = DemoServer::default();
        let config = config("demo-alerts", &format!("http://127.0.0.1:{port}/alerts"));
        server.serve_configured(&config).await.unwrap();
        assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok());
        assert_eq!(server.serve_anywhere().await.unwrap(), port);
    }

    #[tokio::test]
    async fn a_port_in_use_is_named_in_the_error() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let config = config("demo-alerts", &format!("http://127.0.0.1:{port}/alerts"));
        let error = DemoServer::default().serve_configured(&config).await.unwrap_err();
        assert!(error.to_string().contains(&format!("port {port} of this computer")), "{error}");
    }
}
