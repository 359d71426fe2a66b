//! What statuses and codes of Databricks mean (what SCIM clients of Databricks record).

use super::{Remedy, remedy};

/// The remedy for an error of Databricks, by status and code.
#[must_use]
pub fn databricks(status: u16, code: &str, detail: &str) -> Remedy {
    let blocked = detail.contains("IP access list")
        || detail.contains("IP ACL")
        || detail.contains("is blocked by Databricks IP");
    match status {
        401 => remedy(
            "Databricks does not accept the token: it is wrong, expired, revoked, or made for another workspace or \
             level.",
            "Make a new token at this very workspace or account, and paste it again.",
        ),
        403 if blocked => remedy(
            "An IP access list of Databricks does not allow calls from where this runs.",
            "Add the address of this machine (or of the relay) to the IP access list of the workspace or account.",
        ),
        403 if code.contains("PRIVATE_LINK") => remedy(
            "The workspace admits calls over Private Link only.",
            "Run the relay or the command inside the private network.",
        ),
        403 => remedy(
            "The token's owner may not administer users here, or an IP access list does not allow calls from where \
             this runs.",
            "Use a token of an administrator of this workspace (or the account's SCIM token), and check the IP access \
             list.",
        ),
        404 => remedy(
            "Databricks has nothing at this address: the object is gone, or the token belongs to the other level \
             (account or workspace).",
            "Check that the address and the token belong to the same level; an account SCIM token works only under \
             the Account SCIM URL.",
        ),
        409 => remedy(
            "Another object has this name already, or another program writes at the same time.",
            "Make the plan again: it will find the object and show what it means to do with it.",
        ),
        429 => remedy(
            "Databricks asks to slow down; its limits are shared by all programs.",
            "Wait a minute, then go on.",
        ),
        400 => remedy(
            "Databricks does not accept the request as it is.",
            "Look at the details: they name the value that is not accepted. Correct it in Entra, then plan again.",
        ),
        500..=599 => remedy(
            "Databricks or a gateway before it is failing at the moment. Groups that another tool manages as external \
             answer in the same way.",
            "Wait some minutes and go on; if one group keeps failing, check who manages it.",
        ),
        _ => remedy(
            "Databricks gave an answer that is not expected here.",
            "Send the details below to support.",
        ),
    }
}
