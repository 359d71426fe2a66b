//! Graph's published resource units: so many per application and tenant in ten seconds.

use std::time::Duration;

use crate::bucket::Bucket;

/// The bucket for a tenant of that size (small below 50 users, large above 500).
pub(crate) const fn bucket(people: usize) -> Bucket {
    let units = match people {
        0..50 => 3_500,
        50..=500 => 5_000,
        _ => 8_000,
    };
    Bucket::new(units, Duration::from_secs(10))
}

/// What one request costs: a base by its path, one less with `$select` or a small `$top`, one more with `$expand`,
/// never below one.
pub(super) fn cost(path: &[&str], selects: bool, small: bool) -> u32 {
    let base: u32 = match path {
        ["groups", _, "transitiveMembers", ..] => 5,
        ["groups", _, "members", ..] => 3,
        ["users" | "oauth2PermissionGrants"] => 2,
        _ => 1,
    };
    base.saturating_sub(u32::from(selects) + u32::from(small)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_the_published_ones() {
        assert_eq!(cost(&["groups", "x", "members"], false, false), 3);
        assert_eq!(cost(&["groups", "x", "members"], true, false), 2);
        assert_eq!(cost(&["groups", "x", "transitiveMembers"], false, false), 5);
        assert_eq!(cost(&["users"], true, true), 1);
    }
}
