//! Whether everybody who is assigned has come: by Databricks itself, where it was asked, by the log, and by what was provisioned on demand
//! in this visit.

use super::super::{Page, button, buttons};
use super::Known;
use super::asked::Asked;
use super::log::{entry_row, tone};
use crate::databricks::target::{Level, Target};
use crate::entra::connector::log::{Entry, is_fresh};
use crate::entra::connector::trace::{Status, Trace};
use crate::entra::ids::ObjectId;
use crate::env::Timestamp;
use crate::http::percent_encode;
use crate::problem::Problem;
use crate::sheet::{Block, Cell, Tone};
use crate::sync::there::There;
use crate::worker::action::{Action, OfConnector};

/// So many of those who are there are listed.
const LISTED: usize = 200;
const REMOVED: &str = "Entra wrote it, and Databricks does not have it: it was removed there, and Entra does not send it again by itself. “Restart \
                       in full…” finds such objects anew.";

const FRESH: &str =
    "Entra wrote it a moment ago, and Databricks may not show it yet. Look again in some minutes.";

/// Somebody who is assigned, and what is known of them.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Their id in the directory.
    pub id: ObjectId,
    /// Their name.
    pub name: String,
    /// Whether it is a group.
    pub is_group: bool,
    /// The last entry of the log.
    pub entry: Option<Entry>,
    /// What Databricks has of them; none, where it did not answer.
    pub there: Option<There>,
}

/// What became of those who are assigned.
#[derive(Clone, Debug)]
pub struct LookedUp {
    /// When.
    pub at: Timestamp,
    /// They.
    pub all: Vec<Looked>,
    /// Whether the log was read to its end; or why it was not read.
    pub log: Result<bool, Problem>,
    /// Whether Databricks was asked.
    pub asked: Asked,
}

/// What is known of somebody.
enum Fate<'f> {
    /// Provisioned on demand in this visit, later than what the log has.
    Now(Timestamp, &'f Trace),
    Log(&'f Entry),
    Nothing,
}

impl Fate<'_> {
    const fn trace(&self) -> Option<&Trace> {
        match self {
            Self::Now(_, trace) => Some(trace),
            Self::Log(entry) => Some(&entry.trace),
            Self::Nothing => None,
        }
    }

    fn is_well(&self) -> bool {
        self.trace().is_some_and(|trace| trace.status == Some(Status::Success) || trace.is_unchanged())
    }

    /// Whether Entra takes it for one that is in Databricks. What it removed itself it sends again.
    fn left_it_there(&self) -> bool {
        self.trace().is_some_and(Trace::left_it_there)
    }

    /// Whether it was written so lately that Databricks may not show it yet.
    fn is_fresh(&self, at: Timestamp) -> bool {
        match self {
            Self::Now(came, trace) => trace.wrote_it() && is_fresh(Some(*came), at),
            Self::Log(entry) => entry.trace.wrote_it() && is_fresh(entry.at, at),
            Self::Nothing => false,
        }
    }
}

fn fate<'f>(it: &'f Looked, known: &'f Known) -> Fate<'f> {
    let same = |(_, trace): &&(Timestamp, Trace)| trace.source.id.eq_ignore_ascii_case(it.id.as_str());
    // The newest comes last.
    match (known.came.iter().rfind(same), &it.entry) {
        (Some((at, _)), Some(entry)) if entry.at.is_some_and(|logged| logged > *at) => Fate::Log(entry),
        (Some((at, trace)), _) => Fate::Now(*at, trace),
        (None, Some(entry)) => Fate::Log(entry),
        (None, None) => Fate::Nothing,
    }
}

