/** The tenant lives in another cloud: the page finds out before anybody leaves, or the sign-in service says it afterwards. */
import { sound, starts } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'national'] });

test('the cloud of the tenant is found before the browser leaves, and can be chosen', async ({ page, world }) => {
  await starts(page);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('group', { name: 'There is a problem' }).getByRole('listitem')).toHaveText([
    'This tenant lives in the cloud “US Government (L4, GCC High)”, not in “Sample tenant”.',
  ]);
  await expect(page.getByText('An application is worth nothing outside its own cloud.')).toBeVisible();
  await sound(page);
  await page.getByRole('button', { name: 'Choose US Government (L4, GCC High)' }).click();
  await expect(page.getByLabel('Cloud', { exact: true })).toHaveValue('us-gov');
  await expect(page.getByLabel('Application (client) ID')).toHaveValue(world.config.clientId ?? 'no client');
  await expect(page.getByLabel('Directory (tenant) ID')).toHaveValue(world.config.tenantId ?? 'no tenant');
  await page.getByText('By hand, in the Entra admin center').click();
  await expect(page.getByRole('link', { name: /App registrations, New registration/ })).toHaveAttribute('href', /^https:\/\/portal\.azure\.us/);
  await sound(page);
});

test('an answer that names another cloud is told with that cloud', async ({ page, complaints }) => {
  complaints.allow(/Failed to load resource: net::ERR_FAILED \([^)]*openid-configuration\)/);
  await page.route('**/.well-known/openid-configuration', (route) => route.abort());
  await page.goto('./#/register');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The tenant lives in another cloud.');
  await expect(alert).toContainText('choose the cloud of the tenant and enter the IDs of an application that is registered there');
  await expect(alert).toContainText('Clouds to try: US Government (L4, GCC High); US Government (L5, DoD).');
  await expect(page).toHaveTitle(/Step 2 of 9/);
  await sound(page);
  await expect(page.getByText('This tenant probably lives in another cloud')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Choose US Government (L5, DoD)' })).toBeVisible();
  await page.getByRole('button', { name: 'Choose US Government (L4, GCC High)' }).click();
  await expect(page.getByLabel('Cloud', { exact: true })).toHaveValue('us-gov');
  await expect(page.getByRole('button', { name: /^Choose US Government/ })).toHaveCount(0);
  await sound(page);
});
