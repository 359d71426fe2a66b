//! The clipboard.

use super::navigation::window;

/// Copies a text. Says whether the browser allowed it.
pub(crate) async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Without a secure context the property is missing, whatever its type says.
    !clipboard.is_undefined() && clipboard.write_text(text).await.is_ok()
}
