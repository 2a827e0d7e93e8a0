//! Requests an event stream: sends headers, follows redirects, classifies the response.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bellwire_sse::{Verdict, classify};
use reqwest::cookie::Jar;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HeaderMap,
    HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, Method, Response, StatusCode, Version};
use url::{Host, Url};

use super::credentials::Credentials;
use super::failure::{Failure, reason};
use crate::config::Header;
use crate::event::{Millis, Reason};
use crate::ports::Clock;

/// The maximum number of redirects that are followed; more are taken for a loop.
const MAX_REDIRECTS: usize = 10;

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
    pub cookies: Arc<Jar>,
    /// Whether a secret may be sent unencrypted over a network.
    pub allow_insecure_auth: bool,
    /// The value of the header `Last-Event-ID`, if one is sent.
    pub last_event_id: Option<HeaderValue>,
}

impl Request {
    /// Returns whether it carries a secret: from the keychain, or in a header that is for one.
    fn has_secret(&self) -> bool {
        let is_secret = |header: &Header| {
            [AUTHORIZATION, COOKIE].iter().any(|name| header.name.eq_ignore_ascii_case(name.as_str()))
        };
        !self.credentials.is_empty() || self.headers.iter().any(is_secret)
    }
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
pub(crate) async fn connect(client: &Client, request: &Request, clock: &dyn Clock) -> Result<Head, Failure> {
    let mut url = request.url.clone();
    let mut method = request.method.clone();
    let mut body = request.body.clone();
    for _ in 0..=MAX_REDIRECTS {
        let is_home = url.origin() == request.url.origin();
        // The secrets of query parameters are in this URL alone: `url` is shown, and is where redirects start.
        let address = if is_home { request.credentials.address(&url) } else { url.clone() };
        let mut builder = client.request(method.clone(), address).headers(own_headers());
        if is_home {
            builder = with_private_headers(builder, request, &url)?;
        }
        // An ID is no secret: browsers send it along with every redirect, too.
        if let Some(id) = &request.last_event_id {
            builder = builder.header(HeaderName::from_static("last-event-id"), id);
        }
        if let Some(body) = &body {
            builder = builder.body(body.clone());
        }
        let response = builder.send().await.map_err(|error| failed(&error))?;
        let Some(next) = redirect(&response, &url, &request.credentials) else {
            return judge(response, url, request, clock);
        };
        let next = next?;
        if response.status() == StatusCode::SEE_OTHER || is_post_to_get(response.status(), &method) {
            method = Method::GET;
            body = None;
        }
        // Like the configured headers, the body is sent only to the configured origin.
        if body.is_some() && next.origin() != request.url.origin() {
            return Err(Failure::park(Reason::Redirect(host_of(&next))));
        }
        url = next;
    }
    Err(Failure::park(Reason::Redirect(host_of(&url))))
}

/// Returns whether a secret is protected on its way to this URL: by TLS, or because it does not leave this machine.
pub(crate) fn is_private(url: &Url) -> bool {
    if url.scheme() == "https" {
        return true;
    }
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Decides what follows an error of the request. A rejected certificate will be rejected again, so the feed is parked.
fn failed(error: &reqwest::Error) -> Failure {
    match reason(error) {
        reason @ Reason::Tls(_) => Failure::park(reason),
        reason @ Reason::BadHeader => Failure::park_for_good(reason),
        reason => Failure::retry(reason),
    }
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
    mut builder: reqwest::RequestBuilder,
    request: &Request,
    url: &Url,
) -> Result<reqwest::RequestBuilder, Failure> {
    for header in &request.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(header.value.as_bytes());
        let (Ok(name), Ok(mut value)) = (name, value) else {
            return Err(Failure::park_for_good(Reason::BadHeader));
        };
        if name == AUTHORIZATION || name == COOKIE {
            value.set_sensitive(true);
        }
        builder = builder.header(name, value);
    }
    if request.has_secret() && !request.allow_insecure_auth && !is_private(url) {
        return Err(Failure::park_for_good(Reason::InsecureAuth));
    }
    request.credentials.sign(builder, url, &request.cookies)
}

/// Returns the target of a redirect, without secrets that it repeats in its query; `None` if the response is not a
/// redirect. A redirect to another scheme than HTTP or HTTPS, one from HTTPS to HTTP, and one with a secret outside its
/// query is a failure.
fn redirect(response: &Response, from: &Url, credentials: &Credentials) -> Option<Result<Url, Failure>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    let next = location.to_str().ok().and_then(|text| from.join(text).ok());
    let next = next.filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(next) = next.and_then(|url| credentials.removed_from(&url)) else {
        return Some(Err(Failure::park(Reason::Redirect(String::new()))));
    };
    if from.scheme() == "https" && next.scheme() == "http" {
        return Some(Err(Failure::park(Reason::Redirect(host_of(&next)))));
    }
    Some(Ok(next))
}

/// Returns whether a redirect turns a POST into a GET (WHATWG Fetch 4.4, as browsers do).
fn is_post_to_get(status: StatusCode, method: &Method) -> bool {
    matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND) && *method == Method::POST
}

fn judge(response: Response, url: Url, request: &Request, clock: &dyn Clock) -> Result<Head, Failure> {
    let status = response.status().as_u16();
    let text = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let content_type = text(CONTENT_TYPE);
    let encoding = text(CONTENT_ENCODING);
    let failure = match classify(status, content_type, encoding) {
        Verdict::Open => return Ok(head(response, url, &request.credentials)),
        Verdict::Retry => {
            let retry_after = text(RETRY_AFTER).and_then(|value| retry_after(value, clock.wall()));
            Failure { retry_after, ..Failure::retry(Reason::Status(status)) }
        }
        Verdict::NoContent => Failure::end(Reason::NoContent),
        Verdict::SignIn if request.has_secret() => Failure::refused(Reason::SignIn(status)),
        Verdict::SignIn => Failure::park(Reason::SignIn(status)),
        Verdict::NotFound => Failure::park(Reason::NotFound(status)),
        Verdict::WrongType => Failure::park(Reason::WrongType(shown(content_type.unwrap_or_default()))),
        Verdict::Encoding => Failure::park(Reason::Encoding(shown(encoding.unwrap_or_default()))),
        Verdict::Unexpected => Failure::park(Reason::Unexpected(status)),
    };
    Err(failure)
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
    let text = |name: &str| {
        response.headers().get(name).map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned())
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

/// Parses `Retry-After` (RFC 9110 10.2.3), in seconds or as a date. A date in the past gives zero; an invalid value,
/// `None`.
fn retry_after(value: &str, now: Millis) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number beyond `u64` saturates.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = Duration::from_millis(u64::try_from(now).unwrap_or(0));
    Some(date.saturating_sub(now))
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Returns a server's text without control characters, cut to 80 characters so that it fits in a sentence.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
