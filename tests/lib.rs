//! Where the rooms of the house meet. Nothing is built here; see `simulation/`, `e2e/` and `interop/`.
