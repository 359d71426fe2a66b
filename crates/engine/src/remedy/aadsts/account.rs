//! The person who signs in.

use super::super::sign_in::Next::{Again, Correct, OtherAccount};
use super::{Row, row};

const NOT_HERE: &str = "This account does not belong to the tenant.";

pub(super) const ROWS: &[Row] = &[
    row(
        &[50020],
        OtherAccount,
        NOT_HERE,
        "It comes from another organisation, or is a personal account, and the tenant has not invited it.",
        "Press “Use another account” and choose one of this tenant. Or have this one invited: Entra admin center, Users, \
         Invite external user.",
    ),
    row(
        &[16000],
        OtherAccount,
        NOT_HERE,
        "The browser is signed in to Microsoft with an account that is not in this tenant, and that one was taken.",
        "Press “Use another account” and choose one of this tenant. If the same account is taken again, sign out at \
         Microsoft first, or use a private window.",
    ),
    row(
        &[16003],
        OtherAccount,
        NOT_HERE,
        "The session at Microsoft belongs to an account that nobody has added to this tenant.",
        "Press “Use another account” and choose one of this tenant, or have this one invited as a guest.",
    ),
    row(
        &[90072],
        OtherAccount,
        NOT_HERE,
        "It comes from elsewhere and is no guest here, so it cannot give the proof that the tenant asks for.",
        "Press “Use another account” and choose one of this tenant, or have this one invited as a guest.",
    ),
    row(
        &[50034],
        OtherAccount,
        "There is no account of this name in the tenant.",
        "The name was mistyped, or the account is in another tenant.",
        "Press “Use another account” and enter the name again. If it is right, check the Directory (tenant) ID at \
         “Register the application”.",
    ),
    row(
        &[51004],
        OtherAccount,
        "The account is not in the tenant's directory.",
        "Microsoft knows the account, but this tenant does not: it was deleted there, or another tenant is meant.",
        "Check the Directory (tenant) ID at “Register the application”, or press “Use another account”.",
    ),
    row(
        &[50014],
        OtherAccount,
        "The account's invitation was not accepted yet.",
        "It was invited to this tenant as a guest, and the guest has not finished joining.",
        "Open the link of the invitation's mail first, or press “Use another account”.",
    ),
    row(
        &[500_208],
        OtherAccount,
        "This kind of account cannot be used here.",
        "A personal account was chosen where a work or school account is needed.",
        "Press “Use another account” and choose a work or school account of this tenant.",
    ),
    row(
        &[50105],
        OtherAccount,
        "This account is not assigned to the application.",
        "The application admits only people who are assigned to it.",
        "Entra admin center, Enterprise applications, the application: add the account under Users and groups, or set \
         “Assignment required?” to No under Properties. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[50053],
        Correct,
        "The account is locked for a while.",
        "A wrong password was entered too often, or the sign-in came from an address with a bad name.",
        "Wait some minutes, then press “Sign in with Microsoft”. The tenant's sign-in logs name the reason.",
    ),
    row(
        &[50055, 50144],
        Again,
        "The password has expired.",
        "The organisation wants a new one.",
        "Press “Sign in again” and choose a new password when Microsoft asks for it, or ask your help desk.",
    ),
    row(
        &[50057],
        OtherAccount,
        "The account is switched off.",
        "An administrator has disabled it in the directory.",
        "Press “Use another account”, or have this one enabled.",
    ),
];
