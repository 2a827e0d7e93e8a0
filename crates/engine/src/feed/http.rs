//! Requests an event stream: sends headers, follows redirects, classifies the response.

use std::sync::Arc;

use bellwire_sse::{Verdict, classify};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, COOKIE, HeaderMap, HeaderName, HeaderValue,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Version};
use url::Url;

use super::addresses::{NotPublic, is_loopback, is_public, seems_public};
use super::cause::reason_of_request;
use super::client::FeedClient;
use super::cookies::Cookies;
use super::credentials::{Credentials, cookie_header};
use super::error_chain::causes;
use super::failure::Failure;
use super::fields::{combined, content_type, retry_after, single};
use super::redirects::{Trail, host_of, target, without_secrets};
use crate::config::Header;
use crate::event::{Fault, Reason};
use crate::ports::Clock;

/// The maximum number of redirects that are followed; more are taken for a loop.
const MAX_REDIRECTS: usize = 10;

/// The configured headers that are no secret, and may cross a network unencrypted. Any other may be one.
const HARMLESS: [&str; 10] = [
    "accept",
    "accept-charset",
    "accept-language",
    "content-type",
    "dnt",
    "mcp-protocol-version",
    "origin",
    "pragma",
    "user-agent",
    "x-requested-with",
];

/// A request for an event stream.
#[derive(Clone)]
pub(crate) struct Request {
    /// The configured URL, with a cursor if the feed resumes by one, and without secrets.
    pub url: Url,
    pub method: Method,
    /// The body. It is sent only to the origin of `url`.
    pub body: Option<Vec<u8>>,
    /// Headers from the configuration. They are sent only to the origin of `url`.
    pub headers: Vec<Header>,
    /// The credentials. They are sent only to the origin of `url`.
    pub credentials: Credentials,
    /// The cookies that the feed's servers have set.
    pub cookies: Arc<Cookies>,
    /// Whether a secret may be sent unencrypted over a network.
    pub allow_insecure_auth: bool,
    /// Whether a public address may redirect to this machine or to a private network.
    pub allow_private_redirect: bool,
    /// The value of the header `Last-Event-ID`, if one is sent.
    pub last_event_id: Option<HeaderValue>,
}

impl Request {
    /// Returns whether it signs in: with a secret from the keychain, or with a header that is for one.
    fn signs_in(&self) -> bool {
        !self.credentials.is_empty() || self.headers.iter().any(Header::is_for_a_secret)
    }

    /// Returns whether it has a header of this name from the configuration.
    fn has_header(&self, name: &HeaderName) -> bool {
        self.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name.as_str()))
    }

    /// Returns whether it may carry a secret: it signs in, or has a body or a header that may hold one.
    fn may_have_secret(&self) -> bool {
        let is_harmless =
            |header: &Header| HARMLESS.iter().any(|name| header.name.eq_ignore_ascii_case(name));
        let has_body = self.body.as_ref().is_some_and(|body| !body.is_empty());
        has_body || !self.credentials.is_empty() || !self.headers.iter().all(is_harmless)
    }
}

/// One request of a chain of redirects.
struct Hop {
    url: Url,
    method: Method,
    body: Option<Vec<u8>>,
    /// Whether the chain never left the configured origin. Once it did, another server has chosen the URL, and the
    /// credentials stay behind even where it leads back.
    is_home: bool,
    /// Whether an address of the internet led here, which may not lead to this machine or its networks.
    must_be_public: bool,
}

impl Hop {
    fn first(request: &Request) -> Self {
        Self {
            url: request.url.clone(),
            method: request.method.clone(),
            body: request.body.clone(),
            is_home: true,
            must_be_public: false,
        }
    }

    /// Sends it.
    async fn send(&self, client: &FeedClient, request: &Request) -> Result<Response, Failure> {
        // The secrets of query parameters are in this URL alone: `url` is shown, and is where redirects start.
        let address = if self.is_home { request.credentials.address(&self.url) } else { self.url.clone() };
        let method = self.method.clone();
        let mut builder = match self.must_be_public {
            true => client.public_request(method, address),
            false => client.request(method, address),
        };
        let mut headers = own_headers();
        if self.is_home && request.has_header(&ACCEPT) {
            headers.remove(ACCEPT);
        }
        builder = builder.headers(headers);
        if self.is_home {
            builder = with_private_headers(builder, request, &self.url, client)?;
        } else if self.url.origin() != request.url.origin()
            && let Some(cookies) = cookie_header(&[], request.cookies.of(&self.url))?
        {
            builder = builder.header(COOKIE, cookies);
        }
        // An ID is no secret: browsers send it along with every redirect, too.
        if let Some(id) = &request.last_event_id {
            builder = builder.header(HeaderName::from_static("last-event-id"), id);
        }
        if let Some(body) = &self.body {
            builder = builder.body(body.clone());
        }
        let response = builder.send().await.map_err(|error| self.failed(&error, client))?;
        request.cookies.take(response.headers(), &self.url);
        Ok(response)
    }

