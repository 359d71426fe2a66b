//! The table of methods and paths: the SCIM calls that provisioning makes, and nothing else.
//!
//! Paths are those of the Databricks SCIM reference: `/api/2.0/preview/scim/v2` for a workspace,
//! `/api/2.0|2.1/accounts/{id}/scim/v2` for an account. `PUT` is left out on purpose: it clears what it does not name. So are `DELETE`
//! and service principals: nothing deletes people or groups, or reads principals.

/// The longest query that is passed on, in bytes.
pub(crate) const LONGEST_QUERY: usize = 8 * 1024;

/// Ids are 64-bit numbers, written in decimal.
const LONGEST_ID: usize = 20;

/// What is wrong with the address of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It holds characters or segments that no legal address needs.
    Malformed(&'static str),
    /// It is not in the table.
    Unknown,
    /// It is in the table, with these methods.
    Method(&'static str),
}

/// Splits the path of a request, `/relay/{host}/{path}`, into the host and the path with its leading slash.
///
/// # Errors
/// [`Fault::Malformed`] for escapes, dots as segments, empty segments, backslashes and whatever else is not plain;
/// [`Fault::Unknown`] when a part is missing.
pub(crate) fn split(path: &str) -> Result<(&str, &str), Fault> {
    if path.contains('%') {
        return Err(Fault::Malformed("its path holds an escape (%), and no legal path needs one"));
    }
    if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:/".contains(&byte)) {
        return Err(Fault::Malformed("its path holds a character that no legal path needs"));
    }
    if path.contains("//") || path.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(Fault::Malformed("its path holds an empty segment or dots as a segment"));
    }
    let rest = path.strip_prefix("/relay/").ok_or(Fault::Unknown)?;
    let end = rest.find('/').ok_or(Fault::Unknown)?;
    rest.split_at_checked(end).ok_or(Fault::Unknown)
}

/// Finds a method and a path in the table and gives the path's template, for the log.
///
/// # Errors
/// [`Fault::Unknown`] or [`Fault::Method`].
pub(crate) fn find(method: &str, path: &str) -> Result<&'static str, Fault> {
    let (level, rest) = level(path).ok_or(Fault::Unknown)?;
    let (resource, id) = match rest.split_once('/') {
        Some((resource, id)) => (resource, Some(id)),
        None => (rest, None),
    };
    if id.is_some_and(|id| !is_id(id)) {
        return Err(Fault::Unknown);
    }
    let template = template(level, resource, id.is_some()).ok_or(Fault::Unknown)?;
    let (allowed, methods): (&str, &[&str]) = match (resource, id) {
        ("Me", _) => ("GET", &["GET"]),
        (_, None) => ("GET, POST", &["GET", "POST"]),
        (_, Some(_)) => ("GET, PATCH", &["GET", "PATCH"]),
    };
    if methods.contains(&method) { Ok(template) } else { Err(Fault::Method(allowed)) }
}

/// Checks a query, which is passed on as it came.
///
/// # Errors
/// [`Fault::Malformed`] when it is too long or holds anything but what may stand there (RFC 3986 §3.4), and the brackets that
/// browsers leave as they are. An apostrophe may stand there too, but would be escaped on the way.
pub(crate) fn query(query: &str) -> Result<(), Fault> {
    if query.len() > LONGEST_QUERY {
        return Err(Fault::Malformed("its query is longer than 8 KiB"));
    }
    if query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@/?%[]".contains(&byte)) {
        Ok(())
    } else {
        Err(Fault::Malformed("its query holds characters that must be escaped"))
    }
}

#[derive(Clone, Copy)]
enum Level {
    Workspace,
    Account20,
    Account21,
}

/// The level of a path and what follows the base path.
fn level(path: &str) -> Option<(Level, &str)> {
    if let Some(rest) = path.strip_prefix("/api/2.0/preview/scim/v2/") {
        return Some((Level::Workspace, rest));
    }
    let (level, rest) = match path.strip_prefix("/api/2.0/accounts/") {
        Some(rest) => (Level::Account20, rest),
        None => (Level::Account21, path.strip_prefix("/api/2.1/accounts/")?),
    };
    let (account, rest) = rest.split_once('/')?;
    Some((level, is_uuid(account).then_some(rest)?.strip_prefix("scim/v2/")?))
}

