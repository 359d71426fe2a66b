//! `scim-setup serve`: the page, its headers and its relay.

mod asset;
mod encoding;
mod files;
mod headers;
mod host;
mod listen;
mod preset;
mod relay;
mod site;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial;

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use engine::problem::Problem;

use self::files::Files;
use self::headers::PageHeaders;
use self::host::Names;
use self::listen::Listening;
use self::preset::Preset;
use self::relay::{Alias, AllowList, Reach, Relay};
use self::site::Site;
use crate::connections::{Stop, serve};
use crate::say;
use crate::tenant::sockets::Sockets;
use crate::tenant::world::World;
use crate::tenant::{self, TenantArgs};

/// Serves the page and, for the hosts that are allowed, its relay to Databricks.
#[derive(clap::Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; localhost means 127.0.0.1 and ::1, port 0 any free one
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:8080")]
    listen: String,
    /// A Databricks host that the relay may reach, exactly (repeat for more); without one the relay is off
    #[arg(long, value_name = "HOST")]
    allow: Vec<String>,
    /// A name under which the page is asked for, besides localhost (repeat for more)
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// The folder with the built page
    #[arg(long, value_name = "DIST", default_value = "dist")]
    dir: PathBuf,
    /// The configuration to give out as config.json
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    reach: Reach,
    /// Add the sample tenant: a made-up Entra, Graph and Databricks on this machine
    #[arg(long)]
    sample: bool,
    /// The first of the sample tenant's three ports; 0 means any free ones
    #[arg(long, value_name = "PORT", default_value_t = tenant::PORT, requires = "sample")]
    sample_port: u16,
    /// A further address of the page that the sample tenant knows, for a front of yours (repeat for more)
    #[arg(long, value_name = "URI", requires = "sample")]
    redirect: Vec<String>,
    #[command(flatten)]
    tenant: TenantArgs,
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// A [`Problem`] when it cannot start.
pub(crate) fn run(args: &ServeArgs) -> Result<ExitCode, Problem> {
    tenant::runtime()?.block_on(async {
        let stop = Stop::at_signal();
        let running = Running::start(args, &stop).await?;
        running.announce(args);
        running.end().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Refuses to offer the relay on every address without a name: nobody could tell the page's own name from a foreign one
/// that was pointed at this machine.
fn named_or_closed(args: &ServeArgs) -> Result<(), Problem> {
    let (host, _) = listen::parse(&args.listen)?;
    let every = host.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified());
    let relay = args.sample || !args.allow.is_empty();
    if every && relay && args.host.is_empty() {
        return Err(Problem::new(
            format!("--listen {}: the relay cannot be offered on every address without a name.", args.listen),
            "A website could point a name of its own at this machine and use the relay under it (DNS rebinding).",
            "Add --host and the name in the browser's address, such as --host scim.contoso.example, or listen on \
             localhost:8080.",
        ));
    }
    Ok(())
}

/// A server that answers.
struct Running {
    url: String,
    without_ipv6: bool,
    loopback: bool,
    relay_hosts: Vec<String>,
    portal: Option<String>,
    tasks: tokio::task::JoinSet<()>,
}

impl Running {
    async fn start(args: &ServeArgs, stop: &Stop) -> Result<Self, Problem> {
        let allow = AllowList::parse(&args.allow)?;
        let files = Files::open(&args.dir)?;
        named_or_closed(args)?;
        let listening = listen::bind(&args.listen).await?;
        let url = listening.url();
        let Listening { listeners, host, port, loopback, without_ipv6 } = listening;
        let names = Names::new(&host, &args.host)?;
        let mut tasks = tokio::task::JoinSet::new();
        let mut portal = None;
        let mut alias = None;
        let mut made = None;
        if args.sample {
            let sockets = Sockets::bind(args.sample_port, "--sample-port").await?;
            let own = ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{port}/"));
            let redirects = own.into_iter().chain(args.redirect.iter().cloned()).collect();
            let world = Arc::new(World::open(&args.tenant, &sockets.origins, redirects)?);
            made = Some(world.config());
            portal = Some(sockets.origins.portal());
            alias = Some(Alias { host: sockets.origins.databricks_host(), world: Arc::clone(&world) });
            sockets.serve(&world, stop, &mut tasks);
        }
        let preset = Preset::load(args.config.as_deref(), made, files.root())?;
        let relay = Relay::new(allow, &args.reach, alias)?;
        let relay_hosts = relay.hosts().into_iter().map(str::to_owned).collect();
        let headers = PageHeaders::new(&preset.clouds)?;
        let site = Arc::new(Site { names, headers, files, config: preset.json, relay });
        for listener in listeners {
            tasks.spawn(serve(listener, Arc::clone(&site), stop.clone()));
        }
        Ok(Self { url, without_ipv6, loopback, relay_hosts, portal, tasks })
    }

    fn announce(&self, args: &ServeArgs) {
        say::out(&format!("scim-setup answers at {} (Ctrl-C ends it)", self.url));
        if self.without_ipv6 {
            say::out("This machine has no IPv6 loopback; only 127.0.0.1 is served.");
        }
        if self.relay_hosts.is_empty() {
            say::out(
                "Relay: off (no --allow). The page sets everything up, then hands over a file and a command for the \
                 terminal; to reach Databricks itself it needs --allow and a host.",
            );
        } else {
            let only =
                if args.allow.is_empty() { " (the sample tenant only; --allow adds others)" } else { "" };
            say::out(&format!("Relay: on for {}{only}", self.relay_hosts.join(", ")));
        }
        if let Some(portal) = &self.portal {
            say::out(&format!("Sample tenant: on. What to enter on the page stands at {portal}"));
        }
        if !self.loopback {
            say::err(&format!(
                "Note: other machines can reach {}. It answers under this name, localhost and those given with --host. \
                 Put TLS in front: the browser sends the Databricks token to this address.",
                args.listen
            ));
        }
    }

    async fn end(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}
