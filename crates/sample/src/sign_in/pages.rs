//! The pages a person meets: picking an account, and consent. They work without scripts.

use crate::directory::Person;
use crate::http::{Answer, Params};
use crate::page::{self, escape};
use crate::people::OUTSIDER;
use crate::permissions;
use crate::registry::Application;

use super::Context;

/// The parameters as hidden fields, without those that the form itself sets.
fn hidden(params: &Params, without: &[&str]) -> String {
    let kept = params.0.iter().filter(|(name, _)| !without.contains(&name.as_str()));
    kept.map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
    })
    .collect()
}

/// "Pick an account": one button an account, no password.
pub(super) fn pick(ctx: &Context<'_>, params: &Params, action: &str, note: Option<&str>) -> Answer {
    let mut body = String::new();
    if let Some(note) = note {
        body.push_str(&format!("<p role=\"alert\">{}</p>", escape(note)));
    }
    body.push_str("<p>This is the sample tenant: there are no passwords.</p>");
    body.push_str(&format!(
        "<form class=\"accounts\" method=\"get\" action=\"{}\">{}",
        escape(action),
        hidden(params, &["account", "consent"])
    ));
    let mut accounts: Vec<&Person> =
        ctx.facts.accounts.iter().filter_map(|name| ctx.directory.account_named(name)).collect();
    let hinted = params.get("login_hint").and_then(|hint| ctx.directory.account_named(hint));
    if let Some(hinted) = hinted.filter(|hinted| !accounts.iter().any(|it| it.id == hinted.id)) {
        accounts.push(hinted);
    }
    let button = |shown: &str, note: &str, name: &str| {
        let (shown, name) = (escape(shown), escape(name));
        format!("<button name=\"account\" value=\"{name}\">{shown}{note}<br>{name}</button>")
    };
    // A tenant of one person is only that person's.
    let alone = accounts.len() < 2;
    for person in accounts {
        let note = match (person.guest, person.consents()) {
            (true, _) => " (guest)",
            (false, true) => " (administrator)",
            (false, false) => "",
        };
        body.push_str(&button(&person.display_name, note, person.sign_in_name()));
    }
    if !alone {
        body.push_str(&button(OUTSIDER.0, " (of another tenant)", OUTSIDER.1));
    }
    body.push_str("</form>");
    page::answer(200, "Pick an account", &body)
}

/// What a consent page asks for.
pub(super) struct Asked<'a> {
    /// Delegated scopes.
    pub(super) scopes: &'a [&'static str],
    /// What the application may do by itself.
    pub(super) roles: &'a [&'static str],
}

/// "Permissions requested": what the application asks for, with Accept and Cancel.
pub(super) fn consent(
    application: &Application,
    person: &Person,
    params: &Params,
    action: &str,
    asked: &Asked<'_>,
    everybody: bool,
) -> Answer {
    let scopes = asked.scopes.iter().filter_map(|name| permissions::scope(name));
    let roles = asked.roles.iter().filter_map(|name| permissions::role(name));
    let rows: String = scopes
        .map(|it| format!("<li>{} (<code>{}</code>)</li>", escape(it.text), it.name))
        .chain(roles.map(|it| {
            format!("<li>{} (<code>{}</code>), without a signed-in person</li>", escape(it.text), it.name)
        }))
        .collect();
    let whom = if everybody {
        "<p>If you accept, this application gets these permissions for everybody in your organisation.</p>"
    } else {
        ""
    };
    let body = format!(
        "<p>Signed in as {}</p><p>The application <strong>{}</strong> would like to:</p><ul>{rows}</ul>{whom}\
         <form method=\"post\" action=\"{}\">{}<input type=\"hidden\" name=\"account\" value=\"{}\">\
         <button name=\"consent\" value=\"accept\">Accept</button>\
         <button name=\"consent\" value=\"cancel\">Cancel</button></form>",
        escape(person.sign_in_name()),
        escape(&application.display_name),
        escape(action),
        hidden(params, &["account", "consent", "prompt"]),
        escape(person.sign_in_name())
    );
    page::answer(200, "Permissions requested", &body)
}

/// What is shown after signing out.
pub(super) fn signed_out() -> Answer {
    page::answer(200, "You signed out of your account", "<p>You can close this tab.</p>")
}
