//! Permissions and consent.

use super::super::sign_in::Next::{Again, Consent, Correct};
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        &[65001],
        Consent,
        "The application has not been granted what it asks for.",
        "Neither this person nor an administrator has consented to its permissions, or the consent is so new that it has \
         not arrived everywhere.",
        "At “Permissions and consent”, press “Grant admin consent”. If that was done a moment ago, wait a minute and \
         press “Check again”.",
    ),
    row(
        &[65004],
        Again,
        "The consent was declined.",
        "At Microsoft's page somebody pressed Cancel in place of Accept.",
        "Press “Sign in again” and accept. If you may not, an administrator can consent: the link is at “Permissions and \
         consent”.",
    ),
    row(
        &[90094],
        Consent,
        "An administrator has to consent.",
        "The application asks for permissions that only an administrator may grant, and this account is none.",
        "At “Permissions and consent”, open “Somebody else has to consent” and send an administrator the link. When they \
         have accepted, press “Check again”.",
    ),
    row(
        &[90095],
        Consent,
        "Your organisation decides about consent by request.",
        "Microsoft's page offered to ask the administrators, and they have not approved it yet.",
        "Wait for the approval, then press “Check again” at “Permissions and consent”. To be faster, send an \
         administrator the link under “Somebody else has to consent” there.",
    ),
    row(
        &[90093],
        Consent,
        "This account may not consent for the organisation.",
        "The directory refused it: the account's role does not suffice for these permissions, or was switched on so \
         recently that the session does not hold it.",
        "At “Permissions and consent”, send the link under “Somebody else has to consent” to a Cloud Application \
         Administrator. If that role is yours since a moment ago, sign in again first.",
    ),
    row(
        &[650_052],
        Correct,
        "A service that the application asks for is not enabled here.",
        "The organisation has not subscribed to it, or it is not installed in the tenant. The details name it.",
        "Check cloud and tenant at “Register the application”. If they are right, have an administrator enable the \
         service, or take its permissions out of the application's API permissions.",
    ),
    row(
        &[650_053],
        Correct,
        "A permission that was asked for does not exist here.",
        "Microsoft Graph of this cloud does not know it: the cloud is not the right one, or does not offer it yet.",
        "Check the cloud at “Register the application”. If it is right, the details name the permission for support.",
    ),
    row(
        &[650_056],
        Consent,
        "The application has no permissions yet, or nobody consented to them.",
        "Its registration lists none for the service, or the tenant's consent is missing, or the Application (client) ID \
         is that of another application.",
        "In the application open API permissions and add the delegated permissions listed at “Permissions and consent”. \
         Then press “Grant admin consent” there.",
    ),
    row(
        &[650_057],
        Consent,
        "The application asks for a service that its registration does not list.",
        "Microsoft Graph is not among the services under the application's API permissions. The details name what is \
         there.",
        "In the application open API permissions, Add a permission, Microsoft Graph, Delegated permissions, and add \
         those listed at “Permissions and consent”. Then press “Grant admin consent” there.",
    ),
    row(
        &[65005, 650_054],
        Consent,
        "The application's list of permissions does not fit.",
        "It holds a permission or a service that is not there any more, or lacks one that is asked for.",
        "In the application open API permissions, remove what is not named at “Permissions and consent” and add what is \
         missing. Then press “Grant admin consent” there.",
    ),
    row(
        &[70011],
        Correct,
        "A permission was asked for in a form that Entra does not take.",
        "It is misspelt, or it is written with the address of another cloud's Microsoft Graph.",
        "Check the cloud at “Register the application”, and the clouds in config.json if the host added any. Then press \
         “Sign in with Microsoft”.",
    ),
    row(
        &[28002],
        Correct,
        "The token was asked for with a permission that is not valid.",
        "The sign-in itself went through, but this service does not take the permission that the details name.",
        "Check the cloud at “Register the application”, then press “Sign in with Microsoft”.",
    ),
    row(
        &[700_022],
        Correct,
        "Permissions of two services were asked for at once.",
        "A token is for one service only. This is a fault of the page, or of a cloud that config.json adds.",
        "Reload the page and press “Sign in with Microsoft”. If it happens again, report it with the details below.",
    ),
];
