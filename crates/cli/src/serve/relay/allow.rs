//! The allow-list: the exact Databricks hosts that the relay may reach.

use engine::problem::Problem;

/// The domains that Databricks serves workspaces and accounts under, by cloud (Databricks SDKs, `environments`).
/// An entry is one exact host below one of them: anybody can own a workspace there, so a whole domain is never open.
const DOMAINS: [&str; 6] = [
    "azuredatabricks.net",
    "databricks.azure.us",
    "databricks.azure.cn",
    "cloud.databricks.com",
    "cloud.databricks.us",
    "gcp.databricks.com",
];

/// The hosts that may be reached.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AllowList(Vec<String>);

impl AllowList {
    /// Reads the entries given with `--allow`.
    ///
    /// # Errors
    /// A [`Problem`] that names the entry and what is wrong with it.
    pub(crate) fn parse(entries: &[String]) -> Result<Self, Problem> {
        let mut hosts: Vec<String> = Vec::new();
        for entry in entries {
            let host = host(entry).map_err(|why| {
                Problem::new(
                    format!("--allow {entry}: this entry cannot be used."),
                    why,
                    "Give the exact host name of the workspace or account and nothing else, such as \
                     --allow adb-1234567890123456.7.azuredatabricks.net or --allow accounts.azuredatabricks.net.",
                )
            })?;
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        Ok(Self(hosts))
    }

    /// Whether a host of a request is on the list, byte for byte.
    pub(crate) fn admits(&self, host: &str) -> bool {
        self.0.iter().any(|allowed| allowed == host)
    }

    /// The hosts.
    pub(crate) fn hosts(&self) -> &[String] {
        &self.0
    }
}

/// The normal form of one entry, or what is wrong with it.
fn host(entry: &str) -> Result<String, &'static str> {
    if !entry.is_ascii() {
        return Err("It holds letters that are not ASCII; names of Databricks hosts have none.");
    }
    let host = entry.to_ascii_lowercase();
    if host.contains("://") || host.contains('/') {
        return Err("It is an address with a scheme or a path, not a host name.");
    }
    if host.contains('@') {
        return Err("It names a user; a host name has none.");
    }
    if host.contains('*') {
        return Err("Wildcards are not offered: anybody can own a workspace under these domains.");
    }
    if host.contains([':', '[', ']']) {
        return Err("It has a port or is an IP address; the relay reaches host names on port 443 only.");
    }
    if host.ends_with('.') {
        return Err("It ends with a dot.");
    }
    if host.len() > 253 || !host.split('.').all(is_label) {
        return Err("It is not a host name: between dots stand letters, digits and hyphens only.");
    }
    let below =
        |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
    if !DOMAINS.into_iter().any(below) {
        return Err(
            "It is not a host of Databricks: those end in .azuredatabricks.net, .databricks.azure.us, \
                    .databricks.azure.cn, .cloud.databricks.com, .cloud.databricks.us or .gcp.databricks.com.",
        );
    }
    Ok(host)
}

/// A label of a host name (RFC 1123 §2.1).
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_hosts_of_databricks_are_taken() {
        for good in [
            "adb-1234567890123456.7.azuredatabricks.net",
            "accounts.azuredatabricks.net",
            "adb-1.1.databricks.azure.us",
            "adb-1.1.databricks.azure.cn",
            "dbc-0a1b2c3d-4e5f.cloud.databricks.com",
            "contoso.cloud.databricks.us",
            "1234567890123456.7.gcp.databricks.com",
        ] {
            assert_eq!(host(good), Ok(good.to_owned()));
        }
        assert_eq!(host("ADB-1.1.AzureDatabricks.NET"), Ok("adb-1.1.azuredatabricks.net".to_owned()));
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            ".",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:9103",
            "2130706433",
            "0x7f000001",
            "[::1]",
            "::1",
            "169.254.169.254",
            "azuredatabricks.net",
            ".azuredatabricks.net",
            "a..azuredatabricks.net",
            "*.azuredatabricks.net",
            "adb-1.1.azuredatabricks.net.",
            "adb-1.1.azuredatabricks.net:443",
            "adb-1.1.azuredatabricks.net/",
            "https://adb-1.1.azuredatabricks.net",
            "user@adb-1.1.azuredatabricks.net",
            "adb-1.1.azuredatabricks.net@evil.example",
            "adb-1.1.azuredatabricks.net#evil.example",
            "adb-1.1.azuredatabricks.net?x",
            "adb-1.1.azuredatabricks.net evil.example",
            "adb-1.1.azuredatabricks.net\r\nhost: evil.example",
            "adb-1.1.azuredatabricks.net\0",
            "adb%2d1.1.azuredatabricks.net",
            "adb_1.1.azuredatabricks.net",
            "-adb.azuredatabricks.net",
            "adb-.azuredatabricks.net",
            "evilazuredatabricks.net",
            "azuredatabricks.net.evil.example",
            "adb-1.1.azuredatabricks.com",
            "graph.microsoft.com",
            "login.microsoftonline.com",
            "adb-1.1.azuredatabricks.nеt", // a Cyrillic letter
            "ａdb.azuredatabricks.net",
            "adb-1。1.azuredatabricks.net",
        ] {
            assert!(host(bad).is_err(), "{bad:?}");
        }
        assert!(host(&format!("{}.azuredatabricks.net", "a".repeat(64))).is_err());
        assert!(host(&format!("{}azuredatabricks.net", "a.".repeat(130))).is_err());
    }

    #[test]
    fn a_bad_entry_is_named_with_the_right_form() {
        let problem = AllowList::parse(&["https://adb-1.1.azuredatabricks.net".to_owned()]).unwrap_err();
        assert_eq!(problem.what, "--allow https://adb-1.1.azuredatabricks.net: this entry cannot be used.");
        assert_eq!(problem.why, "It is an address with a scheme or a path, not a host name.");
    }

    #[test]
    fn hosts_are_compared_byte_for_byte() {
        let list = AllowList::parse(&["adb-1.1.azuredatabricks.net".to_owned()]).unwrap();
        assert!(list.admits("adb-1.1.azuredatabricks.net"));
        for other in
            ["ADB-1.1.azuredatabricks.net", "adb-1.1.azuredatabricks.net.", "adb-1.2.azuredatabricks.net", ""]
        {
            assert!(!list.admits(other), "{other}");
        }
    }
}
