//! Many runs of the same, each from a seed of its own, on all cores.

use std::sync::atomic::{AtomicU64, Ordering};

/// Runs it for so many seeds, or for as many as this variable of the environment says.
pub(crate) fn each_seed(variable: &str, seeds: u64, run: impl Fn(u64) + Sync) {
    let seeds = std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(seeds);
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        seed if seed < seeds => run(seed),
                        _ => break,
                    }
                }
            });
        }
    });
}
