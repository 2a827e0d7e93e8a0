//! The system's keychain: Secret Service, macOS Keychain or Windows Credential Manager.

use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::ports::{BoxFuture, Secrets};
use crate::secrets::{KEYCHAIN_DEADLINE, Secret, SecretError};

/// The service name of our entries in the keychain.
const SERVICE: &str = "bellwire";

/// Accesses the system's keychain on a thread of its own, so that a keychain that hangs blocks nothing else.
pub struct Keychain {
    requests: mpsc::Sender<Request>,
}

impl Keychain {
    /// Starts the thread. The keychain itself is not accessed before the first request.
    pub fn start() -> Self {
        let (requests, inbox) = mpsc::channel::<Request>();
        let serve = move || {
            for request in inbox {
                // The caller gave up at the deadline, so the action must not happen afterwards.
                if request.answer.is_closed() {
                    continue;
                }
                let answer = request.action.perform(&request.name);
                // The caller may have given up during the action.
                let _ = request.answer.send(answer);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("keychain".into()).spawn(serve) {
            tracing::error!(%error, "cannot start the keychain's thread; feeds with secrets cannot connect");
        }
        Self { requests }
    }

    async fn ask(&self, name: &str, action: Action) -> Result<Option<Secret>, SecretError> {
        let (answer, answered) = oneshot::channel();
        let request = Request { name: name.to_owned(), action, answer };
        self.requests.send(request).map_err(|_| SecretError::Absent)?;
        match tokio::time::timeout(KEYCHAIN_DEADLINE, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(SecretError::Absent),
            Err(_) => Err(SecretError::Timeout),
        }
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> BoxFuture<'_, Result<Secret, SecretError>> {
        let name = name.to_owned();
        Box::pin(async move { self.ask(&name, Action::Get).await?.ok_or(SecretError::Missing(name)) })
    }

    fn set(&self, name: &str, secret: Secret) -> BoxFuture<'_, Result<(), SecretError>> {
        let name = name.to_owned();
        Box::pin(async move { self.ask(&name, Action::Set(secret)).await.map(drop) })
    }

    fn remove(&self, name: &str) -> BoxFuture<'_, Result<(), SecretError>> {
        let name = name.to_owned();
        Box::pin(async move { self.ask(&name, Action::Remove).await.map(drop) })
    }
}

struct Request {
    name: String,
    action: Action,
    answer: oneshot::Sender<Result<Option<Secret>, SecretError>>,
}

enum Action {
    Get,
    Set(Secret),
    Remove,
}

impl Action {
    fn perform(self, name: &str) -> Result<Option<Secret>, SecretError> {
        let first = keyring::Entry::new(SERVICE, name).and_then(|entry| self.on(&entry.inner));
        let result = match first {
            Err(keyring::Error::NoDefaultStore | keyring::Error::PlatformFailure(_)) if finds_another() => {
                keyring_core::Entry::new(SERVICE, name).and_then(|entry| self.on(&entry))
            }
            other => other,
        };
        result.map_err(|e| decode(e, name))
    }

    fn on(&self, entry: &keyring_core::Entry) -> keyring::Result<Option<Secret>> {
        match self {
            Action::Get => entry.get_password().map(|text| Some(Secret::new(text))),
            Action::Set(secret) => entry.set_password(secret.expose()).map(|()| None),
            Action::Remove => match entry.delete_credential() {
                Ok(()) | Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}

/// Connects to the Secret Service again and returns whether there is one. `keyring` connects only once, so it finds
/// neither a service that starts later nor one that was restarted.
#[cfg(target_os = "linux")]
fn finds_another() -> bool {
    let found = zbus_secret_service_keyring_store::Store::new();
    found.is_ok_and(|service| {
        keyring_core::set_default_store(service);
        true
    })
}

/// Returns `false`: on other systems the keychain is always there.
#[cfg(not(target_os = "linux"))]
fn finds_another() -> bool {
    false
}

fn decode(error: keyring::Error, name: &str) -> SecretError {
    match error {
        keyring::Error::NoEntry => SecretError::Missing(name.to_owned()),
        keyring::Error::NoStorageAccess(_) => SecretError::Locked,
        keyring::Error::NoDefaultStore => SecretError::Absent,
        keyring::Error::PlatformFailure(cause) => SecretError::Refused(cause.to_string()),
        // These variants may contain the stored bytes, so the message only names the kind of error.
        keyring::Error::BadEncoding(_) => SecretError::Refused("the stored secret is not text".into()),
        keyring::Error::TooLong(_, limit) => SecretError::Refused(format!("longer than {limit} characters")),
        _ => SecretError::Refused("it cannot keep this entry".into()),
    }
}
