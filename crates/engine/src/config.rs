//! `config.json`: what the host of the page presets. Every key is optional.

use std::fmt;

use serde::Deserialize;

use crate::entra::clouds::{self, Cloud};
use crate::entra::ids::{ClientId, TenantId};

/// What a host may preset and brand, without a rebuild.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// The product's name on this host.
    pub name: Option<String>,
    /// The application that the page signs in with.
    pub client_id: Option<ClientId>,
    /// The tenant it is registered in.
    pub tenant_id: Option<TenantId>,
    /// The id of the cloud to start with.
    pub cloud: Option<String>,
    /// Where the relay answers, relative to the page.
    pub relay: String,
    /// Clouds beside the ones that are built in.
    clouds: Vec<Cloud>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: None,
            client_id: None,
            tenant_id: None,
            cloud: None,
            relay: "relay/".to_owned(),
            clouds: Vec::new(),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// Not JSON, or a key that is unknown or of the wrong kind; with the parser's words, which name the place.
    Malformed(String),
    /// An address that is no origin: which key of which cloud, and the address.
    Origin {
        /// The id of the cloud.
        cloud: String,
        /// The key.
        key: &'static str,
        /// What stands there.
        value: String,
    },
    /// `cloud` names a cloud that is neither built in nor configured.
    UnknownCloud(String),
    /// Two clouds have one id.
    SameCloud(String),
    /// The relay's address leaves the page's own origin.
    Relay(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(words) => write!(f, "it cannot be read: {words}"),
            Self::Origin { cloud, key, value } => write!(
                f,
                "cloud \"{cloud}\": {key} is \"{value}\", which is not an origin such as https://graph.example \
                 (plain http only on 127.0.0.1 and localhost; no path)"
            ),
            Self::UnknownCloud(id) => {
                write!(f, "cloud \"{id}\" is neither built in nor listed under \"clouds\"")
            }
            Self::SameCloud(id) => write!(f, "there are two clouds with the id \"{id}\""),
            Self::Relay(relay) => {
                write!(
                    f,
                    "relay is \"{relay}\", but it must be a path relative to the page, such as \"relay/\""
                )
            }
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// [`ConfigError`] names the key that is wrong.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self =
            serde_json::from_str(text).map_err(|error| ConfigError::Malformed(error.to_string()))?;
        let mut seen: Vec<String> = clouds::built_in().into_iter().map(|cloud| cloud.id).collect();
        for cloud in &config.clouds {
            if seen.contains(&cloud.id) {
                return Err(ConfigError::SameCloud(cloud.id.clone()));
            }
            seen.push(cloud.id.clone());
            let origins = [("authority", &cloud.authority), ("graph", &cloud.graph)]
                .into_iter()
                .chain(cloud.databricks.iter().map(|origin| ("databricks", origin)));
            for (key, value) in origins {
                if !clouds::is_origin(value) {
                    return Err(ConfigError::Origin { cloud: cloud.id.clone(), key, value: value.clone() });
                }
            }
            if !cloud.portal.starts_with("https://") && !cloud.portal.starts_with("http://127.0.0.1:") {
                return Err(ConfigError::Origin {
                    cloud: cloud.id.clone(),
                    key: "portal",
                    value: cloud.portal.clone(),
                });
            }
        }
        if let Some(id) = &config.cloud
            && !seen.contains(id)
        {
            return Err(ConfigError::UnknownCloud(id.clone()));
        }
        let relay = config.relay.as_str();
        let segments = relay.strip_suffix('/').unwrap_or_default();
        if !segments.split('/').all(is_segment) {
            return Err(ConfigError::Relay(config.relay));
        }
        Ok(config)
    }

    /// All clouds: the built-in ones, then the configured ones.
    #[must_use]
    pub fn clouds(&self) -> Vec<Cloud> {
        clouds::built_in().into_iter().chain(self.clouds.iter().cloned()).collect()
    }

    /// Every origin that the host of the page trusts to speak Databricks SCIM.
    #[must_use]
    pub fn databricks(&self) -> Vec<String> {
        self.clouds.iter().flat_map(|cloud| cloud.databricks.iter().cloned()).collect()
    }

    /// The cloud of that id.
    #[must_use]
    pub fn cloud_of(&self, id: &str) -> Option<Cloud> {
        self.clouds().into_iter().find(|cloud| cloud.id == id)
    }
}

/// A segment of a path that needs no escape and leads nowhere else.
fn is_segment(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte));
    plain && !matches!(text, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_enough() {
        assert_eq!(Config::parse("{}"), Ok(Config::default()));
        assert_eq!(Config::default().clouds().len(), 4);
    }

    #[test]
    fn a_sample_cloud_is_added_to_the_built_in_ones() {
        let config = Config::parse(
            r#"{"name":"Contoso data platform","clientId":"00000000-0000-0000-0000-000000000001","cloud":"sample",
                "clouds":[{"id":"sample","name":"Sample tenant","authority":"http://127.0.0.1:9101",
                "graph":"http://127.0.0.1:9102","portal":"http://127.0.0.1:9101/portal",
                "databricks":["http://127.0.0.1:9103"]}]}"#,
        )
        .unwrap();
        assert_eq!(config.cloud_of("sample").unwrap().databricks, ["http://127.0.0.1:9103"]);
        assert_eq!(config.relay, "relay/");
    }

    #[test]
    fn the_relay_stays_below_the_page() {
        let parsed = |relay: &str| Config::parse(&serde_json::json!({ "relay": relay }).to_string());
        for good in ["relay/", "a/b/", "Relay-1._~/", "..a/"] {
            assert_eq!(parsed(good).unwrap().relay, good);
        }
        for bad in [
            " //evil.example/",
            "//evil.example/",
            "/relay/",
            "relay",
            "",
            "/",
            "./",
            "../",
            "a/../b/",
            "a//b/",
            "a//",
            "\t/",
            "relay /",
            "\\\\evil.example/",
            "https://evil.example/",
            "https:evil/",
            "%2f/",
            "relay/?a/",
            "relay/#a/",
            "\u{e4}/",
        ] {
            assert_eq!(parsed(bad), Err(ConfigError::Relay(bad.to_owned())), "{bad:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| Config::parse(text).unwrap_err().to_string();
        assert_eq!(
            error(r#"{"clientID":"x"}"#),
            "it cannot be read: unknown field `clientID`, expected one of `name`, `clientId`, `tenantId`, `cloud`, \
             `relay`, `clouds` at line 1 column 11"
        );
        assert_eq!(
            error(r#"{"cloud":"mars"}"#),
            "cloud \"mars\" is neither built in nor listed under \"clouds\""
        );
        assert_eq!(
            error(r#"{"relay":"https://relay.example/"}"#),
            "relay is \"https://relay.example/\", but it must be a path relative to the page, such as \"relay/\""
        );
        assert_eq!(
            error(
                r#"{"clouds":[{"id":"x","name":"X","authority":"http://login.example","graph":"https://g.example","portal":"https://p.example"}]}"#
            ),
            "cloud \"x\": authority is \"http://login.example\", which is not an origin such as https://graph.example \
             (plain http only on 127.0.0.1 and localhost; no path)"
        );
    }
}
