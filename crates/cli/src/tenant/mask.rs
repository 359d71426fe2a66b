//! Taking secrets out of what is recorded. They are made up, but records are passed around, and habits are not.

use sample::Facts;
use serde_json::Value;

/// What stands in the place of a secret.
pub(crate) const MASKED: &str = "[masked]";

/// Headers that hold nothing but a secret.
const HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Parameters of queries, fragments and forms.
const PARAMETERS: [&str; 9] = [
    "access_token",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "id_token",
    "id_token_hint",
    "password",
    "refresh_token",
];

/// Keys of JSON objects. `code` is not among them: there it is the name of an error.
const KEYS: [&str; 7] =
    ["access_token", "authorization", "client_secret", "id_token", "password", "refresh_token", "secrettext"];

/// What provisioning is told or tells in pairs of `key` and `value` and may be seen. The rest of Graph's list (`synchronizationSecret`) is
/// secrets for the most part, and one that is new would be taken for open.
const OPEN: [&str; 8] = [
    "ApplicationTemplateIdentifier",
    "AuthenticationType",
    "BaseAddress",
    "GalleryApplicationIdentifier",
    "IsOAuthEnabled",
    "SkipOutOfScopeDeletions",
    "SyncAll",
    "SyncNotificationSettings",
];

/// The secrets of one tenant, and the places where others are found.
pub(crate) struct Mask {
    known: Vec<String>,
}

impl Mask {
    /// Knows the tenant's own secrets by their text.
    pub(crate) fn new(facts: &Facts) -> Self {
        let known = [
            &facts.sync_client_secret,
            &facts.workspace_token,
            &facts.plain_token,
            &facts.account_token,
            &facts.account_client_secret,
        ];
        Self { known: known.into_iter().filter(|secret| !secret.is_empty()).cloned().collect() }
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str, value: &str) -> String {
        if HEADERS.contains(&name) { MASKED.to_owned() } else { self.parameters(value) }
    }

    /// An address, a form, or any text with `name=value` in it.
    pub(crate) fn parameters(&self, text: &str) -> String {
        let pieces = text.split_inclusive(['?', '&', '#']).map(|piece| {
            let end = piece.trim_end_matches(['?', '&', '#']).len();
            let (pair, separator) = piece.split_at_checked(end).unwrap_or((piece, ""));
            match pair.split_once('=') {
                Some((name, value)) if !value.is_empty() && PARAMETERS.contains(&name) => {
                    format!("{name}={MASKED}{separator}")
                }
                _ => piece.to_owned(),
            }
        });
        self.known_out_of(pieces.collect())
    }

    /// A body: JSON by its keys, a form by its parameters; unchanged where there is nothing to hide.
    pub(crate) fn body(&self, content_type: &str, body: &[u8]) -> Option<String> {
        if body.is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(body).into_owned();
        if content_type.starts_with("application/x-www-form-urlencoded") {
            return Some(self.parameters(&text));
        }
        let masked = serde_json::from_slice::<Value>(body).ok().and_then(|mut value| {
            let found = keys(&mut value);
            found.then(|| value.to_string())
        });
        Some(self.known_out_of(masked.unwrap_or(text)))
    }

    fn known_out_of(&self, text: String) -> String {
        self.known.iter().fold(text, |text, secret| {
            if text.contains(secret.as_str()) { text.replace(secret.as_str(), MASKED) } else { text }
        })
    }
}

