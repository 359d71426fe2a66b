//! Every check of the project, in an order that fails early.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::beside::Beside;
use crate::chromium;
use crate::command::run;
use crate::failure::Failure;
use crate::project::Project;
use crate::say::say;
use crate::{fronts, interop, links, program, size, tools, whole_product};

struct Stage {
    name: &'static str,
    what: &'static str,
    run: fn(&Project) -> Result<(), Failure>,
}

const STAGES: [Stage; 10] = [
    Stage { name: "format", what: "rustfmt finds nothing to change", run: format },
    Stage { name: "clippy", what: "lints of everything that runs on this machine", run: clippy },
    Stage { name: "clippy-wasm", what: "lints of the page for the browser", run: clippy_wasm },
    Stage { name: "wasm", what: "tests of the page's adapters in a browser", run: wasm },
    Stage { name: "page", what: "the release page and its size", run: size::size },
    Stage {
        name: "program",
        what: "the release program",
        run: |project| program::build(project).map(|_| ()),
    },
    Stage { name: "native", what: "tests that need no browser", run: native },
    Stage { name: "e2e", what: "the whole product in a browser", run: whole_product::test },
    Stage {
        name: "interop",
        what: "the program and the sample against software of others",
        run: interop::test,
    },
    Stage { name: "docs", what: "documentation builds, links lead somewhere", run: docs },
];

/// Runs every stage in order, or those that are named, with commas between; stops at the first that fails.
pub(crate) fn test(project: &Project, only: Option<&str>) -> Result<(), Failure> {
    let chosen: Vec<&Stage> = STAGES
        .iter()
        .filter(|stage| only.is_none_or(|names| names.split(',').any(|it| it == stage.name)))
        .collect();
    if chosen.len() < only.map_or(1, |names| names.split(',').count()) {
        let names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        let text = format!("There is no such stage: `{}`.", only.unwrap_or_default());
        return Err(Failure::new(text).advise(&format!("The stages are: {}.", names.join(", "))));
    }
    let mut times = Vec::new();
    let mut beside: Vec<Beside> = Vec::new();
    if only.is_none() {
        // What is missing on this machine should show before ten minutes of checks, not after.
        say("== preparation: the tools that the stages need");
        let begun = Instant::now();
        tools::ensure(project)?;
        chromium::browser()?;
        chromium::headless()?;
        chromium::driver()?;
        for name in ["caddy", "nginx"] {
            fronts::server(project, name)?;
        }
        times.push(("preparation", begun.elapsed(), "done"));
    }
    for (index, stage) in chosen.iter().enumerate() {
        say(format!("\n== {}: {}", stage.name, stage.what));
        let begun = Instant::now();
        if let (Some((_, guests)), None) = (BESIDE.iter().find(|(host, _)| *host == stage.name), only) {
            say(format!("(Beside it from now on: {}.)", guests.replace(',', ", ")));
            beside.push(Beside::start(project, guests)?);
        }
        let result = match beside.iter().position(|beside| beside.runs(stage.name)) {
            Some(at) => beside.swap_remove(at).end(),
            None => (stage.run)(project),
        };
        let word = if result.is_ok() { "passed" } else { "failed" };
        times.push((stage.name, begun.elapsed(), word));
        say(format!("== {}: {word} in {}", stage.name, seconds(begun.elapsed())));
        if let Err(failure) = result {
            report(&times);
            let left = chosen.len() - index - 1;
            say(format!("{index} passed, 1 failed, {left} not run"));
            let again = format!("Run `cargo xtask test --only {}` to try this stage alone.", stage.name);
            return Err(Failure::new(format!("Stage `{}` failed. {failure}", stage.name)).advise(&again));
        }
    }
    report(&times);
    say(format!("{} passed, 0 failed", chosen.len()));
    Ok(())
}

fn report(times: &[(&str, Duration, &str)]) {
    say(format!("\n{:<12}  {:>8}  result", "stage", "time"));
    for (name, time, word) in times {
        say(format!("{name:<12}  {:>8}  {word}", seconds(*time)));
    }
    let total = times.iter().map(|(_, time, _)| *time).sum();
    say(format!("{:<12}  {:>8}\n", "total", seconds(total)));
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn format(project: &Project) -> Result<(), Failure> {
    tools::component(project, "rustfmt", "fmt")?;
    run(project.cargo().args(["fmt", "--all", "--check"]))
        .map_err(|failure| failure.advise("`cargo fmt --all` puts it right."))
}

fn clippy(project: &Project) -> Result<(), Failure> {
    tools::component(project, "clippy", "clippy")?;
    run(here(project, "clippy").args(["--all-targets", "--", "-D", "warnings"]))
}

fn clippy_wasm(project: &Project) -> Result<(), Failure> {
    tools::component(project, "clippy", "clippy")?;
    tools::wasm_target(project)?;
    let mut cargo = project.cargo();
    cargo.args(["clippy", "-p", PAGE, "-p", WORKER, "--all-targets", "--locked", "--target", tools::WASM]);
    run(cargo.args(["--", "-D", "warnings"]))
}

fn native(project: &Project) -> Result<(), Failure> {
    run(&mut here(project, "test"))
}

/// That command of cargo for everything that runs on this machine. What runs in a browser, and all that it is built upon, would
/// be built for this machine to no end.
fn here(project: &Project, command: &str) -> Command {
    let mut cargo = project.cargo();
    cargo.args([command, "--workspace", "--exclude", PAGE, "--exclude", WORKER, "--locked"]);
    cargo
}

fn wasm(project: &Project) -> Result<(), Failure> {
    let driver = chromium::driver()?;
    chromium::browser()?;
    let mut cargo = project.cargo();
    cargo
        .args(["test", "-p", PAGE, "-p", WORKER, "--locked", "--target", tools::WASM])
        .env("CHROMEDRIVER", driver);
    tools::ensure(project)?.arrange(&mut cargo)?;
    if env::var_os(PATIENCE).is_none() {
        cargo.env(PATIENCE, "120");
    }
    run(&mut cargo)
}

fn docs(project: &Project) -> Result<(), Failure> {
    tools::wasm_target(project)?;
    let mut cargo = project.cargo();
    cargo.args(["doc", "-p", PAGE, "-p", WORKER, "--locked", "--target", tools::WASM]);
    for mut cargo in [here(project, "doc"), cargo] {
        run(cargo.arg("--no-deps").env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    let count = links::check(project)?;
    say(format!("{count} relative links in Markdown files lead somewhere."));
    Ok(())
}

/// What runs beside other stages from a stage on: where one is kept waiting, by a linker or by a service, the other goes on.
/// Nothing that measures time has company that computes.
const BESIDE: [(&str, &str); 2] = [("clippy", "page,program"), ("e2e", "interop")];
/// The packages that run in a browser.
const PAGE: &str = "scim-setup-page";
const WORKER: &str = "scim-setup-worker";
/// Seconds that the browser may take over its tests; the runner's own 20 are few on a busy machine.
const PATIENCE: &str = "WASM_BINDGEN_TEST_TIMEOUT";