/// The part of the board.
pub(super) fn assigned(page: &Page, known: &Known) -> Block {
    let look = button("Look everybody up", false, &Action::Connector(OfConnector::LookUp));
    let mut blocks = vec![Block::text(
        "Takes each person and group that is assigned, and looks for what the provisioning log says last of them, and what was provisioned \
         on demand in this visit. While the token is in memory, and where a relay beside this page allows it, Databricks itself is asked \
         too. Members of groups are looked for one by one below.",
    )];
    if let Some(looked) = &known.looked {
        blocks.push(Block::text(format!("Looked up at {}.", looked.at.words())));
        match &looked.asked {
            Asked::Yes => blocks.extend(there(page, known, looked)),
            Asked::No(why) => {
                blocks.push(why.note());
                blocks.extend(found(page, known, &looked.all));
            }
            Asked::Failed(problem) => {
                blocks.push(Block::Problem(Tone::Warn, problem.clone()));
                blocks.extend(found(page, known, &looked.all));
            }
        }
        match &looked.log {
            Ok(true) => {}
            Ok(false) => blocks
                .push(Block::text("The log holds more than was read: who is not in it may be further back.")),
            Err(problem) => blocks.push(Block::Problem(Tone::Warn, problem.clone())),
        }
    }
    blocks.push(buttons(vec![look]));
    Block::Fold {
        // What was found is shown, though the fold was shut before: for the page it is another one.
        id: known.looked.as_ref().map_or_else(
            || "assigned-there".to_owned(),
            |looked| format!("who-is-there-{}", looked.at.rfc3339()),
        ),
        summary: "Is everybody there who is assigned?".to_owned(),
        open: known.looked.is_some(),
        blocks,
    }
}

