//! What a connector is told: where to write, with which token, for whom, and whom to write to when it fails. Graph calls all of it secrets,
//! and takes and gives it as one whole (`synchronization-serviceprincipal-put-synchronization`).

use serde::Serialize;

use super::notify::{self, Notify};
pub use super::notify::{Mail, MailError};
use super::validate::Sent;
use super::wire::Pair;
use crate::databricks::target::{Level, Target};
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::env::Env;
use crate::http::Method;
use crate::problem::{Explain, Problem};
use crate::secret::Secret;
use crate::stop::Control;

const ADDRESS: &str = "BaseAddress";
const TOKEN: &str = "SecretToken";
const ALL: &str = "SyncAll";
const NOTIFY: &str = "SyncNotificationSettings";

/// The most that clouds of the US Government keep, credentials and address together (`known-issues`).
const GOVERNMENT: usize = 1024;

/// How a connector is to work.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Everybody, rather than those who are assigned.
    #[serde(default)]
    pub everybody: bool,
    /// Whom to notify when it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
    /// More deletions and deactivations than this in one cycle are held back. Takes a mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
}

/// What a connector was told, as far as Graph gives it back: tokens are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pairs: Vec<Pair>,
}

impl Kept {
    fn get(&self, key: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|it| it.key.eq_ignore_ascii_case(key));
        found.map(|it| it.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The address that it writes to.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.get(ADDRESS)
    }

    /// Whether it has a token. Which one is not told.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.get(TOKEN).is_some()
    }

    /// Whether there is all that it takes to reach the target.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.address().is_some() && self.has_token()
    }

    /// Whether it writes to this target. Addresses are compared without regard to case and a slash at the end, and whether the `v2` that
    /// Entra adds was written out.
    #[must_use]
    pub fn writes_to(&self, target: &Target) -> bool {
        let plain = |text: &str| {
            let text =
                text.trim().split('?').next().unwrap_or_default().trim_end_matches('/').to_ascii_lowercase();
            let text = text.strip_suffix("/v2").map_or(text.clone(), str::to_owned);
            // The account has one SCIM under two paths.
            text.replace("/api/2.1/accounts/", "/api/2.0/accounts/")
        };
        self.address().is_some_and(|address| plain(address) == plain(&target.connector_address()))
    }

    /// Whether everybody is provisioned. Left out it is generally so (`synchronizationsecretkeystringvaluepair`).
    #[must_use]
    pub fn everybody(&self) -> bool {
        self.get(ALL).is_none_or(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Who is notified, as it was written, and from how many deletions on they are held back.
    #[must_use]
    pub fn notifications(&self) -> (Option<String>, Option<u32>) {
        let Some(notify) = self.notify() else { return (None, None) };
        (notify.recipients().map(str::to_owned), notify.threshold())
    }

    fn notify(&self) -> Option<Notify> {
        Notify::read(self.get(NOTIFY)?)
    }

    /// The address to tell for this target: what is saved stays as it was written, since a flag in it changes how Entra writes
    /// (`aadOptscim062020`).
    #[must_use]
    pub fn address_for(&self, target: &Target) -> String {
        let saved = self.address().filter(|_| self.writes_to(target));
        saved.map_or_else(|| target.connector_address(), str::to_owned)
    }

    /// How it works.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let notify = self.notify().unwrap_or_default();
        Settings { everybody: self.everybody(), mail: notify.mail(), threshold: notify.threshold() }
    }
}

/// Why it was not told.
#[derive(Debug, PartialEq, Eq)]
pub enum SaveError {
    /// It has further secrets that cannot be read back: written as a whole, they would be lost. Their keys.
    Foreign(Vec<String>),
    /// All together is more than this cloud keeps: so many bytes.
    TooLarge(usize),
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for SaveError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl Explain for SaveError {
    fn explain(&self) -> Problem {
        match self {
            Self::Foreign(keys) => Problem::new(
                "The connector’s secrets were not changed.",
                format!(
                    "It has further secrets that cannot be read back and would be lost: {}.",
                    keys.join(", ")
                ),
                "Make a new connector, or change this one in the Entra admin center.",
            ),
            Self::TooLarge(bytes) => Problem::new(
                "The connector’s secrets were not saved.",
                format!("They have {bytes} bytes together, and this cloud keeps {GOVERNMENT}."),
                "Take a shorter token or mail address.",
            ),
            Self::Gone(gone) => gone.explain(),
        }
    }
}

fn path(principal: &ObjectId) -> String {
    format!("/servicePrincipals/{principal}/synchronization/secrets")
}

/// Reads what a connector was told.
///
/// # Errors
/// [`GraphError`].
pub async fn kept<E: Env>(graph: &Graph<'_, E>, principal: &ObjectId) -> Result<Kept, GraphError> {
    let pages = graph.pages::<Pair>("read what the connector was told", &path(principal)).await;
    match pages.broken {
        Some(error) => Err(error),
        None => Ok(Kept { pairs: pages.items }),
    }
}

#[derive(Serialize)]
struct Body<'b> {
    value: Vec<Sent<'b>>,
}

