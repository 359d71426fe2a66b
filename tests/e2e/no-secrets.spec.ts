/** A tenant whose policy forbids client secrets: the words, and what is left to do. */
import { signsIn, sound, withRights } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'no-secrets'] });

test('where secrets are forbidden the ways without one are named', async ({ page, complaints }) => {
  test.setTimeout(120_000);
  complaints.allow(/Failed to load resource: .* 400 \(Bad Request\) \([^)]*\/addPassword\)/);
  await signsIn(page, 'Grace');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await withRights(page);
  await page.getByText('An application for runs on a schedule').click();
  await page.getByRole('button', { name: 'Show what will be made' }).click();
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.getByText('Made, and read back')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Make a secret' }).click();
  await expect(page.getByText('This tenant does not allow client secrets.')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/forbids them \(CredentialTypeNotAllowedAsPerAppPolicy\)/)).toBeVisible();
  await expect(page.getByText(/Ask for an exemption for this one application, sync from this page/)).toBeVisible();
  await expect(page.getByText('This is shown once')).toHaveCount(0);
  await sound(page);
});
