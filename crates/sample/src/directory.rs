//! The directory's model: people, groups, service principals and devices, and who is a member of what.

use std::collections::{HashMap, HashSet};

use crate::roles::DirectoryRole;

/// Somebody in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Object id, a GUID.
    pub id: String,
    /// The sign-in name, as spelt in the directory (letters may be capital).
    pub user_principal_name: String,
    /// The name shown.
    pub display_name: String,
    /// The given name; some have none.
    pub given_name: Option<String>,
    /// The family name; some have none.
    pub surname: Option<String>,
    /// The mail address; some have none.
    pub mail: Option<String>,
    /// Whether the account may sign in.
    pub account_enabled: bool,
    /// Whether this is a guest of another organisation.
    pub guest: bool,
    /// The department.
    pub department: String,
    /// The job's title.
    pub job_title: String,
    /// The directory roles held directly.
    pub roles: Vec<DirectoryRole>,
    /// The directory roles held through a group.
    pub roles_through_groups: Vec<DirectoryRole>,
    /// The directory roles that the person may activate (Privileged Identity Management).
    pub eligible: Vec<DirectoryRole>,
}

impl Person {
    /// Whether a role that is held, directly or through a group, suffices.
    pub(crate) fn may(&self, does: fn(DirectoryRole) -> bool) -> bool {
        self.roles.iter().chain(&self.roles_through_groups).any(|role| does(*role))
    }

    /// What is typed at the sign-in page: guests sign in with their address at home.
    #[must_use]
    pub fn sign_in_name(&self) -> &str {
        self.mail.as_deref().filter(|_| self.guest).unwrap_or(&self.user_principal_name)
    }

    /// Whether the person may consent for the organisation to delegated permissions.
    pub(crate) fn consents(&self) -> bool {
        self.may(DirectoryRole::consents)
    }
}

/// What a member of a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A person.
    Person,
    /// Another group.
    Group,
    /// A service principal.
    ServicePrincipal,
    /// A device.
    Device,
}

/// One direct member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is.
    pub kind: MemberKind,
    /// Its object id.
    pub id: String,
}

/// A group of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Object id, a GUID.
    pub id: String,
    /// The name shown.
    pub display_name: String,
    /// The description, if there is one.
    pub description: Option<String>,
    /// Whether it can be given rights.
    pub security_enabled: bool,
    /// Whether it receives mail.
    pub mail_enabled: bool,
    /// Whether it is a Microsoft 365 group.
    pub unified: bool,
    /// The rule that decides who is in it, if there is one. It is shown, not carried out.
    pub rule: Option<String>,
    /// Direct members.
    pub members: Vec<Member>,
}

/// An application's identity in the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// Object id, a GUID.
    pub id: String,
    /// Application (client) id, a GUID.
    pub app_id: String,
    /// The name shown.
    pub display_name: String,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Object id, a GUID.
    pub id: String,
    /// The name shown.
    pub display_name: String,
}

/// Everything in the directory. Reading is free; the few changes that tests need go through methods.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    people: Vec<Person>,
    staff: Vec<Person>,
    /// People in the recycle bin.
    deleted: Vec<Person>,
    groups: Vec<Group>,
    service_principals: Vec<ServicePrincipal>,
    devices: Vec<Device>,
    index: HashMap<String, (MemberKind, usize)>,
}

impl Directory {
    pub(crate) fn new(
        people: Vec<Person>,
        groups: Vec<Group>,
        service_principals: Vec<ServicePrincipal>,
        devices: Vec<Device>,
    ) -> Self {
        let mut made = Self { people, groups, service_principals, devices, ..Self::default() };
        made.reindex();
        made
    }

    fn reindex(&mut self) {
        let Self { people, groups, service_principals, devices, index, .. } = self;
        index.clear();
        let ids = (people.iter().map(|it| &it.id).enumerate().map(|(at, id)| (id, MemberKind::Person, at)))
            .chain(groups.iter().map(|it| &it.id).enumerate().map(|(at, id)| (id, MemberKind::Group, at)))
            .chain(
                (service_principals.iter().map(|it| &it.id).enumerate())
                    .map(|(at, id)| (id, MemberKind::ServicePrincipal, at)),
            )
            .chain(devices.iter().map(|it| &it.id).enumerate().map(|(at, id)| (id, MemberKind::Device, at)));
        for (id, kind, at) in ids {
            index.insert(id.clone(), (kind, at));
        }
    }

    /// Adds people who sign in and look after the tenant, but are in no list: what a seed has always listed stays as it is.
    pub(crate) fn add_staff(&mut self, staff: Vec<Person>) {
        self.staff = staff;
    }

    fn find(&self, id: &str, kind: MemberKind) -> Option<usize> {
        self.index.get(id).filter(|(found, _)| *found == kind).map(|(_, at)| *at)
    }

    /// Everybody, in the order in which Graph lists them.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// All groups, in the order in which Graph lists them.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// All service principals of the tenant's own applications.
    #[must_use]
    pub fn service_principals(&self) -> &[ServicePrincipal] {
        &self.service_principals
    }

