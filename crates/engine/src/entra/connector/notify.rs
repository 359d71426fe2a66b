//! Whom a connector writes to when it fails, and how many deletions it holds back: a text with JSON in it, of which no schema is published.

use std::fmt;

use serde_json::{Map, Value, json};

use super::secrets::Settings;

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

/// What a connector was told of notifications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Notify(Map<String, Value>);

impl Notify {
    /// Reads the text. What is no JSON says nothing.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    fn is_on(&self, key: &str) -> bool {
        self.0.get(key) == Some(&Value::Bool(true))
    }

    /// Who is notified, as it was written: scripts write several, of which we do not know how Entra takes them apart. Switched off, nobody is.
    pub(super) fn recipients(&self) -> Option<&str> {
        let text = self.0.get("Recipients").and_then(Value::as_str);
        text.filter(|it| !it.is_empty() && self.is_on("Enabled"))
    }

    /// The one who is notified, where it is one.
    pub(super) fn mail(&self) -> Option<Mail> {
        self.recipients().and_then(|it| Mail::parse(it).ok())
    }

    /// From how many deletions on they are held back.
    pub(super) fn threshold(&self) -> Option<u32> {
        let number = self.0.get("DeleteThresholdValue");
        let number = number.and_then(|it| it.as_u64().or_else(|| it.as_str()?.parse().ok()));
        number.filter(|_| self.is_on("DeleteThresholdEnabled")).and_then(|it| u32::try_from(it).ok())
    }
}

/// The text to tell. Only what becomes another is written: recipients that cannot be read here were not changed here, and stay.
pub(super) fn changed(before: Option<Notify>, settings: &Settings) -> Option<String> {
    if before.is_none() && settings.mail.is_none() && settings.threshold.is_none() {
        return None;
    }
    let before = before.unwrap_or_default();
    let (mail, threshold) = (before.mail(), before.threshold());
    let Notify(mut all) = before;
    if settings.mail != mail {
        all.insert("Enabled".to_owned(), json!(settings.mail.is_some()));
        all.insert("Recipients".to_owned(), json!(settings.mail.as_ref().map_or("", Mail::as_str)));
    }
    if settings.threshold != threshold {
        all.insert("DeleteThresholdEnabled".to_owned(), json!(settings.threshold.is_some()));
        match settings.threshold {
            Some(threshold) => all.insert("DeleteThresholdValue".to_owned(), json!(threshold)),
            None => all.remove("DeleteThresholdValue"),
        };
    }
    Some(Value::Object(all).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, mail: &str, threshold: Option<u32>) -> Option<String> {
        let settings = Settings { everybody: false, mail: Mail::parse(mail).ok(), threshold };
        changed(Notify::read(before), &settings)
    }

    #[test]
    fn only_what_becomes_another_is_written() {
        let several = r#"{"Enabled":true,"Recipients":"a@x.example,b@x.example"}"#;
        let off = r#"{"Enabled":false,"Recipients":"ops@contoso.example"}"#;
        let on = r#"{"Enabled":true,"Recipients":"ops@contoso.example"}"#;
        let text = r#"{"DeleteThresholdEnabled":true,"DeleteThresholdValue":"50","Further":1}"#;
        for (before, mail, threshold, then) in [
            (several, "", None, several),
            (several, "ops@contoso.example", None, on),
            (off, "", None, off),
            (off, "ops@contoso.example", None, on),
            (on, "ops@contoso.example", None, on),
            (on, "", None, r#"{"Enabled":false,"Recipients":""}"#),
            (text, "", Some(50), text),
            (text, "", Some(60), r#"{"DeleteThresholdEnabled":true,"DeleteThresholdValue":60,"Further":1}"#),
            (text, "", None, r#"{"DeleteThresholdEnabled":false,"Further":1}"#),
        ] {
            let told = told(before, mail, threshold);
            assert_eq!(told.as_deref(), Some(then), "{before} {mail} {threshold:?}");
        }
        assert_eq!(told("", "", None), None);
    }

    #[test]
    fn who_is_notified_is_read_as_it_is() {
        for (text, recipients, mail) in [
            (
                r#"{"Enabled":true,"Recipients":"a@x.example,b@x.example"}"#,
                Some("a@x.example,b@x.example"),
                None,
            ),
            (
                r#"{"Enabled":true,"Recipients":"ops@contoso.example"}"#,
                Some("ops@contoso.example"),
                Some("ops@contoso.example"),
            ),
            (r#"{"Enabled":false,"Recipients":"ops@contoso.example"}"#, None, None),
            (r#"{"Recipients":"ops@contoso.example"}"#, None, None),
            (r#"{"Enabled":true,"Recipients":""}"#, None, None),
        ] {
            let notify = Notify::read(text).unwrap();
            assert_eq!(notify.recipients(), recipients, "{text}");
            assert_eq!(notify.mail().as_ref().map(Mail::as_str), mail, "{text}");
        }
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
