//! What is told for each code of the provisioning service, word by word, in `golden/provisioning.txt`.

use std::fmt::Write as _;

use engine::remedy::{provisioning, provisioning_unknown};

use super::files;

/// The codes that are published, in their order there (`howto-analyze-provisioning-logs`).
const PUBLISHED: [&str; 25] = [
    "Conflict",
    "EntryConflict",
    "TooManyRequests",
    "InternalServerError",
    "InsufficientRights",
    "MethodNotAllowed",
    "NotPermitted",
    "Unauthorized",
    "UnprocessableEntity",
    "WebExceptionProtocolError",
    "InvalidAnchor",
    "NotImplemented",
    "MandatoryFieldsMissing",
    "MissingValues",
    "SchemaAttributeNotFound",
    "InternalError",
    "InvalidDomain",
    "Timeout",
    "LicenseLimitExceeded",
    "DuplicateTargetEntries",
    "DuplicateSourceEntries",
    "ImportSkipped",
    "EntrySynchronizationSkipped",
    "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse",
    "SystemForCrossDomainIdentityManagementServiceIncompatible",
];

/// Others that are shown elsewhere in the documentation, or reported by administrators.
const OTHERS: [&str; 5] = [
    "SchemaPropertyCanOnlyAcceptValue",
    "RedundantExport",
    "NotEffectivelyEntitled",
    "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable",
    "SystemForCrossDomainIdentityManagementCredentialValidationFailure",
];

#[test]
fn each_code_has_its_words() {
    let mut text = String::new();
    for code in PUBLISHED.into_iter().chain(OTHERS) {
        let told = provisioning(code).unwrap_or_else(|| panic!("{code} has no words of its own"));
        writeln!(text, "{code}:\n  {}\n  What to do: {}", told.why, told.todo).unwrap();
    }
    let unknown = provisioning_unknown();
    writeln!(text, "any other:\n  {}\n  What to do: {}", unknown.why, unknown.todo).unwrap();
    files::check("provisioning.txt", &text);
}
