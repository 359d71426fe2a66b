//! Values that must never be seen.

use std::fmt;

use zeroize::Zeroize;

/// A value that is never printed, never serialised, and wiped from memory when dropped.
///
/// There is no `Serialize`, no `Display` and no `PartialEq`; `Debug` shows a mark. What it cannot promise: copies that
/// the browser or the allocator make on the way (a `fetch` header, a grown string) are out of its reach.
#[derive(Clone)]
pub struct Secret<T: Zeroize = String>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes a value into keeping.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Every use of this is a place to look at in a review.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl Secret {
    /// The value of an `Authorization` header with this secret as bearer token.
    #[must_use]
    pub fn bearer(&self) -> Self {
        Self(format!("Bearer {}", self.0))
    }

    /// Whether there is anything in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_a_mark_only() {
        assert_eq!(format!("{:?}", Secret::new("dapi123".to_owned())), "[secret]");
        assert_eq!(format!("{:?}", Some(Secret::new("dapi123".to_owned()).bearer())), "Some([secret])");
    }
}
