//! What becomes of a test that fails: each refusal with its remedy, nothing saved, and nothing made twice.

use sample::Level;

use super::*;

/// Says address and token, and has them tested. Brings what the stages say.
fn tests(wizard: &Wizard, address: &str, token: &str) -> Vec<String> {
    wizard.enters(Step::Workspace);
    wizard.connects(address, token);
    let values = [("connector-name", "contoso-provisioning"), ("token-owner", "nobody")];
    assert_eq!(wizard.fills("connector", &values), Event::Go(Step::Test));
    wizard.enters(Step::Test);
    wizard.presses("Test connection");
    let drawn = wizard.shown();
    let first = drawn.lines.iter().position(|it| it == "State | Stage").unwrap();
    drawn.lines[first + 1..].to_vec()
}

const REFUSED: [&str; 5] = [
    "passed | Gallery entry found / Azure Databricks SCIM Provisioning Connector",
    "passed | Enterprise application there / “contoso-provisioning”",
    "passed | Provisioning service ready / provisions with “dataBricks”",
    "failed | Credentials accepted",
    "Entra could not connect to Databricks.",
];

fn refused(wizard: &Wizard, address: &str, token: &str, why: &str, todo: &str) {
    let lines = tests(wizard, address, token);
    assert_eq!(lines[..5], REFUSED, "{lines:#?}");
    assert_eq!(lines[5..], [why.to_owned(), format!("What to do: {todo}")]);
    assert_eq!(wizard.proof(Step::Test), None);
    assert!(wizard.shown().labels().contains(&"Test connection"));
    // One application, for all that is tried, and nothing in it.
    assert_eq!(wizard.effects(), ["Post instantiate"]);
}

#[test]
fn each_refusal_has_its_remedy() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    let (workspace, account) = (facts.workspace_url.as_str(), facts.account_scim_url.as_str());
    let ended = |level| {
        wizard.world().sample(|sample| {
            let token = sample.make_token(level);
            sample.end_token(&token);
            token
        })
    };
    let token = "Databricks does not accept the token.";
    let at_workspace = "Make a new token as a workspace administrator and paste it whole. It may have expired, been revoked, or belong \
                        to another workspace.";
    let at_account = "Make a new SCIM token in the account console (Security, User provisioning) and paste it whole. A personal access \
                      token of a workspace does not work here.";
    refused(&wizard, workspace, "dapi00000000000000000000000000000000", token, at_workspace);
    refused(&wizard, workspace, &ended(Level::Workspace), token, at_workspace);
    refused(&wizard, workspace, &facts.account_token, token, at_workspace);
    refused(&wizard, account, &facts.workspace_token, token, at_account);
    refused(&wizard, account, &ended(Level::Account), token, at_account);
    let elsewhere = account.replace(&facts.account_id, "00000000-0000-0000-0000-00000000000a");
    refused(
        &wizard,
        &elsewhere,
        &facts.account_token,
        "There is no SCIM at this address.",
        "Copy the address again: the Account SCIM URL of the account console, or the address of the workspace. Account and workspace \
         have tokens of their own.",
    );
    wizard.world().sample(|sample| sample.shut_out_entra(true));
    refused(
        &wizard,
        workspace,
        &facts.workspace_token,
        "Databricks knows the token but refuses: its owner is no administrator, or an IP access list does not let Entra's provisioning \
         service in.",
        "Check that the token's owner is still a workspace administrator. If the workspace has IP access lists, let the service tag \
         AzureActiveDirectory in, all of it.",
    );
    refused(
        &wizard,
        account,
        &facts.account_token,
        "Databricks knows the token but refuses: its owner is no administrator, or an IP access list does not let Entra's provisioning \
         service in.",
        "If the account has IP access lists, let the service tag AzureActiveDirectory in, all of it. Else make a new SCIM token.",
    );
    // Once it is let in, all is well with the same application.
    wizard.world().sample(|sample| sample.shut_out_entra(false));
    let lines = tests(&wizard, account, &facts.account_token);
    assert_eq!(
        lines[3..],
        [
            "passed | Credentials accepted / Entra asked for somebody who does not exist, and got the right answer"
        ]
    );
    assert_eq!(wizard.shown().labels(), ["Continue", "Test connection"]);
    assert_eq!(wizard.effects(), ["Post instantiate", "Post jobs/validateCredentials"]);
}

#[test]
fn without_a_token_in_memory_it_is_asked_for_again() {
    let first = Wizard::small();
    first.is_tested();
    let second = first.again();
    second.enters(Step::Test);
    assert_eq!(second.shown().labels(), ["Enter the token", "Test the saved credentials"]);
    second.presses("Test the saved credentials");
    let text = second.shown().text();
    assert!(text.contains("failed | Credentials accepted"), "{text}");
    assert!(text.contains("The connector has no address and no token yet."), "{text}");
    assert_eq!(second.presses("Enter the token"), Event::Go(Step::Workspace));
    assert_eq!(second.effects(), ["Post instantiate", "Post jobs/validateCredentials"]);
}

#[test]
fn who_may_not_is_told_before_anything_is_sent() {
    let wizard =
        Wizard::visit(&World::new(Options { people: 4, groups: 2, ..Options::default() }), Setup::default());
    // Nobody has consented to what the connector takes.
    wizard.shows(Step::Register);
    let application = wizard.page.application();
    let sign_in = Command::SignIn { application, step: Step::Register, account: Some(ADA.to_owned()) };
    wizard.follows(wizard.ask(sign_in));
    let facts = wizard.world().facts();
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    wizard.enters(Step::Test);
    wizard.presses("Test connection");
    let text = wizard.shown().text();
    assert!(text.contains("The connector cannot be worked with."), "{text}");
    let lacking = "The sign-in lacks a permission: Application.ReadWrite.All, Synchronization.ReadWrite.All.";
    assert!(text.contains(lacking), "{text}");
    assert_eq!(wizard.effects(), [""; 0]);
}
