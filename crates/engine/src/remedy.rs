//! What codes of the two services mean, and what to do about them.
//!
//! Sources: the identity platform's page on AADSTS codes; Graph's pages on errors and throttling; what SCIM clients of
//! Databricks record. Unknown codes keep the service's own words.

use crate::entra::sign_in::ServerError;

/// A cause and its cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What it means.
    pub why: String,
    /// What to do.
    pub todo: String,
}

fn remedy(why: &str, todo: &str) -> Remedy {
    Remedy { why: why.to_owned(), todo: todo.to_owned() }
}

/// The remedy for an error of the sign-in service.
#[must_use]
pub fn sign_in(error: &ServerError) -> Remedy {
    if let Some((_, why, todo)) =
        error.code().and_then(|code| AADSTS.iter().find(|(codes, ..)| codes.contains(&code)))
    {
        return remedy(why, todo);
    }
    match error.error.as_str() {
        "access_denied" => {
            remedy("The request was declined.", "Sign in again and accept, or ask an administrator.")
        }
        "interaction_required" | "login_required" | "consent_required" => {
            remedy("Microsoft wants the person to sign in again.", "Sign in again.")
        }
        "temporarily_unavailable" | "server_error" => remedy(
            "The sign-in service is busy or failing at the moment.",
            "Wait a minute, then sign in again.",
        ),
        _ => remedy(
            "The sign-in service refused, with a code that this page does not know.",
            "Look the code up at https://login.microsoftonline.com/error, or send the details below to support.",
        ),
    }
}

/// AADSTS numbers, what each means, what to do.
const AADSTS: &[(&[u32], &str, &str)] = &[
    (
        &[50011],
        "The application does not list this page's address among its redirect URIs.",
        "Add the redirect URI shown at the step \"Register the application\", exactly as written, under \
         Authentication → Single-page application.",
    ),
    (
        &[9002326, 7000218],
        "The redirect URI is registered, but not as a single-page application.",
        "In the application's Authentication page, remove the address from Web and add it under Single-page \
         application.",
    ),
    (
        &[9002327],
        "A code for a single-page application was redeemed by something that is not a page.",
        "Sign in from the page itself; nothing in between may redeem the code.",
    ),
    (&[700025], "A secret was sent for a public client.", "Sign in from the page; it never uses a secret."),
    (
        &[700016, 700011, 70001],
        "This tenant does not know an application with this ID.",
        "Compare the Application (client) ID and the Directory (tenant) ID with the application's Overview page, and \
         check the cloud.",
    ),
    (
        &[90002, 90038],
        "There is no such tenant in this cloud.",
        "Check the Directory (tenant) ID, and choose the cloud that the tenant lives in.",
    ),
    (
        &[50194],
        "The application is for one tenant only, but was asked for without one.",
        "Enter the Directory (tenant) ID.",
    ),
    (
        &[50020, 16000, 50034, 51004],
        "This account does not belong to the tenant.",
        "Sign in with an account of this tenant, or have it invited as a guest.",
    ),
    (
        &[65001],
        "The application has not been granted what it asks for.",
        "Grant admin consent at the next step.",
    ),
    (&[65004], "The consent was declined.", "Try again and accept, or ask an administrator to consent."),
    (
        &[65002],
        "This is one of Microsoft's own applications, which nobody else may use.",
        "Register an application of your own.",
    ),
    (
        &[90094, 90095, 90093],
        "Only an administrator may grant what the application asks for.",
        "Ask a Cloud Application Administrator to open the consent link of the step \"Permissions and consent\".",
    ),
    (
        &[650053],
        "The application asks for a permission that this cloud does not know.",
        "Check the cloud; tell us the name of the permission shown below.",
    ),
    (
        &[650052, 500011],
        "The service that the application asks for is not present in this tenant.",
        "Check the cloud and the tenant.",
    ),
    (
        &[650056, 650057, 65005],
        "The application's list of permissions does not match what it asks for.",
        "Open the application's API permissions, add the permissions listed at the next step, and grant consent.",
    ),
    (
        &[70011, 28002, 700022],
        "A permission is misspelt or belongs to another service.",
        "Check the cloud; each cloud has its own Graph.",
    ),
    (
        &[50105],
        "The application requires assignment, and this person is not assigned to it.",
        "Assign the person under Enterprise applications → Users and groups, or switch \"Assignment required\" off.",
    ),
    (
        &[50072, 50074, 50076, 50078, 50079, 50097, 50158],
        "Multi-factor authentication or another proof is required.",
        "Sign in again and complete it.",
    ),
    (
        &[53000, 53001, 53002, 53003, 530032, 530084],
        "A Conditional Access policy does not allow this sign-in from here.",
        "Use a device and a network that the policy accepts, or ask a colleague who may to open the consent link.",
    ),
    (&[50058, 16003], "There is no session at the sign-in service.", "Sign in again."),
    (
        &[700082, 700084, 70008, 70043, 50173, 50089],
        "The sign-in has expired or was revoked; a page may renew it for 24 hours at most.",
        "Sign in again. Nothing that was done is lost.",
    ),
    (
        &[54005, 501481, 50147, 501491],
        "The answer was used already, or belongs to another visit.",
        "Sign in again, without reloading in between.",
    ),
    (
        &[50196],
        "The service saw the same request too often in a short time.",
        "Wait some minutes, then sign in again.",
    ),
    (
        &[500021, 500022, 50002],
        "This network allows only certain tenants.",
        "Use another network, or ask the network's administrators to allow the tenant.",
    ),
    (
        &[7000215],
        "The client secret is wrong.",
        "Copy the secret's Value (not its Secret ID) again, or make a new one. A new secret takes a minute to work.",
    ),
    (&[7000222], "The client secret has expired.", "Make a new client secret and use its Value."),
    (&[9002332, 50059], "The request named no tenant.", "Enter the Directory (tenant) ID."),
];

/// The remedy for an error of Graph, by status and code.
#[must_use]
pub fn graph(status: u16, code: &str) -> Remedy {
    match (status, code) {
        (401, _) => remedy(
            "Microsoft Graph does not accept the sign-in any more.",
            "Sign in again. Nothing that was done is lost.",
        ),
        (403, "Authorization_RequestDenied") | (403, _) => remedy(
            "The signed-in person or the application may not do this.",
            "At \"Permissions and consent\", check that each permission is granted. If all are, the person lacks a \
             directory role such as Directory Readers.",
        ),
        (404, _) => remedy(
            "The directory has no such object, or not yet: changes take some minutes to show everywhere.",
            "If it was deleted, take it out of the selection; else try again in some minutes.",
        ),
        (429, _) => remedy("Microsoft Graph asks to slow down.", "Wait some minutes, then try again."),
        (500..=599, _) => {
            remedy("Microsoft Graph is failing at the moment.", "Wait some minutes, then try again.")
        }
        _ => remedy(
            "Microsoft Graph refused the request.",
            "Send the details below to support, with the request id.",
        ),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_the_words_too() {
        let error = ServerError {
            error: "invalid_client".to_owned(),
            error_description: "AADSTS9002326: Cross-origin token redemption is permitted only for SPA."
                .to_owned(),
            ..ServerError::default()
        };
        assert_eq!(
            sign_in(&error).why,
            "The redirect URI is registered, but not as a single-page application."
        );
    }

    #[test]
    fn no_code_stands_in_two_rows() {
        let mut codes: Vec<u32> = AADSTS.iter().flat_map(|(codes, ..)| codes.iter().copied()).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
