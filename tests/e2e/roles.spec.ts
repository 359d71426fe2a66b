/** What directory roles decide: with one an address that was moved is put right; without one each change is refused and told. */
import type { Page } from '@playwright/test';
import { arrives, consents, signsIn, sound, withRights } from './person.ts';
import { allows } from './rights.ts';
import { expect, test, type Server } from './world.ts';

/** Everything that is registered in the tenant, read by the application for the command line. */
async function registered(page: Page, world: Server): Promise<{ applications: unknown[]; principals: unknown[] }> {
  const cloud = world.config.clouds?.[0];
  const tab = await page.context().newPage();
  await tab.goto(cloud?.portal ?? 'no portal');
  const [client, secret] = [await tab.locator('#sync-client-id').innerText(), await tab.locator('#sync-client-secret').innerText()];
  await tab.close();
  const body = new URLSearchParams({
    grant_type: 'client_credentials', client_id: client, client_secret: secret, scope: `${cloud?.graph}/.default`,
  });
  const answer = await fetch(`${cloud?.authority}/${world.config.tenantId}/oauth2/v2.0/token`, { method: 'POST', body });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const read = async (path: string) => {
    const found = await fetch(`${cloud?.graph}/v1.0/${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect(found.status, path).toBe(200);
    return ((await found.json()) as { value: unknown[] }).value;
  };
  return { applications: await read('applications'), principals: await read('servicePrincipals') };
}

/** At the registration: signs in as somebody else, and comes back to it. */
async function changes(page: Page, account: string): Promise<void> {
  await page.getByRole('button', { name: 'Use another account' }).click();
  await page.getByRole('button', { name: new RegExp(`^${account}`) }).click();
  const accept = page.getByRole('button', { name: 'Accept' });
  await expect(accept.or(page.getByRole('heading', { name: 'Permissions and consent' }))).toBeVisible();
  if (await accept.isVisible()) await accept.click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
  await page.getByRole('link', { name: /Register the application/ }).click();
}

/** Orders an application for runs on a schedule, with the permissions that are proposed. */
async function orders(page: Page, name: string): Promise<void> {
  await page.getByText('An application for runs on a schedule').click();
  await page.getByLabel('Name of the application').fill(name);
  await page.getByRole('button', { name: 'Show what will be made' }).click();
  await page.getByRole('button', { name: 'Make it' }).click();
}

test('without a role changes are refused and told, and nothing is changed', async ({ page, browser, world, complaints }) => {
  test.setTimeout(120_000);
  complaints.allow(/Failed to load resource: .* 403 \(Forbidden\) \([^)]*\/v1\.0\//);
  const written: number[] = [];
  page.context().on('response', (answer) => {
    if (/^(POST|PATCH|PUT|DELETE)$/.test(answer.request().method()) && answer.url().includes('/v1.0/')) written.push(answer.status());
  });
  await allows(browser, world);
  const before = await registered(page, world);
  await signsIn(page, 'Gustav');
  await page.getByRole('link', { name: /Register the application/ }).click();
  const look = page.getByRole('button', { name: 'Look at the registration' });
  const lacking = page.getByRole('button', { name: 'Sign in with an administrator’s rights' });
  // A consent takes a moment to reach tokens.
  await expect(async () => {
    await expect(look.or(lacking)).toBeVisible();
    if (await lacking.isVisible()) await changes(page, 'Gustav');
    await expect(look).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await orders(page, 'A guest’s own');
  await expect(page.getByText('Could not register the application "A guest’s own".')).toBeVisible({ timeout: 30_000 });
  await sound(page);

  await changes(page, 'Nora');
  await look.click();
  await expect(page.getByRole('region', { name: /^To mend at/ })).toBeVisible();
  await page.getByRole('button', { name: 'Make these changes' }).click();
  await expect(page.getByText(/^Could not mend the registration/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('The permission is there, but no built-in directory role of yours was found that may do this.')).toBeVisible();
  await expect(page.getByText('Ask for the role Cloud Application Administrator, or have yourself made an owner of the application')).toBeVisible();
  await sound(page);
  await page.getByRole('link', { name: /Permissions and consent/ }).click();
  await page.getByText('What you can do about it yourself').click();
  await page.getByRole('button', { name: 'Grant for the whole tenant' }).click();
  await expect(page.getByText('Could not grant for the tenant: User.Read, User.Read.All, GroupMember.Read.All.')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Ask for the role Cloud Application Administrator, or have somebody with that role do this step.')).toBeVisible();
  await expect(page.getByText('not on record', { exact: true })).toHaveCount(2);
  await sound(page);
  expect(new Set(written)).toEqual(new Set([403]));
  expect(await registered(page, world)).toEqual(before);

  // Members may register, but what an application holds by itself takes more.
  await page.getByRole('link', { name: /Register the application/ }).click();
  await orders(page, 'Nora’s runs');
  await expect(page.getByText('Made, and read back')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Permissions that it holds by itself' }).getByText('not granted')).toHaveCount(3);
  await expect(page.getByText('Send one of them this message, then press “Look at its permissions again”.')).toBeVisible();
  const request = await page.getByRole('region', { name: 'request to grant' }).innerText();
  const client = await page.locator('.copy').filter({ hasText: 'Application (client) ID' }).locator('code').first().innerText();
  const portal = world.config.clouds?.[0]?.portal ?? 'no portal';
  expect(request).toContain(`${portal}#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI/appId/${client}`);
  await sound(page);
  const after = await registered(page, world);
  expect(after.applications.length).toBe(before.applications.length + 1);
  expect(after.applications).toEqual(expect.arrayContaining(before.applications));
});

test('an address that was moved to another platform is found and moved back', async ({ page, context, world }) => {
  test.setTimeout(120_000);
  await signsIn(page, 'Grace');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await withRights(page);
  const tab = await context.newPage();
  await tab.goto(`${world.config.clouds?.[0]?.portal}/applications`);
  const own = tab.getByRole('listitem').filter({ hasText: world.config.clientId ?? 'no client' });
  await own.getByRole('link').click();
  await tab.getByRole('button', { name: `Remove: ${world.address}` }).click();
  await tab.getByLabel('Redirect URI').fill(world.address);
  await tab.getByLabel('Select a platform').selectOption('Web');
  await tab.getByRole('button', { name: 'Add' }).click();
  await expect(tab.getByRole('heading', { name: 'Web' })).toBeVisible();

  await page.getByRole('button', { name: 'Look at the registration' }).click();
  await expect(page.getByRole('region', { name: /^To mend at/ }).getByRole('row')).toHaveText([
    /^ChangeWhy$/,
    new RegExp(`Move the redirect URI ${world.address} from the platform Web to Single-page application\\.`),
    /Add to the requested permissions/,
    /Mark the registration/,
  ]);
  await sound(page);
  await page.getByRole('button', { name: 'Make these changes' }).click();
  await expect(page.getByText('Mended, and read back')).toBeVisible({ timeout: 30_000 });
  await tab.reload();
  await expect(tab.getByRole('heading', { name: 'Web' })).toHaveCount(0);
  await tab.close();
  // With the old address nobody could redeem this.
  await page.getByRole('link', { name: /Permissions and consent/ }).click();
  await consents(page);
});
