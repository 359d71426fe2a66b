//! Reading a target from whatever an administrator pastes: addresses with paths and queries, console links, SCIM URLs.

use super::{Level, Place, Target, TargetError, Version};
use crate::entra::clouds::is_loopback;
use crate::entra::ids::Guid;
use crate::pasted::is_around;

/// The names under which Databricks gives workspaces and accounts their hosts (the vendor's own SDKs list them).
const SUFFIXES: [&str; 6] = [
    ".azuredatabricks.net",
    ".databricks.azure.us",
    ".databricks.azure.cn",
    ".cloud.databricks.com",
    ".cloud.databricks.us",
    ".gcp.databricks.com",
];

impl Target {
    /// Reads an address. `extra` are further origins that speak Databricks SCIM, from the configuration or the command line.
    ///
    /// # Errors
    /// [`TargetError`] says what the text is instead.
    pub fn parse(text: &str, extra: &[String]) -> Result<Self, TargetError> {
        let text = text.trim_matches(|c| is_around(c) || "<>()[]{},;".contains(c)).trim_end_matches('.');
        if text.is_empty() {
            return Err(TargetError::Empty);
        }
        if looks_like_token(text) {
            return Err(TargetError::Token);
        }
        if Guid::parse(text).is_ok() {
            return Err(TargetError::Id);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TargetError::WorkspaceId);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            // The sample on this machine speaks plain http; nothing else that is trusted does.
            None if extra.iter().any(|origin| origin.strip_prefix("http://") == Some(text)) => {
                ("http".to_owned(), text)
            }
            None => ("https".to_owned(), text),
        };
        if !matches!(scheme.as_str(), "https" | "http") {
            return Err(TargetError::Malformed);
        }
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end).ok_or(TargetError::Malformed)?;
        // A full domain name may end in a dot, and is the same name.
        let authority = authority.strip_suffix('.').unwrap_or(authority);
        if authority.contains(char::is_whitespace) && authority.contains('.') {
            return Err(TargetError::Blank);
        }
        if authority.contains('@') {
            return Err(TargetError::UserInfo);
        }
        if !authority.is_ascii() {
            return Err(TargetError::NotAscii);
        }
        let origin = origin(&scheme, &authority.to_ascii_lowercase(), extra)?;
        Ok(Self { place: place(&origin, tail)?, origin })
    }
}

fn origin(scheme: &str, authority: &str, extra: &[String]) -> Result<String, TargetError> {
    let given = format!("{scheme}://{authority}");
    if extra.contains(&given) {
        return Ok(given);
    }
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    if is_loopback(host.split(':').next().unwrap_or_default()) {
        return Err(TargetError::Local(host.to_owned()));
    }
    if let Some((name, port)) = host.split_once(':') {
        let port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        return Err(if is_name(name) && port { TargetError::Port } else { TargetError::Malformed });
    }
    if !is_name(host) {
        return Err(TargetError::Malformed);
    }
    let known = SUFFIXES.iter().find_map(|suffix| Some((host.strip_suffix(suffix)?, *suffix)));
    let Some((name, suffix)) = known else {
        let begun = host.strip_prefix("adb-").and_then(|rest| rest.split('.').next());
        return Err(if begun.is_some_and(is_number) && host.matches('.').count() < 3 {
            TargetError::CutOff(host.to_owned())
        } else {
            TargetError::Elsewhere(host.to_owned())
        });
    };
    let azure = matches!(suffix, ".azuredatabricks.net" | ".databricks.azure.us" | ".databricks.azure.cn");
    // A token must not travel in the clear: whatever scheme was typed, https is what is called and displayed.
    let origin = format!("https://{host}");
    if name == "accounts" || (!azure && !name.is_empty()) || is_workspace(name) {
        return Ok(origin);
    }
    Err(if azure && name.strip_prefix("adb-").is_some_and(is_number) {
        TargetError::CutOff(host.to_owned())
    } else if azure && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        TargetError::Regional(host.to_owned())
    } else {
        TargetError::Elsewhere(host.to_owned())
    })
}

