//! The people of the sample tenant: a few with everything that goes wrong with names, the rest from the seed.

use std::collections::HashSet;

use crate::directory::Person;
use crate::facts::DOMAIN;
use crate::random::Random;
use crate::roles::DirectoryRole;

const GIVEN: [&str; 40] = [
    "Alice", "Bruno", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Henrik", "Ines", "Jonas", "Kavya",
    "Liam", "Mona", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samir", "Tessa", "Umar", "Vera", "Walter",
    "Xenia", "Yusuf", "Zora", "Anton", "Beatriz", "Cyril", "Dora", "Emil", "Freya", "Goran", "Hanna", "Ivan",
    "Jana", "Kofi", "Lena", "Marco", "Nina",
];
const FAMILY: [&str; 30] = [
    "Abbott", "Bauer", "Castillo", "Dubois", "Eriksen", "Fischer", "Gupta", "Hughes", "Ivanova", "Jensen",
    "Kowalski", "Lindgren", "Moreau", "Nakamura", "Okafor", "Petrov", "Quispe", "Rossi", "Schmidt", "Tanaka",
    "Ueda", "Vargas", "Weber", "Xu", "Yilmaz", "Zimmer", "Andersen", "Bianchi", "Costa", "Dvorak",
];
const DEPARTMENTS: [&str; 6] = ["Engineering", "Finance", "Marketing", "Operations", "Research", "Sales"];
const TITLES: [&str; 5] = ["Analyst", "Data engineer", "Data scientist", "Manager", "Specialist"];

/// Given name, family name, local part of the address. They come right after Ada and Uma.
const SPECIAL: [(&str, &str, &str); 11] = [
    ("Siobhan", "O'Neill", "siobhan.o'neill"),
    ("Zoë", "Müller", "zoe.mueller"),
    ("明", "李", "li.ming"),
    ("Łukasz", "Wójcik", "lukasz.wojcik"),
    ("محمد", "الهاشمي", "mohammed.alhashimi"),
    ("Gina", "Fabrikam", "gina_fabrikam.example#EXT#"),
    ("Dieter", "Gone", "dieter.gone"),
    ("Nomail", "Nilsson", "nomail.nilsson"),
    ("Maria", "Garcia", "maria.garcia"),
    ("Maria", "Garcia", "maria.garcia2"),
    ("Case", "Sensitive", "Case.Sensitive"),
];

/// At least Ada; the others as far as `count` goes.
pub(crate) fn people(count: usize, random: &mut Random) -> Vec<Person> {
    let mut people = Vec::with_capacity(count.max(1));
    people.push(Person {
        roles: vec![DirectoryRole::CloudApplicationAdministrator],
        ..person("Ada", "Lovelace", "ada", random)
    });
    if count > 1 {
        people.push(person("Uma", "Ordinary", "uma", random));
    }
    for (given, family, local) in SPECIAL.iter().take(count.saturating_sub(2)) {
        people.push(special(given, family, local, random));
    }
    let mut taken: HashSet<String> =
        people.iter().map(|it| it.user_principal_name.to_ascii_lowercase()).collect();
    while people.len() < count {
        people.push(ordinary(&mut taken, random));
    }
    people
}

/// People with one thing each that matters when they sign in. They come from a sequence of their own and are in no list, so that
/// the people whom a seed makes stay the same.
pub(crate) fn staff(seed: u64) -> Vec<Person> {
    let mut random = Random::new(seed ^ 0x7374_6166_6600_0001);
    let random = &mut random;
    vec![
        Person {
            roles: vec![DirectoryRole::GlobalAdministrator],
            ..person("Grace", "Global", "grace", random)
        },
        person("Nora", "Norole", "nora", random),
        Person {
            roles_through_groups: vec![DirectoryRole::PrivilegedRoleAdministrator],
            ..person("Petra", "Privileged", "petra", random)
        },
        Person {
            eligible: vec![DirectoryRole::CloudApplicationAdministrator],
            ..person("Otto", "Eligible", "otto", random)
        },
        Person {
            roles: vec![DirectoryRole::ApplicationDeveloper],
            ..person("Dana", "Developer", "dana", random)
        },
        Person {
            guest: true,
            mail: Some(GUEST.to_owned()),
            ..person("Gustav", "Guest", "gustav_fabrikam.example#EXT#", random)
        },
    ]
}

/// The address at home of the guest among those who sign in.
pub(crate) const GUEST: &str = "gustav@fabrikam.example";

/// Somebody whom the tenant does not know: the name shown, and the address.
pub(crate) const OUTSIDER: (&str, &str) = ("Olga Outsider", "olga@woodgrove.example");

