//! Who signed in. The token comes straight from the token endpoint over TLS, so its claims are checked and its signature
//! need not be (OpenID Connect Core 3.1.3.7, point 6); it is used for display and for protecting the person, nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::PERSONAL;
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

/// What the ID token says beyond the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) account: Account,
    /// Where the account comes from, when it is a guest of the tenant.
    pub(super) guest: Option<Home>,
    /// What ends this person's session at the service without asking whose.
    pub(super) logout_hint: Option<String>,
}

/// Where a guest comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// Another organisation.
    Organisation,
    /// Nowhere: it is a personal account.
    Personal,
}

/// What the claims are compared with.
pub(super) struct Expected<'e> {
    pub(super) issuer: &'e str,
    pub(super) tenant: &'e TenantId,
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
    iat: u64,
    #[serde(default)]
    nonce: String,
    oid: Guid,
    tid: Guid,
    // What is only shown, or only there at times, may be of any kind: a token is not refused for it.
    #[serde(default)]
    name: Value,
    #[serde(default)]
    preferred_username: Value,
    #[serde(default)]
    ver: Value,
    #[serde(default)]
    idp: Value,
    #[serde(default)]
    acct: Value,
    #[serde(default)]
    login_hint: Value,
}

/// The issuer that Entra names for a tenant.
pub(super) fn issuer(cloud: &Cloud, tenant: &TenantId) -> String {
    format!("{}/{tenant}/v2.0", cloud.authority)
}

pub(super) fn check(token: &str, expected: &Expected<'_>) -> Result<Identity, SignInError> {
    let payload = token.split('.').nth(1).ok_or(SignInError::IdToken("form"))?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(|_| SignInError::IdToken("form"))?;
    let claims: Claims = serde_json::from_slice(&bytes).map_err(|_| SignInError::IdToken("form"))?;
    let now = expected.now.0 / 1000;
    let soon = now.saturating_add(SKEW);
    if !claims.aud.eq_ignore_ascii_case(expected.client.as_str()) {
        return Err(SignInError::IdToken("audience"));
    }
    if claims.nonce != expected.nonce {
        return Err(SignInError::IdToken("nonce"));
    }
    // Before the issuer, which names the tenant too: this is what a person can do something about.
    if claims.tid != expected.tenant.0 {
        return Err(SignInError::OtherTenant(TenantId(claims.tid)));
    }
    if claims.iss != expected.issuer {
        return Err(SignInError::IdToken("issuer"));
    }
    // Every token of Entra says it; the issuer says it as well.
    if !(claims.ver.is_null() || claims.ver == "2.0") {
        return Err(SignInError::IdToken("version"));
    }
    if claims.exp.saturating_add(SKEW) < now || claims.nbf > soon || claims.iat > soon {
        return Err(SignInError::IdToken("time"));
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Identity {
        guest: home(&claims),
        logout_hint: claims.login_hint.as_str().filter(|hint| !hint.is_empty()).map(str::to_owned),
        account: Account {
            id: ObjectId(claims.oid),
            name: text(&claims.name),
            username: text(&claims.preferred_username),
            tenant: TenantId(claims.tid),
        },
    })
}

