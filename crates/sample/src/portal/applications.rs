//! "App registrations", by hand: plain forms that register an application as Ada would in Entra's admin centre.

use super::is_foreign;
use crate::http::{Answer, Params, Request};
use crate::page::{self, escape};
use crate::registry::{Application, Key, Principal};
use crate::sign_in::Context;

/// The platforms as the admin centre names them, and as forms send them.
const PLATFORMS: [(&str, &str); 3] = [
    ("spa", "Single-page application (SPA)"),
    ("web", "Web"),
    ("publicClient", "Public client/native (mobile & desktop)"),
];

/// Answers what is below `/portal/applications`.
pub(super) fn answer(ctx: &mut Context<'_>, request: &Request, params: &Params, rest: &[&str]) -> Answer {
    let posted = request.method == "POST";
    if posted && is_foreign(ctx, request) {
        return page::answer(403, "Forbidden", "<p>This form was sent from another site.</p>");
    }
    match rest {
        [] if posted => register(ctx, params),
        [] => list(ctx, params, None),
        [id] => match ctx.registry.application(Key::Id(id)) {
            Some(found) => overview(ctx, found),
            None => not_found(),
        },
        [id, "redirects"] if posted => change(ctx, id, params),
        _ => not_found(),
    }
}

fn not_found() -> Answer {
    page::answer(404, "Not found", "<p>There is no such page or application.</p>")
}

fn to(id: &str) -> Answer {
    Answer::redirect(&format!("/portal/applications/{id}"))
}

fn register(ctx: &mut Context<'_>, params: &Params) -> Answer {
    let name = params.get("name").unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return list(ctx, params, Some("Give the application a name."));
    }
    let mut made = Application {
        id: ctx.random.guid(),
        app_id: ctx.random.guid(),
        display_name: name,
        audience: "AzureADMyOrg".to_owned(),
        created: ctx.now,
        // Whoever copies ids by hand takes longer than any copy lags.
        visible: ctx.now,
        ..Application::default()
    };
    let uri = params.get("uri").unwrap_or_default().trim();
    if !uri.is_empty() {
        match uris(&mut made, params.get("platform").unwrap_or_default()) {
            Some(uris) => uris.push(uri.to_owned()),
            None => return list(ctx, params, Some("Select a platform for the redirect URI.")),
        }
    }
    // The admin centre makes the service principal along with the application.
    ctx.registry.principals.push(Principal {
        id: ctx.random.guid(),
        app_id: made.app_id.clone(),
        display_name: made.display_name.clone(),
        tags: vec!["WindowsAzureActiveDirectoryIntegratedApp".to_owned()],
        visible: ctx.now,
        ..Principal::default()
    });
    let answer = to(&made.id);
    ctx.registry.applications.push(made);
    answer
}

fn uris<'a>(application: &'a mut Application, platform: &str) -> Option<&'a mut Vec<String>> {
    match platform {
        "spa" => Some(&mut application.spa),
        "web" => Some(&mut application.web),
        "publicClient" => Some(&mut application.public_client),
        _ => None,
    }
}

/// Puts a redirect URI under a platform, taking it from where it stood; without a platform it is removed.
fn change(ctx: &mut Context<'_>, id: &str, params: &Params) -> Answer {
    let Some(application) = ctx.registry.application_mut(Key::Id(id)) else { return not_found() };
    let uri = params.get("uri").unwrap_or_default().trim().to_owned();
    if !uri.is_empty() {
        for (platform, _) in PLATFORMS {
            if let Some(uris) = uris(application, platform) {
                uris.retain(|known| *known != uri);
            }
        }
        if let Some(uris) = uris(application, params.get("platform").unwrap_or_default()) {
            uris.push(uri);
        }
    }
    to(id)
}

