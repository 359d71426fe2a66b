/** Nothing is registered: a colleague follows the message, the answer is pasted, and the administrator consents at the v2 address. */
import { arrives, colleague, consents, sound, starts } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'empty'] });

test('a colleague registers it with the message alone, and the answer is all that is needed', async ({ page, browser, world }) => {
  test.setTimeout(120_000);
  const portal = world.config.clouds?.[0]?.portal ?? 'no portal';
  await starts(page);
  await page.getByText('Somebody else registers it').click();
  const message = await page.getByRole('region', { name: 'message' }).innerText();
  const [, name = ''] = /^- Name: (.+)$/m.exec(message) ?? [];
  const [, platform = '', uri = ''] = /^- Redirect URI: platform "(.+)", address (\S+)$/m.exec(message) ?? [];
  expect({ name, platform, uri }).toEqual({
    name: 'Databricks SCIM Setup', platform: 'Single-page application (SPA)', uri: world.address,
  });
  await sound(page);

  const other = await colleague(browser, world);
  await other.page.goto(`${portal}/applications`);
  await other.page.getByLabel('Name').fill(name);
  await other.page.getByLabel('Select a platform').selectOption(platform);
  await other.page.getByLabel('Redirect URI').fill(uri);
  await other.page.getByRole('button', { name: 'Register' }).click();
  const value = (label: string) => other.page.locator(`dt:text-is("${label}") + dd code`).innerText();
  const [clientId, tenantId] = [await value('Application (client) ID'), await value('Directory (tenant) ID')];
  await other.leaves();

  // What the command of the message prints last, and what a terminal has around it.
  const line = JSON.stringify({ scimSetup: 1, cloud: 'sample', tenantId, clientId, redirectUri: uri });
  await page.getByText('With one command', { exact: true }).click();
  await page.getByLabel('What the command printed').fill(`grace@cloudshell:~$ az rest\n${line}\ngrace@cloudshell:~$ `);
  await page.getByRole('button', { name: 'Take the IDs' }).click();
  await expect(page.getByLabel('Application (client) ID')).toHaveValue(clientId);
  await expect(page.getByLabel('Directory (tenant) ID')).toHaveValue(tenantId);
  await sound(page);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /^Ada/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');

  const [asked] = await Promise.all([page.waitForRequest(/adminconsent/), consents(page)]);
  const { pathname, searchParams } = new URL(asked.url());
  expect(pathname).toBe(`/${tenantId}/v2.0/adminconsent`);
  const graph = world.config.clouds?.[0]?.graph ?? 'no Graph';
  const scopes = ['User.Read', 'User.Read.All', 'GroupMember.Read.All'].map((scope) => `${graph}/${scope}`);
  expect((searchParams.get('scope') ?? '').split(' ').sort()).toEqual(scopes.sort());
  expect(searchParams.get('redirect_uri')).toBe(world.address);
  // Only at this step is it asked for, and only proved there does it lead on.
  await arrives(page, 4, 'workspace', 'Databricks workspace');
});
