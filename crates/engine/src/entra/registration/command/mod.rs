//! Registering the page's application by one command, for those who would rather not click. What the command prints is pasted
//! into the page.

mod answer;

pub use answer::{Answer, AnswerError};

use super::Kind;
use crate::entra::clouds::{self, Cloud};
use crate::entra::consent::{GRAPH_APP, Scope};
use crate::entra::redirect::RedirectUri;

/// In which language the command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// The Azure CLI in a POSIX shell: a terminal, or Cloud Shell. (`az ad app` cannot set addresses of single-page
    /// applications on its own; `az rest` can do all that Graph can.) It is handed to `sh` as a whole, by a descriptor
    /// of its own so that input stays the terminal: zsh, the shell of macOS, knows no comments at its prompt.
    Azure,
    /// PowerShell with Microsoft Graph.
    PowerShell,
}

/// The command that registers or mends the page's application. Safe to run twice: Graph's upsert makes one application for one
/// key, lists are completed and not replaced. One that is there already is shown before it is changed, with its secrets and
/// owners, and where else its sign-ins may end: whoever planted it under our key may know a secret of it, or wait at such an address.
/// At a terminal a person then says yes or no.
#[must_use]
pub fn register(shell: Shell, cloud: &Cloud, uri: &RedirectUri, scopes: &[Scope]) -> String {
    let (template, environment) = match shell {
        Shell::Azure => (include_str!("register.sh"), String::new()),
        Shell::PowerShell => (include_str!("register.ps1"), environment(cloud)),
    };
    let mut names = String::from(" ");
    for scope in scopes {
        names.push_str(scope.name);
        names.push(' ');
    }
    // Every value is of characters that mean nothing to a shell: an origin, a checked address, names of our own.
    [
        ("{{NAME}}", Kind::Page.proposed_name()),
        ("{{KEY}}", Kind::Page.unique_name()),
        ("{{TAG}}", Kind::Page.tag()),
        ("{{URI}}", uri.as_str()),
        ("{{GRAPH}}", &cloud.graph),
        ("{{GRAPH_APP}}", GRAPH_APP),
        ("{{SCOPES}}", &names),
        ("{{CLOUD}}", &plain(&cloud.id)),
        ("{{ENVIRONMENT}}", &environment),
    ]
    .into_iter()
    .fold(template.to_owned(), |text, (mark, value)| text.replace(mark, value))
}

/// How `Connect-MgGraph` is told of the cloud; it needs no word for the global one and knows no others than these.
fn environment(cloud: &Cloud) -> String {
    match cloud.id.as_str() {
        "us-gov" => " -Environment USGov".to_owned(),
        "us-dod" => " -Environment USGovDoD".to_owned(),
        "china" => " -Environment China".to_owned(),
        _ => String::new(),
    }
}

/// What has to be done before the Azure CLI asks the right cloud.
#[must_use]
pub fn azure_cloud(cloud: &Cloud) -> Option<&'static str> {
    match cloud.id.as_str() {
        "us-gov" | "us-dod" => Some("az cloud set --name AzureUSGovernment"),
        "china" => Some("az cloud set --name AzureChinaCloud"),
        _ => None,
    }
}

/// A cloud's id comes from config.json and may be anything; only plain characters go into a command.
fn plain(id: &str) -> String {
    let plain: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if plain.is_empty() { clouds::GLOBAL.to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::consent::DIRECT_SYNC;

    #[test]
    fn commands_hold_the_values_and_no_marks() {
        let uri = RedirectUri::parse("https://wizard.contoso.example/").unwrap();
        for cloud in clouds::built_in() {
            for shell in [Shell::Azure, Shell::PowerShell] {
                let text = register(shell, &cloud, &uri, DIRECT_SYNC);
                assert!(!text.contains("{{") && !text.contains("}}'"), "{text}");
                for value in [
                    "https://wizard.contoso.example/",
                    cloud.graph.as_str(),
                    " User.Read User.Read.All GroupMember.Read.All ",
                    cloud.id.as_str(),
                    "scim-setup-page",
                ] {
                    assert!(text.contains(value), "{value}\n{text}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_written_before_what_is_there_is_shown() {
        let uri = RedirectUri::parse("https://wizard.contoso.example/").unwrap();
        let cloud = clouds::built_in().remove(0);
        for (shell, write) in
            [(Shell::Azure, "ask --method patch"), (Shell::PowerShell, "Invoke-Graph PATCH")]
        {
            let text = register(shell, &cloud, &uri, DIRECT_SYNC);
            let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}\n{text}"));
            let yes = at("Type yes to go on");
            assert!(yes < at(write));
            for shown in [
                "There is one already: ",
                "Sign-ins may end at these addresses too: ",
                "accounts of other tenants too: ",
            ] {
                assert!(at(shown) < yes, "{shown}");
            }
        }
    }

    #[test]
    fn what_is_made_carries_the_tag_from_the_first() {
        let uri = RedirectUri::parse("https://wizard.contoso.example/").unwrap();
        let cloud = clouds::built_in().remove(0);
        for (shell, made) in [
            (
                Shell::Azure,
                r#"{"displayName":"Databricks SCIM Setup","signInAudience":"AzureADMyOrg","tags":["scim-setup-page"]}"#,
            ),
            (
                Shell::PowerShell,
                "@{ displayName = 'Databricks SCIM Setup'; signInAudience = 'AzureADMyOrg'; tags = @('scim-setup-page') } -make",
            ),
        ] {
            let text = register(shell, &cloud, &uri, DIRECT_SYNC);
            assert!(text.contains(made), "{text}");
        }
    }

    /// What `say` prints of a text, by the real tools.
    #[cfg(unix)]
    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let template = include_str!("register.sh");
        let say = template.lines().find(|line| line.starts_with("say() ")).unwrap();
        let script = format!("{say}\nsay \"$1\"");
        let name = "A\u{1b}[2J\nThere is one already\u{202e}\u{9b}2J\u{7f}\tB";
        let ran = std::process::Command::new("sh").args(["-c", &script, "sh", name]).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(said, "A?[2J There is one already?????2J? B\n");
    }

    #[test]
    fn only_its_last_line_ends_what_sh_reads() {
        let uri = RedirectUri::parse("https://wizard.contoso.example/").unwrap();
        let text = register(Shell::Azure, &clouds::built_in().remove(0), &uri, DIRECT_SYNC);
        assert!(text.starts_with("sh /dev/fd/3 3<<'END'\n") && text.ends_with("\nEND\n"), "{text}");
        assert_eq!(text.lines().filter(|line| *line == "END").count(), 1);
    }

    #[test]
    fn an_odd_cloud_cannot_end_the_quotes() {
        assert_eq!(plain("'; rm -rf /; '"), "rm-rf");
        assert_eq!(plain("''"), "global");
    }
}
