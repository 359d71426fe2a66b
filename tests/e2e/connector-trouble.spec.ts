/** What goes wrong between Entra and Databricks, told by the test before anything is saved, and by the board afterwards. */
import { door, enters, facts, runs, tells, tested } from './connector.ts';
import { sound } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '4'] });

const passed = (names: string[]) => names.map((name) => `${name}: passed`);
const FIRST = ['Gallery entry found', 'Enterprise application there', 'Provisioning service ready'];

test('a test that fails says what Databricks answered, and makes no second application', async ({ page, world, complaints, secrets }) => {
  test.setTimeout(300_000);
  // Databricks is asked whose the token is, also of one that it refuses.
  complaints.allow(/^console error: Failed to load resource: .* 401 \(Unauthorized\) \([^)]*\/relay\/[^)]*\/Me\b[^)]*\)$/);
  const known = await facts(page, world);
  await enters(page);

  // A token that ends within the hour never gets to the test.
  await page.getByLabel('Workspace or account SCIM URL').fill(known.address.workspace);
  await page.getByLabel('Token', { exact: true }).fill('eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiIyZmY4MTRhNiJ9.c2lnbmF0dXJl');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByText('This is an access token of Entra or OAuth').first()).toBeVisible();

  // Nobody said whose token it is, and Databricks names somebody whom the directory does not have.
  await page.getByLabel('Token', { exact: true }).fill(known.token.workspace);
  secrets.add(known.token.workspace);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByText('Databricks says that this token is that of pat-owner@contoso.example').first()).toBeVisible();
  await sound(page);

  const wrong = 'dapi00000000000000000000000000000000';
  await tells(page, known, 'workspace', wrong);
  expect(await tested(page)).toEqual([...passed(FIRST), 'Credentials accepted: failed']);
  await expect(page.getByText('Databricks does not accept the token.')).toBeVisible();
  await expect(page.getByText('Make a new token as a workspace administrator')).toBeVisible();

  // The network shuts Entra out.
  await door(world, 'ip-access-list', { entra: 'shut-out' });
  await page.getByRole('button', { name: 'Back' }).click();
  await tells(page, known, 'workspace');
  expect(await tested(page)).toEqual([...passed(FIRST), 'Credentials accepted: failed']);
  await expect(page.getByText('let the service tag AzureActiveDirectory in, all of it')).toBeVisible();
  await door(world, 'ip-access-list', { entra: 'let-in' });
  expect(await runs(page, 'Test connection')).toEqual([...passed(FIRST), 'Credentials accepted: passed']);

  // One was made, by the first test.
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Databricks workspace');
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(page.getByRole('table').getByText('half made: no job, no address')).toHaveCount(1);
  await sound(page);
});
