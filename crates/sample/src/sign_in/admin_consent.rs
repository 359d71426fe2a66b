//! `GET /{tenant}/v2.0/adminconsent`: consent for the whole organisation.

use crate::http::{Answer, Params};
use crate::permissions;
use crate::roles::DirectoryRole;

use super::authorize::send_query;
use super::errors::SignInError;
use super::{Context, pages, policy, scopes};

pub(super) fn answer(ctx: &mut Context<'_>, tenant: &str, params: &Params, posted: bool) -> Answer {
    let checked = ctx
        .check_tenant(tenant, params)
        .and_then(|()| ctx.check_client(params))
        .and_then(|application| ctx.check_redirect(&application, params).map(|uri| (application, uri)))
        .and_then(|(application, uri)| {
            policy::cloud(ctx, tenant)?;
            let text = params.get("scope").ok_or_else(|| SignInError::missing_parameter("scope"))?;
            let asked = ctx.scopes(&application, text)?;
            Ok((application, uri, text, asked))
        });
    let (application, uri, text, asked) = match checked {
        Ok(checked) => checked,
        Err(error) => return error.page(ctx),
    };
    let action = format!("/{tenant}/v2.0/adminconsent");
    let Some(name) = params.get("account") else { return pages::pick(ctx, params, &action, None) };
    let person = match ctx.picked(&application, name) {
        Ok(person) => person,
        Err(turned) => return ctx.turned(&turned, params, &action),
    };
    ctx.state.signed_in.insert(person.id.clone());
    let state = params.get("state");
    // Only `.default` includes what the application may do by itself.
    let roles =
        if scopes::has_default(text, &ctx.options.graph) { application.asked_roles() } else { Vec::new() };
    let suffices = person.consents() && (roles.is_empty() || person.may(DirectoryRole::grants_graph_roles));
    if !suffices {
        let text = "This operation can only be performed by an administrator. Sign out and sign in as an \
                    administrator or contact one of your organization's administrators.";
        return refuse(ctx, &uri, state, &SignInError::new("access_denied", 90_093, text));
    }
    match params.get("consent").filter(|_| posted) {
        Some("accept") => {
            let client = ctx.consent(&application, &asked, None);
            for role in roles.iter().filter_map(|name| permissions::role(name)?.role) {
                let id = ctx.random.opaque(43);
                ctx.registry.assign(id, &client, role, ctx.now);
            }
            let tenant = ctx.facts.tenant_id.as_str();
            send_query(&uri, state, &[("admin_consent", "True"), ("tenant", tenant), ("scope", text)])
        }
        Some(_) => {
            let text = "The resource owner or authorization server denied the request.";
            let mut error = SignInError::new("access_denied", 65_004, text);
            error.suberror = Some("cancel");
            refuse(ctx, &uri, state, &error)
        }
        None => {
            let shown = pages::Asked { scopes: &asked, roles: &roles };
            pages::consent(&application, &person, params, &action, &shown, true)
        }
    }
}

fn refuse(ctx: &mut Context<'_>, uri: &str, state: Option<&str>, error: &SignInError) -> Answer {
    let description = error.description(ctx);
    let mut pairs = vec![
        ("error", error.error),
        ("error_description", description.as_str()),
        ("tenant", &ctx.facts.tenant_id),
        ("admin_consent", "True"),
    ];
    if let Some(suberror) = error.suberror {
        pairs.push(("error_subcode", suberror));
    }
    send_query(uri, state, &pairs)
}
