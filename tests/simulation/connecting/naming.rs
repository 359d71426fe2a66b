//! Who is assigned is shown as the directory calls them: the choice may come with a file, and a file may call anybody anything.

use engine::entra::ids::Guid;

use super::super::scripted::given;
use super::reviewing::stops;
use super::*;

fn picked(id: ObjectId, name: &str) -> Picked {
    Picked { id, name: name.to_owned() }
}

/// The lines after one that begins so, up to the next part.
fn assigned(wizard: &Wizard) -> Vec<String> {
    let lines = wizard.shown().lines;
    let at = lines.iter().position(|it| it.starts_with("Who will be assigned: "));
    let at = at.unwrap_or_else(|| panic!("nobody: {}", wizard.shown().text()));
    lines[at..at + 3].to_vec()
}

#[test]
fn whoever_is_assigned_has_the_name_that_the_directory_gives() {
    let wizard = Wizard::small();
    wizard.is_tested();
    let Scope::Chosen { groups, .. } = wizard.scope(&["Data Engineers"], &[]) else { panic!("everybody") };
    let groups = vec![picked(groups[0].id.clone(), "All Employees")];
    let people = vec![picked(wizard.person("uma"), "Ada Lovelace")];
    wizard.reviews(Scope::Chosen { groups, people }, &MAIL);
    assert_eq!(
        assigned(&wizard),
        ["Who will be assigned: 2", "Data Engineers", "Uma Ordinary (uma@contoso.example)"]
    );
    assert!(!wizard.shown().text().contains("All Employees"), "{}", wizard.shown().text());
}

#[test]
fn whoever_could_not_be_read_is_not_assigned_and_stops_it() {
    let wizard = Wizard::small();
    wizard.is_tested();
    let nobody = || ObjectId(Guid::parse("00000000-0000-0000-0000-00000000000a").unwrap());
    let Scope::Chosen { groups, .. } = wizard.scope(&["All Employees"], &[]) else { panic!("everybody") };
    let group = groups[0].id.clone();
    let chosen = |people: Vec<Picked>| Scope::Chosen { groups: groups.clone(), people };
    let missing = |name: &str, id: &ObjectId| {
        format!(
            "“{name}”, as the choice calls the person {id}, would be assigned, and the directory has no person of this id. Take it out at the \
             step “Users and groups”, or choose it again there."
        )
    };
    wizard.reviews(chosen(vec![picked(nobody(), "Ada Lovelace")]), &MAIL);
    assert_eq!(stops(&wizard), [missing("Ada Lovelace", &nobody())]);
    // A group is no person, whatever the file says.
    wizard.reviews(chosen(vec![picked(group.clone(), "Uma Ordinary")]), &MAIL);
    assert_eq!(stops(&wizard), [missing("Uma Ordinary", &group)]);
    let uma = wizard.person("uma");
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.page.env.at("/v1.0/$batch");
    wizard.page.env.answer([given(403, None, refusal)]);
    wizard.reviews(chosen(vec![picked(uma.clone(), "Uma Ordinary")]), &MAIL);
    assert_eq!(
        stops(&wizard),
        [format!(
            "“Uma Ordinary”, as the choice calls the person {uma}, would be assigned, and could not be read: who that is, is not known. Look \
             again; or take it out at the step “Users and groups”, or choose it again there."
        )]
    );
    wizard.presses("Look at the changes again");
    assert_eq!(assigned(&wizard)[2], "Uma Ordinary (uma@contoso.example)");
}
