//! What the codes of Entra's provisioning service mean, for one person or group (Entra's `howto-analyze-provisioning-logs`).

use super::{Remedy, remedy};

/// Codes that mean the same to a person, and what to tell them.
struct Row {
    codes: &'static [&'static str],
    why: &'static str,
    todo: &'static str,
}

const fn row(codes: &'static [&'static str], why: &'static str, todo: &'static str) -> Row {
    Row { codes, why, todo }
}

/// Where codes of one family stand together, the longer ones come first: they are looked for as endings too.
const ROWS: &[Row] = &[
    row(
        &["EntryConflict", "Conflict"],
        "Databricks has another object with this name already, and the matching attribute does not lead to it.",
        "Compare the two. If they are the same, correct the matching attribute, so that Entra takes the existing one over; if they \
         are not, give one of them another name.",
    ),
    row(
        &["TooManyRequests"],
        "Databricks takes no more requests for the moment; its limits are shared by everything that writes there.",
        "Nothing needs to be done: Entra tries again by itself.",
    ),
    row(
        &["InternalServerError"],
        "Databricks failed while it handled this object.",
        "Nothing needs to be done at first: Entra tries again within 40 minutes. If it stays, look at Databricks' status page. \
         Groups that another tool manages as external answer in the same way.",
    ),
    row(
        &["InternalError"],
        "Entra's provisioning service itself failed.",
        "Nothing needs to be done: Entra tries again within 40 minutes.",
    ),
    row(
        &["WebExceptionProtocolError"],
        "The connection from Entra to Databricks broke on the level of HTTP.",
        "Nothing needs to be done at first: Entra tries again within 40 minutes. If it stays, test the connection.",
    ),
    row(
        &["Timeout"],
        "Databricks took too long to answer.",
        "Nothing needs to be done at first: Entra tries again within 40 minutes. If it stays, test the connection, and look at \
         Databricks' status page.",
    ),
    row(
        &["Unauthorized"],
        "Databricks does not accept the token any more: it expired, was revoked, or belongs to another workspace or level.",
        "Make a new token, test the connection with it, and save it.",
    ),
    row(
        &["InsufficientRights", "NotPermitted"],
        "Databricks knows the token, but its owner may not change this object.",
        "Use the token of an administrator of this account or workspace. The groups that Databricks itself keeps (“users”, “admins”, \
         “account users”) can be neither made nor renamed nor removed: do not assign groups of these names.",
    ),
    row(
        &["MethodNotAllowed"],
        "Databricks does not know this operation at this address.",
        "Check the tenant URL: it is that of the SCIM interface, to the last letter.",
    ),
    row(
        &["UnprocessableEntity"],
        "Databricks does not accept the values of this object.",
        "The service's words name the value. Correct it in the directory, or correct the attribute mapping. A person's user name and \
         mail address must be the same; special characters in the name that is matched by, such as quotation marks, break the search.",
    ),
    row(
        &["NotImplemented"],
        "Databricks does not offer what Entra asked for.",
        "Reset the attribute mappings to their defaults; a mapping that was added asks for something that Databricks does not have.",
    ),
    row(
        &["InvalidAnchor"],
        "Entra provisioned this object before, and Databricks does not have it any more: somebody removed it there.",
        "Restart provisioning in full (reset scope Full), so that Entra looks for its objects anew. From now on, remove people by taking away \
         their assignment, not in Databricks.",
    ),
    row(
        &["MandatoryFieldsMissing", "MissingValues"],
        "A value that Databricks needs is missing.",
        "Fill in the attribute in the directory, or correct the mapping that should bring it. People need a user name, groups a \
         display name.",
    ),
    row(
        &["SchemaAttributeNotFound"],
        "A mapping names an attribute that Databricks does not have.",
        "Take that mapping away, or reset the attribute mappings to their defaults.",
    ),
    row(
        &["InvalidDomain"],
        "The domain of an address is not allowed there.",
        "Correct the address in the directory, or allow its domain in Databricks.",
    ),
    row(
        &["LicenseLimitExceeded"],
        "There is no licence left for this person at the target.",
        "Get more licences, or assign fewer people.",
    ),
    row(
        &["DuplicateTargetEntries"],
        "Several objects in Databricks have the value that Entra matches by, so none of them is taken.",
        "Remove or rename all but one of them in Databricks, or match by another attribute.",
    ),
    row(
        &["DuplicateSourceEntries"],
        "Several objects in the directory have the value that Entra matches by, so none of them is provisioned.",
        "Give each of them a value of its own, or match by another attribute.",
    ),
    row(
        &["ImportSkipped"],
        "The object has no value in the attribute that Entra matches by. It did not come so far as to look whether it is in scope.",
        "Fill in that attribute in the directory, or match by an attribute that everybody has.",
    ),
    row(
        &["EntrySynchronizationSkipped"],
        "It is out of scope, or there was nothing to change.",
        "Look at the scoping step: it says whether the object is active, assigned, and let through by the filters.",
    ),
    row(
        &["NotEffectivelyEntitled"],
        "It is not assigned, disabled, or kept out by a scoping filter; after an assignment Entra needs some minutes to honour it.",
        "Look at the scoping step. If it says that the object is active, assigned and in scope all the same, take the assignment away \
         and assign again.",
    ),
    row(&["RedundantExport"], "Directory and Databricks hold the same already.", "Nothing needs to be done."),
    row(
        &["SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"],
        "Entra asked Databricks for one object and got several.",
        "Remove or rename duplicates in Databricks. If there are none, send the details below to support.",
    ),
    row(
        &["SystemForCrossDomainIdentityManagementServiceIncompatible"],
        "What answered is no SCIM: the tenant URL leads to something else, such as a page to sign in.",
        "Check the tenant URL, then test the connection.",
    ),
    row(
        &["SchemaPropertyCanOnlyAcceptValue"],
        "The attribute has several values in the directory, and Databricks takes one.",
        "Map an attribute with a single value to it, or take the mapping away.",
    ),
    row(
        &[
            "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable",
            "CredentialValidationUnavailable",
        ],
        "Databricks could not be asked with the saved address and token: they do not fit, or nothing answers there.",
        "Test the connection. It says what is wrong with the address or the token.",
    ),
    row(
        &["SystemForCrossDomainIdentityManagementCredentialValidationFailure", "CredentialValidationFailure"],
        "Databricks refused the saved token.",
        "Make a new token, test the connection with it, and save it.",
    ),
];

