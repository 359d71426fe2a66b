/** One workspace with a personal access token, as the page has it that this began with; and what is asked of the board afterwards. */
import { chooses, door, enters, facts, goes, looks, pass, pauses, resumes, reviewed, tells, tested, writes } from './connector.ts';
import { arrives, sound } from './person.ts';
import { read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '4'] });

test('from nothing to people in a workspace, whose token is then changed without a gap', async ({ page, world, complaints, secrets }) => {
  test.setTimeout(300_000);
  // Databricks is asked whose the token is, also of one that has ended.
  complaints.allow(/^console error: Failed to load resource: .* 401 \(Unauthorized\) \([^)]*\/relay\/[^)]*\/Me\b[^)]*\)$/);
  const known = await facts(page, world);
  secrets.add(known.token.workspace);
  const base = `${known.address.workspace}/api/2.0/preview/scim/v2`;
  const before = await read({ base, token: known.token.workspace });

  await enters(page);
  // The token of one level, and the address of the other.
  await tells(page, known, 'account', known.token.workspace);
  await expect(page.locator('#error-summary')).toContainText('This is a personal access token of a workspace');
  await page.getByLabel('Workspace or account SCIM URL').fill(known.address.workspace);
  await page.getByLabel('Token', { exact: true }).fill(known.token.account);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.locator('#error-summary')).toContainText('This is an account\'s SCIM token');
  await sound(page);

  // A token that has ended meanwhile never gets further than Entra's test.
  const ended = /<code id="new-token">([^<]+)</.exec(await door(world, 'tokens', { level: 'workspace' }))?.[1] ?? 'none';
  secrets.add(ended);
  await door(world, 'tokens/end', { token: ended });
  await tells(page, known, 'workspace', ended);
  expect((await tested(page)).at(-1)).toBe('Credentials accepted: failed');
  await expect(page.getByText('Databricks does not accept the token.')).toBeVisible();
  await page.getByRole('button', { name: 'Back' }).click();
  await tells(page, known, 'workspace');
  expect((await tested(page)).at(-1)).toBe('Credentials accepted: passed');
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['Data Engineers']);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await reviewed(page, 'Start provisioning');
  const done = await writes(page, 'Start provisioning');
  expect(done.map((it) => it.split(': ')[1])).toEqual(Array(8).fill('passed'));
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 8, 'sync', 'Synchronise');
  await pass(world, 60);
  await looks(page, 'Healthy');
  const after = await read({ base, token: known.token.workspace });
  const came = Object.keys(after.users).filter((name) => !(name in before.users));
  expect(came.length).toBeGreaterThan(0);
  expect(after.groups['Data Engineers']?.members).toEqual(expect.arrayContaining(came));

  // A new token takes the old one's place while everything runs.
  const fresh = /<code id="new-token">([^<]+)</.exec(await door(world, 'tokens', { level: 'workspace' }))?.[1] ?? 'none';
  secrets.add(fresh);
  await goes(page, 'workspace');
  await tells(page, known, 'workspace', fresh);
  await tested(page);
  await goes(page, 'review');
  await reviewed(page, 'Write these changes');
  await writes(page, 'Write these changes');
  await door(world, 'tokens/end', { token: known.token.workspace });
  await pass(world, 41);
  await looks(page, 'Healthy');

  // Paused, and gone on with.
  await pauses(page);
  await resumes(page);
  await looks(page, 'Healthy');

  // Somebody at once, why somebody is not there, and what the log says.
  await page.getByText('Provision one person or group now').click();
  const now = page.locator('#fold-on-demand');
  await now.getByLabel('Person or group').fill(came[0] ?? '');
  await now.getByRole('button', { name: 'Provision now' }).click();
  await expect(now.getByRole('table').first()).toBeVisible({ timeout: 30_000 });
  await sound(page);
  await page.getByText('Why is this person (not) there?').click();
  const why = page.locator('#fold-why');
  await why.getByLabel('Person').fill('Uma Ordinary');
  await why.getByRole('button').click();
  await expect(why.locator('.notice').first()).toBeVisible({ timeout: 30_000 });
  await sound(page);
  // The relay of this host lets Databricks be asked.
  await expect(why.getByText('The person is in Databricks.').or(why.getByText('The person is not in Databricks')).first()).toBeVisible();
  await page.getByText('Is everybody there who is assigned?').click();
  await page.getByRole('button', { name: 'Look everybody up' }).click();
  // What was found is another fold, and open.
  const all = page.locator('[id^=fold-who-is-there]');
  await expect(all.getByText('Databricks was asked, with the token that is in memory.')).toBeVisible({ timeout: 30_000 });
  await expect(all.getByRole('row', { name: 'Data Engineers' })).toContainText(/present|differs/);
  await sound(page);
  await page.getByText('Provisioning log', { exact: true }).click();
  const log = page.locator('#fold-log');
  await log.getByRole('button', { name: 'Read the log' }).click();
  await expect(log.getByRole('row').nth(1)).toBeVisible({ timeout: 30_000 });
  await sound(page);
});
