/** Entra's own provisioning from nothing to people in the store, and back out of trouble. */
import { chooses, enters, facts, goes, looks, pass, runs, tells, tested } from './connector.ts';
import { arrives, colleague, saves, sound } from './person.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '4'] });

test('from nothing to people in the account', async ({ page, browser, world, secrets }) => {
  test.setTimeout(300_000);
  const known = await facts(page, world);
  secrets.add(known.token.account);
  const store = { base: known.address.account, token: known.token.account };
  const before = await read(store);

  await enters(page);
  await expect(page.getByText('There is none yet in this tenant')).toBeVisible();
  await tells(page, known, 'account');
  expect(await tested(page)).toEqual([
    'Gallery entry found: passed',
    'Enterprise application there: passed',
    'Provisioning service ready: passed',
    'Credentials accepted: passed',
  ]);
  expect(await read(store), 'a test writes nothing').toEqual(before);
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['Data Engineers']);
  await sound(page);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await arrives(page, 7, 'review', 'Review changes');
  await expect(page.getByRole('button', { name: 'Start provisioning' })).toBeVisible({ timeout: 30_000 });
  await sound(page);
  expect(await read(store), 'looking writes nothing').toEqual(before);
  expect(await runs(page, 'Start provisioning')).toEqual([
    'Connection tested once more: passed',
    'Sign-in as chosen: passed',
    'Provisioning job there: passed',
    'Address, token and settings saved: passed',
    'Attribute mappings checked: passed',
    'People and groups assigned: passed',
    'One person provisioned: passed',
    'Provisioning started: passed',
  ]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 8, 'sync', 'Synchronise');
  await pass(world, 60);
  await looks(page, 'Healthy');
  await sound(page);

  // Everybody of the group is there who was not, and nobody else has come.
  const after = await read(store);
  const came = Object.keys(after.users).filter((name) => !(name in before.users));
  const group = after.groups['Data Engineers'];
  expect(group?.members.length).toBeGreaterThan(5);
  expect(came.length).toBeGreaterThan(0);
  expect(group?.members).toEqual(expect.arrayContaining(came));
  expect(Object.keys(after.groups).sort()).toEqual([...new Set([...Object.keys(before.groups), 'Data Engineers'])].sort());

  // What is kept of it holds no secret, and says enough to begin with on another machine.
  await goes(page, 'done');
  await arrives(page, 9, 'done', 'Summary');
  const setup = JSON.parse(await saves(page, 'Download setup')) as { connector: { name: string }; target: string };
  expect(setup).toMatchObject({ way: 'connector', target: known.address.account, connector: { name: 'databricks-account-provisioning' } });
  expect(JSON.stringify(setup)).not.toContain(known.token.account);

  // The address of the board leads there from a browser that knows nothing, after signing in.
  const board = await page.locator('.copy').filter({ hasText: 'address of the board' }).locator('code').innerText();
  const other = await colleague(browser, world);
  await other.page.goto(board);
  const heading = other.page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('Register the application');
  await expect(other.page.getByText('This address leads to the board of a connector')).toBeVisible();
  await expect(other.page.getByText('This step waits for')).toHaveCount(0);
  // The host of this page presets the very application, so nobody has to vouch for it.
  await expect(other.page.getByRole('checkbox')).toHaveCount(0);
  await other.page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await other.page.getByRole('button', { name: /Ada/ }).click();
  await expect(heading).toHaveText('Synchronise');
  await other.page.getByRole('button', { name: 'Look at databricks-account-provisioning' }).click();
  await expect(other.page.locator('#above .title').first()).toHaveText('Healthy', { timeout: 30_000 });
  await expect(other.page.getByText('This step waits for')).toHaveCount(0);
  await sound(other.page);
  // Nobody has to know its token to go on with it.
  await goes(other.page, 'workspace');
  await other.page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(heading).toHaveText('Test the connection');
  await other.page.getByRole('button', { name: 'Test the saved credentials' }).click();
  await expect(other.page.getByRole('button', { name: 'Continue' })).toBeVisible({ timeout: 30_000 });
  await other.page.context().close();

  // A later visit: the record says which one it is.
  await page.goto('about:blank');
  await enters(page);
  await goes(page, 'sync');
  await expect(page.locator('#above .title').first()).toHaveText('Healthy', { timeout: 30_000 });
  await sound(page);
});