/// `adb-<workspace id>.<number>`, as every Azure workspace is named.
fn is_workspace(name: &str) -> bool {
    name.strip_prefix("adb-")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(id, shard)| is_number(id) && is_number(shard))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn place(origin: &str, tail: &str) -> Result<Place, TargetError> {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let console = host.starts_with("accounts.");
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let path = path.split('#').next().unwrap_or_default();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let api = match (parts.next(), parts.next(), parts.next()) {
        (Some("api"), Some(version), Some(area)) => Some((version, area)),
        _ => None,
    };
    match api {
        Some((version, "accounts")) => {
            if !console && !is_loopback(host.split(':').next().unwrap_or_default()) {
                return Err(TargetError::WrongHost { host: host.to_owned(), path: Level::Account });
            }
            let id = parts.next().filter(|id| *id != "scim").ok_or(TargetError::AccountIdMissing)?;
            let id = Guid::parse(id).map_err(|_| TargetError::AccountId(id.to_owned()))?;
            Ok(Place::Account { id, version: if version == "2.0" { Version::V2_0 } else { Version::V2_1 } })
        }
        Some(_) if console => Err(TargetError::WrongHost { host: host.to_owned(), path: Level::Workspace }),
        _ if console => {
            // Links of the account console name the account in the query, before or after the `#` of its own routing.
            let fragment = tail.split_once('#').map_or("", |(_, fragment)| fragment);
            let fragment_query = fragment.split_once('?').map_or("", |(_, query)| query);
            let id = [query, fragment_query]
                .into_iter()
                .flat_map(|part| part.split(['&', '#']))
                .find_map(|pair| pair.strip_prefix("account_id=").or_else(|| pair.strip_prefix("accountId=")))
                .ok_or(TargetError::AccountIdMissing)?;
            let id = Guid::parse(id).map_err(|_| TargetError::AccountId(id.to_owned()))?;
            Ok(Place::Account { id, version: Version::V2_1 })
        }
        _ => Ok(Place::Workspace),
    }
}

fn is_name(host: &str) -> bool {
    !host.is_empty()
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
}

