/** The tenant lives in another cloud: what the sign-in service says of it, where the page could not find out before. */
import { sound } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'national'] });

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
});
