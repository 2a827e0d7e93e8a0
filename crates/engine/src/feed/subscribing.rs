//! Sends the request that tells a server what to send on a connection.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName};

use super::cause::reason_of_request;
use super::client::FeedClient;
use super::failure::Failure;
use super::http::{Request, with_private_headers};
use crate::config::Subscribe;
use crate::event::{Incoming, IncomingEvent, Reason};
use crate::expression::Scope;
use crate::ports::{BoxFuture, Clock};

/// The time that the server has for its answer.
const DEADLINE: Duration = Duration::from_secs(30);

/// The request of one connection: it follows the first event of its type, once.
pub(super) struct Subscribing {
    settings: Option<Subscribe>,
    client: FeedClient,
    request: Request,
    clock: Arc<dyn Clock>,
    sending: Option<BoxFuture<'static, Result<(), Failure>>>,
}

impl Subscribing {
    /// Waits for the event that the settings name; for none without settings.
    pub fn new(
        settings: Option<Subscribe>,
        client: &FeedClient,
        request: &Request,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        Self {
            settings,
            client: client.clone(),
            request: request.clone(),
            clock: Arc::clone(clock),
            sending: None,
        }
    }

    /// Begins to send the request, if its event is among these items.
    pub fn see(&mut self, items: &[Incoming]) {
        let greets =
            |event: &&IncomingEvent| self.settings.as_ref().is_some_and(|s| s.on == event.event_type);
        let events = items.iter().filter_map(|item| match item {
            Incoming::Event(event) => Some(event),
            _ => None,
        });
        let Some(event) = events.into_iter().find(greets).cloned() else { return };
        let Some(settings) = self.settings.take() else { return };
        let (client, request, clock) = (self.client.clone(), self.request.clone(), Arc::clone(&self.clock));
        let sending = async move { send(&client, &settings, &request, &event, &*clock).await };
        self.sending = Some(Box::pin(sending));
    }

    /// Returns why the request failed; never, if it does not fail.
    pub async fn failed(&mut self) -> Failure {
        if let Some(sending) = &mut self.sending {
            let answer = sending.await;
            self.sending = None;
            if let Err(failure) = answer {
                return failure;
            }
        }
        std::future::pending().await
    }
}

/// Sends the request that follows `event`, with the headers and secrets of the stream's own `request`.
///
/// # Errors
/// A [`Failure`] of the connection: without the request the server would send nothing. The connection is made again,
/// as after any other loss.
async fn send(
    client: &FeedClient,
    subscribe: &Subscribe,
    request: &Request,
    event: &IncomingEvent,
    clock: &dyn Clock,
) -> Result<(), Failure> {
    let failed = |why: String| Failure::retry(Reason::Subscribe(why));
    let scope = Scope::event(&event.event_type, &event.last_event_id, &event.data);
    let body = subscribe.body.as_ref().map(|body| body.render(&scope)).transpose();
    let body = body.map_err(|error| failed(format!("body: {error}")))?;
    let is_replaced = |name: &str| subscribe.headers.iter().any(|header| header.name == name);
    let own = request.headers.iter().filter(|header| !is_replaced(&header.name));
    let headers = own.chain(&subscribe.headers).cloned().collect();
    let body = body.map(String::into_bytes);
    let request = Request { headers, body: body.clone(), ..request.clone() };
    let method = Method::from_bytes(subscribe.method.as_bytes()).unwrap_or(Method::POST);
    let address = request.credentials.address(&subscribe.url);
    let builder = client.request(method, address);
    let mut builder = with_private_headers(builder, &request, &subscribe.url, client)?;
    if let Some(body) = body {
        let is_typed = request.headers.iter().any(|header| header.name == CONTENT_TYPE.as_str());
        if !is_typed {
            builder = builder.header(HeaderName::from_static("content-type"), "application/json");
        }
        builder = builder.body(body);
    }
    let answer = tokio::select! {
        answer = builder.send() => answer,
        () = clock.sleep(DEADLINE) => return Err(failed("no answer".into())),
    };
    if let Ok(answer) = &answer {
        request.cookies.take(answer.headers(), &subscribe.url);
    }
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(failed(format!("status {}", answer.status().as_u16()))),
        Err(error) => Err(failed(reason_of_request(&error, client.is_proxied(&subscribe.url)).to_string())),
    }
}
