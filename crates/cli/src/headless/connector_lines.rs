//! What `scim-setup connect` would write, for people.

use engine::entra::connector::set_up::Compared;

/// What would be written, a line each.
pub(super) fn lines(compared: &Compared) -> Vec<String> {
    let writes = &compared.writes;
    let mut lines =
        vec![format!("Connector “{}” ({})", compared.connector.enterprise.display_name, writes.principal)];
    if let Some(required) = writes.assignment_required {
        let who = if required { "only who is assigned" } else { "everyone of the tenant" };
        lines.push(format!("  sign-in through it: {who}"));
    }
    if writes.job.is_none() {
        lines.push("  provisioning job: one is made".to_owned());
    }
    if let Some(told) = &writes.tell {
        let settings = &told.settings;
        lines.push(format!(
            "  writes to: {}, with the token of DATABRICKS_TOKEN",
            told.target.connector_address()
        ));
        lines.push(format!(
            "  provisions: {}",
            if settings.everybody { "everybody" } else { "who is assigned" }
        ));
        lines.push(format!(
            "  notifies: {}",
            settings.mail.as_ref().map_or("nobody", engine::entra::connector::Mail::as_str)
        ));
        let limit = settings.threshold.map_or_else(|| "no limit".to_owned(), |it| format!("above {it}"));
        lines.push(format!("  holds deletions back: {limit}"));
    }
    if writes.repair {
        lines
            .push("  attribute mappings: externalId is taken from the object id, where it is not".to_owned());
    }
    lines.extend(writes.assign.iter().map(|it| format!("  assigns: {} ({})", it.name, it.id)));
    lines.extend(
        writes.prove.iter().map(|it| format!("  provisions first, as a proof: {} ({})", it.name, it.id)),
    );
    if writes.restart {
        lines.push("  restarts: fewer people are in scope than before".to_owned());
    }
    if writes.start {
        lines.push("  starts provisioning".to_owned());
    }
    if writes.is_empty() {
        lines.push("  nothing to write".to_owned());
    }
    lines
}

/// What stands against it, what is worth knowing, and what could not be read: a line each.
pub(super) fn remarks(stops: Vec<String>, notes: Vec<String>, unread: Vec<String>) -> Vec<String> {
    let stops = stops.into_iter().map(|it| format!("  STOPS: {it}"));
    let notes = notes.into_iter().map(|it| format!("  note: {it}"));
    stops.chain(notes).chain(unread.into_iter().map(|it| format!("  not read: {it}"))).collect()
}

/// What could not be read of the connector, and of those whom it brings.
pub(super) fn unread(compared: &Compared) -> Vec<String> {
    compared.unread.iter().chain(&compared.examined.unread).map(ToString::to_string).collect()
}