/// The remedy for a code of the provisioning service; none for codes that nobody has words for.
///
/// Some codes begin with the name of the target, such as `ContosoEntryConflict` in Graph's `provisioningobjectsummary-list`: they are known
/// by their ending.
#[must_use]
pub fn provisioning(code: &str) -> Option<Remedy> {
    let by = |fits: &dyn Fn(&str) -> bool| ROWS.iter().find(|row| row.codes.iter().any(|known| fits(known)));
    by(&|known| known == code)
        .or_else(|| by(&|known| code.ends_with(known)))
        .map(|row| remedy(row.why, row.todo))
}

/// What to tell of a code that nobody has words for.
#[must_use]
pub fn provisioning_unknown() -> Remedy {
    remedy(
        "Entra's provisioning service gives a code that is not known here.",
        "Read the service's words below. If they do not help, send them to support with the ids.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_once_and_rows_differ() {
        let mut codes: Vec<&str> = ROWS.iter().flat_map(|row| row.codes).copied().collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
        let mut words: Vec<(&str, &str)> = ROWS.iter().map(|row| (row.why, row.todo)).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ROWS.len());
    }

    #[test]
    fn a_name_before_the_code_does_not_hide_it() {
        assert_eq!(provisioning("ContosoEntryConflict"), provisioning("EntryConflict"));
        assert_eq!(provisioning("DataBricksInternalServerError"), provisioning("InternalServerError"));
        assert_ne!(provisioning("InternalServerError"), provisioning("InternalError"));
        assert_eq!(provisioning("SomethingElse"), None);
        assert_eq!(provisioning(""), None);
    }
}
