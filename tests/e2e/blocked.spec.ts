/** A policy blocks the person at the page; a colleague whom it admits consents, and can go on. */
import { arrives, asksColleague, proves, sound, starts } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'conditional-access'] });

test('a block is told with the way out, and that way works', async ({ page, browser, world, complaints }) => {
  complaints.allow(/Failed to load resource: .* 400 \(Bad Request\) \([^)]*\/oauth2\/v2\.0\/token\)/);
  await starts(page);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /^Ada/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('A Conditional Access policy blocks this sign-in.');
  await expect(alert).toContainText('the link is at “Permissions and consent”, under “Somebody else has to consent”.');
  await sound(page);
  await page.getByRole('link', { name: /Permissions and consent/ }).click();
  await asksColleague(page, browser, world);

  // The consent is there for everybody, but the policy still blocks Ada; Grace is admitted.
  await page.getByRole('link', { name: 'Register the application', exact: true }).click();
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /^Ada/ }).click();
  await expect(alert).toContainText('A Conditional Access policy blocks this sign-in.');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /^Grace/ }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
  await proves(page);
});