/// So often in a row a connector without secrets answers 404 before it is believed.
const NOTHING_THERE: u32 = 4;

/// Tells a connector everything at once: address, token and settings. What else it was told stays. Reads until it shows. `told` is whether
/// it was told anything before, as far as is known.
///
/// # Errors
/// [`SaveError`].
pub async fn save<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
    (target, token): (&Target, &Secret),
    (settings, told): (&Settings, bool),
) -> Result<(), SaveError> {
    let path = path(principal);
    let (mut sent, mut missing) = (false, 0);
    until(graph.env, control, tell, async || {
        let now = match kept(graph, principal).await {
            Ok(now) => now,
            // Whether a connector that was told nothing yet has an empty list or none is not documented. Its job is there: it is no lag for
            // ever, and where nothing was told, nothing can be lost.
            Err(error) if error.status() == Some(404) && !told && !sent && missing >= NOTHING_THERE => {
                Kept::default()
            }
            Err(error) if Settling::Service.is_not_yet(&error) => {
                missing = if error.status() == Some(404) { missing + 1 } else { 0 };
                return Ok(Tried::NotYet(Some(error)));
            }
            Err(error) => return Err(error),
        };
        if sent && shows(&now, target, settings) {
            return Ok(Tried::Ready(Ok(())));
        }
        let (address, notify) = (now.address_for(target), notify::changed(now.notify(), settings));
        let (others, foreign) = others(&now);
        if !foreign.is_empty() {
            return Ok(Tried::Ready(Err(SaveError::Foreign(foreign))));
        }
        let everybody = if settings.everybody { "true" } else { "false" };
        let mut value = vec![
            Sent { key: ADDRESS, value: &address },
            Sent { key: TOKEN, value: token.expose() },
            Sent { key: ALL, value: everybody },
        ];
        value.extend(notify.as_deref().map(|value| Sent { key: NOTIFY, value }));
        value.extend(others.iter().map(|it| Sent { key: &it.key, value: &it.value }));
        let bytes = value.iter().map(|it| it.value.len()).sum();
        if is_government(&graph.cloud.graph) && bytes > GOVERNMENT {
            return Ok(Tried::Ready(Err(SaveError::TooLarge(bytes))));
        }
        let doing = "tell the connector address, token and settings";
        match graph.hand_over(doing, Method::Put, &path, &Body { value }).await {
            Ok(()) => {
                sent = true;
                Ok(Tried::NotYet(None))
            }
            Err(error) if Settling::Service.is_not_yet(&error) || error.is_unsure() => {
                Ok(Tried::NotYet(Some(error)))
            }
            Err(error) => Err(error),
        }
    })
    .await?
}

fn is_government(graph: &str) -> bool {
    graph.ends_with(".microsoft.us")
}

/// What stands beside what is told anew: what can be sent again, and the keys of what cannot, because it is masked.
fn others(now: &Kept) -> (Vec<Pair>, Vec<String>) {
    let ours = [ADDRESS, TOKEN, ALL, NOTIFY];
    let others = now.pairs.iter().filter(|it| !ours.iter().any(|key| it.key.eq_ignore_ascii_case(key)));
    let (masked, plain): (Vec<&Pair>, Vec<&Pair>) =
        others.filter(|it| !it.value.is_empty()).partition(|it| it.value.chars().all(|c| c == '*'));
    (plain.into_iter().cloned().collect(), masked.into_iter().map(|it| it.key.clone()).collect())
}

/// Whether what is read is what was told, as far as it can be seen. Graph may write the same another way, such as a number as text.
fn shows(now: &Kept, target: &Target, settings: &Settings) -> bool {
    now.writes_to(target) && now.has_token() && now.settings() == *settings
}

