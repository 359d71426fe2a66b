//! The page "Sample tenant": everything that a newcomer has to paste, each with its label.

use crate::Options;
use crate::facts::Facts;
use crate::http::Answer;
use crate::page;

/// Answers `GET /portal`.
pub(crate) fn answer(facts: &Facts, options: &Options) -> Answer {
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
    for (id, label, value) in rows {
        let value = page::escape(value);
        body.push_str(&format!("<dt>{label}</dt><dd><code id=\"{id}\">{value}</code></dd>"));
    }
    body.push_str("</dl><h2>Accounts to sign in with</h2><ul>");
    for account in &facts.accounts {
        let note = if facts.admins.contains(account) {
            "Cloud Application Administrator: may consent for the organisation"
        } else {
            "an ordinary person: may not consent for the organisation"
        };
        body.push_str(&format!("<li><code>{}</code> ({note})</li>", page::escape(account)));
    }
    body.push_str("</ul><h2>Registered redirect URIs (single-page application)</h2><ul>");
    for uri in &options.redirect_uris {
        body.push_str(&format!("<li><code>{}</code></li>", page::escape(uri)));
    }
    body.push_str("</ul>");
    page::answer(200, "Sample tenant", &body)
}
