//! The page "Sample tenant": everything that a newcomer has to paste, each with its label.

mod applications;
mod command_line;

use crate::directory::Person;
use crate::http::{Answer, Params, Request};
use crate::page;
use crate::people::OUTSIDER;
use crate::sign_in::Context;

/// Answers `/portal` and what is below it.
pub(crate) fn answer(ctx: &mut Context<'_>, request: &Request, params: &Params, rest: &[&str]) -> Answer {
    match rest {
        [] => values(ctx),
        ["command-line"] => command_line::answer(ctx, request),
        ["applications", rest @ ..] => applications::answer(ctx, request, params, rest),
        _ => Answer::new(404),
    }
}

fn values(ctx: &Context<'_>) -> Answer {
    let facts = ctx.facts;
    let rows = [
        ("client-id", "Application (client) ID", facts.client_id.as_str()),
        ("tenant-id", "Directory (tenant) ID", &facts.tenant_id),
        ("workspace-url", "Workspace URL", &facts.workspace_url),
        ("workspace-token", "Workspace token", &facts.workspace_token),
        ("account-scim-url", "Account SCIM URL", &facts.account_scim_url),
        ("account-token", "Account SCIM token", &facts.account_token),
        ("account-id", "Databricks account ID", &facts.account_id),
        ("plain-token", "Workspace token of somebody who is no administrator", &facts.plain_token),
        ("sync-client-id", "Application (client) ID for the command line", &facts.sync_client_id),
        ("sync-client-secret", "Client secret for the command line", &facts.sync_client_secret),
    ];
    let mut body = String::from(
        "<p>Everything here is made up: the tenant, its people, the tokens. Nothing leaves this machine.</p>\
         <h2>Values to paste</h2><dl>",
    );
    // Where nothing is registered there is no client id to paste.
    for (id, label, value) in rows.into_iter().filter(|(.., value)| !value.is_empty()) {
        let value = page::escape(value);
        body.push_str(&format!("<dt>{label}</dt><dd><code id=\"{id}\">{value}</code></dd>"));
    }
    body.push_str("</dl><h2>Accounts to sign in with</h2><ul>");
    for account in &facts.accounts {
        let note = ctx.directory.account_named(account).map(role).unwrap_or_default();
        body.push_str(&format!("<li><code>{}</code> ({note})</li>", page::escape(account)));
    }
    if facts.accounts.len() > 1 {
        let (_, account) = OUTSIDER;
        body.push_str(&format!("<li><code>{account}</code> (of another tenant: no guest here)</li>"));
    }
    body.push_str("</ul><h2>Registered redirect URIs (single-page application)</h2><ul>");
    for uri in ctx.registry.spa_uris() {
        body.push_str(&format!("<li><code>{}</code></li>", page::escape(&uri)));
    }
    body.push_str(
        "</ul><h2>Applications</h2><p><a href=\"/portal/applications\">App registrations</a>: register one by hand, and see \
         what is registered.</p>",
    );
    body.push_str(&command_line::part(ctx));
    page::answer(200, "Sample tenant", &body)
}

/// Other sites' forms change nothing here.
fn is_foreign(ctx: &Context<'_>, request: &Request) -> bool {
    let Some(origin) = request.header("origin") else { return false };
    let host = request.header("host").map(|host| format!("://{host}"));
    origin != ctx.options.sign_in && !host.is_some_and(|host| origin.ends_with(&host))
}

/// What somebody's roles let them do, in a few words.
fn role(person: &Person) -> String {
    let may = if person.consents() {
        "may consent for the organisation"
    } else {
        "may not consent for the organisation"
    };
    let through = person.roles_through_groups.iter().map(|role| format!("{} through a group", role.name()));
    let eligible = person.eligible.iter().map(|role| format!("may activate {}", role.name()));
    let roles: Vec<String> =
        person.roles.iter().map(|role| role.name().to_owned()).chain(through).chain(eligible).collect();
    if roles.is_empty() {
        let who = if person.guest { "a guest of the tenant" } else { "an ordinary person" };
        format!("{who}: {may}")
    } else {
        format!("{}: {may}", roles.join(", "))
    }
}
