//! A client secret for unattended runs. Entra tells its value once; this program keeps it nowhere.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::wire::{Application, find};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::{ClientId, Guid};
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::entra::sign_in;
use crate::env::{Env, Timestamp};
use crate::secret::Secret;
use crate::stop::Control;

/// How long a secret lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    days: u16,
}

impl Life {
    /// The choices, in days. Microsoft advises less than twelve months.
    pub const CHOICES: [u16; 3] = [90, 180, 365];

    /// A life of so many days; none for what is not offered.
    #[must_use]
    pub fn days(days: u16) -> Option<Self> {
        Self::CHOICES.contains(&days).then_some(Self { days })
    }

    fn ends(self, now: Timestamp) -> Timestamp {
        let life = Duration::from_secs(u64::from(self.days) * 86_400);
        Timestamp(now.0.saturating_add(u64::try_from(life.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// A fresh secret.
#[derive(Debug)]
pub struct NewSecret {
    /// Its id, which is not its value.
    pub key_id: Guid,
    /// Its value.
    pub value: Secret,
    /// When it ends, as Graph writes it.
    pub ends: String,
}

/// Why there is no secret.
#[derive(Debug, PartialEq, Eq)]
pub enum SecretError {
    /// A policy of the tenant forbids secrets.
    Forbidden,
    /// A policy of the tenant wants a shorter life.
    TooLong,
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for SecretError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

/// Secrets that may have been made although nobody has their value: by the names that were made up for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lost(Vec<String>);

impl Lost {
    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, as the portal lists them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// Makes a secret. Where the answer is lost nobody has the value: the secret is looked for by the name that was made up for it
/// and removed, and another one is made. Whatever the end is, what was lost on the way comes with it: it is [tidied up](tidy) once
/// the person has theirs.
pub async fn new_secret<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    client: &ClientId,
    life: Life,
) -> (Result<NewSecret, SecretError>, Lost) {
    let mut lost = Lost::default();
    let ended = until(graph.env, control, tell, async || {
        // It was made or completed a moment ago: a copy that lags is no proof that it has gone.
        let Some(application) = find(graph, client).await? else { return Ok(Tried::NotYet(None)) };
        if !lost.is_empty() && !forget(graph, &application, &mut lost).await? {
            return Ok(Tried::NotYet(None));
        }
        let name = name(graph.env);
        match add(graph, &application, &name, life).await {
            Ok(secret) => Ok(Tried::Ready(Ok(secret))),
            Err(error) if error.is_code("CredentialTypeNotAllowedAsPerAppPolicy") => {
                Ok(Tried::Ready(Err(SecretError::Forbidden)))
            }
            Err(error) if error.is_code("CredentialInvalidLifetimeAsPerAppPolicy") => {
                Ok(Tried::Ready(Err(SecretError::TooLong)))
            }
            Err(error) if error.is_unsure() => {
                lost.0.push(name);
                Ok(Tried::NotYet(Some(error)))
            }
            Err(error) if matches!(error.status(), Some(404 | 409)) => Ok(Tried::NotYet(Some(error))),
            Err(error) => Err(error),
        }
    })
    .await;
    (ended.unwrap_or_else(|gone| Err(gone.into())), lost)
}

/// Waits until a fresh secret shows at its application, and brings whether it does. Before that the sign-in service refuses it as a wrong
/// one (AADSTS7000215); for how long after is not documented, so it is no promise. That it does not show is no failure either, whatever
/// the reason: it was made, and the person has it.
pub async fn shows<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    client: &ClientId,
    key: &Guid,
) -> bool {
    let seen = until(graph.env, control, tell, async || match find(graph, client).await {
        Ok(application) => {
            let mut notes = application.iter().flat_map(|it| &it.password_credentials);
            let there = notes.any(|note| note.key_id == *key);
            Ok(if there { Tried::Ready(()) } else { Tried::NotYet(None) })
        }
        Err(error) if Settling::Read.is_not_yet(&error) || error.is_unsure() => {
            Ok(Tried::NotYet(Some(error)))
        }
        Err(error) => Err(error),
    });
    seen.await.is_ok()
}

/// Looks for lost secrets and removes them: once at least, also where a person has stopped, and again for a minute, because they
/// may show late. Brings those that were not removed; they may never have been made.
pub async fn tidy<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    client: &ClientId,
    mut lost: Lost,
) -> Lost {
    for seconds in [5, 10, 20, 30, 0] {
        if lost.is_empty() {
            break;
        }
        if let Ok(Some(application)) = find(graph, client).await {
            let _ = forget(graph, &application, &mut lost).await;
        }
        if control.sleep(graph.env, Duration::from_secs(seconds)).await.is_err() {
            break;
        }
    }
    lost
}

/// A name that no other secret has.
fn name(env: &impl Env) -> String {
    let token = sign_in::token(env);
    format!("scim-setup {}", token.get(..8).unwrap_or_default())
}

async fn add<E: Env>(
    graph: &Graph<'_, E>,
    application: &Application,
    name: &str,
    life: Life,
) -> Result<NewSecret, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Added {
        key_id: Guid,
        secret_text: Secret,
        #[serde(default)]
        end_date_time: Option<String>,
    }
    let doing = format!("make a secret for the application \"{}\"", application.display_name);
    let path = format!("/applications/{}/addPassword", application.object_id());
    let ends = life.ends(graph.env.wall()).rfc3339();
    let body = json!({ "passwordCredential": { "displayName": name, "endDateTime": ends } });
    let added: Added = graph.change_for(Change::post(&doing, &path, body)).await?;
    Ok(NewSecret {
        key_id: added.key_id,
        value: added.secret_text,
        ends: added.end_date_time.unwrap_or(ends),
    })
}

/// Removes secrets whose values were lost. True when none is left that could still turn up.
async fn forget<E: Env>(
    graph: &Graph<'_, E>,
    application: &Application,
    Lost(lost): &mut Lost,
) -> Result<bool, GraphError> {
    let doing = format!("remove a secret of \"{}\" whose value was lost", application.display_name);
    let path = format!("/applications/{}/removePassword", application.object_id());
    for note in &application.password_credentials {
        let Some(name) = note.display_name.as_ref().filter(|name| lost.contains(name)) else { continue };
        let name = name.clone();
        match graph.change(Change::post(&doing, &path, json!({ "keyId": note.key_id.as_str() }))).await {
            Ok(()) => lost.retain(|known| *known != name),
            // That there is none of that key a copy may say that has not heard of it yet. It is gone once it is not listed.
            Err(error)
                if error.status() == Some(404)
                    || error.says("No password credential found")
                    || error.is_unsure() =>
            {
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
    }
    // One that was not carried out never turns up: it is looked for again at the end, and not waited for.
    Ok(true)
}
