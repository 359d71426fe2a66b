/** The whole way at the account: what the plan says is what the store holds, and not a word more. */
import { allowsLateReads, applies, connects, facts, healthy, picks, reviews, saves } from './person.ts';
import { after, holds, read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '60', '--groups', '8'] });

test('people and groups of the account become exactly what the plan says', async ({ page, world, complaints, secrets }) => {
  test.setTimeout(180_000);
  allowsLateReads(complaints);
  const known = await facts(page, world);
  secrets.add(known.token.account);
  const door = { base: known.address.account, token: known.token.account };
  const before = await read(door);

  const { stages } = await connects(page, world, 'account');
  expect(stages).toEqual(healthy.account);
  await picks(page, ['Data Engineers', 'Data Platform', 'All Employees']);
  const { plan, text } = await reviews(page);
  secrets.absent(text, 'the plan');
  const changes = new Set(plan.operations.map((line) => line.change));
  expect([...changes].sort()).toEqual(['addMembers', 'adoptGroup', 'adoptUser', 'createGroup', 'createUser', 'updateUser']);
  expect(await read(door), 'a plan writes nothing').toEqual(before);

  await applies(page, 90_000);
  const expected = after(before, plan);
  await holds(door, before, expected);
  const found = await read(door);
  for (const name of ['breakglass', 'former.contractor1', 'former.contractor5', 'pat-owner', 'reader', 'ada']) {
    const key = `${name}@contoso.example`;
    expect(found.users[key], key).toEqual(before.users[key]);
  }
  expect(found.users['ada@contoso.example']).toMatchObject({ active: true, roles: [{ value: 'account_admin' }] });
  expect(found.groups['Legacy Analysts']).toEqual(before.groups['Legacy Analysts']);
  expect(found.groups['Finance Analysts']).toEqual(before.groups['Finance Analysts']);

  const report = await saves(page, 'Download report');
  const rows = (JSON.parse(report) as { rows: { result: { state: string } }[] }).rows;
  expect(rows.map((row) => row.result.state)).toEqual(plan.operations.map(() => 'done'));
  secrets.absent(report, 'the report');
  secrets.absent(await saves(page, 'Download CSV'), 'the CSV');
  secrets.absent(await saves(page, 'Download setup'), 'the setup');
  expect(secrets.count(), 'the token, and those of the sign-ins').toBeGreaterThanOrEqual(9);
  await secrets.clean(page);

  await page.getByRole('button', { name: 'Make a new plan' }).click();
  const again = await reviews(page);
  await expect(page.getByText('There is nothing to do')).toBeVisible();
  expect(again.plan.operations).toEqual([]);
  await expect(page.getByRole('button', { name: 'Apply changes' })).toHaveCount(0);
  await secrets.clean(page);
});