/// By the log alone.
fn found(page: &Page, known: &Known, all: &[Looked]) -> Vec<Block> {
    let has_groups = all.iter().any(|it| it.is_group);
    let all: Vec<(&Looked, Fate<'_>)> = all.iter().map(|it| (it, fate(it, known))).collect();
    let good = all.iter().filter(|(_, fate)| fate.is_well()).count();
    let unknown = all.iter().filter(|(_, fate)| matches!(fate, Fate::Nothing)).count();
    let figures = vec![
        (good, "are there".to_owned(), Tone::Good),
        (all.len() - good - unknown, "are not, or not as they should be".to_owned(), Tone::Bad),
        (unknown, "are not in the log".to_owned(), Tone::Plain),
    ];
    let rest = all.iter().filter(|(_, fate)| !fate.is_well());
    let groups = Block::text(
        "Of a group this tells that it came, not who of it did. Members who fail are among those that the state above counts; the log shows \
         them with “Failed”.",
    );
    let rows = Block::Rows {
        title: "Who is not there for certain".to_owned(),
        head: ["Result", "Who or what", "When"].map(str::to_owned).to_vec(),
        rows: rest.map(|(it, fate)| row(page, it, fate)).collect(),
    };
    let mut blocks = vec![Block::Figures(figures), rows];
    if has_groups {
        blocks.push(groups);
    }
    blocks
}

/// By Databricks itself, with what the log says beside it.
fn there(page: &Page, known: &Known, looked: &LookedUp) -> Vec<Block> {
    let mut all: Vec<(&Looked, &There)> =
        looked.all.iter().filter_map(|it| Some((it, it.there.as_ref()?))).collect();
    all.sort_by_key(|(_, there)| grade(there));
    let count = |at: u8| all.iter().filter(|(_, there)| grade(there) == at).count();
    let figures = vec![
        (count(3) + count(4), "are as they should be".to_owned(), Tone::Good),
        (count(0), "are absent".to_owned(), Tone::Bad),
        (count(1), "differ".to_owned(), Tone::Warn),
        (count(2), "are not known".to_owned(), Tone::Plain),
    ];
    let most = all.len() - count(4) + LISTED;
    let rows = all.iter().take(most).map(|(it, there)| {
        let fate = fate(it, known);
        let mut cells = row(page, it, &fate);
        if let Some(who) = cells.get_mut(1) {
            let says = says(there, &fate, fate.is_fresh(looked.at));
            if !says.is_empty() {
                who.below = format!("{}. {says}", who.below);
            }
        }
        let (tone, word) = state(there);
        cells.insert(0, Cell::state(tone, word));
        cells
    });
    let mut blocks = vec![
        Block::Figures(figures),
        Block::Rows {
            title: "Who is there".to_owned(),
            head: ["In Databricks", "By the log", "Who or what", "When"].map(str::to_owned).to_vec(),
            rows: rows.collect(),
        },
    ];
    if count(1) > 0 {
        blocks.push(Block::text(
            "A person who differs is compared anew when they are provisioned on demand, below. Who is in a group there and not in the directory \
             leaves with the next cycle where Entra brought them; whoever was added in Databricks stays until they are taken out there.",
        ));
    }
    if all.len() > most {
        blocks.push(Block::text(format!("{} more are there.", all.len() - most)));
    }
    blocks.push(Block::text(
        "Databricks was asked, with the token that is in memory. What was written in the last minutes may not show there yet.",
    ));
    blocks
}

/// The gravest first.
const fn grade(there: &There) -> u8 {
    match there {
        There::Absent => 0,
        There::Differs(..) => 1,
        There::Unknown(_) => 2,
        There::Disabled(_) => 3,
        There::Present(_) => 4,
    }
}

const fn state(there: &There) -> (Tone, &'static str) {
    match there {
        There::Absent => (Tone::Bad, "absent"),
        There::Differs(..) => (Tone::Warn, "differs"),
        There::Unknown(_) => (Tone::Plain, "unknown"),
        There::Disabled(_) => (Tone::Plain, "not there for use"),
        There::Present(_) => (Tone::Good, "present"),
    }
}

fn says(there: &There, fate: &Fate<'_>, is_fresh: bool) -> String {
    match there {
        There::Absent if is_fresh => FRESH.to_owned(),
        There::Absent if fate.left_it_there() => REMOVED.to_owned(),
        There::Absent | There::Present(_) => String::new(),
        There::Differs(_, how) => how.join(" "),
        There::Unknown(why) => why.clone(),
        There::Disabled(_) => "Disabled in the directory.".to_owned(),
    }
}

fn row(page: &Page, it: &Looked, fate: &Fate<'_>) -> Vec<Cell> {
    let kind = if it.is_group { "group" } else { "person" };
    let (mut cells, logged) = match fate {
        Fate::Now(_, trace) => {
            let words = trace.status.map_or("not told", Status::words);
            let who = Cell::words(&it.name).below("provisioned on demand");
            (
                vec![Cell::state(tone(trace.status), words), who, Cell::words("in this visit")],
                trace.target.id.as_str(),
            )
        }
        Fate::Log(entry) => (entry_row(entry), entry.trace.target.id.as_str()),
        Fate::Nothing => {
            let who = Cell::words(&it.name).below(kind);
            let provision = OfConnector::Provision { id: it.id.clone(), is_group: it.is_group };
            let press = button(&format!("Provision {} now", it.name), false, &Action::Connector(provision));
            let press = (!matches!(it.there, Some(There::Present(_) | There::Disabled(_)))).then_some(press);
            let who = Cell { press, ..who };
            (vec![Cell::state(Tone::Plain, "not in the log"), who, Cell::words("–")], "")
        }
    };
    let target = match &it.there {
        Some(There::Present(id) | There::Differs(id, _)) => id.0.as_str(),
        // What the log names is there no more.
        Some(There::Absent) => "",
        Some(There::Disabled(_) | There::Unknown(_)) | None => logged,
    };
    if let Some(who) = cells.get_mut(1) {
        who.links.push(("in Entra".to_owned(), in_entra(page, &it.id, it.is_group)));
        let there = page.setup.target.as_ref().filter(|_| !target.is_empty());
        let there = there.map(|at| ("in Databricks".to_owned(), in_databricks(at, target, it.is_group)));
        who.links.extend(there);
    }
    cells
}

fn in_entra(page: &Page, id: &ObjectId, is_group: bool) -> String {
    let view = if is_group {
        format!("Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview/groupId/{id}")
    } else {
        format!("Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/{id}")
    };
    format!("{}#view/{view}", page.cloud.portal)
}

/// Where the console shows it. Consoles change: an address that is another one by now leads to the console all the same.
fn in_databricks(target: &Target, id: &str, is_group: bool) -> String {
    let kind = if is_group { "groups" } else { "users" };
    let host = target.host();
    match target.level() {
        Level::Account => format!("https://{host}/user-management/{kind}/{}", percent_encode(id)),
        // Of a workspace only the list is known to have an address of its own.
        Level::Workspace => format!("https://{host}/settings/workspace/identity-and-access/{kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databricks_is_linked_where_its_console_shows_people_and_groups() {
        let link =
            |address: &str, is_group| in_databricks(&Target::parse(address, &[]).unwrap(), "42", is_group);
        let account = "https://accounts.azuredatabricks.net/api/2.1/accounts/11111111-2222-3333-4444-555555555555/scim/v2";
        assert_eq!(link(account, false), "https://accounts.azuredatabricks.net/user-management/users/42");
        assert_eq!(link(account, true), "https://accounts.azuredatabricks.net/user-management/groups/42");
        let workspace = "https://adb-1234567890123456.7.azuredatabricks.net";
        let there = "https://adb-1234567890123456.7.azuredatabricks.net/settings/workspace/identity-and-access/groups";
        assert_eq!(link(workspace, true), there);
    }
}
