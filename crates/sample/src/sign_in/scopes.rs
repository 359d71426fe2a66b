//! How requests spell the delegated permissions of Microsoft Graph.

use crate::permissions;

/// What signing in itself asks for. Consent by `.default` covers these too, as Entra's does.
const SIGN_IN: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Why a scope cannot be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ScopeError {
    /// The permission does not exist at Graph.
    Unknown(String),
    /// The resource is not in the tenant.
    Resource(String),
}

/// Whether the permission belongs to sign-in rather than to Graph.
pub(crate) fn is_sign_in(name: &str) -> bool {
    SIGN_IN.contains(&name)
}

/// Whether one of them needs an administrator.
pub(crate) fn need_administrator(asked: &[&'static str]) -> bool {
    asked.iter().any(|name| permissions::scope(name).is_some_and(|it| it.admin))
}

/// Reads a `scope` parameter: short names, or names behind the address of Graph; `.default` is what the application's
/// registration asks for.
pub(crate) fn parse(
    text: &str,
    graph: &str,
    registered: &[&'static str],
) -> Result<Vec<&'static str>, ScopeError> {
    let mut found = Vec::new();
    for asked in text.split_whitespace() {
        let name = short_name(asked, graph)?;
        if name == ".default" {
            found.extend(SIGN_IN.iter().chain(registered));
        } else {
            found.push(permissions::scope(name).ok_or_else(|| ScopeError::Unknown(name.to_owned()))?.name);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Whether the parameter asks for all that the registration asks for.
pub(crate) fn has_default(text: &str, graph: &str) -> bool {
    text.split_whitespace().any(|asked| short_name(asked, graph) == Ok(".default"))
}

/// Whether the parameter asks for Graph's application permissions, the only form that client credentials allow.
pub(crate) fn is_default_only(text: &str, graph: &str) -> Result<bool, ScopeError> {
    Ok(short_name(text.trim(), graph)? == ".default")
}

fn short_name<'a>(asked: &'a str, graph: &str) -> Result<&'a str, ScopeError> {
    for resource in [graph, "https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"] {
        if let Some(rest) = asked.strip_prefix(resource).and_then(|rest| rest.strip_prefix('/')) {
            return Ok(rest.trim_start_matches('/'));
        }
    }
    match asked.rsplit_once('/') {
        Some((resource, _)) => Err(ScopeError::Resource(resource.to_owned())),
        None => Ok(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = "http://127.0.0.1:9102";

    #[test]
    fn every_spelling_of_a_scope_is_the_same_scope() {
        let spelt =
            "User.Read.All https://graph.microsoft.com/user.read http://127.0.0.1:9102/User.Read openid";
        assert_eq!(parse(spelt, GRAPH, &[]), Ok(vec!["User.Read", "User.Read.All", "openid"]));
        assert_eq!(
            parse("http://127.0.0.1:9102/.default", GRAPH, &["User.Read"]),
            Ok(vec!["User.Read", "email", "offline_access", "openid", "profile"])
        );
        assert!(has_default("openid https://graph.microsoft.com/.default", GRAPH));
        assert!(!has_default("openid User.Read", GRAPH));
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        assert_eq!(parse("User.Reed", GRAPH, &[]), Err(ScopeError::Unknown("User.Reed".to_owned())));
        assert_eq!(
            parse("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default", GRAPH, &[]),
            Err(ScopeError::Resource("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d".to_owned()))
        );
    }
}