fn person(given: &str, family: &str, local: &str, random: &mut Random) -> Person {
    let address = format!("{local}@{DOMAIN}");
    Person {
        id: random.guid(),
        display_name: format!("{given} {family}"),
        given_name: Some(given.to_owned()),
        surname: Some(family.to_owned()),
        mail: Some(address.clone()),
        user_principal_name: address,
        account_enabled: true,
        guest: false,
        department: random.pick(&DEPARTMENTS).to_owned(),
        job_title: random.pick(&TITLES).to_owned(),
        roles: Vec::new(),
        roles_through_groups: Vec::new(),
        eligible: Vec::new(),
    }
}

fn special(given: &str, family: &str, local: &str, random: &mut Random) -> Person {
    let mut person = person(given, family, local, random);
    match given {
        "明" => person.display_name = "李明".to_owned(),
        "Gina" => {
            person.guest = true;
            person.mail = Some("gina@fabrikam.example".to_owned());
        }
        "Dieter" => person.account_enabled = false,
        "Nomail" => person.mail = None,
        _ => {}
    }
    person
}

fn ordinary(taken: &mut HashSet<String>, random: &mut Random) -> Person {
    let (given, family) = (random.pick(&GIVEN), random.pick(&FAMILY));
    let base = format!("{}.{}", given.to_ascii_lowercase(), family.to_ascii_lowercase());
    let guest = random.chance(5);
    let mut number = 1;
    let local = loop {
        let plain = if number == 1 { base.clone() } else { format!("{base}{number}") };
        let local = if guest { format!("{plain}_fabrikam.example#EXT#") } else { plain };
        if taken.insert(format!("{}@{DOMAIN}", local.to_ascii_lowercase())) {
            break local;
        }
        number += 1;
    };
    let mut person = person(given, family, &local, random);
    person.guest = guest;
    if guest {
        let home = local.strip_suffix("_fabrikam.example#EXT#").unwrap_or(&local);
        person.mail = Some(format!("{home}@fabrikam.example"));
    } else if random.chance(3) {
        person.mail = None;
    } else if random.chance(3) {
        // Some sign in with a staff number and have their mail under their name.
        let staff = format!("{}{:05}@{DOMAIN}", random.pick(&["e", "x"]), taken.len());
        if taken.insert(staff.clone()) {
            person.user_principal_name = staff;
        }
    } else if random.chance(3) {
        person.user_principal_name = format!("{given}.{family}{number}@{DOMAIN}");
        taken.insert(person.user_principal_name.to_ascii_lowercase());
    }
    person.account_enabled = !random.chance(4);
    person
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_awkward_ones_are_there() {
        let people = people(600, &mut Random::new(1));
        assert_eq!(people.len(), 600);
        let named = |name: &str| people.iter().filter(|it| it.display_name == name).collect::<Vec<_>>();
        assert_eq!(named("Siobhan O'Neill")[0].user_principal_name, "siobhan.o'neill@contoso.example");
        assert_eq!(named("李明")[0].user_principal_name, "li.ming@contoso.example");
        assert_eq!(
            named("Gina Fabrikam")[0].user_principal_name,
            "gina_fabrikam.example#EXT#@contoso.example"
        );
        assert_eq!(named("Gina Fabrikam")[0].mail.as_deref(), Some("gina@fabrikam.example"));
        assert!(named("Maria Garcia").len() >= 2);
        assert!(people.iter().filter(|it| !it.account_enabled).count() > 5);
        assert!(people.iter().filter(|it| it.mail.is_none()).count() > 5);
        assert!(people.iter().filter(|it| it.guest).count() > 10);
    }

    #[test]
    fn nobody_shares_a_name_or_an_id() {
        for seed in 1..20 {
            let people = people(800, &mut Random::new(seed));
            let names: HashSet<_> =
                people.iter().map(|it| it.user_principal_name.to_ascii_lowercase()).collect();
            let ids: HashSet<_> = people.iter().map(|it| &it.id).collect();
            assert_eq!((names.len(), ids.len()), (800, 800), "seed {seed}");
            assert!(people.iter().all(|it| it.user_principal_name.is_ascii()));
        }
    }

    #[test]
    fn tiny_tenants_start_with_ada() {
        let names = |count| -> Vec<_> {
            people(count, &mut Random::new(1)).into_iter().map(|it| it.display_name).collect()
        };
        assert_eq!(names(0), ["Ada Lovelace"]);
        assert_eq!(names(3), ["Ada Lovelace", "Uma Ordinary", "Siobhan O'Neill"]);
    }
}