    /// All devices.
    #[must_use]
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// The person with that object id.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<&Person> {
        match self.find(id, MemberKind::Person) {
            Some(at) => self.people.get(at),
            None => self.staff.iter().find(|it| it.id == id),
        }
    }

    /// The person with that user principal name, whatever its case.
    #[must_use]
    pub fn person_named(&self, user_principal_name: &str) -> Option<&Person> {
        let mut all = self.people.iter().chain(&self.staff);
        all.find(|it| it.user_principal_name.eq_ignore_ascii_case(user_principal_name))
    }

    /// The person who signs in with that name, whatever its case. A guest's user principal name works too.
    #[must_use]
    pub fn account_named(&self, name: &str) -> Option<&Person> {
        let mut all = self.people.iter().chain(&self.staff);
        all.find(|it| it.sign_in_name().eq_ignore_ascii_case(name)).or_else(|| self.person_named(name))
    }

    /// The group with that object id.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(self.find(id, MemberKind::Group)?)
    }

    /// The group with exactly that display name.
    #[must_use]
    pub fn group_named(&self, display_name: &str) -> Option<&Group> {
        self.groups.iter().find(|it| it.display_name == display_name)
    }

    /// The service principal with that object id.
    #[must_use]
    pub fn service_principal(&self, id: &str) -> Option<&ServicePrincipal> {
        self.service_principals.get(self.find(id, MemberKind::ServicePrincipal)?)
    }

    /// The device with that object id.
    #[must_use]
    pub fn device(&self, id: &str) -> Option<&Device> {
        self.devices.get(self.find(id, MemberKind::Device)?)
    }

    /// The people who are direct members of a group.
    #[must_use]
    pub fn direct_people(&self, group: &str) -> Vec<&Person> {
        let members = self.group(group).map(|it| it.members.as_slice()).unwrap_or_default();
        members.iter().filter_map(|member| self.person(&member.id)).collect()
    }

    /// Direct members and those of nested groups, each once, in the order found. The group itself is not among them.
    #[must_use]
    pub fn transitive_members(&self, group: &str) -> Vec<&Member> {
        let mut seen = HashSet::from([group]);
        let mut found = Vec::new();
        let mut open: Vec<&str> = vec![group];
        while let Some(id) = open.pop() {
            for member in self.group(id).into_iter().flat_map(|it| &it.members) {
                if seen.insert(&member.id) {
                    found.push(member);
                    if member.kind == MemberKind::Group {
                        open.push(&member.id);
                    }
                }
            }
        }
        found
    }

    /// The groups that hold an object directly.
    #[must_use]
    pub fn groups_of(&self, id: &str) -> Vec<&Group> {
        self.groups.iter().filter(|group| group.members.iter().any(|member| member.id == id)).collect()
    }

    /// Adds a direct member to a group. Returns false when the group or the member is unknown, or it is one already.
    pub fn add_member(&mut self, group: &str, member: &str) -> bool {
        let Some((kind, _)) = self.index.get(member).copied() else { return false };
        let Some(group) = self.group_mut(group) else { return false };
        if group.members.iter().any(|it| it.id == member) {
            return false;
        }
        group.members.push(Member { kind, id: member.to_owned() });
        true
    }

    /// Removes a direct member from a group. Returns whether it was one.
    pub fn remove_member(&mut self, group: &str, member: &str) -> bool {
        let Some(group) = self.group_mut(group) else { return false };
        let before = group.members.len();
        group.members.retain(|it| it.id != member);
        group.members.len() < before
    }

    /// Enables or disables somebody's account. Returns false when the id is unknown.
    pub fn set_enabled(&mut self, person: &str, enabled: bool) -> bool {
        self.person_mut(person).map(|it| it.account_enabled = enabled).is_some()
    }

    /// Gives somebody another display name. Returns false when the id is unknown.
    pub fn rename_person(&mut self, person: &str, display_name: &str) -> bool {
        self.person_mut(person).map(|it| display_name.clone_into(&mut it.display_name)).is_some()
    }

    /// Gives somebody another user principal name. Returns false when the id is unknown.
    pub fn rename_account(&mut self, person: &str, user_principal_name: &str) -> bool {
        let person = self.person_mut(person);
        person.map(|it| user_principal_name.clone_into(&mut it.user_principal_name)).is_some()
    }

    /// Gives a group another display name. Returns false when the id is unknown.
    pub fn rename_group(&mut self, group: &str, display_name: &str) -> bool {
        self.group_mut(group).map(|it| display_name.clone_into(&mut it.display_name)).is_some()
    }

    /// Lets a rule decide who is in a group, by name only. Returns false when the id is unknown.
    pub fn set_rule(&mut self, group: &str, rule: &str) -> bool {
        self.group_mut(group).map(|it| it.rule = Some(rule.to_owned())).is_some()
    }

    /// Puts somebody into the recycle bin: in no list and no group any more. Returns false when the id is unknown.
    pub fn delete_person(&mut self, person: &str) -> bool {
        let Some(at) = self.people.iter().position(|it| it.id == person) else { return false };
        let gone = self.people.remove(at);
        for group in &mut self.groups {
            group.members.retain(|it| it.id != person);
        }
        self.deleted.push(gone);
        self.reindex();
        true
    }

    /// Empties the recycle bin, as the directory does after 30 days.
    pub fn purge(&mut self) {
        self.deleted.clear();
    }

    /// Removes a group. Returns false when the id is unknown.
    pub fn delete_group(&mut self, group: &str) -> bool {
        let before = self.groups.len();
        self.groups.retain(|it| it.id != group);
        for holder in &mut self.groups {
            holder.members.retain(|it| it.id != group);
        }
        self.reindex();
        self.groups.len() < before
    }

    /// Somebody in the recycle bin.
    pub(crate) fn deleted_person(&self, id: &str) -> Option<&Person> {
        self.deleted.iter().find(|it| it.id == id)
    }

    fn person_mut(&mut self, id: &str) -> Option<&mut Person> {
        match self.find(id, MemberKind::Person) {
            Some(at) => self.people.get_mut(at),
            None => self.staff.iter_mut().find(|it| it.id == id),
        }
    }

    fn group_mut(&mut self, id: &str) -> Option<&mut Group> {
        let at = self.find(id, MemberKind::Group)?;
        self.groups.get_mut(at)
    }
}
