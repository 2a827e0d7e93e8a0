//! The HTTP client of one feed: its proxy, cookies and trusted certificate authorities.

use std::sync::Arc;
use std::time::Duration;

use reqwest::cookie::Jar;
use reqwest::{Client, Proxy};

use super::failure::Failure;
use super::tls;
use crate::config::{CaFile, ProxyChoice};
use crate::event::Reason;

/// The timeout for making a connection, including TLS; also for the answer to an HTTP/2 ping.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The interval of TCP keepalive probes and HTTP/2 pings on a silent connection.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Builds a feed's client, and builds it again when the feed's own certificate authorities change.
pub(crate) struct Clients {
    proxy: ProxyChoice,
    ca_file: Option<CaFile>,
    cookies: Arc<Jar>,
    made: Option<Made>,
}

struct Made {
    client: Client,
    /// The content of the CA file that the client was built with.
    pem: Option<Vec<u8>>,
}

impl Clients {
    /// Stores the settings; builds no client and reads no file. `cookies` are kept in memory, for this feed alone, so that
    /// a load balancer with sticky sessions sends it to the same server.
    pub fn new(proxy: ProxyChoice, ca_file: Option<CaFile>, cookies: Arc<Jar>) -> Self {
        Self { proxy, ca_file, cookies, made: None }
    }

    /// Returns the client for the next connection. Reads the CA file each time, so that a changed file takes effect.
    ///
    /// # Errors
    /// A [`Failure`] that parks the feed: [`Reason::Tls`] if the CA file or the platform's certificates cannot be used,
    /// [`Reason::Network`] if the proxy's URL cannot.
    pub async fn next(&mut self) -> Result<Client, Failure> {
        let pem = match &self.ca_file {
            Some(file) => Some(file.read().await.map_err(|error| tls_failure(&error))?),
            None => None,
        };
        if let Some(made) = self.made.as_ref().filter(|made| made.pem == pem) {
            return Ok(made.client.clone());
        }
        let client = self.build(pem.as_deref())?;
        Ok(self.made.insert(Made { client, pem }).client.clone())
    }

    /// Builds a client for event streams: `http.rs` follows redirects itself, content encodings are not decoded, and a
    /// response has no total timeout.
    fn build(&self, pem: Option<&[u8]>) -> Result<Client, Failure> {
        let builder = match &self.proxy {
            ProxyChoice::System => Client::builder(),
            ProxyChoice::Direct => Client::builder().no_proxy(),
            ProxyChoice::At(url) => match Proxy::all(url.as_str()) {
                Ok(proxy) => Client::builder().no_proxy().proxy(proxy),
                Err(error) => return Err(Failure::park(Reason::Network(error.to_string()))),
            },
        };
        let tls = match (&self.ca_file, pem) {
            (Some(file), Some(pem)) => {
                let authorities = file.certificates(pem).map_err(|error| tls_failure(&error))?;
                tls::with_authorities(authorities)
            }
            _ => tls::shared(),
        };
        builder
            .tls_backend_preconfigured(tls.map_err(|error| tls_failure(&error))?)
            .user_agent(concat!("Bellwire/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .cookie_provider(Arc::clone(&self.cookies))
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(KEEPALIVE)
            .http2_keep_alive_interval(KEEPALIVE)
            .http2_keep_alive_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_while_idle(true)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| tls_failure(&error))
    }
}

fn tls_failure(error: &dyn std::error::Error) -> Failure {
    Failure::park(Reason::Tls(error.to_string()))
}