/// Masks values by their keys; whether there was one.
fn keys(value: &mut Value) -> bool {
    let mut found = false;
    match value {
        Value::Array(items) => {
            for item in items {
                found |= keys(item);
            }
        }
        Value::Object(fields) => {
            // What Entra keeps for provisioning: the name of the secret is a value itself.
            let name = fields.get("key").and_then(Value::as_str);
            let is_closed = name.is_some_and(|name| !OPEN.iter().any(|open| open.eq_ignore_ascii_case(name)));
            if let (true, Some(value @ Value::String(_))) = (is_closed, fields.get_mut("value")) {
                *value = Value::from(MASKED);
                found = true;
            }
            for (key, field) in fields {
                if field.is_string() && KEYS.contains(&key.to_ascii_lowercase().as_str()) {
                    *field = Value::from(MASKED);
                    found = true;
                } else {
                    found |= keys(field);
                }
            }
        }
        _ => (),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        Mask { known: vec!["dapi-made-up".to_owned()] }
    }

    #[test]
    fn addresses_and_forms_lose_their_secrets() {
        assert_eq!(
            mask().parameters("http://localhost:8080/?x=1#code=abc&state=s&session_state=t"),
            "http://localhost:8080/?x=1#code=[masked]&state=s&session_state=t"
        );
        assert_eq!(
            mask().body(
                "application/x-www-form-urlencoded;charset=utf-8",
                b"grant_type=authorization_code&code=a%2Bb&code_verifier=v&client_secret="
            ),
            Some(
                "grant_type=authorization_code&code=[masked]&code_verifier=[masked]&client_secret="
                    .to_owned()
            )
        );
        assert_eq!(
            mask().body(
                "application/json",
                br#"{"value":[{"key":"BaseAddress","value":"https://x"},{"key":"SecretToken","value":"dapi-new"}]}"#
            ),
            Some(
                r#"{"value":[{"key":"BaseAddress","value":"https://x"},{"key":"SecretToken","value":"[masked]"}]}"#
                    .to_owned()
            )
        );
        assert_eq!(
            mask().parameters("code_challenge=c&response_type=code"),
            "code_challenge=c&response_type=code"
        );
    }

    #[test]
    fn what_provisioning_is_told_is_secret_unless_it_is_known_to_be_none() {
        for key in [
            "SecretToken",
            "Password",
            "AppKey",
            "ClientSecret",
            "ConsumerSecret",
            "TokenKey",
            "Oauth2AccessToken",
            "Oauth2RefreshToken",
            "Oauth2ClientSecret",
            "Oauth2AuthorizationCode",
            "ConnectionString",
            "secrettoken",
            "SomethingNew",
        ] {
            let body = format!(r#"{{"credentials":[{{"key":"{key}","value":"s3cret"}}]}}"#);
            let masked = mask().body("application/json", body.as_bytes()).unwrap();
            assert!(!masked.contains("s3cret") && masked.contains(MASKED), "{masked}");
        }
        let open = r#"{"value":[{"key":"SyncAll","value":"false"},{"key":"SyncNotificationSettings","value":"{}"}]}"#;
        assert_eq!(mask().body("application/json", open.as_bytes()), Some(open.to_owned()));
    }

    #[test]
    fn json_loses_its_tokens_and_keeps_its_codes() {
        assert_eq!(
            mask().body("application/json", br#"{"token_type":"Bearer","access_token":"a","nested":[{"refresh_token":"r"}]}"#),
            Some(r#"{"access_token":"[masked]","nested":[{"refresh_token":"[masked]"}],"token_type":"Bearer"}"#.to_owned())
        );
        let error = r#"{ "error": { "code": "Request_BadRequest" } }"#;
        assert_eq!(mask().body("application/json", error.as_bytes()), Some(error.to_owned()));
        assert_eq!(mask().body("application/json", b""), None);
    }

    #[test]
    fn known_secrets_are_masked_wherever_they_stand() {
        assert_eq!(
            mask().body("text/html", b"<code>dapi-made-up</code>"),
            Some("<code>[masked]</code>".to_owned())
        );
        assert_eq!(mask().header("authorization", "Bearer x"), "[masked]");
        assert_eq!(
            mask().header("location", "http://localhost:8080/#code=x"),
            "http://localhost:8080/#code=[masked]"
        );
        assert_eq!(mask().header("x-other", "dapi-made-up"), "[masked]");
    }
}