/// Whether the account is a guest, and from where. `acct` (an optional claim) says it outright: 0 is a member, 1 a guest. Else
/// `idp` differs from the issuer for guests (identity platform: `id-token-claims-reference`); members may have it too, in
/// another spelling that names their own tenant.
fn home(claims: &Claims) -> Option<Home> {
    let idp = claims.idp.as_str().unwrap_or_default().to_ascii_lowercase();
    let own = idp.is_empty() || idp == claims.iss.to_ascii_lowercase() || idp.contains(claims.tid.as_str());
    let guest = match &claims.acct {
        Value::Number(number) => number.as_u64() == Some(1),
        Value::String(text) => text == "1",
        _ => !own,
    };
    let personal = idp == "live.com" || idp.contains(PERSONAL);
    guest.then_some(if personal { Home::Personal } else { Home::Organisation })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "00000000-0000-0000-0000-00000000000c";
    const TENANT: &str = "00000000-0000-0000-0000-0000000000bb";

    fn token(change: &str, to: &str) -> String {
        let claims = r#"{"iss":"https://login.example/00000000-0000-0000-0000-0000000000bb/v2.0","aud":"00000000-0000-0000-0000-00000000000c","exp":2000,"nbf":1000,"iat":1000,"nonce":"n1","oid":"00000000-0000-0000-0000-0000000000aa","tid":"00000000-0000-0000-0000-0000000000bb","name":"Ada","preferred_username":"ada@contoso.example","ver":"2.0"}"#;
        assert!(claims.contains(change), "{change}");
        format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims.replace(change, to)))
    }

    fn run(token: &str, now: u64) -> Result<Identity, SignInError> {
        let id = |text: &str| Guid::parse(text).unwrap();
        let expected = Expected {
            issuer: "https://login.example/00000000-0000-0000-0000-0000000000bb/v2.0",
            tenant: &TenantId(id(TENANT)),
            client: &ClientId(id(CLIENT)),
            nonce: "n1",
            now: Timestamp(now * 1000),
        };
        check(token, &expected)
    }

    #[test]
    fn a_good_token_names_the_person() {
        let identity = run(&token("", ""), 1500).unwrap();
        let account = identity.account;
        assert_eq!((account.name.as_str(), account.username.as_str()), ("Ada", "ada@contoso.example"));
        assert_eq!((identity.guest, identity.logout_hint), (None, None));
    }

    #[test]
    fn each_wrong_claim_is_named() {
        let cases = [
            ("login.example", "evil.example", 1500, "issuer"),
            ("00000000000c", "00000000000d", 1500, "audience"),
            ("n1", "n2", 1500, "nonce"),
            ("\"nonce\":\"n1\",", "", 1500, "nonce"),
            ("\"2.0\"", "\"1.0\"", 1500, "version"),
            ("\"2.0\"", "2", 1500, "version"),
            ("", "", 2301, "time"),
            ("", "", 699, "time"),
            ("\"nbf\":1000", "\"nbf\":1801", 1500, "time"),
            ("\"iat\":1000", "\"iat\":1801", 1500, "time"),
            ("\"exp\":2000", "\"exp\":-1", 1500, "form"),
            ("\"exp\":2000,", "", 1500, "form"),
            ("\"oid\":\"00000000", "\"oid\":\"x0000000", 1500, "form"),
            ("\"aud\":", "\"aud\":[],\"aud2\":", 1500, "form"),
        ];
        for (from, to, now, claim) in cases {
            assert_eq!(run(&token(from, to), now), Err(SignInError::IdToken(claim)), "{from} {to}");
        }
        assert!(run(&token("", ""), 2300).is_ok());
        assert!(run(&token(",\"ver\":\"2.0\"", ""), 1500).is_ok());
        for text in ["", "not-a-token", "a.b.c", "e30..x", "e30.e30.x"] {
            assert_eq!(run(text, 1500), Err(SignInError::IdToken("form")), "{text}");
        }
    }

    #[test]
    fn another_tenant_is_named_and_a_personal_account_told() {
        let other = "00000000-0000-0000-0000-0000000000bc";
        for tenant in [other, PERSONAL] {
            let found = TenantId(Guid::parse(tenant).unwrap());
            assert_eq!(run(&token(TENANT, tenant), 1500), Err(SignInError::OtherTenant(found)));
        }
        let to = format!("\"tid\":\"{other}\"");
        let from = format!("\"tid\":\"{TENANT}\"");
        assert!(matches!(run(&token(&from, &to), 1500), Err(SignInError::OtherTenant(_))));
    }

    #[test]
    fn what_is_only_shown_may_be_of_any_kind() {
        let account = run(&token("\"Ada\"", "null"), 1500).unwrap().account;
        assert_eq!((account.name.as_str(), account.username.as_str()), ("", "ada@contoso.example"));
        assert!(run(&token("\"ver\"", "\"idp\":7,\"acct\":[],\"login_hint\":{},\"ver\""), 1500).is_ok());
    }

    #[test]
    fn guests_are_known() {
        let with = |claims: &str| {
            run(&token("\"ver\":\"2.0\"", &format!("\"ver\":\"2.0\",{claims}")), 1500).unwrap().guest
        };
        let own = format!("\"idp\":\"https://sts.windows.net/{TENANT}/\"");
        let foreign = "\"idp\":\"https://sts.windows.net/00000000-0000-0000-0000-0000000000ff/\"";
        assert_eq!(with(&own), None);
        assert_eq!(with("\"acct\":0"), None);
        assert_eq!(with(&format!("\"acct\":0,{foreign}")), None);
        assert_eq!(with("\"acct\":1"), Some(Home::Organisation));
        assert_eq!(with("\"acct\":\"1\""), Some(Home::Organisation));
        assert_eq!(with(foreign), Some(Home::Organisation));
        assert_eq!(with("\"idp\":\"live.com\""), Some(Home::Personal));
        let personal = format!("\"idp\":\"https://sts.windows.net/{PERSONAL}/\"");
        assert_eq!(with(&personal), Some(Home::Personal));
    }

    #[test]
    fn the_hint_for_signing_out_is_kept() {
        let identity = run(&token("\"ver\"", "\"login_hint\":\"O.abc\",\"ver\""), 1500).unwrap();
        assert_eq!(identity.logout_hint.as_deref(), Some("O.abc"));
    }
}
