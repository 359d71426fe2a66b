//! The commands of "With one command" as the page prints them, and what the page reads out of what they print.
//!
//! `command azure GRAPH PAGE` and `command powershell GRAPH PAGE` print the command for a Graph at that origin and a page
//! at that address. `command answer PAGE` reads what a command printed and prints the tenant's and the application's ids.
//! It is here for the tests that run the commands (`tests/interop`).

use std::env;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use engine::entra::clouds::Cloud;
use engine::entra::consent::needed;
use engine::entra::redirect::RedirectUri;
use engine::entra::registration::command::{Answer, Shell, register};
use engine::setup::Way;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (text, code) = match outcome(&arguments) {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(text) => (text, ExitCode::FAILURE),
    };
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn outcome(arguments: &[&str]) -> Result<String, String> {
    match *arguments {
        ["azure", graph, page] => printed(Shell::Azure, graph, page),
        ["powershell", graph, page] => printed(Shell::PowerShell, graph, page),
        ["answer", page] => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
            let answer = Answer::parse(&text, &address(page)?).map_err(|error| error.to_string())?;
            Ok(format!("{} {} {}", answer.cloud, answer.tenant.as_str(), answer.client.as_str()))
        }
        _ => Err("usage: command azure|powershell GRAPH PAGE, command answer PAGE".to_owned()),
    }
}

fn printed(shell: Shell, graph: &str, page: &str) -> Result<String, String> {
    let cloud = Cloud {
        id: "sample".to_owned(),
        name: "Sample tenant".to_owned(),
        authority: String::new(),
        graph: graph.to_owned(),
        portal: String::new(),
        databricks: Vec::new(),
    };
    Ok(register(shell, &cloud, &address(page)?, needed(Some(Way::Direct))))
}

fn address(page: &str) -> Result<RedirectUri, String> {
    RedirectUri::parse(page).map_err(|error| error.to_string())
}
