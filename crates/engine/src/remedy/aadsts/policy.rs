//! What a tenant demands beyond a password, and what it forbids.

use super::super::sign_in::Next::{Again, Consent, Correct, OtherAccount};
use super::{Row, row};

const MORE_PROOF: &str = "Microsoft wants more proof of who you are.";
const BLOCKED: &str = "A Conditional Access policy blocks this sign-in.";
const WRONG_NETWORK: &str = "This network does not let you sign in to the tenant.";

/// The way out that is left where a policy blocks a person: consent needs no sign-in at this page.
macro_rules! or_a_colleague {
    ($first:literal) => {
        concat!(
            $first,
            " If only the consent is missing, a colleague whom the policy admits can give it: the link is at \
             “Permissions and consent”, under “Somebody else has to consent”."
        )
    };
}

pub(super) const ROWS: &[Row] = &[
    row(
        &[50076],
        Again,
        MORE_PROOF,
        "A policy of the tenant, or a new place to sign in from, asks for multi-factor authentication.",
        "Press “Sign in again” and complete it.",
    ),
    row(
        &[50079],
        Again,
        MORE_PROOF,
        "Multi-factor authentication is required, and this account has no method for it, or its own organisation did \
         not confirm one.",
        "Press “Sign in again”, register a method when Microsoft asks for it, and complete it.",
    ),
    row(
        &[50072, 53004],
        Again,
        MORE_PROOF,
        "The account has to enrol for multi-factor authentication before it may go on.",
        "Press “Sign in again” and follow Microsoft's enrolment to its end.",
    ),
    row(
        &[50074],
        Again,
        MORE_PROOF,
        "Multi-factor authentication was asked for and was not completed.",
        "Press “Sign in again” and answer the request on your phone or key.",
    ),
    row(
        &[50078],
        Again,
        MORE_PROOF,
        "The last multi-factor authentication is older than the tenant's policy allows.",
        "Press “Sign in again” and complete it once more.",
    ),
    row(
        &[50097],
        Again,
        "Microsoft wants to know this device.",
        "A policy asks for device authentication, and the browser did not prove on which device it runs.",
        "On a device that the organisation manages, press “Sign in again” in Edge, or in a browser that is signed in \
         with the work account.",
    ),
    row(
        &[50158],
        Again,
        "A further check outside Microsoft is required.",
        "The tenant has another provider confirm its people, and that was not completed.",
        "Press “Sign in again” and complete the other provider's step.",
    ),
    row(
        &[53003],
        Consent,
        BLOCKED,
        "The tenant does not allow it for this account, this application, this place or this kind of client.",
        or_a_colleague!(
            "Sign in from a device and a network that the policy accepts; the tenant's sign-in logs name the policy."
        ),
    ),
    row(
        &[53000],
        Consent,
        BLOCKED,
        "It admits compliant devices only, and this one is not, or the browser does not show that it is.",
        or_a_colleague!(
            "Use a device that is enrolled and compliant, in Edge or in a browser that is signed in with the work account."
        ),
    ),
    row(
        &[53001],
        Consent,
        BLOCKED,
        "It admits devices of the organisation's domain only, and this one is not joined, or the browser does not show \
         that it is.",
        or_a_colleague!("Use a device that is joined to the domain."),
    ),
    row(
        &[53002],
        Consent,
        BLOCKED,
        "It admits approved apps only, and a page in this browser is none.",
        or_a_colleague!(
            "Use the browser that the policy approves (often Edge), or have the policy admit this application."
        ),
    ),
    row(
        &[530_032],
        Consent,
        BLOCKED,
        "A security policy for the whole tenant forbids this request.",
        or_a_colleague!("Ask who keeps the tenant's security policies, with the details below."),
    ),
    row(
        &[530_084],
        Consent,
        BLOCKED,
        "It asks for tokens that are bound to the device, which a page cannot have.",
        or_a_colleague!("Have this application taken out of the policy (token protection)."),
    ),
    row(
        &[50005, 50131, 53010, 53011, 530_034, 530_035],
        Consent,
        BLOCKED,
        "The device, the place, or the risk that Microsoft sees in this sign-in is not accepted.",
        or_a_colleague!("Use another device or network; the tenant's sign-in logs name the reason."),
    ),
    row(
        &[500_021, 500_022],
        Correct,
        WRONG_NETWORK,
        "The network, or this device, admits only the tenants of a list (tenant restrictions), and this one is not on it.",
        "Use another network, or ask who runs this one to allow the tenant. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[50002],
        Correct,
        WRONG_NETWORK,
        "A proxy on the way restricts which tenants may be signed in to.",
        "If the restriction is your own organisation's, have the tenant added to it; else use a network without it. Then \
         press “Sign in with Microsoft”.",
    ),
    row(
        &[500_212, 500_213],
        OtherAccount,
        "The two organisations do not let this account in.",
        "The cross-tenant access settings of the account's own tenant, or of this one, forbid it.",
        "Press “Use another account” and choose one of this tenant, or have the cross-tenant access settings changed.",
    ),
];
