//! From a fresh clone to the page in a browser.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::process::Command;

use crate::command::{line, not_started};
use crate::failure::Failure;
use crate::page;
use crate::program;
use crate::project::Project;
use crate::say::say;

/// Builds what is not up to date and serves the page until Ctrl-C.
pub(crate) fn start(project: &Project, port: u16, sample: bool) -> Result<(), Failure> {
    port_is_free(port)?;
    let dist = page::build(project)?;
    let program = program::build(project)?;
    let mut serve = project.command(program);
    serve.arg("serve").arg("--dir").arg(dist).arg("--listen").arg(format!("localhost:{port}"));
    if sample {
        serve.arg("--sample");
        if SAMPLE_PORTS.into_iter().any(|port| !is_free(port)) {
            say("The sample tenant's usual ports are in use, so it takes any free ones.");
            serve.args(["--sample-port", "0"]);
        }
    }
    say(format!("Starting `{}`. Ctrl-C ends it.\n", line(&serve)));
    become_it(&mut serve)
}

/// Where the sample tenant answers, if nothing else is said.
const SAMPLE_PORTS: [u16; 3] = [9101, 9102, 9103];

/// Minutes of building should not end at a port that was busy all the time.
fn port_is_free(port: u16) -> Result<(), Failure> {
    if is_free(port) {
        return Ok(());
    }
    Err(Failure::new(format!("Port {port} on this machine is in use by another program."))
        .advise("End that program, or choose another port: `cargo xtask start --port 8081`."))
}

/// Whether nothing listens on that port, on either loopback address.
fn is_free(port: u16) -> bool {
    let addresses: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    !addresses.into_iter().any(|address| {
        TcpListener::bind((address, port)).is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
    })
}

/// Takes the place of this process, so that every signal reaches the server itself.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(not_started(command, &error))
}

/// Waits for the server; Ctrl-C reaches both.
#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("The server ended ({status})."))) }
}
