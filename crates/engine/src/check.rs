//! A quick look at an address before it becomes a feed.

use std::sync::Arc;
use std::time::Duration;

use crate::config::Auth;
use crate::event::{Incoming, Reason};
use crate::feed::{Activity, SignIn, Spec, Subscribed};
use crate::ports::{BoxFuture, Ports, Secrets};
use crate::secrets::{NewSecret, Secret, SecretError};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(8);
/// How long to wait for a first event.
const FIRST_EVENT: Duration = Duration::from_secs(4);
/// The size limit of one event, in bytes: a look needs no large one.
const MAX_EVENT: usize = 1024 * 1024;

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// The steps, in order, up to the first that failed.
    pub steps: Vec<CheckStep>,
    /// A name for the feed.
    pub suggested_name: String,
    /// Whether the address can become a feed at all.
    pub addable: bool,
}

/// One step of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckStep {
    /// Which.
    pub stage: CheckStage,
    /// Whether it held; `None` where it is not known yet.
    pub ok: Option<bool>,
    /// A fact in a few words.
    pub detail: String,
    /// Why it failed.
    pub reason: Option<Reason>,
}

/// The steps of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum CheckStage {
    /// The text is an address of a feed.
    Address,
    /// A connection can be made.
    Connect,
    /// The server answers.
    Answer,
    /// The answer is an event stream.
    Type,
    /// Something arrives.
    FirstEvent,
}

/// Checks an address, with a secret that need not be in the keychain. Takes 12 s at most.
pub(crate) async fn check(url: &str, secret: Option<NewSecret>, ports: &Ports) -> CheckReport {
    let url = match crate::config::feed_url(url) {
        Ok(url) => url,
        Err(message) => {
            let steps = vec![CheckStep {
                stage: CheckStage::Address,
                ok: Some(false),
                detail: message.into(),
                reason: None,
            }];
            return CheckReport { steps, suggested_name: String::new(), addable: false };
        }
    };
    let suggested_name = crate::config::name_for(&url);
    let mut steps = vec![passed(CheckStage::Address, crate::config::public_url(&url))];
    let (sign_in, ports) = with_secret(secret, ports);
    let spec = Spec { sign_in, idle_timeout: None, max_event: MAX_EVENT, ..Spec::at(url) };
    let mut subscribed = Subscribed::start(spec, ports.clone());
    let began = ports.clock.mono();
    let mut deadline = ports.clock.sleep(ANSWER);
    loop {
        let signal = tokio::select! {
            signal = subscribed.next() => signal,
            () = &mut deadline => None,
        };
        match signal {
            Some(Activity::Connecting { .. } | Activity::Slow { .. } | Activity::Bytes(_)) => {}
            Some(Activity::Open { status, http, headers, .. }) => {
                let ms = ports.clock.mono().saturating_sub(began).as_millis();
                let content_type = headers.into_iter().find(|(name, _)| name == "content-type");
                steps.push(passed(CheckStage::Connect, String::new()));
                steps.push(passed(CheckStage::Answer, format!("{status}, HTTP/{http}, {ms} ms")));
                steps.push(passed(
                    CheckStage::Type,
                    content_type.map_or_else(String::new, |(_, value)| value),
                ));
                deadline = ports.clock.sleep(FIRST_EVENT);
            }
            Some(Activity::Items { items, .. }) => {
                let first = items.into_iter().find_map(|item| match item {
                    Incoming::Event(event) => Some(event.event_type),
                    _ => None,
                });
                if let Some(event_type) = first {
                    steps.push(passed(CheckStage::FirstEvent, event_type));
                    break;
                }
            }
            Some(
                Activity::Waiting { reason, .. }
                | Activity::Parked { reason, .. }
                | Activity::Ended { reason },
            ) => {
                add_failure(&mut steps, reason);
                break;
            }
            None => {
                add_silence(&mut steps);
                break;
            }
        }
    }
    CheckReport { steps, suggested_name, addable: true }
}

fn passed(stage: CheckStage, detail: String) -> CheckStep {
    CheckStep { stage, ok: Some(true), detail, reason: None }
}

/// The step that a reason speaks of, with the steps before it passed.
fn add_failure(steps: &mut Vec<CheckStep>, reason: Reason) {
    let is_open = steps.iter().any(|step| step.stage == CheckStage::Type);
    let failed = match &reason {
        _ if is_open => CheckStage::FirstEvent,
        Reason::Status(_)
        | Reason::NoContent
        | Reason::SignIn(_)
        | Reason::NotFound(_)
        | Reason::Unexpected(_)
        | Reason::Redirect(_)
        | Reason::NoAnswer => CheckStage::Answer,
        Reason::WrongType(_) | Reason::Encoding(_) => CheckStage::Type,
        Reason::Ended
        | Reason::Refused
        | Reason::Reset
        | Reason::Dns
        | Reason::ConnectTimeout
        | Reason::Idle
        | Reason::Tls(_)
        | Reason::Network(_)
        | Reason::InsecureAuth
        | Reason::BadHeader
        | Reason::KeychainLocked
        | Reason::KeychainAbsent
        | Reason::KeychainTimeout
        | Reason::SecretMissing(_)
        | Reason::Woke
        | Reason::Restart => CheckStage::Connect,
    };
    if failed != CheckStage::Connect && !is_open {
        steps.push(passed(CheckStage::Connect, String::new()));
    }
    if failed == CheckStage::Type {
        steps.push(passed(CheckStage::Answer, "200".into()));
    }
    steps.push(CheckStep {
        stage: failed,
        ok: Some(false),
        detail: reason.to_string(),
        reason: Some(reason),
    });
}

fn add_silence(steps: &mut Vec<CheckStep>) {
    let is_open = steps.iter().any(|step| step.stage == CheckStage::Type);
    let (stage, reason) = match is_open {
        true => (CheckStage::FirstEvent, None),
        false => (CheckStage::Answer, Some(Reason::NoAnswer)),
    };
    steps.push(CheckStep { stage, ok: None, detail: String::new(), reason });
}

/// A keychain of one secret, for an address that is not a feed yet.
fn with_secret(secret: Option<NewSecret>, ports: &Ports) -> (SignIn, Ports) {
    let Some(secret) = secret else { return (SignIn::None, ports.clone()) };
    let (auth, secret) = Auth::of(secret, "check");
    let secrets = Arc::new(OneSecret(secret));
    (SignIn::Keychain(auth), Ports { secrets, ..ports.clone() })
}

/// A keychain in memory that answers every name with one secret: nothing is stored before a feed is added.
struct OneSecret(Secret);

impl Secrets for OneSecret {
    fn get(&self, _name: &str) -> BoxFuture<'_, Result<Secret, SecretError>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn set(&self, _name: &str, _secret: Secret) -> BoxFuture<'_, Result<(), SecretError>> {
        Box::pin(async { Err(SecretError::Absent) })
    }

    fn remove(&self, _name: &str) -> BoxFuture<'_, Result<(), SecretError>> {
        Box::pin(async { Err(SecretError::Absent) })
    }
}
