//! `config.json`, fetched from beside the page.

use engine::config::Config;
use engine::problem::Problem;

use super::fetch;
use super::navigation::base;

/// What the host presets. No file, or a page where the file would be (as some static hosts answer), presets nothing.
///
/// # Errors
/// The file is there but wrong, or the server cannot be reached for it.
pub(crate) async fn load() -> Result<Config, Problem> {
    let mut address = base();
    address.push_str("config.json");
    let Some(answer) = fetch::get(&address).await else {
        return Err(Problem::new(
            "config.json could not be loaded",
            "The page itself arrived, but the server did not answer for the file with its settings.",
            "Check the network and reload.",
        ));
    };
    if !answer.fine || !answer.data {
        return Ok(Config::default());
    }
    Config::parse(&answer.text).map_err(|error| {
        Problem::new(
            "config.json is wrong",
            "The settings that the host of this page put beside it cannot be used, so the page does not start with half of them.",
            "Tell whoever hosts this page. They correct the file, or remove it: every key is optional.",
        )
        .detail("what is wrong", error.to_string())
    })
}
