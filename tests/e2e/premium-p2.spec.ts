/** A tenant with Entra ID P2, where people may have roles that they activate first. */
import { signsIn, withRights } from './person.ts';
import { allows, looksAtRoles } from './rights.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'premium-p2'] });

test('who may activate a role is told which one, and where', async ({ page, browser, world }) => {
  await allows(browser, world, 'Organization.Read.All');
  await signsIn(page, 'Otto');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await withRights(page);
  const row = await looksAtRoles(page);
  for (const name of ['Consent for the tenant', 'Change registrations']) {
    await expect(row(name)).toContainText('after activating a role');
    await expect(row(name)).toContainText('activate Cloud Application Administrator in Privileged Identity Management, then sign in again');
  }
  await expect(row('Grant permissions that an application holds by itself')).toContainText('no built-in role found');
  await expect(row('Licence of the tenant')).toContainText('Entra ID P2');
});
