//! What the routes say, and what a look at the registration tells.

use super::looked::found;
use super::*;
use crate::entra::clouds;
use crate::entra::consent::DIRECT_SYNC;
use crate::entra::ids::{Guid, ObjectId};
use crate::entra::registration::{NewOwner, Owner, Owners, Platform, Repair};
use crate::setup::Setup;

fn page(base: &str) -> Page {
    Page {
        setup: Setup::default(),
        cloud: clouds::built_in().remove(0),
        base: base.to_owned(),
        preset: false,
    }
}

#[test]
fn an_address_that_entra_refuses_is_said_first() {
    let text =
        routes(&page("http://127.0.0.1:8080/"), &Known::default(), &refused::Known::default()).to_text();
    assert!(text.starts_with("(bad) Nobody can sign in to the page at this address."), "{text}");
    assert!(text.contains("Open the page as http://localhost instead."), "{text}");
}

fn looked(secrets: usize, certificates: usize, roles: &[&str]) -> Looked {
    Looked {
        name: "Setup".to_owned(),
        repairs: Vec::new(),
        extras: Vec::new(),
        secrets,
        certificates,
        roles: roles.iter().map(|&name| name.to_owned()).collect(),
        owners: None,
        own: None,
        mended: false,
    }
}

#[test]
fn what_a_page_must_not_have_is_told_as_a_warning() {
    let page = page("https://wizard.contoso.example/");
    let told = |looked: &Looked| Sheet(found(&page, looked)).to_text();
    for (looked, words) in [
        (looked(1, 0, &[]), "(warn) It holds a secret: "),
        (looked(2, 1, &[]), "(warn) It holds 2 secrets and a certificate: "),
        (looked(0, 3, &[]), "(warn) It holds 3 certificates: "),
        (
            looked(0, 0, &["User.Read.All", "Application.ReadWrite.All"]),
            "(warn) It asks for application permissions: User.Read.All, Application.ReadWrite.All: ",
        ),
    ] {
        assert!(told(&looked).contains(words), "{words}\n{}", told(&looked));
    }
    let both = told(&looked(0, 1, &["User.Read.All"]));
    for menu in ["Credentials", "CallAnAPI"] {
        assert!(both.contains(&format!("ApplicationMenuBlade/~/{menu}/appId/")), "{both}");
    }
    assert!(!told(&looked(0, 0, &[])).contains("(warn)"));
}

#[test]
fn what_leads_elsewhere_is_shown_each_with_a_button_of_its_own() {
    let page = page("https://wizard.contoso.example/");
    let extras = vec![
        Repair::Drop { uri: "https://evil.example/".to_owned(), from: Platform::Spa },
        Repair::Audience { from: "AzureADMultipleOrgs".to_owned() },
    ];
    let text = Sheet(found(&page, &Looked { extras, ..looked(0, 0, &[]) })).to_text();
    for part in [
        "(warn) It has more than this page needs: ",
        "| Remove the redirect URI https://evil.example/ from the platform Single-page application. | Sign-ins can be made to end there.",
        "| Take accounts of this tenant only (now: AzureADMultipleOrgs). | ",
        "[Remove https://evil.example/]",
        "[Take this tenant’s accounts only]",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_colleague_gets_the_address_the_names_and_the_command() {
    let text =
        routes(&page("https://wizard.contoso.example/"), &Known::default(), &refused::Known::default())
            .to_text();
    let message = text.split("message [copy]:").nth(1).unwrap();
    for part in [
        "https://wizard.contoso.example/",
        "Databricks SCIM Setup",
        "Single-page application (SPA)",
        "az login --allow-no-subscriptions",
        "az rest",
        "Invoke-MgGraphRequest",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
    assert!(DIRECT_SYNC.iter().all(|scope| message.contains(scope.name)));
    assert!(!message.contains("az cloud set"));
    let china = Page { cloud: clouds::built_in().remove(3), ..page("https://wizard.contoso.example/") };
    let text = routes(&china, &Known::default(), &refused::Known::default()).to_text();
    assert!(text.split("message [copy]:").nth(1).unwrap().contains("az cloud set --name AzureChinaCloud"));
}

#[test]
fn only_the_azure_cli_is_said_to_do_with_less_than_an_administrator() {
    let page = page("https://wizard.contoso.example/");
    let text = routes(&page, &Known::default(), &refused::Known::default()).to_text();
    assert!(text.contains("with the Azure CLI, Application Developer suffices to make a new one."), "{text}");
    assert!(text.contains("Application.ReadWrite.All, to which an administrator has to consent."), "{text}");
    let (_, powershell) = text.split_once("command for PowerShell [copy]:").unwrap();
    let (powershell, _) = powershell.split_once("scimSetup").unwrap();
    assert!(
        powershell.contains("Cloud Application Administrator")
            && !powershell.contains("Application Developer")
    );
}

#[test]
fn owners_are_named_and_unknown_ones_are_not_none() {
    let page = page("https://wizard.contoso.example/");
    let told =
        |owners: Option<Owners>| Sheet(found(&page, &Looked { owners, ..looked(0, 0, &[]) })).to_text();
    let owner = |name: &str| Owner {
        id: ObjectId(Guid::parse("00000000-0000-0000-0000-000000000001").unwrap()),
        name: name.to_owned(),
    };
    let both =
        Owners { application: vec![owner("ada@contoso.example"), owner("Sync")], principal: Vec::new() };
    let text = told(Some(both));
    assert!(
        text.contains(
            "Owners of the registration: ada@contoso.example, Sync. Owners of its service principal: none."
        ),
        "{text}"
    );
    assert!(told(None).contains("Who owns it could not be read."));
}

#[test]
fn becoming_an_owner_is_offered_and_never_among_what_is_mended() {
    let page = page("https://wizard.contoso.example/");
    let id = ObjectId(Guid::parse("00000000-0000-0000-0000-000000000001").unwrap());
    let own = Repair::Owner(NewOwner { id, name: "ada@contoso.example".to_owned(), both: true });
    let text = Sheet(found(&page, &Looked { own: Some(own), ..looked(0, 0, &[]) })).to_text();
    for part in [
        "Make ada@contoso.example an owner of the registration and of its service principal. An owner can mend it later without a role,",
        "[Make me an owner]",
        "(good) Nothing to mend",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("(warn)") && !text.contains("Make these changes"), "{text}");
    assert!(!Sheet(found(&page, &looked(0, 0, &[]))).to_text().contains("Make me an owner"));
}
