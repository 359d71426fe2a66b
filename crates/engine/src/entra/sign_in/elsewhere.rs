//! Which other cloud a tenant may live in, when the one that was asked does not have it.

use super::ServerError;
use crate::entra::clouds::{self, Cloud};
use crate::remedy::{self, Next};

/// What names a cloud in the words of the service, in small letters: hosts and names that Microsoft uses for it. Nobody wrote
/// down how AADSTS90038 spells them, so any of them will do.
const NAMES: [(&[&str], &[&str]); 4] = [
    (&["china"], &["chinacloudapi", "microsoftonline.cn", "china", "21vianet", "mooncake", "gallatin"]),
    (&["us-dod"], &["dod-graph", "usgovdod", "us dod", "department of defense"]),
    (
        &["us-gov", "us-dod"],
        &["microsoftonline.us", "usgov", "us gov", "usg", "fairfax", "arlington", "gcc high", "gcchigh"],
    ),
    (&["global"], &["microsoftonline.com", "azurecloud", "public", "global"]),
];

/// The built-in clouds to try in place of `asked`: the one that the service names, else all that sign people in elsewhere.
/// Nothing, where the error is no matter of clouds.
#[must_use]
pub fn elsewhere(error: &ServerError, asked: &Cloud) -> Vec<Cloud> {
    if remedy::sign_in(error).next != Next::OtherCloud {
        return Vec::new();
    }
    // Two clouds of one sign-in service know the same tenants.
    let mut others = clouds::built_in();
    others.retain(|cloud| cloud.authority != asked.authority);
    if let Some(named) = named(error) {
        let told: Vec<Cloud> =
            others.iter().filter(|cloud| named.contains(&cloud.id.as_str())).cloned().collect();
        if !told.is_empty() {
            return told;
        }
    }
    others
}

/// The ids of the clouds that the service names.
fn named(error: &ServerError) -> Option<&'static [&'static str]> {
    // AADSTS900439 (USGClientNotSupportedOnPublicEndpoint): an application of the US Government at the global service.
    if error.codes().any(|code| code == 900_439) {
        return Some(&["us-gov", "us-dod"]);
    }
    // AADSTS90038: "The specified tenant 'Y' belongs to the National Cloud 'X'. Current cloud instance 'Z' does not
    // federate with X." Others saw "… is being redirected to the National Cloud 'X'." Only what is said of X counts.
    let words = error.error_description.to_ascii_lowercase();
    let told = words
        .split_once("belongs to")
        .or_else(|| words.split_once("redirected to"))
        .map(|(_, rest)| rest.split("current cloud").next().unwrap_or_default());
    let hint = error.cloud.as_deref().map(str::to_ascii_lowercase);
    hint.as_deref().into_iter().chain(told).find_map(|text| {
        NAMES.iter().find(|(_, names)| names.iter().any(|name| text.contains(name))).map(|(ids, _)| *ids)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(id: &str) -> Cloud {
        clouds::built_in().into_iter().find(|cloud| cloud.id == id).unwrap()
    }

    fn tried(words: &str, hint: Option<&str>, asked: &Cloud) -> Vec<String> {
        let error = ServerError {
            error: "invalid_request".to_owned(),
            error_description: words.to_owned(),
            cloud: hint.map(str::to_owned),
            ..ServerError::default()
        };
        elsewhere(&error, asked).into_iter().map(|cloud| cloud.id).collect()
    }

    #[test]
    fn the_cloud_that_is_named_is_offered() {
        let global = cloud("global");
        for (name, ids) in [
            ("USGov", &["us-gov", "us-dod"][..]),
            ("login.microsoftonline.us", &["us-gov", "us-dod"]),
            ("China", &["china"]),
            ("microsoftonline.cn", &["china"]),
            ("USGovDoD", &["us-dod"]),
        ] {
            let words = format!(
                "AADSTS90038: The specified tenant 'chinaware.example' belongs to the National Cloud '{name}'. Current cloud \
                 instance 'microsoftonline.com' does not federate with {name}."
            );
            assert_eq!(tried(&words, None, &global), ids, "{name}");
        }
        let seen = "AADSTS90038: Request to Tenant 'x' is being redirected to the National Cloud 'microsoftonline.us'.";
        assert_eq!(tried(seen, None, &global), ["us-gov", "us-dod"]);
        let unnamed = "AADSTS90038: The specified tenant belongs to the National Cloud.";
        assert_eq!(tried(unnamed, None, &global), ["us-gov", "us-dod", "china"]);
        assert_eq!(tried(unnamed, Some("login.partner.microsoftonline.cn"), &global), ["china"]);
        assert_eq!(tried(unnamed, Some("microsoftonline.com"), &cloud("china")), ["global"]);
        assert_eq!(
            tried("AADSTS900439: USGClientNotSupportedOnPublicEndpoint", None, &global),
            ["us-gov", "us-dod"]
        );
    }

    #[test]
    fn where_none_is_named_all_others_are() {
        let words = "AADSTS90002: Tenant 'contoso.example' not found.";
        assert_eq!(tried(words, None, &cloud("global")), ["us-gov", "us-dod", "china"]);
        // Both clouds of the US Government ask the same service.
        assert_eq!(tried(words, None, &cloud("us-dod")), ["global", "china"]);
        // The service names the one that was asked: then it is of no help.
        assert_eq!(
            tried(words, Some("microsoftonline.com"), &cloud("global")),
            ["us-gov", "us-dod", "china"]
        );
    }

    #[test]
    fn other_errors_are_no_matter_of_clouds() {
        for words in ["AADSTS50020: User account from 'chinaware.example'", "China", "AADSTS53003: Blocked."]
        {
            assert_eq!(tried(words, Some("China"), &cloud("global")), [""; 0], "{words}");
        }
    }
}