fn platform_field() -> String {
    let options: String = PLATFORMS
        .iter()
        .map(|(value, label)| format!("<option value=\"{value}\">{}</option>", escape(label)))
        .collect();
    format!(
        "<label for=\"platform\">Select a platform</label><select id=\"platform\" name=\"platform\">\
         <option value=\"\">Select a platform</option>{options}</select>"
    )
}

fn list(ctx: &Context<'_>, params: &Params, note: Option<&str>) -> Answer {
    let note = note.map(|note| format!("<p role=\"alert\">{}</p>", escape(note))).unwrap_or_default();
    let rows: String = ctx
        .registry
        .applications
        .iter()
        .map(|it| {
            format!(
                "<li><a href=\"/portal/applications/{}\">{}</a> <code>{}</code></li>",
                escape(&it.id),
                escape(&it.display_name),
                escape(&it.app_id)
            )
        })
        .collect();
    let rows = if rows.is_empty() { "<p>Nothing is registered yet.</p>".to_owned() } else { rows };
    let (name, uri) = (params.get("name").unwrap_or_default(), params.get("uri").unwrap_or_default());
    let body = format!(
        "<p><a href=\"/portal\">Sample tenant</a></p><p>Signed in as Ada, Cloud Application Administrator.</p>\
         <ul>{rows}</ul><h2>Register an application</h2>{note}\
         <form method=\"post\" action=\"/portal/applications\"><label for=\"name\">Name</label>\
         <input id=\"name\" name=\"name\" value=\"{}\" autocomplete=\"off\" required>\
         <p>Supported account types: accounts in this organizational directory only (Contoso, single tenant).</p>\
         {}<label for=\"uri\">Redirect URI</label>\
         <input id=\"uri\" name=\"uri\" value=\"{}\" autocomplete=\"off\">\
         <p><button value=\"accept\">Register</button></p></form>",
        escape(name),
        platform_field(),
        escape(uri)
    );
    page::answer(200, "App registrations", &body)
}

fn overview(ctx: &Context<'_>, found: &Application) -> Answer {
    let rows = [
        ("Display name", found.display_name.as_str()),
        ("Application (client) ID", &found.app_id),
        ("Object ID", &found.id),
        ("Directory (tenant) ID", &ctx.facts.tenant_id),
    ];
    let rows: String = rows
        .iter()
        .map(|(label, value)| format!("<dt>{label}</dt><dd><code>{}</code></dd>", escape(value)))
        .collect();
    let action = format!("/portal/applications/{}/redirects", escape(&found.id));
    let mut registered = String::new();
    for ((platform, label), uris) in PLATFORMS.iter().zip([&found.spa, &found.web, &found.public_client]) {
        if uris.is_empty() {
            continue;
        }
        registered.push_str(&format!("<h3>{}</h3><ul>", escape(label)));
        for uri in uris {
            let uri = escape(uri);
            let form = |platform: &str, words: &str| {
                format!(
                    "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"uri\" value=\"{uri}\">\
                     <button name=\"platform\" value=\"{platform}\" aria-label=\"{words}: {uri}\">{words}</button></form>"
                )
            };
            let moved = if *platform == "spa" {
                String::new()
            } else {
                form("spa", "Move to Single-page application")
            };
            registered.push_str(&format!("<li><code>{uri}</code>{moved}{}</li>", form("", "Remove")));
        }
        registered.push_str("</ul>");
    }
    if registered.is_empty() {
        registered.push_str("<p>No redirect URI is registered yet.</p>");
    }
    let body = format!(
        "<p><a href=\"/portal/applications\">App registrations</a></p><h2>Overview</h2><dl>{rows}</dl>\
         <h2>Authentication</h2>{registered}<h3>Add a redirect URI</h3><form method=\"post\" action=\"{action}\">{}\
         <label for=\"uri\">Redirect URI</label><input id=\"uri\" name=\"uri\" autocomplete=\"off\" required>\
         <p><button value=\"accept\">Add</button></p></form>",
        platform_field()
    );
    page::answer(200, &found.display_name, &body)
}
