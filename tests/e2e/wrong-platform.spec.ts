/** A tenant without a licence of Entra, where the page's addresses were registered for the platform Web. */
import { arrives, sound, starts, withRights } from './person.ts';
import { allows, looksAtRoles } from './rights.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'wrong-platform,no-premium'] });

test('the platform is named and put right, and groups are said to need a licence', async ({ page, browser, context, world, complaints }) => {
  complaints.allow(/Access-Control-Allow-Origin/);
  complaints.allow(/net::ERR_FAILED/);
  await starts(page, 'Entra’s provisioning service');
  const signIn = async () => {
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
    await page.getByRole('button', { name: /^Ada/ }).click();
    const accept = page.getByRole('button', { name: 'Accept' });
    await expect(accept.or(page.getByRole('heading', { level: 1, name: /Register|Permissions and/ }))).toBeVisible();
    if (await accept.isVisible()) await accept.click();
  };
  await signIn();
  await expect(page.getByRole('alert')).toContainText('registered under another platform than Single-page application');
  await sound(page);

  const tab = await context.newPage();
  await tab.goto(`${world.config.clouds?.[0]?.portal}/applications`);
  await tab.getByRole('listitem').filter({ hasText: world.config.clientId ?? 'no client' }).getByRole('link').click();
  const move = tab.getByRole('listitem').filter({ hasText: world.address }).getByRole('button', { name: /Single-page application/ });
  await move.click();
  // A tab that is closed before the answer shows may take its request with it, and has left Chromium without a next tab.
  await expect(move).toHaveCount(0);
  await tab.close();
  await allows(browser, world, 'Organization.Read.All');
  await signIn();
  await arrives(page, 3, 'consent', 'Permissions and consent');

  await page.getByRole('link', { name: /Register the application/ }).click();
  await withRights(page);
  const row = await looksAtRoles(page);
  await expect(row('Licence of the tenant')).toContainText('neither P1 nor P2');
  await expect(row('Licence of the tenant')).toContainText('Entra’s provisioning then takes people only: assigning groups needs P1');
});
