//! A page of the sample tenant itself, of no real service: it lets waiting be skipped, and tokens and the IP access list be changed.

use std::time::Duration;

use super::{Provisioning, Tenant};
use crate::Level;
use crate::http::{Answer, Params, Request, Target};
use crate::page::{self, escape};

/// Where it is, at the sign-in service's origin.
pub(crate) const PATH: &str = "/sample";

/// How far one press goes, at most: longer than a job lasts in quarantine.
const FARTHEST: u64 = 40 * 24 * 60;

/// Answers a request below [`PATH`].
pub(crate) fn answer(
    provisioning: &mut Provisioning,
    tenant: &mut Tenant<'_>,
    request: &Request,
    now: Duration,
) -> Answer {
    let target = Target::parse(&request.path);
    let form = Params::parse(&String::from_utf8_lossy(&request.body));
    let posted = request.method == "POST";
    if posted && is_foreign(tenant, request) {
        return page::answer(403, "Forbidden", "<p>This form was sent from another site.</p>");
    }
    let note = match (posted, target.segments().as_slice()) {
        (false, ["sample"]) => String::new(),
        (true, ["sample", "time"]) => {
            let minutes =
                form.get("minutes").and_then(|it| it.parse::<u64>().ok()).filter(|it| *it <= FARTHEST);
            let Some(minutes) = minutes else {
                return page::answer(400, "Time", "<p>Give the minutes as a number.</p>");
            };
            provisioning.skip(tenant, Duration::from_secs(minutes * 60), now);
            format!("<p role=\"status\">{minutes} minutes have passed for provisioning and Databricks.</p>")
        }
        (true, ["sample", "tokens"]) => {
            let level = if form.get("level") == Some("account") { Level::Account } else { Level::Workspace };
            let token = tenant.databricks.make_token(level);
            format!("<p role=\"status\">The new token: <code id=\"new-token\">{}</code></p>", escape(&token))
        }
        (true, ["sample", "tokens", "end"]) => {
            tenant.databricks.end_token(form.get("token").unwrap_or_default().trim());
            "<p role=\"status\">That token is valid no more.</p>".to_owned()
        }
        (true, ["sample", "ip-access-list"]) => {
            tenant.databricks.shut_out_entra(form.get("entra") == Some("shut-out"));
            "<p role=\"status\">The IP access list was changed.</p>".to_owned()
        }
        _ => return page::answer(404, "Not found", "<p>There is no such page.</p>"),
    };
    page::answer(200, "Sample tenant: time and doors", &format!("{note}{}", controls(tenant)))
}

/// Other sites' forms change nothing here.
fn is_foreign(tenant: &Tenant<'_>, request: &Request) -> bool {
    let Some(origin) = request.header("origin") else { return false };
    let host = request.header("host").map(|host| format!("://{host}"));
    origin != tenant.options.sign_in && !host.is_some_and(|host| origin.ends_with(&host))
}

fn controls(tenant: &Tenant<'_>) -> String {
    let button = |path: &str, name: &str, value: &str, words: &str| {
        format!(
            "<form method=\"post\" action=\"{PATH}/{path}\"><button name=\"{name}\" value=\"{value}\">{words}</button></form>"
        )
    };
    let shut = tenant.databricks.shuts_out_entra();
    let list = if shut {
        button("ip-access-list", "entra", "let-in", "Let Entra's provisioning service in")
    } else {
        button("ip-access-list", "entra", "shut-out", "Shut Entra's provisioning service out")
    };
    format!(
        "<p>Nothing of this exists at Microsoft or Databricks. It is here so that nobody waits.</p><h2>Time</h2>\
         <p>Entra provisions every 40 minutes. Skipped time passes for the provisioning service and for Databricks alone; sign-ins \
         last as long as they do, and what lies behind lies that much further back.</p>{}{}{}\
         <h2>Tokens of Databricks</h2>{}{}<form method=\"post\" action=\"{PATH}/tokens/end\">\
         <label for=\"token\">A token to end</label><input id=\"token\" name=\"token\" autocomplete=\"off\" required>\
         <p><button>End this token</button></p></form><h2>IP access list of Databricks</h2>{list}",
        button("time", "minutes", "10", "Skip 10 minutes"),
        button("time", "minutes", "40", "Skip 40 minutes"),
        button("time", "minutes", "360", "Skip 6 hours"),
        button("tokens", "level", "workspace", "Make another workspace token"),
        button("tokens", "level", "account", "Make another account token"),
    )
}
