//! What a connector is told: where to write, with which token, for whom, and whom to write to when it fails. Graph calls all of it secrets,
//! and takes and gives it as one whole (`synchronization-serviceprincipal-put-synchronization`).

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

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

/// A mail address to notify. One only: how several are separated is not documented.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mail(String);

/// The text is no mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailError;

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enter one mail address, such as ops@contoso.example. For several people take a distribution list.")
    }
}

impl std::error::Error for MailError {}

impl Mail {
    /// Reads a mail address: something, an @, and a host with a dot.
    ///
    /// # Errors
    /// [`MailError`].
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let text = text.trim();
        let fits = |c: char| !c.is_whitespace() && !c.is_control() && !",;<>()[]\\\"".contains(c);
        let (name, host) = text.rsplit_once('@').ok_or(MailError)?;
        let good = !name.is_empty()
            && !name.contains('@')
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && text.chars().all(fits)
            && text.len() <= 254;
        good.then(|| Self(text.to_owned())).ok_or(MailError)
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Mail {
    type Error = MailError;

    fn try_from(text: String) -> Result<Self, MailError> {
        Self::parse(&text)
    }
}

impl From<Mail> for String {
    fn from(mail: Mail) -> Self {
        mail.0
    }
}

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

    /// Who is notified, and from how many deletions on they are held back.
    #[must_use]
    pub fn notifications(&self) -> (Option<String>, Option<u32>) {
        let Some(settings) = self.notify() else { return (None, None) };
        let is_on = |key: &str| settings.get(key).is_some_and(|it| it == &Value::Bool(true));
        let text = |key: &str| settings.get(key).and_then(Value::as_str).filter(|it| !it.is_empty());
        let number = settings.get("DeleteThresholdValue");
        let number = number.and_then(|it| it.as_u64().or_else(|| it.as_str()?.parse().ok()));
        let threshold =
            number.filter(|_| is_on("DeleteThresholdEnabled")).and_then(|it| u32::try_from(it).ok());
        (text("Recipients").map(str::to_owned), threshold)
    }

    fn notify(&self) -> Option<Map<String, Value>> {
        serde_json::from_str(self.get(NOTIFY)?).ok()
    }

    /// How it works.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let (mail, threshold) = self.notifications();
        Settings { everybody: self.everybody(), mail: mail.and_then(|it| Mail::parse(&it).ok()), threshold }
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

/// Tells a connector everything at once: address, token and settings. What else it was told stays. Reads until it shows.
///
/// # Errors
/// [`SaveError`].
pub async fn save<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
    (target, token): (&Target, &Secret),
    settings: &Settings,
) -> Result<(), SaveError> {
    let path = path(principal);
    let address = target.connector_address();
    let mut sent = false;
    until(graph.env, control, tell, async || {
        let now = match kept(graph, principal).await {
            Ok(now) => now,
            Err(error) if Settling::Service.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            Err(error) => return Err(error),
        };
        let notify = notify(&now, settings);
        if sent && shows(&now, &address, settings, notify.as_deref()) {
            return Ok(Tried::Ready(Ok(())));
        }
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

/// The settings for notifications, a text with JSON in it. What it says beyond what is set here stays.
fn notify(now: &Kept, settings: &Settings) -> Option<String> {
    let before = now.notify();
    if before.is_none() && settings.mail.is_none() && settings.threshold.is_none() {
        return None;
    }
    let mut all = before.unwrap_or_default();
    all.insert("Enabled".to_owned(), json!(settings.mail.is_some()));
    all.insert("Recipients".to_owned(), json!(settings.mail.as_ref().map_or("", Mail::as_str)));
    all.insert("DeleteThresholdEnabled".to_owned(), json!(settings.threshold.is_some()));
    match settings.threshold {
        Some(threshold) => all.insert("DeleteThresholdValue".to_owned(), json!(threshold)),
        None => all.remove("DeleteThresholdValue"),
    };
    Some(Value::Object(all).to_string())
}

/// Whether what is read is what was told, as far as it can be seen.
fn shows(now: &Kept, address: &str, settings: &Settings, notify: Option<&str>) -> bool {
    let same = |text: &str| serde_json::from_str::<Value>(text).ok();
    now.get(ADDRESS) == Some(address)
        && now.has_token()
        && now.everybody() == settings.everybody
        && notify.and_then(same) == now.get(NOTIFY).and_then(same)
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
        let before =
            kept(&[(NOTIFY, r#"{"HumanResourcesLookaheadQueryEnabled":false,"DeleteThresholdValue":7}"#)]);
        assert_eq!(
            notify(&before, &Settings::default()).as_deref(),
            Some(
                r#"{"DeleteThresholdEnabled":false,"Enabled":false,"HumanResourcesLookaheadQueryEnabled":false,"Recipients":""}"#
            )
        );
        assert_eq!(notify(&Kept::default(), &Settings::default()), None);
    }

    #[test]
    fn a_mail_address_is_one() {
        for good in ["ops@contoso.example", " a.b+c@x.y "] {
            assert!(Mail::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "ops", "@x.y", "a@b", "a@b@c.d", "a@x.y, b@x.y", "a@x.y;b@x.y", "A <a@x.y>", "a@.y", "a@x."]
        {
            assert_eq!(Mail::parse(bad), Err(MailError), "{bad}");
        }
    }
}
