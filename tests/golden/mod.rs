//! Texts that are read in a review. `UPDATE_GOLDEN=1` writes them anew; then they are read like any other change.

/// Compares a text with the one that is kept under this name.
pub(crate) fn check(name: &str, text: &str) {
    let path = format!("{}/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    for (at, (now, then)) in text.lines().zip(golden.lines()).enumerate() {
        assert_eq!(now, then, "{name}, line {}; UPDATE_GOLDEN=1 writes it anew", at + 1);
    }
    assert_eq!(text, golden, "{name} differs; UPDATE_GOLDEN=1 writes it anew");
}
