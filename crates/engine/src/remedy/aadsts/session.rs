//! Sessions, codes and tokens that are over or do not fit, and services that are busy.

use super::super::sign_in::Next::{Again, Correct};
use super::{Row, row};

const ENDED: &str = "The session has ended.";
const DAMAGED: &str = "The request for the sign-in was damaged on its way.";

pub(super) const ROWS: &[Row] = &[
    row(
        &[50058],
        Again,
        "There is no session at Microsoft.",
        "A sign-in without questions was tried, and nobody is signed in there, or the browser keeps its cookies back.",
        "Press “Sign in again”.",
    ),
    row(
        &[700_084],
        Again,
        ENDED,
        "A page may renew its sign-in for 24 hours at most, and these are over.",
        "Press “Sign in again”. Nothing that was done is lost.",
    ),
    row(
        &[700_082],
        Again,
        ENDED,
        "It was not used for so long that it expired.",
        "Press “Sign in again”. Nothing that was done is lost.",
    ),
    row(
        &[70008],
        Again,
        ENDED,
        "The code or the session was not used in time, and has expired.",
        "Press “Sign in again”. Nothing that was done is lost.",
    ),
    row(
        &[70043],
        Again,
        ENDED,
        "A Conditional Access policy has people sign in anew after a certain time.",
        "Press “Sign in again”. Nothing that was done is lost.",
    ),
    row(
        &[50173, 50132, 50133],
        Again,
        ENDED,
        "It was revoked: the password was changed, or somebody ended all sessions of this account.",
        "Press “Sign in again”. Nothing that was done is lost.",
    ),
    row(
        &[50089],
        Again,
        "The sign-in took too long.",
        "Microsoft's page was open for so long that what it remembered has expired, or the session was revoked.",
        "Press “Sign in again”. Nothing that was done is lost.",
    ),
    row(
        &[70000, 50085, 9_002_313],
        Again,
        ENDED,
        "Microsoft does not accept what would renew it.",
        "Press “Sign in again”. Nothing that was done is lost.",
    ),
    row(
        &[54005],
        Again,
        "The answer of the sign-in was used twice.",
        "A code works once, and this one was redeemed already: perhaps the page was reloaded or opened from the history.",
        "Press “Sign in again”, and wait until this page is back.",
    ),
    row(
        &[501_481],
        Again,
        "The answer does not belong to what this page asked.",
        "The code was asked for with another proof key than the one that this tab kept: a newer attempt has replaced it.",
        "Press “Sign in again”, and go on in the same tab until this page is back.",
    ),
    row(
        &[50147],
        Correct,
        DAMAGED,
        "The proof key in it (the code challenge) is missing or has the wrong length: something rewrites addresses.",
        "Try a private window without extensions. If it happens again, report it with the details below.",
    ),
    row(
        &[501_491],
        Correct,
        DAMAGED,
        "The proof key in it (the code challenge) or its method is not the one that belongs to a Single-page application.",
        "Reload the page and press “Sign in with Microsoft”. If it happens again, report it with the details below.",
    ),
    row(
        &[50196],
        Correct,
        "Microsoft has stopped a loop.",
        "The same request came too often in a short time, from this page or from something else with this application.",
        "Wait five minutes without reloading, then press “Sign in with Microsoft” once.",
    ),
    row(
        &[50033, 50087, 50088, 90006, 90012, 90024, 90033, 90055, 90090],
        Again,
        "The sign-in service is busy.",
        "It is failing or has too much to do at the moment.",
        "Wait a minute, then sign in again.",
    ),
];
