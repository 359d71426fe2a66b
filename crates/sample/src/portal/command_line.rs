//! What the application for the command line may do, and more of it on request: as an administrator grants it in Entra's admin centre.

use super::is_foreign;
use crate::http::{Answer, Request};
use crate::page;
use crate::permissions;
use crate::registry::Key;
use crate::sign_in::Context;

/// What setting up Entra's own provisioning takes beyond reading. Whoever holds them can do much more, so nobody holds them unasked.
const CONNECT: [&str; 2] = ["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"];

/// Answers what is posted to `/portal/command-line`.
pub(super) fn answer(ctx: &mut Context<'_>, request: &Request) -> Answer {
    if request.method != "POST" {
        return page::answer(404, "Not found", "<p>There is no such page.</p>");
    }
    if is_foreign(ctx, request) {
        return page::answer(403, "Forbidden", "<p>This form was sent from another site.</p>");
    }
    let Some(own) = principal(ctx) else {
        return page::answer(404, "Not found", "<p>There is no application for the command line here.</p>");
    };
    for role in CONNECT.into_iter().filter_map(permissions::role).filter_map(|it| it.role) {
        let id = ctx.random.opaque(43);
        ctx.registry.assign_at_once(id, &own, role, ctx.now);
    }
    Answer::redirect("/portal")
}

fn principal(ctx: &Context<'_>) -> Option<String> {
    ctx.registry.principal(Key::AppId(&ctx.facts.sync_client_id)).map(|it| it.id.clone())
}

/// The part of the page of values; nothing, where nothing is registered.
pub(super) fn part(ctx: &Context<'_>) -> String {
    let Some(own) = principal(ctx) else { return String::new() };
    let roles: Vec<&str> = ctx.registry.roles(&own, ctx.now).into_iter().collect();
    let rest = if CONNECT.iter().all(|role| roles.contains(role)) {
        "<p>So it may set up Entra's own provisioning (<code>scim-setup connect</code>) as well.</p>"
            .to_owned()
    } else {
        format!(
            "<p>To set up Entra's own provisioning (<code>scim-setup connect</code>) it needs {} too.</p>\
             <form method=\"post\" action=\"/portal/command-line\"><button>Grant them, as Petra</button></form>",
            list(&CONNECT)
        )
    };
    format!("<h2>The application for the command line</h2><p>It was granted {}.</p>{rest}", list(&roles))
}

fn list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("<code>{name}</code>")).collect();
    names.join(", ")
}
