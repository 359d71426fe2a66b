//! The clouds that a tenant may live in. Tokens and applications of one are worth nothing in another.

use serde::{Deserialize, Serialize};

/// One cloud: where it signs people in, where its Graph answers, where its portal is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cloud {
    /// The name that a setup refers to.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The origin that signs people in, such as `https://login.microsoftonline.com`.
    pub authority: String,
    /// The origin of Microsoft Graph.
    pub graph: String,
    /// Where the portal begins; links to its blades are built on it.
    pub portal: String,
    /// Further origins that speak Databricks SCIM; only a configuration names any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub databricks: Vec<String>,
}

/// The cloud of a setup that names none.
pub const GLOBAL: &str = "global";

/// The clouds that are built in, from Microsoft's pages on national clouds (Graph: `deployments`; identity platform:
/// `authentication-national-cloud`).
#[must_use]
pub fn built_in() -> Vec<Cloud> {
    [
        (
            GLOBAL,
            "Global",
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com",
            "https://entra.microsoft.com",
        ),
        (
            "us-gov",
            "US Government (L4, GCC High)",
            "https://login.microsoftonline.us",
            "https://graph.microsoft.us",
            "https://portal.azure.us",
        ),
        (
            "us-dod",
            "US Government (L5, DoD)",
            "https://login.microsoftonline.us",
            "https://dod-graph.microsoft.us",
            "https://portal.azure.us",
        ),
        (
            "china",
            "China (21Vianet)",
            "https://login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn",
            "https://portal.azure.cn",
        ),
    ]
    .into_iter()
    .map(|(id, name, authority, graph, portal)| Cloud {
        id: id.to_owned(),
        name: name.to_owned(),
        authority: authority.to_owned(),
        graph: graph.to_owned(),
        portal: portal.to_owned(),
        databricks: Vec::new(),
    })
    .collect()
}

/// Whether a text is an origin that requests may go to: `https://host`, or plain http on a loopback address.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let (host, secure) = if let Some(host) = text.strip_prefix("https://") {
        (host, true)
    } else if let Some(host) = text.strip_prefix("http://") {
        (host, false)
    } else {
        return false;
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port))
            if !name.is_empty() && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            (name, port.parse::<u16>().is_ok_and(|port| port != 0))
        }
        _ => (host, true),
    };
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
    plain && port && (secure || is_loopback(name))
}

/// Whether a host name is this machine's own: plain http and tests may use it.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "127.0.0.1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_clouds_have_clean_origins() {
        let clouds = built_in();
        assert_eq!(
            clouds.iter().map(|cloud| cloud.id.as_str()).collect::<Vec<_>>(),
            ["global", "us-gov", "us-dod", "china"]
        );
        for cloud in clouds {
            assert!(is_origin(&cloud.authority) && is_origin(&cloud.graph), "{}", cloud.id);
        }
    }

    #[test]
    fn origins_are_told_from_other_addresses() {
        for good in [
            "https://graph.microsoft.com",
            "http://127.0.0.1:9101",
            "http://localhost",
            "https://a.example:8443",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "http://graph.microsoft.com",
            "https://graph.microsoft.com/",
            "https://a@b.example",
            "https://",
            "https://x:",
            "https://x:99999",
            "ftp://x",
            "https://ü.example",
            "https://UPPER.example",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
