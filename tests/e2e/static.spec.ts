/** The page on any web space, under a sub-path: no relay, no config.json, no special headers. */
import { arrives, saves, sound } from './person.ts';
import { plain, type Host } from './plain.ts';
import { expect, test } from './world.ts';

const folder = '/some/where/';

let host: Host;
let base = '';

test.beforeAll(async () => {
  host = await plain(folder);
  base = host.base;
});

test.afterAll(async () => {
  await host.end();
});

test.beforeEach(({ complaints, secrets }) => {
  secrets.home(base);
  const escaped = base.replace(/[.]/g, '\\.');
  // It is another host than the one of the other tests, and it has neither of the two files.
  complaints.allow(new RegExp(`^third-party request: GET ${new URL(base).origin}${folder}`));
  complaints.allow(new RegExp(`^console error: .*404.* \\(${escaped}(config\\.json|relay/)\\)$`));
});

test('a plain host serves the page under a sub-path; the page says what is missing and hands over', async ({ page, secrets }) => {
  const token = 'dsapi0123456789abcdef0123456789abcdef';
  secrets.add(token);
  await page.goto(base);
  await expect(page).toHaveTitle(/^Step 1 of 9: Choose how to provision/);
  // Entra's own provisioning needs no relay; direct sync does.
  await page.getByRole('radio', { name: /^Direct sync/ }).check();
  const notice = page.locator('.notice', { hasText: 'This host offers no way to Databricks' });
  await expect(notice).toBeVisible();
  await expect(page.getByText('no relay here')).toBeVisible();
  await expect(notice.getByText('scim-setup plan scim-setup.json --out plan.json', { exact: true })).toBeVisible();
  await expect(notice.getByText('scim-setup apply --plan plan.json', { exact: true })).toBeVisible();
  await sound(page);

  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
  await expect(page.locator('.blade').getByText(base, { exact: true })).toBeVisible();
  await expect(page.locator('#client-id')).toHaveValue('');
  await expect(page.locator('#cloud option')).toHaveCount(4);
  await page.locator('#client-id').fill('11111111-2222-3333-4444-555555555555');

  await page.goto(`${base}#/workspace`);
  await expect(page).toHaveTitle(/^Step 4 of 9/);
  await expect(notice).toBeVisible();
  await page.locator('#target').fill('https://accounts.azuredatabricks.net/api/2.1/accounts/'
    + '00000000-1111-2222-3333-444444444444/scim/v2');
  await page.locator('#token').fill(token);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await arrives(page, 5, 'test', 'Test the connection');
  await expect(notice).toBeVisible();

  const setup = await saves(page, 'Download setup');
  secrets.absent(setup, 'the setup');
  expect(JSON.parse(setup)).toMatchObject({
    way: 'direct',
    target: 'https://accounts.azuredatabricks.net/api/2.1/accounts/00000000-1111-2222-3333-444444444444/scim/v2',
  });
  await page.getByRole('button', { name: 'Test connection' }).click();
  const stages = page.locator('ol.stages > li');
  await expect(stages.locator('.state')).toHaveText([
    'passed', 'failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped',
  ]);
  await expect(stages.nth(1)).toContainText('No relay answers beside this page.');
  await sound(page);
});