    /// Decides what follows an error of the request. A rejected certificate will be rejected again, so the feed is parked.
    fn failed(&self, error: &reqwest::Error, client: &FeedClient) -> Failure {
        if is_not_public(error) {
            return Failure::park(Reason::PrivateRedirect(host_of(&self.url)));
        }
        let reason = reason_of_request(error, client.is_proxied(&self.url));
        if matches!(reason.fault(), Some((Fault::ProxySignIn, _))) {
            return Failure::park(reason);
        }
        match reason {
            reason @ Reason::Tls(_) => Failure::park(reason),
            reason @ Reason::BadHeader => Failure::park_for_good(reason),
            reason => Failure::retry(reason),
        }
    }

    /// Returns the request that follows a redirect to `next`.
    ///
    /// # Errors
    /// A [`Failure`] for a redirect from HTTPS to HTTP, from the internet to a private network, or of a body to another
    /// origin.
    fn follow(
        self,
        response: &Response,
        next: Url,
        request: &Request,
        client: &FeedClient,
    ) -> Result<Self, Failure> {
        let Self { url, mut method, mut body, is_home, must_be_public } = self;
        if url.scheme() == "https" && next.scheme() == "http" {
            return Err(Failure::park(Reason::Redirect(host_of(&next))));
        }
        let is_from_public = match response.remote_addr() {
            Some(peer) if !client.is_proxied(&url) => is_public(peer.ip()),
            _ => seems_public(&url),
        };
        let must_be_public = !request.allow_private_redirect && (must_be_public || is_from_public);
        if must_be_public && is_seen_private(&next, client) {
            return Err(Failure::park(Reason::PrivateRedirect(host_of(&next))));
        }
        if response.status() == StatusCode::SEE_OTHER || is_post_to_get(response.status(), &method) {
            method = Method::GET;
            body = None;
        }
        let is_home = is_home && next.origin() == request.url.origin();
        // Like the configured headers, the body is sent only to the configured origin.
        if body.is_some() && !is_home {
            return Err(Failure::park(Reason::Redirect(host_of(&next))));
        }
        Ok(Self { url: next, method, body, is_home, must_be_public })
    }
}

/// Returns whether a URL is seen not to be public. A direct connection to a name looks it up, and then decides.
fn is_seen_private(url: &Url, client: &FeedClient) -> bool {
    let is_looked_up = url.domain().is_some() && !client.is_proxied(url);
    !is_looked_up && !seems_public(url) || is_loopback(url)
}

fn is_not_public(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.is::<NotPublic>())
}

/// A response that contains an event stream.
pub(crate) struct Head {
    /// The HTTP status, 200.
    pub status: u16,
    /// The HTTP version: `1.1` or `2`, for example.
    pub http: String,
    /// The URL after redirects, without secrets.
    pub url: Url,
    /// The response's headers; the values of cookies, and those that repeat a secret, are replaced by `(hidden)`.
    pub headers: Vec<(String, String)>,
    /// The ID after which the server's history starts: Mercure's header, by the name of its first version or by that of
    /// the drafts before.
    pub history_start: Option<String>,
    /// The response, whose body has not been read.
    pub body: Response,
}

/// Sends the request, follows redirects, and classifies the response. `clock` turns a date in `Retry-After` into a
/// delay.
///
/// # Errors
/// A [`Failure`] if the request fails, a redirect is not followed, or the response is not an event stream.
pub(crate) async fn connect(
    client: &FeedClient,
    request: &Request,
    clock: &dyn Clock,
) -> Result<Head, Failure> {
    let mut hop = Hop::first(request);
    let mut trail = Trail::default();
    let signs_in = request.signs_in();
    for _ in 0..=MAX_REDIRECTS {
        let response = hop.send(client, request).await?;
        let next = match is_redirect(response.status()) {
            true => target(response.headers(), &hop.url)?,
            false => None,
        };
        let Some(next) = next else {
            return judge(response, hop, request, client, clock)
                .map_err(|failure| trail.explain(failure, signs_in));
        };
        let next = without_secrets(&next, &request.credentials)?;
        trail.add(&hop.url, &next, &request.url);
        hop = match hop.follow(&response, next, request, client) {
            Ok(hop) => hop,
            Err(failure) => return Err(trail.explain(failure, signs_in)),
        };
    }
    Err(trail.too_long(&hop.url)).map_err(|failure| trail.explain(failure, signs_in))
}