/// The path without the values in it.
fn template(level: Level, resource: &str, one: bool) -> Option<&'static str> {
    macro_rules! templates {
        ($base:literal) => {
            match (resource, one) {
                ("Users", false) => concat!($base, "Users"),
                ("Users", true) => concat!($base, "Users/{id}"),
                ("Groups", false) => concat!($base, "Groups"),
                ("Groups", true) => concat!($base, "Groups/{id}"),
                _ => return None,
            }
        };
    }
    Some(match level {
        Level::Workspace if resource == "Me" && !one => "/api/2.0/preview/scim/v2/Me",
        Level::Workspace => templates!("/api/2.0/preview/scim/v2/"),
        Level::Account20 => templates!("/api/2.0/accounts/{account}/scim/v2/"),
        Level::Account21 => templates!("/api/2.1/accounts/{account}/scim/v2/"),
    })
}

fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "00000000-0000-4000-8000-00000000000a";

    #[test]
    fn the_calls_of_provisioning_are_in_the_table() {
        for (method, path, template) in [
            ("GET", "/api/2.0/preview/scim/v2/Me", "/api/2.0/preview/scim/v2/Me"),
            ("GET", "/api/2.0/preview/scim/v2/Users", "/api/2.0/preview/scim/v2/Users"),
            ("POST", "/api/2.0/preview/scim/v2/Groups", "/api/2.0/preview/scim/v2/Groups"),
            ("PATCH", "/api/2.0/preview/scim/v2/Groups/42", "/api/2.0/preview/scim/v2/Groups/{id}"),
            (
                "GET",
                "/api/2.0/preview/scim/v2/Users/9223372036854775807",
                "/api/2.0/preview/scim/v2/Users/{id}",
            ),
        ] {
            assert_eq!(find(method, path), Ok(template), "{method} {path}");
        }
        for version in ["2.0", "2.1"] {
            for resource in ["Users", "Groups"] {
                let base = format!("/api/{version}/accounts/{UUID}/scim/v2/{resource}");
                let template = format!("/api/{version}/accounts/{{account}}/scim/v2/{resource}");
                assert_eq!(find("GET", &base), Ok(template.as_str()));
                assert_eq!(find("PATCH", &format!("{base}/7")), Ok(format!("{template}/{{id}}").as_str()));
            }
        }
    }

    #[test]
    fn other_methods_are_told_which_fit() {
        for (method, path, allowed) in [
            ("POST", "/api/2.0/preview/scim/v2/Me", "GET"),
            ("HEAD", "/api/2.0/preview/scim/v2/Me", "GET"),
            ("PUT", "/api/2.0/preview/scim/v2/Users/1", "GET, PATCH"),
            ("POST", "/api/2.0/preview/scim/v2/Users/1", "GET, PATCH"),
            ("DELETE", "/api/2.0/preview/scim/v2/Users/1", "GET, PATCH"),
            ("DELETE", "/api/2.0/preview/scim/v2/Users", "GET, POST"),
            ("PATCH", "/api/2.0/preview/scim/v2/Groups", "GET, POST"),
            ("OPTIONS", "/api/2.0/preview/scim/v2/Groups", "GET, POST"),
            ("TRACE", "/api/2.0/preview/scim/v2/Groups", "GET, POST"),
            ("get", "/api/2.0/preview/scim/v2/Groups", "GET, POST"),
        ] {
            assert_eq!(find(method, path), Err(Fault::Method(allowed)), "{method} {path}");
        }
    }

    #[test]
    fn other_paths_are_unknown() {
        for path in [
            "/".to_owned(),
            "/api/2.0/token/create".to_owned(),
            "/api/2.0/clusters/list".to_owned(),
            "/api/2.0/preview/scim/v2".to_owned(),
            "/api/2.0/preview/scim/v2/".to_owned(),
            "/api/2.0/preview/scim/v2/users".to_owned(),
            "/api/2.0/preview/scim/v2/Users/".to_owned(),
            "/api/2.0/preview/scim/v2/Users/1/".to_owned(),
            "/api/2.0/preview/scim/v2/Users/1/2".to_owned(),
            "/api/2.0/preview/scim/v2/Users/abc".to_owned(),
            "/api/2.0/preview/scim/v2/Users/-1".to_owned(),
            "/api/2.0/preview/scim/v2/Users/123456789012345678901".to_owned(),
            "/api/2.0/preview/scim/v2/Me/1".to_owned(),
            "/api/2.0/preview/scim/v2/Bulk".to_owned(),
            "/api/2.0/preview/scim/v2/ServicePrincipals".to_owned(),
            "/api/2.1/preview/scim/v2/Users".to_owned(),
            "/api/2.0/account/scim/v2/Users".to_owned(),
            "/api/2.0/accounts/scim/v2/Users".to_owned(),
            "/api/2.0/accounts/42/scim/v2/Users".to_owned(),
            format!("/api/2.2/accounts/{UUID}/scim/v2/Users"),
            format!("/api/2.0/accounts/{UUID}/scim/v2/Me"),
            format!("/api/2.0/accounts/{UUID}0/scim/v2/Users"),
            format!("/api/2.0/accounts/{UUID}/workspaces"),
            format!("/API/2.0/accounts/{UUID}/scim/v2/Users"),
            format!("/x/api/2.0/accounts/{UUID}/scim/v2/Users"),
        ] {
            assert_eq!(find("GET", &path), Err(Fault::Unknown), "{path}");
        }
    }

    #[test]
    fn addresses_are_split_without_decoding() {
        assert_eq!(split("/relay/a.example/api/x"), Ok(("a.example", "/api/x")));
        assert_eq!(split("/relay/127.0.0.1:9103/api"), Ok(("127.0.0.1:9103", "/api")));
        for unknown in ["/relay", "/relay/", "/relay/a.example", "/other/a/b"] {
            assert_eq!(split(unknown), Err(Fault::Unknown), "{unknown}");
        }
        for hostile in [
            "/relay/a.example/%2e%2e/x",
            "/relay/a.example/api%2fx",
            "/relay/a.example%00/api",
            "/relay/a.example/api%5cx",
            "/relay/a.example/%252e",
            "/relay/a.example/../x",
            "/relay/a.example/./x",
            "/relay/a.example/api/..",
            "/relay/../relay/a.example/api",
            "/relay//a.example/api",
            "/relay/a.example//api",
            "/relay/a.example/api//",
            "/relay/a.example\\@evil.example/api",
            "/relay/user@a.example/api",
            "/relay/a.example;x/api",
            "/relay/a.example/api;x=1",
            "/relay/[::1]/api",
            "/relay/a.example/api\u{e4}",
            "/relay/a.example/\u{ff0e}\u{ff0e}/x",
            "/relay/a.example/a b",
            "/relay/a.example/a\tb",
            "/relay/a.example/a\r\nx",
            "/relay/a.example/*",
            "/relay/a.example/{id}",
            "/relay/a.example/api#x",
        ] {
            assert!(matches!(split(hostile), Err(Fault::Malformed(_))), "{hostile:?}");
        }
    }

    #[test]
    fn queries_are_plain_and_short() {
        assert_eq!(query("filter=userName%20eq%20%22ada%40contoso.example%22&count=100"), Ok(()));
        assert_eq!(query(""), Ok(()));
        assert_eq!(query(&"a".repeat(8192)), Ok(()));
        for bad in [
            "a b", "a\tb", "a\r\nb", "a#b", "\u{e4}", "a\0", "a'b", "a\"b", "<a>", "a\\b", "{a}", "a|b",
            "a^b", "a`b",
        ] {
            assert!(query(bad).is_err(), "{bad:?}");
        }
        assert!(query(&"a".repeat(8193)).is_err());
    }
}
