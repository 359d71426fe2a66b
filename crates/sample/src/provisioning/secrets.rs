//! What a connector is told: where to write, with which token, for whom, and whom to write to when it fails.

use serde_json::{Value, json};

/// The keys of `synchronizationSecret` (Graph's metadata).
const KEYS: [&str; 45] = [
    "None",
    "UserName",
    "Password",
    "SecretToken",
    "AppKey",
    "BaseAddress",
    "ClientIdentifier",
    "ClientSecret",
    "SingleSignOnType",
    "Sandbox",
    "Url",
    "Domain",
    "ConsumerKey",
    "ConsumerSecret",
    "TokenKey",
    "TokenExpiration",
    "Oauth2AccessToken",
    "Oauth2AccessTokenCreationTime",
    "Oauth2RefreshToken",
    "SyncAll",
    "InstanceName",
    "Oauth2ClientId",
    "Oauth2ClientSecret",
    "CompanyId",
    "UpdateKeyOnSoftDelete",
    "SynchronizationSchedule",
    "SystemOfRecord",
    "SandboxName",
    "EnforceDomain",
    "SyncNotificationSettings",
    "SkipOutOfScopeDeletions",
    "Oauth2AuthorizationCode",
    "Oauth2RedirectUri",
    "ApplicationTemplateIdentifier",
    "Oauth2TokenExchangeUri",
    "Oauth2AuthorizationUri",
    "AuthenticationType",
    "Server",
    "PerformInboundEntitlementGrants",
    "HardDeletesEnabled",
    "SyncAgentCompatibilityKey",
    "SyncAgentADContainer",
    "ValidateDomain",
    "TestReferences",
    "ConnectionString",
];
/// Those that are never told again.
const HIDDEN: [&str; 9] = [
    "Password",
    "SecretToken",
    "AppKey",
    "ClientSecret",
    "ConsumerSecret",
    "TokenKey",
    "Oauth2AccessToken",
    "Oauth2RefreshToken",
    "Oauth2ClientSecret",
];

/// Keys and values of one service principal. Without `Debug` of its values, so that nobody prints a token.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<(String, String)>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(key, _)| key)).finish()
    }
}

impl Secrets {
    /// Reads a list of keys and values; says which key is none.
    pub(crate) fn read(list: &[Value]) -> Result<Self, String> {
        let mut read = Vec::new();
        for pair in list {
            let (key, value) = (super::text(pair, "key"), super::text(pair, "value"));
            let known = KEYS.iter().find(|it| it.eq_ignore_ascii_case(key));
            let known = known.ok_or_else(|| {
                format!("Requested value '{key}' was not found in the enumeration 'synchronizationSecret'.")
            })?;
            // An empty value takes the key away: this is how Microsoft's Terraform provider deletes.
            if !value.is_empty() {
                read.push(((*known).to_owned(), value.to_owned()));
            }
        }
        Ok(Self(read))
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// As they are read back: what is secret is a star.
    pub(crate) fn render(&self) -> Vec<Value> {
        let shown = |key: &str, value: &str| {
            if HIDDEN.contains(&key) { "*".to_owned() } else { value.to_owned() }
        };
        self.0.iter().map(|(key, value)| json!({ "key": key, "value": shown(key, value) })).collect()
    }

    /// Whether there is all that it takes to reach the target.
    pub(super) fn complete(&self) -> bool {
        self.get("BaseAddress").is_some() && self.get("SecretToken").is_some()
    }

    fn is_true(&self, key: &str) -> Option<bool> {
        self.get(key).map(|value| value.eq_ignore_ascii_case("true"))
    }

    /// All users and groups rather than those assigned. Left out it is all: the documentation says it is generally so.
    pub(super) fn everybody(&self) -> bool {
        self.is_true("SyncAll").unwrap_or(true)
    }

    /// Whether accounts that leave the scope stay as they are.
    pub(super) fn keeps_out_of_scope(&self) -> bool {
        self.is_true("SkipOutOfScopeDeletions").unwrap_or(false)
    }

    fn notifications(&self) -> Option<Value> {
        serde_json::from_str(self.get("SyncNotificationSettings")?).ok()
    }

    /// How many deletions one cycle may carry out; none without a limit.
    pub(super) fn delete_threshold(&self) -> Option<u64> {
        let settings = self.notifications()?;
        let number = settings.get("DeleteThresholdValue")?;
        let number = number.as_u64().or_else(|| number.as_str()?.parse().ok())?;
        settings.get("DeleteThresholdEnabled").and_then(Value::as_bool)?.then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &Value) -> Result<Secrets, String> {
        Secrets::read(list.as_array().unwrap())
    }

    #[test]
    fn tokens_come_back_as_stars_and_are_not_printed() {
        let secrets = read(&json!([
            { "key": "BaseAddress", "value": "https://x.example/scim" },
            { "key": "secrettoken", "value": "dapi-hush" },
            { "key": "SyncAll", "value": "" }
        ]))
        .unwrap();
        assert_eq!(
            json!(secrets.render()),
            json!([{ "key": "BaseAddress", "value": "https://x.example/scim" }, { "key": "SecretToken", "value": "*" }])
        );
        assert_eq!(format!("{secrets:?}"), r#"["BaseAddress", "SecretToken"]"#);
        assert!(read(&json!([{ "key": "Token", "value": "x" }])).is_err());
    }

    #[test]
    fn settings_are_texts_and_json_in_texts() {
        let settings = r#"{"Enabled":true,"Recipients":"ops@contoso.example","DeleteThresholdEnabled":true,"DeleteThresholdValue":500}"#;
        let secrets = read(&json!([
            { "key": "SyncNotificationSettings", "value": settings },
            { "key": "SyncAll", "value": "False" },
            { "key": "SkipOutOfScopeDeletions", "value": "True" }
        ]))
        .unwrap();
        assert_eq!(secrets.delete_threshold(), Some(500));
        assert!(!secrets.everybody() && secrets.keeps_out_of_scope() && !secrets.complete());
        assert!(Secrets::default().everybody());
        assert_eq!(Secrets::default().delete_threshold(), None);
    }
}