fn looks_like_token(text: &str) -> bool {
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let bare = !text.contains(['.', '/', ':']);
    let begins = ["dapi", "dsapi", "dose", "dkea"].iter().any(|prefix| text.starts_with(prefix));
    // Secrets of Entra's applications have `Q~` near their start.
    (bare && (begins || text.contains("Q~"))) || (text.starts_with("eyJ") && text.matches('.').count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00000000-1111-2222-3333-444444444444";

    fn check(text: &str, expected: &str) {
        let target = Target::parse(text, &[]).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(target.display(), expected, "{text}");
        assert_eq!(Target::parse(expected, &[]), Ok(target), "{text}");
    }

    #[test]
    fn workspaces_are_read_from_what_people_paste() {
        let workspace = "https://adb-1234567890123456.7.azuredatabricks.net";
        for text in [
            "adb-1234567890123456.7.azuredatabricks.net",
            "  https://adb-1234567890123456.7.azuredatabricks.net/  ",
            "\"https://ADB-1234567890123456.7.AzureDatabricks.net\"",
            "http://adb-1234567890123456.7.azuredatabricks.net",
            "https://adb-1234567890123456.7.azuredatabricks.net:443/?o=1234567890123456#job/1",
            "https://adb-1234567890123456.7.azuredatabricks.net/settings/workspace/security?o=1234567890123456",
            "https://adb-1234567890123456.7.azuredatabricks.net/api/2.0/preview/scim",
            "https://adb-1234567890123456.7.azuredatabricks.net./settings",
            "https://adb-1234567890123456.7.azuredatabricks.net/api/2.0/preview/scim/v2/Users",
            "\u{feff}https://adb-1234567890123456.7.azuredatabricks.net\u{200b}\n",
        ] {
            check(text, workspace);
        }
        check(
            "https://dbc-a1b2c3d4-e5f6.cloud.databricks.com/login.html",
            "https://dbc-a1b2c3d4-e5f6.cloud.databricks.com",
        );
        check("adb-1.2.databricks.azure.cn", "https://adb-1.2.databricks.azure.cn");
        check("1234567890123456.7.gcp.databricks.com", "https://1234567890123456.7.gcp.databricks.com");
    }

    #[test]
    fn accounts_are_read_and_a_pasted_version_is_kept() {
        let v21 = format!("https://accounts.azuredatabricks.net/api/2.1/accounts/{ID}/scim/v2");
        let v20 = format!("https://accounts.cloud.databricks.com/api/2.0/accounts/{ID}/scim/v2");
        check(&v21, &v21);
        check(&format!("{v21}/"), &v21);
        check(&format!("{v21}/Users?count=1"), &v21);
        check(&v20, &v20);
        check(&format!("https://accounts.azuredatabricks.net/settings?account_id={ID}"), &v21);
        check(&format!("accounts.azuredatabricks.net/#/users?account_id={ID}"), &v21);
    }

    #[test]
    fn what_is_no_target_is_named() {
        let error = |text: &str| Target::parse(text, &[]).unwrap_err();
        assert_eq!(error(" "), TargetError::Empty);
        assert_eq!(error("dapi0123456789abcdef"), TargetError::Token);
        assert_eq!(error("dsapi0123456789abcdef"), TargetError::Token);
        assert_eq!(error("eyJ0.eyJ1.sig"), TargetError::Token);
        assert_eq!(error(ID), TargetError::Id);
        assert_eq!(error("1234567890123456"), TargetError::WorkspaceId);
        assert_eq!(error("https://accounts.azuredatabricks.net/"), TargetError::AccountIdMissing);
        assert_eq!(
            error("https://accounts.azuredatabricks.net/api/2.1/accounts/123/scim/v2"),
            TargetError::AccountId("123".to_owned())
        );
        assert_eq!(
            error(&format!("https://adb-1.2.azuredatabricks.net/api/2.1/accounts/{ID}/scim/v2")),
            TargetError::WrongHost { host: "adb-1.2.azuredatabricks.net".to_owned(), path: Level::Account }
        );
        assert_eq!(
            error("https://accounts.azuredatabricks.net/api/2.0/preview/scim"),
            TargetError::WrongHost {
                host: "accounts.azuredatabricks.net".to_owned(),
                path: Level::Workspace
            }
        );
        assert_eq!(
            error("https://westeurope.azuredatabricks.net/?o=123"),
            TargetError::Regional("westeurope.azuredatabricks.net".to_owned())
        );
        assert_eq!(
            error("https://portal.azure.com/#home"),
            TargetError::Elsewhere("portal.azure.com".to_owned())
        );
        assert_eq!(
            error("https://adb-1.2.azuredatabricks.net.evil.example"),
            TargetError::Elsewhere("adb-1.2.azuredatabricks.net.evil.example".to_owned())
        );
        assert_eq!(error("https://adb-1.2.azuredatabricks.net@evil.example"), TargetError::UserInfo);
        assert_eq!(error("https://adb-1.2.azuredatabricks.net:8443"), TargetError::Port);
        assert_eq!(error("https://аdb-1.2.azuredatabricks.net"), TargetError::NotAscii);
        assert_eq!(error("https://adb-1.2.azuredatabricks.net../x"), TargetError::Malformed);
        let cut = "https://accounts.azuredatabricks.net/api/2.1/accounts//scim/v2";
        assert_eq!(error(cut), TargetError::AccountIdMissing);
        assert_eq!(error("http://127.0.0.1:9103"), TargetError::Local("127.0.0.1:9103".to_owned()));
        assert_eq!(error("ftp://adb-1.2.azuredatabricks.net"), TargetError::Malformed);
        assert_eq!(error("my workspace"), TargetError::Malformed);
    }

    #[test]
    fn a_configured_origin_is_accepted_as_it_stands() {
        let extra = ["http://127.0.0.1:9103".to_owned()];
        let workspace = Target::parse("http://127.0.0.1:9103/", &extra).unwrap();
        assert_eq!((workspace.level(), workspace.host()), (Level::Workspace, "127.0.0.1:9103"));
        let account =
            Target::parse(&format!("http://127.0.0.1:9103/api/2.1/accounts/{ID}/scim/v2"), &extra).unwrap();
        assert_eq!(account.level(), Level::Account);
        let saved = serde_json::to_string(&account).unwrap();
        assert_eq!(serde_json::from_str::<Target>(&saved).unwrap(), account);
    }

    #[test]
    fn the_connector_gets_the_address_in_its_own_form() {
        let workspace = Target::parse("adb-1.2.azuredatabricks.net", &[]).unwrap();
        assert_eq!(workspace.connector_address(), "https://adb-1.2.azuredatabricks.net/api/2.0/preview/scim");
    }
}
