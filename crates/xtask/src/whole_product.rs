//! The whole product in a real browser: Playwright over the release page and the release program.

use crate::apt;
use crate::chromium;
use crate::command::run;
use crate::failure::Failure;
use crate::fronts;
use crate::node;
use crate::page;
use crate::program;
use crate::project::Project;

/// Builds what is not up to date, checks the types of the tests, and runs them.
pub(crate) fn test(project: &Project) -> Result<(), Failure> {
    let dist = page::build(project)?;
    let program = program::build(project)?;
    let browser = chromium::headless()?;
    let (caddy, nginx) = (fronts::server(project, "caddy")?, fronts::server(project, "nginx")?);
    apt::program("openssl", "makes the certificates of the tests under TLS")?;
    let folder = project.root.join("tests").join("e2e");
    node::packages(project, &folder, "about 10 seconds")?;
    let script = |path: &str| {
        let mut node = project.command("node");
        node.current_dir(&folder).arg(format!("node_modules/{path}"));
        node
    };
    run(script("typescript/bin/tsc").args(["--noEmit", "--project", "."]))?;
    let mut playwright = script("@playwright/test/cli.js");
    playwright.arg("test").env("CHROMIUM", browser).env("SCIM_SETUP", program).env("SCIM_SETUP_DIST", dist);
    playwright.env("CADDY", caddy).env("NGINX", nginx);
    run(&mut playwright).map_err(|failure| failure.advise("Pictures of what failed are in test-results/; `npx playwright test FILE --trace on` in tests/e2e records a trace."))
}
