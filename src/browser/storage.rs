//! What outlives a reload of this tab: session storage, and nothing secret in it.
//!
//! The one exception is the record of a sign-in under way (state, nonce and PKCE verifier), which is removed before an
//! answer with the same state is used.

use web_sys::Storage;

use super::navigation::window;

/// The draft of the setup.
pub(crate) const SETUP: &str = "scim-setup.setup";

/// The record of a sign-in or a consent under way.
pub(crate) const PENDING: &str = "scim-setup.pending";

/// Session storage, where the browser gives it: private windows and policies may refuse.
fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Keeps a text. Says whether it is kept: storage may be refused or full.
pub(crate) fn put(key: &str, value: &str) -> bool {
    session().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// A kept text.
pub(crate) fn get(key: &str) -> Option<String> {
    session()?.get_item(key).ok().flatten()
}

/// Forgets a text.
pub(crate) fn remove(key: &str) {
    if let Some(storage) = session() {
        let _ = storage.remove_item(key);
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_text_is_kept_until_it_is_removed() {
        assert!(put("test.kept", "Zoë's setup"));
        assert_eq!(get("test.kept").as_deref(), Some("Zoë's setup"));
        assert_eq!(get("test.kept").as_deref(), Some("Zoë's setup"));
        remove("test.kept");
        assert_eq!(get("test.kept"), None);
    }

    #[wasm_bindgen_test]
    fn storage_that_is_full_says_so() {
        let large = "x".repeat(6 * 1024 * 1024);
        assert!(!put("test.large", &large));
        assert_eq!(get("test.large"), None);
    }
}
