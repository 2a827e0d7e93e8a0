//! The HTTP client of one feed: its proxy and trusted certificate authorities, and the addresses that it connects to.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, Method, Proxy, RequestBuilder};
use url::Url;

use super::addresses::PublicOnly;
use super::failure::Failure;
use super::tls;
use crate::config::{CaFile, ProxyChoice};
use crate::event::Reason;

/// The timeout for making a connection, including TLS; also for the answer to an HTTP/2 ping.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The interval of TCP keepalive probes and HTTP/2 pings on a silent connection.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The maximum number of fields in the head of an answer, and the maximum size of a head over HTTP/2, in bytes: about what
/// curl reads. Over HTTP/1.1 the library reads 400 KiB.
const MAX_FIELDS: usize = 5000;
const MAX_HEAD: u32 = 300 * 1024;

/// Builds a feed's client, and builds it again when the feed's own certificate authorities change.
pub(crate) struct Clients {
    proxy: ProxyChoice,
    ca_file: Option<CaFile>,
    made: Option<Made>,
}

struct Made {
    client: FeedClient,
    /// The content of the CA file that the client was built with.
    pem: Option<Vec<u8>>,
}

impl Clients {
    /// Stores the settings; builds no client and reads no file.
    pub fn new(proxy: ProxyChoice, ca_file: Option<CaFile>) -> Self {
        Self { proxy, ca_file, made: None }
    }

    /// Returns the client for the next connection. Reads the CA file each time, so that a changed file takes effect.
    ///
    /// # Errors
    /// A [`Failure`] that parks the feed: [`Reason::Tls`] if the CA file or the platform's certificates cannot be used,
    /// [`Reason::Network`] if the proxy's URL cannot.
    pub async fn next(&mut self) -> Result<FeedClient, Failure> {
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
    fn build(&self, pem: Option<&[u8]>) -> Result<FeedClient, Failure> {
        let builder = || match &self.proxy {
            ProxyChoice::System => Ok(Client::builder()),
            ProxyChoice::Direct => Ok(Client::builder().no_proxy()),
            ProxyChoice::At(url) => match Proxy::all(url.as_str()) {
                Ok(proxy) => Ok(Client::builder().no_proxy().proxy(proxy)),
                Err(_) => Err(Failure::park(Reason::Network("the proxy's address cannot be used".into()))),
            },
        };
        let ways = match &self.proxy {
            ProxyChoice::System => Ways::System(Box::new(Matcher::from_system())),
            ProxyChoice::Direct => Ways::Direct,
            ProxyChoice::At(_) => Ways::Proxied,
        };
        let tls = match (&self.ca_file, pem) {
            (Some(file), Some(pem)) => {
                let certificates = file.certificates(pem).map_err(|error| tls_failure(&error))?;
                tls::with_certificates(certificates)
            }
            _ => tls::shared(),
        };
        let tls = tls.map_err(|error| tls_failure(&error))?;
        let finish = |builder: reqwest::ClientBuilder| {
            builder
                .tls_backend_preconfigured(tls.clone())
                .user_agent(concat!("Bellwire/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .connect_timeout(CONNECT_TIMEOUT)
                .tcp_keepalive(KEEPALIVE)
                .http2_keep_alive_interval(KEEPALIVE)
                .http2_keep_alive_timeout(CONNECT_TIMEOUT)
                .http2_keep_alive_while_idle(true)
                .pool_max_idle_per_host(0)
                // What curl and browsers read, too: many fields, lines that go on, white space before a colon; a field
                // that is not valid is left out.
                .http1_max_headers(MAX_FIELDS)
                .http1_allow_obsolete_multiline_headers_in_responses(true)
                .http1_allow_spaces_after_header_name_in_responses(true)
                .http1_ignore_invalid_headers_in_responses(true)
                .http2_max_header_list_size(MAX_HEAD)
                .build()
                .map_err(|error| tls_failure(&error))
        };
        Ok(FeedClient {
            any: finish(builder()?)?,
            public: finish(builder()?.dns_resolver(PublicOnly))?,
            ways: Arc::new(ways),
        })
    }
}

/// Makes the requests of one feed.
#[derive(Clone)]
pub(crate) struct FeedClient {
    any: Client,
    /// Connects to public addresses only.
    public: Client,
    ways: Arc<Ways>,
}

/// Which URLs are asked for through a proxy.
enum Ways {
    Direct,
    Proxied,
    /// As the system's settings say, read in the way of the HTTP client.
    System(Box<Matcher>),
}

impl FeedClient {
    /// Begins a request.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.any.request(method, url)
    }

    /// Begins a request that connects to a public address or fails. What a name means to a proxy cannot be known.
    pub fn public_request(&self, method: Method, url: Url) -> RequestBuilder {
        // A proxy may well have a private address.
        if self.is_proxied(&url) { self.request(method, url) } else { self.public.request(method, url) }
    }

    /// Returns whether this URL is asked for through a proxy.
    pub fn is_proxied(&self, url: &Url) -> bool {
        match &*self.ways {
            Ways::Direct => false,
            Ways::Proxied => true,
            // A URL that the HTTP client cannot read is never asked for.
            Ways::System(matcher) => url.as_str().parse().is_ok_and(|url| matcher.intercept(&url).is_some()),
        }
    }
}

fn tls_failure(error: &dyn std::error::Error) -> Failure {
    Failure::park(Reason::Tls(error.to_string()))
}
