/** The board: a half-made connector that a second visit completes, quarantine and its end, deletions held back and let go. */
import { chooses, door, enters, facts, goes, insists, looks, pass, reviewed, tells, tested, writes } from './connector.ts';
import { arrives, sound } from './person.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '4'] });

test('a second visit completes what the first one left, and looks after it', async ({ page, world, secrets }) => {
  test.setTimeout(480_000);
  const known = await facts(page, world);
  secrets.add(known.token.account);
  let token = known.token.account;
  const active = async () => {
    const { users } = await read({ base: known.address.account, token });
    return Object.values(users).filter((user) => user['externalId'] !== undefined && user['active'] === true).length;
  };

  // The first visit ends after the test: there is an application, and nothing in it.
  await enters(page);
  await tells(page, known, 'account');
  await tested(page);
  await page.goto('about:blank');

  // The second one finds it, takes it, and goes on.
  await enters(page);
  await expect(page.getByText('half made: no job, no address')).toBeVisible();
  // It is the one on record, so nobody has to say so.
  await expect(page.getByRole('button', { name: /^Complete / })).toHaveCount(0);
  await tells(page, known, 'account');
  await tested(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['All Employees']);
  await page.getByLabel('Hold back deletions above').fill('1');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await reviewed(page, 'Start provisioning');
  await sound(page);
  const done = await writes(page, 'Start provisioning');
  expect(done.map((it) => it.split(': ')[1])).toEqual(Array(8).fill('passed'));

  // The token ends before the first cycle: the board says why, and a new one is told without touching anything else.
  await door(world, 'tokens/end', { token: known.token.account });
  await pass(world, 60);
  await page.getByRole('button', { name: 'Continue' }).click();
  await looks(page, 'In quarantine');
  await sound(page);
  await page.getByRole('button', { name: 'Enter a new token' }).click();
  await arrives(page, 4, 'workspace', 'Databricks workspace');
  token = /<code id="new-token">([^<]+)</.exec(await door(world, 'tokens', { level: 'account' }))?.[1] ?? 'none';
  secrets.add(token);
  await tells(page, known, 'account', token);
  await tested(page);
  await goes(page, 'review');
  await reviewed(page, 'Write these changes');
  await expect(page.getByRole('row', { name: /^Token/ })).toContainText('the one that you entered');
  await writes(page, 'Write these changes');
  await goes(page, 'sync');
  await page.getByRole('button', { name: 'Restart…' }).click();
  await insists(page, 'Restart it');
  await pass(world, 41);
  await looks(page, 'Healthy');
  await sound(page);
  const everybody = await active();
  expect(everybody).toBeGreaterThan(15);

  // Another group in its place: the many who leave are held back, until somebody lets them go.
  await goes(page, 'scope');
  await chooses(page, ['Data Engineers']);
  await page.getByRole('region', { name: 'Chosen' }).getByRole('button', { name: 'Remove All Employees' }).click();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await reviewed(page, 'Write these changes');
  await writes(page, 'Write these changes');
  await page.getByRole('button', { name: 'Look at the changes again' }).click();
  await expect(page.getByText('Assigned, but not chosen here: 1')).toBeVisible();
  await page.getByRole('button', { name: 'Take these assignments away…' }).click();
  await insists(page, 'Take them away');
  await expect(page.getByText('Assigned, but not chosen here')).toHaveCount(0, { timeout: 60_000 });
  await pass(world, 41);
  await goes(page, 'sync');
  await looks(page, 'In quarantine');
  expect(await active(), 'nobody has left').toBe(everybody);
  // Who they are is read from the log, whose entries show after some minutes, and stands beside what lets them go.
  await pass(world, 5);
  await page.getByRole('button', { name: 'Show what is held back' }).click();
  const held = page.getByText('Held back, by the provisioning log: 9.');
  await expect(held).toBeVisible();
  const names = (await held.locator('xpath=following::ul[1]').getByRole('listitem').allInnerTexts()).sort();
  expect(names).toEqual([
    'All Employees (group)',
    'ada@contoso.example',
    'emil.castillo@contoso.example',
    'li.ming@contoso.example',
    'lukasz.wojcik@contoso.example',
    'maria.garcia2@contoso.example',
    'maria.garcia@contoso.example',
    'quentin.dvorak@contoso.example',
    'zoe.mueller@contoso.example',
  ]);
  await page.getByRole('button', { name: 'Let the held deletions go…' }).click();
  await expect(held).toBeVisible();
  await sound(page);
  await insists(page, 'Delete and deactivate all of them');
  await pass(world, 41);
  await looks(page, 'Healthy');
  expect(await active()).toBeLessThan(everybody);

  // It goes, and those whom it brought stay.
  const before = await active();
  await page.getByText('Restart, reset, remove').click();
  await page.getByRole('button', { name: 'Remove this connector…' }).click();
  await page.getByRole('button', { name: /^Remove databricks-account/ }).click();
  await expect(page.getByRole('button', { name: 'Look for connectors in this tenant' })).toBeVisible({ timeout: 60_000 });
  await sound(page);
  expect(await active()).toBe(before);
});
