//! A look at an address before it becomes a feed.

mod sample;

use std::sync::Arc;
use std::time::Duration;

use toml_edit::Table;
use url::Url;

use crate::config::{Auth, EditError, NewFeed, free_id, secret_parameter};
use crate::event::Reason;
use crate::feed::{Activity, Spec, Subscribed};
use crate::ports::{BoxFuture, Clock, Ports, Secrets};
use crate::presets::{self, Answers, Applied, PresetChoice};
use crate::secrets::{NewSecret, Secret, SecretError};

pub use sample::{Advice, Ids, Sample, Seen, SeenType, WATCH};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(8);
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
    /// What came on the stream; `None` until it is open.
    pub seen: Option<Seen>,
    /// The parameter of the address that seems to hold a secret, for everyone to read who may read `config.toml`.
    pub exposed: Option<String>,
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

/// A check under way. Dropping it closes its connection.
pub struct Check {
    report: CheckReport,
    /// Whether the report has something that was not returned yet.
    is_unread: bool,
    /// `None` once nothing more can be learned.
    trial: Option<Trial>,
}

/// The connection of a check.
struct Trial {
    subscribed: Subscribed,
    clock: Arc<dyn Clock>,
    began: Duration,
    deadline: BoxFuture<'static, ()>,
    /// `None` until the stream is open.
    sample: Option<Sample>,
}

/// What an activity changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    Report,
    /// The report, for the last time.
    End,
}

impl Check {
    /// Starts to check an address as the chosen preset sets it up, with a secret that need not be in the keychain. A
    /// request that may have an effect or a price is not sent. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`EditError::Preset`] and [`EditError::Keys`].
    pub(crate) fn start(
        url: &str,
        secret: Option<NewSecret>,
        preset: &PresetChoice,
        answers: &Answers,
        ports: &Ports,
    ) -> Result<Self, EditError> {
        let url = match crate::config::typed_url(url) {
            Ok(url) => url,
            Err(message) => return Ok(Self::of_no_address(message)),
        };
        let applied = presets::apply(preset, &url, answers)?;
        let exposed = secret_parameter(&url);
        let suggested_name = match &applied {
            Some(applied) => applied.name.clone(),
            None => crate::config::name_for(&url),
        };
        let asked = applied.as_ref().map_or(&url, |applied| &applied.url);
        let steps = vec![passed(CheckStage::Address, crate::config::public_url(asked))];
        let (auth, ports) = match with_secret(secret, ports) {
            Ok(signed) => signed,
            Err(message) => return Ok(Self::of_no_sign_in(steps, suggested_name, exposed, message)),
        };
        let may_be_tried = applied.as_ref().is_none_or(Applied::may_be_tried);
        let spec = spec(url, auth, applied)?;
        let report = CheckReport { steps, suggested_name, addable: true, seen: None, exposed };
        if !may_be_tried {
            return Ok(Self { report, is_unread: true, trial: None });
        }
        let trial = Trial {
            clock: Arc::clone(&ports.clock),
            began: ports.clock.mono(),
            deadline: ports.clock.sleep(ANSWER),
            sample: None,
            subscribed: Subscribed::start(spec, ports),
        };
        Ok(Self { report, is_unread: true, trial: Some(trial) })
    }

    fn of_no_address(message: &str) -> Self {
        let steps = vec![CheckStep {
            stage: CheckStage::Address,
            ok: Some(false),
            detail: message.into(),
            reason: None,
        }];
        let suggested_name = String::new();
        let report = CheckReport { steps, suggested_name, addable: false, seen: None, exposed: None };
        Self { report, is_unread: true, trial: None }
    }

    /// Returns a check that has ended: this address cannot be asked with such a sign-in.
    fn of_no_sign_in(
        mut steps: Vec<CheckStep>,
        suggested_name: String,
        exposed: Option<String>,
        message: String,
    ) -> Self {
        steps.push(CheckStep {
            stage: CheckStage::Connect,
            ok: Some(false),
            detail: message,
            reason: Some(Reason::BadHeader),
        });
        let report = CheckReport { steps, suggested_name, addable: true, seen: None, exposed };
        Self { report, is_unread: true, trial: None }
    }

    /// Waits for the report to change. Returns `None` once the check has ended; the report returned before is then the
    /// final one. Takes 18 s at most over all calls. Cancelling a call loses nothing.
    pub async fn next(&mut self) -> Option<CheckReport> {
        while !self.is_unread {
            let trial = self.trial.as_mut()?;
            let activity = tokio::select! {
                activity = trial.subscribed.next() => activity,
                () = &mut trial.deadline => None,
            };
            let change = trial.take(activity, &mut self.report);
            self.is_unread = change != Change::Nothing;
            if change == Change::End {
                self.trial = None;
            }
        }
        self.is_unread = false;
        Some(self.report.clone())
    }

    /// Ends the check, and returns what it has found so far.
    pub fn into_report(self) -> CheckReport {
        self.report
    }
}