/// What a token of this level is, where it is made, and how long it lives.
#[must_use]
pub const fn token_advice(level: Level) -> &'static str {
    match level {
        Level::Account => {
            "In the account console: Security, User provisioning, Set up. The SCIM token is shown once, with the Account SCIM \
             URL. Made anew, the old one stays valid for a day."
        }
        Level::Workspace => {
            "In the workspace, as an administrator: Settings, Developer, Access tokens. It lives 730 days at most, and is \
             revoked when it is not used for 90. Personal access tokens may be switched off; a service principal’s is better \
             than a person’s."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(pairs: &[(&str, &str)]) -> Kept {
        let pair = |&(key, value): &(&str, &str)| Pair { key: key.to_owned(), value: value.to_owned() };
        Kept { pairs: pairs.iter().map(pair).collect() }
    }

    fn target(text: &str) -> Target {
        Target::parse(text, &[]).unwrap()
    }

    #[test]
    fn a_target_is_recognised_however_it_was_written() {
        let workspace = target("adb-1.2.azuredatabricks.net");
        let account = target(
            "https://accounts.azuredatabricks.net/api/2.1/accounts/00000000-0000-0000-0000-00000000000a/scim/v2",
        );
        for (address, to, same) in [
            ("https://adb-1.2.azuredatabricks.net/api/2.0/preview/scim", &workspace, true),
            ("https://ADB-1.2.azuredatabricks.net/api/2.0/preview/scim/v2/", &workspace, true),
            ("https://adb-1.2.azuredatabricks.net/api/2.0/preview/scim?aadOptscim062020", &workspace, true),
            ("https://adb-1.3.azuredatabricks.net/api/2.0/preview/scim", &workspace, false),
            (
                "https://accounts.azuredatabricks.net/api/2.0/accounts/00000000-0000-0000-0000-00000000000A/scim/v2",
                &account,
                true,
            ),
            (
                "https://accounts.azuredatabricks.net/api/2.1/accounts/00000000-0000-0000-0000-00000000000b/scim/v2",
                &account,
                false,
            ),
        ] {
            assert_eq!(kept(&[("BaseAddress", address)]).writes_to(to), same, "{address}");
        }
        assert!(!Kept::default().writes_to(&workspace));
    }

    #[test]
    fn what_was_told_is_read_back() {
        let notify = r#"{"Enabled":true,"Recipients":"ops@contoso.example","DeleteThresholdEnabled":true,"DeleteThresholdValue":"50"}"#;
        let all = kept(&[
            ("secretToken", "*"),
            ("BaseAddress", "https://x"),
            ("SyncAll", "False"),
            (NOTIFY, notify),
        ]);
        assert!(all.is_complete());
        let mail = Mail::parse("ops@contoso.example").ok();
        assert_eq!(all.settings(), Settings { everybody: false, mail, threshold: Some(50) });
        assert!(Kept::default().everybody() && !Kept::default().is_complete());
    }

    #[test]
    fn what_else_was_told_stays_and_masks_are_never_sent() {
        let now = kept(&[
            ("SkipOutOfScopeDeletions", "True"),
            ("SecretToken", "*"),
            ("Oauth2RefreshToken", "***"),
            ("Password", ""),
        ]);
        let (plain, masked) = others(&now);
        assert_eq!(plain, [Pair { key: "SkipOutOfScopeDeletions".to_owned(), value: "True".to_owned() }]);
        assert_eq!(masked, ["Oauth2RefreshToken"]);
    }

    #[test]
    fn what_was_told_shows_however_it_is_written_back() {
        let target = target("adb-1.2.azuredatabricks.net");
        let mail = Mail::parse("ops@contoso.example").ok();
        let settings = Settings { everybody: false, mail, threshold: Some(50) };
        let back = |notify: &str| {
            let address = "https://adb-1.2.azuredatabricks.net/api/2.0/preview/scim/";
            kept(&[("BaseAddress", address), ("SecretToken", "*"), ("SyncAll", "false"), (NOTIFY, notify)])
        };
        let text = r#"{"Enabled":true,"Recipients":"ops@contoso.example","DeleteThresholdEnabled":true,"DeleteThresholdValue":"50"}"#;
        assert!(shows(&back(text), &target, &settings));
        assert!(!shows(&back(&text.replace("50", "60")), &target, &settings));
        assert!(!shows(&back(&text.replace("ops@", "old@")), &target, &settings));
    }

    #[test]
    fn a_saved_address_of_the_same_target_stays_as_it_was_written() {
        let target = target("adb-1.2.azuredatabricks.net");
        let plain = "https://adb-1.2.azuredatabricks.net/api/2.0/preview/scim";
        let flag = "https://adb-1.2.azuredatabricks.net/api/2.0/preview/scim?aadOptscim062020";
        let elsewhere = "https://adb-1.3.azuredatabricks.net/api/2.0/preview/scim?aadOptscim062020";
        for (saved, told) in [(flag, flag), (elsewhere, plain), ("", plain)] {
            assert_eq!(kept(&[("BaseAddress", saved)]).address_for(&target), told, "{saved}");
        }
    }
}