/// Returns whether a secret is protected on its way to this URL: by TLS, or because it does not leave this machine. A
/// proxy may be anywhere, and connects on from there.
fn is_private(url: &Url, is_proxied: bool) -> bool {
    url.scheme() == "https" || !is_proxied && is_loopback(url)
}

fn own_headers() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
    ])
}

/// Adds the headers that only the configured origin (scheme, host and port) may receive.
pub(super) fn with_private_headers(
    mut builder: RequestBuilder,
    request: &Request,
    url: &Url,
    client: &FeedClient,
) -> Result<RequestBuilder, Failure> {
    if request.may_have_secret() && !request.allow_insecure_auth && !is_private(url, client.is_proxied(url)) {
        return Err(Failure::park_for_good(Reason::InsecureAuth));
    }
    for header in &request.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(header.value.as_bytes());
        let (Ok(name), Ok(mut value)) = (name, value) else {
            return Err(Failure::park_for_good(Reason::BadHeader));
        };
        value.set_sensitive(true);
        builder = builder.header(name, value);
    }
    let builder = request.credentials.sign(builder)?;
    if request.has_header(&COOKIE) {
        return Ok(builder);
    }
    Ok(match request.credentials.cookies(request.cookies.of(url))? {
        Some(cookies) => builder.header(COOKIE, cookies),
        None => builder,
    })
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Returns whether a redirect turns a POST into a GET (WHATWG Fetch 4.4, as browsers do).
fn is_post_to_get(status: StatusCode, method: &Method) -> bool {
    matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND) && *method == Method::POST
}

fn judge(
    response: Response,
    hop: Hop,
    request: &Request,
    client: &FeedClient,
    clock: &dyn Clock,
) -> Result<Head, Failure> {
    let status = response.status().as_u16();
    let content_type = content_type(response.headers());
    let encoding = combined(response.headers(), CONTENT_ENCODING);
    let failure = match classify(status, content_type.as_deref(), encoding.as_deref()) {
        Verdict::Open => return Ok(head(response, hop.url, &request.credentials)),
        Verdict::Retry => {
            let retry_after = retry_after(response.headers(), clock.wall());
            Failure { retry_after, ..Failure::retry(Reason::Status(status)) }
        }
        Verdict::NoContent => Failure::end(Reason::NoContent),
        Verdict::SignIn if request.signs_in() && !hop.is_home => {
            Failure::park(Reason::SignInElsewhere(host_of(&hop.url)))
        }
        Verdict::SignIn if request.signs_in() => Failure::refused(Reason::SignInRefused(status)),
        Verdict::SignIn => Failure::park(Reason::SignIn(status)),
        Verdict::NotFound => Failure::park(Reason::NotFound(status)),
        Verdict::WrongType => {
            let content_type = content_type.unwrap_or_default();
            Failure::park(match is_page(&content_type) && hop.url.host() != request.url.host() {
                true => Reason::PageElsewhere(host_of(&hop.url)),
                false => Reason::WrongType(shown(&content_type)),
            })
        }
        Verdict::Encoding => Failure::park(Reason::Encoding(shown(&encoding.unwrap_or_default()))),
        // 407 is the answer of a proxy, for an address that it is asked for.
        Verdict::Unexpected if status == 407 && client.is_proxied(&hop.url) => {
            Failure::park(Reason::Proxy(Fault::ProxySignIn.with("")))
        }
        Verdict::Unexpected => Failure::park(Reason::Unexpected(status)),
    };
    Err(failure)
}

/// Returns whether a content type is that of a page for people.
fn is_page(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(&*essence, "text/html" | "application/xhtml+xml")
}

fn head(response: Response, url: Url, credentials: &Credentials) -> Head {
    let http = match response.version() {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_11 => "1.1",
        Version::HTTP_2 => "2",
        _ => "3",
    };
    let headers = response.headers().iter().map(|(name, value)| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let is_secret = name.as_str() == "set-cookie" || credentials.is_in(&text);
        (name.as_str().to_owned(), if is_secret { "(hidden)".into() } else { text.into_owned() })
    });
    let text = |name: &'static str| {
        let value = single(response.headers(), HeaderName::from_static(name)).ok().flatten();
        value.map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned())
    };
    Head {
        status: response.status().as_u16(),
        http: http.to_owned(),
        url,
        headers: headers.collect(),
        history_start: text("mercure-last-event-id").or_else(|| text("last-event-id")),
        body: response,
    }
}

/// Returns a server's text without control characters, cut to 80 characters so that it fits in a sentence.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