impl Trial {
    /// Notes an activity in the report; `None` is the end of the time.
    fn take(&mut self, activity: Option<Activity>, report: &mut CheckReport) -> Change {
        match activity {
            Some(Activity::Connecting { .. } | Activity::Slow { .. } | Activity::Bytes(_)) => Change::Nothing,
            Some(Activity::Open { status, http, headers, .. }) => {
                let now = self.clock.mono();
                let ms = now.saturating_sub(self.began).as_millis();
                let content_type = headers.into_iter().find(|(name, _)| name == "content-type");
                let content_type = content_type.map_or_else(String::new, |(_, value)| value);
                report.steps.push(passed(CheckStage::Connect, String::new()));
                report.steps.push(passed(CheckStage::Answer, format!("{status}, HTTP/{http}, {ms} ms")));
                report.steps.push(passed(CheckStage::Type, content_type));
                self.deadline = self.clock.sleep(WATCH);
                self.look(Sample::opened(now), report);
                Change::Report
            }
            Some(Activity::Items { items, .. }) => {
                let Some(mut sample) = self.sample.take() else { return Change::Nothing };
                let has_events = sample.add(items, self.clock.mono());
                let is_full = sample.is_full();
                self.look(sample, report);
                match (is_full, has_events) {
                    (true, _) => Change::End,
                    (false, true) => Change::Report,
                    (false, false) => Change::Nothing,
                }
            }
            Some(
                Activity::Waiting { reason, .. }
                | Activity::Parked { reason, .. }
                | Activity::Ended { reason },
            ) => {
                self.end(Some(reason), report);
                Change::End
            }
            None => {
                self.end(None, report);
                Change::End
            }
        }
    }

    /// Puts what was seen so far into the report.
    fn look(&mut self, sample: Sample, report: &mut CheckReport) {
        let seen = sample.seen(self.clock.mono());
        let has_step = report.steps.iter().any(|step| step.stage == CheckStage::FirstEvent);
        if let Some(first) = seen.types.first()
            && !has_step
        {
            report.steps.push(passed(CheckStage::FirstEvent, first.event_type.clone()));
        }
        report.seen = Some(seen);
        self.sample = Some(sample);
    }

    /// Adds the last step: why the stream ended, or that the time is over. A stream that sent something has passed.
    fn end(&mut self, reason: Option<Reason>, report: &mut CheckReport) {
        if let Some(sample) = self.sample.take() {
            self.look(sample, report);
        }
        if report.seen.as_ref().is_some_and(|seen| seen.events > 0) {
            return;
        }
        match reason {
            Some(reason) => add_failure(&mut report.steps, reason),
            None => add_silence(&mut report.steps),
        }
    }
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
        | Reason::Complete
        | Reason::SignIn(_)
        | Reason::SignInRefused(_)
        | Reason::SignInPage(_)
        | Reason::SignInRefusedForPage(_)
        | Reason::NotFound(_)
        | Reason::Unexpected(_)
        | Reason::Unreadable(_)
        | Reason::PageElsewhere(_)
        | Reason::SignInElsewhere(_)
        | Reason::Redirect(_)
        | Reason::RedirectLoop(_)
        | Reason::PrivateRedirect(_)
        | Reason::NoAnswer => CheckStage::Answer,
        Reason::WrongType(_) | Reason::Encoding(_) => CheckStage::Type,
        Reason::Subscribe(_) => CheckStage::FirstEvent,
        Reason::Ended
        | Reason::Refused
        | Reason::Reset
        | Reason::Dns
        | Reason::ConnectTimeout
        | Reason::Idle
        | Reason::Tls(_)
        | Reason::Network(_)
        | Reason::Proxy(_)
        | Reason::InsecureAuth
        | Reason::BadHeader
        | Reason::BadCookie(_)
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

/// Returns the settings of a trial connection to a feed that is not in the configuration yet.
fn spec(url: Url, auth: Vec<Auth>, applied: Option<Applied>) -> Result<Spec, EditError> {
    let (url, keys) = applied.map_or_else(|| (url, Table::new()), |applied| (applied.url, applied.keys));
    let id = free_id("check", &url, &[]);
    let feed = NewFeed { id, name: "check".into(), url, auth, severity: Vec::new(), rules: Vec::new(), keys };
    Ok(Spec { idle_timeout: None, max_event: MAX_EVENT, ..Spec::of(&feed.config()?) })
}

/// Returns the sign-in of an address that is not a feed yet, and a keychain of its one secret.
fn with_secret(secret: Option<NewSecret>, ports: &Ports) -> Result<(Vec<Auth>, Ports), String> {
    let Some(secret) = secret else { return Ok((Vec::new(), ports.clone())) };
    let (auth, secret) = Auth::of(secret, "check")?;
    secret.check().map_err(|unusable| unusable.to_string())?;
    let secrets = Arc::new(OneSecret(secret));
    Ok((vec![auth], Ports { secrets, ..ports.clone() }))
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

    fn remove(&self, _name: &str) -> BoxFuture<'_, Result<bool, SecretError>> {
        Box::pin(async { Err(SecretError::Absent) })
    }
}
