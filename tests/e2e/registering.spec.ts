/** From a tenant in which nothing is registered to somebody signed in, by hand: the portal, the IDs, the proof. */
import { arrives, sound } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'empty'] });

test('an application is registered by hand, first for the wrong platform', async ({ page, context, world, complaints }) => {
  complaints.allow(/Access-Control-Allow-Origin/);
  complaints.allow(/net::ERR_FAILED/);
  const portal = world.config.clouds?.[0]?.portal ?? 'no portal';
  await page.goto('./');
  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('radio', { name: /^Direct sync/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
  await expect(page.getByText('By hand, in the Entra admin center')).toBeVisible();
  const link = page.getByRole('link', { name: /App registrations, New registration/ });
  expect(await link.getAttribute('href')).toBe(
    `${portal}#view/Microsoft_AAD_RegisteredApps/CreateApplicationBlade/quickStartType~/null/isMSAApp~/false`,
  );
  const panel = page.getByRole('figure').filter({ hasText: 'Register an application' });
  const uri = await panel.locator('dt:text-is("Redirect URI: address") + dd code').innerText();
  expect(uri).toBe(world.address);

  const tab = await context.newPage();
  await tab.goto(`${portal}/applications`);
  await tab.getByLabel('Name').fill('Databricks SCIM Setup');
  await tab.getByLabel('Select a platform').selectOption('Web');
  await tab.getByLabel('Redirect URI').fill(uri);
  await tab.getByRole('button', { name: 'Register' }).click();
  const value = (label: string) => tab.locator(`dt:text-is("${label}") + dd code`).innerText();
  const ids = { client: await value('Application (client) ID'), tenant: await value('Directory (tenant) ID') };

  await page.getByLabel('Application (client) ID').fill(ids.client);
  await page.getByLabel('Directory (tenant) ID').fill(ids.tenant);
  const signIn = async () => {
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
    await page.getByRole('button', { name: /Ada/ }).click();
    const accept = page.getByRole('button', { name: 'Accept' });
    await expect(accept.or(page.getByRole('heading', { level: 1, name: /Register|Permissions and/ }))).toBeVisible();
    if (await accept.isVisible()) await accept.click();
  };
  await signIn();
  // The browser hides the refusal of an address that is registered for another platform: the page says what it may be.
  await expect(page.getByRole('alert')).toContainText('registered under another platform than Single-page application');
  await sound(page);

  await tab.getByRole('button', { name: /Single-page application/ }).click();
  await expect(tab.getByRole('heading', { name: 'Web' })).toHaveCount(0);
  await tab.close();
  await signIn();
  await arrives(page, 3, 'consent', 'Permissions and consent');
});
