/** The sample tenant's SCIM store, read without the page: what it holds, and what it must hold after a plan. */
import { expect } from '@playwright/test';

type Reference = { existing: string } | { created: number } | { adopted: { operation: number; scim: string } };
interface FieldChange { field: string; before: string; after: string }

/** A line of the plan, as the plan file has it. */
export type Operation = { id: number; name: string; entra: string; kind: string; reason: string } & (
  | { change: 'createUser'; displayName: string; fullName: Record<string, string | null> }
  | { change: 'createGroup' }
  | { change: 'adoptUser' | 'updateUser' | 'adoptGroup'; scim: string; changes: FieldChange[] }
  | { change: 'addMembers'; group: Reference; members: { user: Reference; name: string }[] }
);

/** The part of a plan that tests use. */
export interface Plan {
  operations: Operation[];
  withheld: { object: string; what: string; why: string }[];
}

type Json = Record<string, unknown>;
interface Group { id: unknown; externalId: unknown; members: string[] }

/** Users by user name, as the service shows them but for their groups; groups by name, with their members by name. */
export interface Store { users: Record<string, Json>; groups: Record<string, Group> }

/** One level of the store, with an administrator's token. `base` ends in `/scim/v2`. */
export interface Door { base: string; token: string }

async function get(door: Door, path: string): Promise<Json> {
  const answer = await fetch(`${door.base}/${path}`, { headers: { authorization: `Bearer ${door.token}` } });
  expect(answer.status, `GET ${path}`).toBe(200);
  return (await answer.json()) as Json;
}

/** All of a list, page by page. */
async function list(door: Door, kind: string): Promise<Json[]> {
  const all: Json[] = [];
  for (;;) {
    const page = await get(door, `${kind}?startIndex=${all.length + 1}&count=100`);
    const items = (page['Resources'] ?? []) as Json[];
    all.push(...items);
    if (items.length === 0 || all.length >= Number(page['totalResults'])) return all;
  }
}

async function once(door: Door): Promise<Store> {
  const people = await list(door, 'Users');
  const names = new Map(people.map((user) => [user['id'], String(user['userName'])]));
  const users = people.map(({ groups: _, ...user }) => [String(user['userName']), user] as const);
  const groups: [string, Group][] = [];
  for (const { id } of await list(door, 'Groups')) {
    // Lists of account groups hold no members.
    const { displayName, externalId, members = [] } = await get(door, `Groups/${String(id)}`);
    const ids = (members as { value: string }[]).map(({ value }) => names.get(value) ?? value);
    groups.push([String(displayName), { id, externalId, members: ids.sort() }]);
  }
  return { users: Object.fromEntries(users), groups: Object.fromEntries(groups) };
}

/** Reads the store; beyond the rate limit it reads again. */
export async function read(door: Door): Promise<Store> {
  let store: Store | undefined;
  await expect(async () => { store = await once(door); }).toPass({ timeout: 30_000 });
  return store ?? { users: {}, groups: {} };
}

/** What the store must hold after the plan: exactly its lines, and everything else as before. */
export function after(before: Store, plan: Plan): Store {
  const { users, groups } = structuredClone(before);
  const give = (to: Json, changes: FieldChange[]) => {
    for (const { field, after: value } of changes) {
      const [name = '', part] = field.split('.');
      to[name] = part === undefined ? value : { ...(to[name] as Json | undefined), [part]: value };
    }
  };
  const names = new Map<number, string>();
  const known = new Map(Object.entries(groups).map(([name, group]) => [group.id, name]));
  for (const line of plan.operations) {
    names.set(line.id, line.name);
    switch (line.change) {
      case 'createUser':
        expect(users, 'created once').not.toHaveProperty([line.name]);
        users[line.name] = { userName: line.name, displayName: line.displayName, externalId: line.entra, active: true };
        // Everybody belongs to this group of the level, without anybody's doing.
        for (const everybody of ['users', 'account users']) groups[everybody]?.members.push(line.name);
        break;
      case 'adoptUser':
      case 'updateUser':
        expect(users[line.name]?.['id'], line.name).toBe(line.scim);
        give(users[line.name] ?? {}, line.changes);
        break;
      case 'createGroup':
        expect(groups, 'created once').not.toHaveProperty([line.name]);
        groups[line.name] = { id: expect.any(String), externalId: line.entra, members: [] };
        break;
      case 'adoptGroup':
        expect(groups[line.name]?.id, line.name).toBe(line.scim);
        give((groups[line.name] ?? {}) as unknown as Json, line.changes);
        break;
      case 'addMembers': {
        const group = line.group;
        const name = 'existing' in group ? known.get(group.existing)
          : names.get('created' in group ? group.created : group.adopted.operation);
        groups[name ?? 'nowhere']?.members.push(...line.members.map((member) => member.name));
        expect(name, 'the group of the members').toBe(line.name);
      }
    }
  }
  for (const group of Object.values(groups)) group.members.sort();
  return { users, groups };
}

/** Waits until the store holds exactly this: a read may be late. */
export async function holds(door: Door, before: Store, expected: Store): Promise<void> {
  await expect(async () => {
    const found = await once(door);
    // Of a new user the service makes up some attributes: what the plan says must be there.
    for (const [name, user] of Object.entries(expected.users)) {
      if (name in before.users) expect(found.users[name], name).toEqual(user);
      else expect(found.users[name], name).toMatchObject(user);
    }
    expect(Object.keys(found.users).sort()).toEqual(Object.keys(expected.users).sort());
    expect(found.groups).toEqual(expected.groups);
  }).toPass({ timeout: 30_000 });
}
