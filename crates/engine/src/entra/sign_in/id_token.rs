//! Who signed in. The token comes straight from the token endpoint over TLS, so its claims are checked and its signature
//! need not be (OpenID Connect Core 3.1.3.7, point 6); it is used for display and for protecting the person, nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, Guid, ObjectId, TenantId};
use crate::entra::sign_in::SignInError;
use crate::env::Timestamp;

/// How far two clocks may differ, in seconds.
const SKEW: u64 = 300;

/// A person who signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The person's object id.
    pub id: ObjectId,
    /// The display name.
    pub name: String,
    /// The name to sign in with.
    pub username: String,
    /// The tenant that the token is for.
    pub tenant: TenantId,
}

/// What the claims are compared with.
pub(super) struct Expected<'e> {
    pub(super) issuer: &'e str,
    pub(super) client: &'e ClientId,
    pub(super) nonce: &'e str,
    pub(super) now: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: u64,
    #[serde(default)]
    nbf: u64,
    #[serde(default)]
    nonce: String,
    oid: Guid,
    tid: Guid,
    #[serde(default)]
    name: String,
    #[serde(default)]
    preferred_username: String,
}

/// The issuer that Entra names for a tenant.
pub(super) fn issuer(cloud: &Cloud, tenant: &TenantId) -> String {
    format!("{}/{tenant}/v2.0", cloud.authority)
}

pub(super) fn check(token: &str, expected: &Expected<'_>) -> Result<Account, SignInError> {
    let payload = token.split('.').nth(1).ok_or(SignInError::IdToken("form"))?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(|_| SignInError::IdToken("form"))?;
    let claims: Claims = serde_json::from_slice(&bytes).map_err(|_| SignInError::IdToken("form"))?;
    let now = expected.now.0 / 1000;
    let wrong = if claims.iss != expected.issuer {
        Some("issuer")
    } else if !claims.aud.eq_ignore_ascii_case(expected.client.as_str()) {
        Some("audience")
    } else if claims.nonce != expected.nonce {
        Some("nonce")
    } else if claims.exp.saturating_add(SKEW) < now || claims.nbf > now.saturating_add(SKEW) {
        Some("time")
    } else {
        None
    };
    match wrong {
        Some(claim) => Err(SignInError::IdToken(claim)),
        None => Ok(Account {
            id: ObjectId(claims.oid),
            name: claims.name,
            username: claims.preferred_username,
            tenant: TenantId(claims.tid),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "00000000-0000-0000-0000-00000000000c";

    fn token(change: &str, to: &str) -> String {
        let claims = r#"{"iss":"https://login.example/t/v2.0","aud":"00000000-0000-0000-0000-00000000000c","exp":2000,"nbf":1000,"nonce":"n1","oid":"00000000-0000-0000-0000-0000000000aa","tid":"00000000-0000-0000-0000-0000000000bb","name":"Ada","preferred_username":"ada@contoso.example"}"#;
        format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims.replace(change, to)))
    }

    fn run(token: &str, now: u64) -> Result<Account, SignInError> {
        let client = ClientId(Guid::parse(CLIENT).unwrap());
        let expected = Expected {
            issuer: "https://login.example/t/v2.0",
            client: &client,
            nonce: "n1",
            now: Timestamp(now * 1000),
        };
        check(token, &expected)
    }

    #[test]
    fn a_good_token_names_the_person() {
        let account = run(&token("", ""), 1500).unwrap();
        assert_eq!((account.name.as_str(), account.username.as_str()), ("Ada", "ada@contoso.example"));
    }

    #[test]
    fn each_wrong_claim_is_named() {
        let cases = [
            ("login.example", "evil.example", 1500, "issuer"),
            ("00000000000c", "00000000000d", 1500, "audience"),
            ("n1", "n2", 1500, "nonce"),
            ("", "", 2301, "time"),
            ("", "", 699, "time"),
        ];
        for (from, to, now, claim) in cases {
            assert_eq!(run(&token(from, to), now), Err(SignInError::IdToken(claim)), "{claim}");
        }
        assert!(run(&token("", ""), 2300).is_ok());
        assert_eq!(run("not-a-token", 1500), Err(SignInError::IdToken("form")));
    }
}
