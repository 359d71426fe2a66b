/** An administrator lets the wizard look at the registration, mend it, grant through Graph, and make the unattended one. */
import { arrives, facts, signsIn, sound } from './person.ts';
import { expect, test } from './world.ts';
import type { Page } from '@playwright/test';

async function manages(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with an administrator’s rights' }).click();
  await page.getByRole('button', { name: /Grace/ }).or(page.getByRole('button', { name: 'Accept' })).first().click();
  const accept = page.getByRole('button', { name: 'Accept' });
  const back = page.getByRole('button', { name: 'Look at the registration' });
  await expect(accept.or(back)).toBeVisible();
  if (await accept.isVisible()) await accept.click();
  await expect(back).toBeVisible();
}

test('the registration is looked at and mended as shown, and what is granted is read and set', async ({ page }) => {
  test.setTimeout(180_000);
  await signsIn(page, 'Grace');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await arrives(page, 2, 'register', 'Register the application');
  await page.getByText('What is asked for, and why').click();
  await expect(page.getByRole('cell', { name: 'DelegatedPermissionGrant.ReadWrite.All' })).toBeVisible();
  await manages(page);
  await expect(page).toHaveTitle(/^Step 2 of 9/);

  await page.getByRole('button', { name: 'Look at the registration' }).click();
  const changes = page.getByRole('region', { name: /^To mend at/ });
  await expect(changes.getByRole('row')).toHaveText([
    /^ChangeWhy$/,
    /Add to the requested permissions: User\.Read, User\.Read\.All, GroupMember\.Read\.All\./,
    /Mark the registration with this wizard's tag\./,
  ]);
  await sound(page);
  await page.getByRole('button', { name: 'Make these changes' }).click();
  await expect(page.getByText('Mended, and read back')).toBeVisible({ timeout: 30_000 });
  await sound(page);
  await page.getByRole('button', { name: 'Make me an owner' }).click();
  await expect(page.getByText(/^Owners of the registration: grace@contoso\.example\. Owners of its service principal: grace@/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Make me an owner' })).toHaveCount(0);
  await sound(page);

  await page.getByRole('link', { name: /Permissions and consent/ }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
  await page.getByText('What you can do about it yourself').click();
  await page.getByRole('button', { name: 'Read what is on record' }).click();
  // Grace consented for everybody when she signed in.
  await expect(page.getByText('for the whole tenant', { exact: true })).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Grant for the whole tenant' })).toHaveCount(0);
  await page.getByText('Take the consent back').click();
  await expect(page.getByText(/^On record, for the tenant or for single people: AppRoleAssignment/)).toBeVisible();
  await sound(page);
  await page.getByRole('button', { name: 'Take all consent back' }).click();
  await expect(page.getByText('Taken back', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('not on record', { exact: true })).toHaveCount(3);
  await page.getByRole('button', { name: 'Grant for the whole tenant' }).click();
  await expect(page.getByText('Granted, and read back')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('for the whole tenant', { exact: true })).toHaveCount(3);
  await sound(page);
  await page.getByRole('button', { name: 'Check my roles and the licence' }).click();
  await expect(page.getByRole('region', { name: 'You and this tenant' })).toBeVisible();
  await sound(page);
});

test('an application for runs on a schedule is made, and its secret works', async ({ page, world, secrets }) => {
  await signsIn(page, 'Grace');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await manages(page);
  await page.getByText('An application for runs on a schedule').click();
  await expect(page.getByLabel('Application.ReadWrite.All', { exact: true })).not.toBeChecked();
  await page.getByRole('button', { name: 'Show what will be made' }).click();
  await expect(page.getByRole('region', { name: 'Permissions', exact: true }).getByRole('row')).toHaveCount(4);
  await sound(page);
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.getByText('Made, and read back')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Permissions that it holds by itself' }).getByText('granted')).toHaveCount(3);
  await sound(page);
  const copied = (name: string) => page.locator('.copy').filter({ hasText: name }).locator('code').first().innerText();
  const client = await copied('Application (client) ID');
  await page.getByRole('button', { name: 'Make a secret' }).click();
  await expect(page.getByText('This is shown once')).toBeVisible({ timeout: 30_000 });
  const secret = await copied('client secret');
  await expect(page.getByText(/The directory shows it\./)).toBeVisible({ timeout: 30_000 });
  await sound(page);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  secrets.add(secret);

  await page.getByText('What this wizard made in the tenant').click();
  await page.getByRole('button', { name: 'List what this wizard made' }).click();
  await expect(page.getByText(client)).not.toHaveCount(0);
  await sound(page);

  // Whoever has it gets a token for what was granted, and nothing else.
  const values = await facts(page, world);
  const cloud = world.config.clouds?.[0];
  const body = new URLSearchParams({
    grant_type: 'client_credentials', client_id: client, client_secret: secret, scope: `${cloud?.graph}/.default`,
  });
  const ask = async () => (await fetch(`${cloud?.authority}/${values.tenantId}/oauth2/v2.0/token`, { method: 'POST', body })).status;
  await expect.poll(ask).toBe(200);
});

test('one that is there already is used only when a person says so', async ({ page }) => {
  // What Grace consented to above comes with every sign-in of hers.
  await signsIn(page, 'Grace');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await page.getByText('An application for runs on a schedule').click();
  await page.getByRole('button', { name: 'Show what will be made' }).click();
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.getByText('There is one already', { exact: true })).toBeVisible({ timeout: 30_000 });
  const there = page.getByRole('region', { name: /^“Databricks SCIM Sync”, / });
  await expect(there.getByRole('row', { name: /^Secrets/ })).toContainText('whoever has one signs in as this application');
  await expect(there.getByRole('row', { name: /^Certificates/ })).toContainText('none');
  await expect(there.getByRole('row', { name: /^Owners/ }).first()).toContainText('(you)');
  await sound(page);
  await page.getByRole('button', { name: 'Use Databricks SCIM Sync' }).click();
  await expect(page.getByText('It was there, and is complete now')).toBeVisible({ timeout: 30_000 });
  await sound(page);
});

test('what the wizard made is removed after a second question, and not what the page is signed in with', async ({ page }) => {
  await signsIn(page, 'Grace');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await page.getByText('What this wizard made in the tenant').click();
  await page.getByRole('button', { name: 'List what this wizard made' }).click();
  const made = page.getByText('“Databricks SCIM Sync”, for runs on a schedule:');
  await expect(made).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('“scim-setup”, signs in to the page; this page is signed in with it:')).toBeVisible();

  const asks = page.getByRole('button', { name: 'Remove Databricks SCIM Sync…', exact: true });
  const question = page.getByText('Remove “Databricks SCIM Sync”?');
  await asks.click();
  await expect(question).toBeVisible();
  await sound(page);
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(question).toHaveCount(0);
  await expect(made).toBeVisible();
  await asks.click();
  await page.getByRole('button', { name: 'Remove Databricks SCIM Sync', exact: true }).click();
  await expect(made).toHaveCount(0, { timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'List what this wizard made' })).toBeVisible();
  await sound(page);

  await page.getByRole('button', { name: 'Remove scim-setup…', exact: true }).click();
  await page.getByRole('button', { name: 'Remove scim-setup', exact: true }).click();
  await expect(page.getByText('This page is signed in with that registration.')).toBeVisible();
  await sound(page);
});
