//! The system's keychain: Secret Service, macOS Keychain or Windows Credential Manager.

mod item;
mod of_home;

use std::sync::mpsc;

use tokio::sync::oneshot;

use self::of_home::HomeItems;
use crate::home::Home;
use crate::ports::{BoxFuture, Secrets};
use crate::secrets::{KEYCHAIN_DEADLINE, Secret, SecretError, check_name};

/// Accesses the system's keychain on a thread of its own, so that a keychain that hangs blocks nothing else.
pub struct Keychain {
    requests: mpsc::Sender<Request>,
}

impl Keychain {
    /// Starts the thread for the secrets of one home. The keychain itself is not accessed before the first request.
    pub fn of(home: &Home) -> Self {
        let (requests, inbox) = mpsc::channel::<Request>();
        let mut items = HomeItems::of(home);
        let serve = move || {
            for request in inbox {
                // The caller gave up at the deadline, so the action must not happen afterwards.
                if request.answer.is_closed() {
                    continue;
                }
                let answer = request.action.perform(&request.name, &mut items);
                // The caller may have given up during the action.
                let _ = request.answer.send(answer);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("keychain".into()).spawn(serve) {
            tracing::error!(%error, "cannot start the keychain's thread; feeds with secrets cannot connect");
        }
        Self { requests }
    }

    async fn ask(&self, name: &str, action: Action) -> Result<Answer, SecretError> {
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
        Box::pin(async move {
            match self.ask(&name, Action::Get).await? {
                Answer::Secret(secret) => Ok(secret),
                Answer::Done | Answer::Missing => Err(SecretError::Missing(name)),
            }
        })
    }

    fn set(&self, name: &str, secret: Secret) -> BoxFuture<'_, Result<(), SecretError>> {
        let name = name.to_owned();
        Box::pin(async move {
            check_name(&name)?;
            secret.check()?;
            self.ask(&name, Action::Set(secret)).await.map(drop)
        })
    }

    fn remove(&self, name: &str) -> BoxFuture<'_, Result<bool, SecretError>> {
        let name = name.to_owned();
        Box::pin(async move { Ok(matches!(self.ask(&name, Action::Remove).await?, Answer::Done)) })
    }
}

struct Request {
    name: String,
    action: Action,
    answer: oneshot::Sender<Result<Answer, SecretError>>,
}

enum Action {
    Get,
    Set(Secret),
    Remove,
}

enum Answer {
    Secret(Secret),
    Done,
    Missing,
}

impl Action {
    fn perform(self, name: &str, items: &mut HomeItems) -> Result<Answer, SecretError> {
        let item = items.item(name)?;
        let missing_or = |done: bool| if done { Answer::Done } else { Answer::Missing };
        match self {
            Action::Get => Ok(item.get()?.map_or(Answer::Missing, Answer::Secret)),
            Action::Set(secret) => item.set(&secret).map(|()| Answer::Done),
            Action::Remove => item.remove().map(missing_or),
        }
    }
}

/// The keychain of a program without a home: it has no secrets, and stores none.
pub struct NoKeychain;

impl Secrets for NoKeychain {
    fn get(&self, name: &str) -> BoxFuture<'_, Result<Secret, SecretError>> {
        let name = name.to_owned();
        Box::pin(async { Err(SecretError::Missing(name)) })
    }

    fn set(&self, _name: &str, _secret: Secret) -> BoxFuture<'_, Result<(), SecretError>> {
        Box::pin(async { Err(SecretError::Absent) })
    }

    fn remove(&self, _name: &str) -> BoxFuture<'_, Result<bool, SecretError>> {
        Box::pin(async { Err(SecretError::Absent) })
    }
}
