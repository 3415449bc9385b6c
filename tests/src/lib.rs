//! Simulation and scenarios that cross crates: see `tests/`.
