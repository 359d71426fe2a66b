/** The whole way at one workspace. PATCH is allowed ten times a minute there, so the choice is one group. */
import { allowsLateReads, applies, connects, facts, healthy, picks, reviews } from './person.ts';
import { after, holds, read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '3'] });

test('people and one group of a workspace become exactly what the plan says', async ({ page, world, complaints }) => {
  test.setTimeout(240_000);
  allowsLateReads(complaints);
  const known = await facts(page, world);
  const door = { base: `${known.address.workspace}/api/2.0/preview/scim/v2`, token: known.token.workspace };
  const before = await read(door);

  const { stages } = await connects(page, world, 'workspace');
  expect(stages).toEqual(healthy.workspace);
  await picks(page, ['Data Platform']);
  const { plan } = await reviews(page);
  expect(plan.operations.map((line) => line.change)).toContain('createGroup');
  expect(plan.operations.map((line) => line.change)).toContain('createUser');

  await applies(page, 120_000);
  await holds(door, before, after(before, plan));
  const found = await read(door);
  for (const name of ['breakglass', 'former.contractor1', 'pat-owner', 'reader', 'ada']) {
    const key = `${name}@contoso.example`;
    expect(found.users[key], key).toEqual(before.users[key]);
  }
  expect(found.groups['admins']).toEqual(before.groups['admins']);

  await page.getByRole('button', { name: 'Make a new plan' }).click();
  const again = await reviews(page);
  await expect(page.getByText('There is nothing to do')).toBeVisible();
  expect(again.plan.operations).toEqual([]);
});
