//! What copies of the directory that have not heard of a new object answer. The words are those that Microsoft's Terraform provider
//! retries on; which of them comes depends on the object alone.

use super::super::errors::GraphError;

/// One of two moods, by the object's id.
fn odd(id: &str) -> bool {
    id.chars().next().and_then(|digit| digit.to_digit(16)).is_some_and(|digit| digit % 2 == 1)
}

/// A change of an object that is not there yet.
pub(super) fn update(id: &str) -> GraphError {
    if odd(id) {
        return GraphError::not_found(id);
    }
    GraphError::new(
        409,
        "Request_ResourceConflict",
        format!("The object '{id}' is being changed by another request. Retry after waiting."),
    )
}

/// A service principal for an application that is not there yet.
pub(super) fn principal(app_id: &str) -> GraphError {
    if odd(app_id) { no_application(app_id) } else { foreign() }
}

/// A service principal for an application that does not exist here.
pub(super) fn no_application(app_id: &str) -> GraphError {
    GraphError::new(
        400,
        "Request_BadRequest",
        format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        ),
    )
}

fn foreign() -> GraphError {
    GraphError::new(
        403,
        "Authorization_RequestDenied",
        "When using this permission, the backing application of the service principal being created must in the \
         local tenant",
    )
}

/// An owner or a grant that points at an object that is not there yet.
pub(super) fn reference(id: &str) -> GraphError {
    let not_found = GraphError::not_found(id);
    if odd(id) { not_found } else { GraphError::bad_request(not_found.message) }
}

/// An assignment that points at an object that is not there yet.
pub(super) fn assignment(id: &str) -> GraphError {
    if odd(id) { GraphError::not_found(id) } else { GraphError::bad_request("Not a valid reference update.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_moods_are_those_that_clients_retry_on() {
        assert_eq!((update("1").status, update("2").status), (404, 409));
        assert!(principal("1").message.contains("does not reference a valid application object"));
        assert_eq!((principal("1").status, principal("2").status), (400, 403));
        assert!(principal("2").message.contains("backing application"));
        assert_eq!((reference("1").status, reference("2").status), (404, 400));
        assert!(
            reference("2").message.contains("one of its queried reference-property objects are not present")
        );
        assert_eq!((assignment("1").status, assignment("2").status), (404, 400));
    }
}
