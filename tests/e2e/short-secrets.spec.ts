/** A tenant whose policy limits how long client secrets last. */
import { signsIn, sound, withRights } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'short-secrets'] });

test('a secret that would last too long is refused, and a shorter one is made', async ({ page, complaints, secrets }) => {
  test.setTimeout(120_000);
  complaints.allow(/Failed to load resource: .* 400 \(Bad Request\) \([^)]*\/addPassword\)/);
  await signsIn(page, 'Grace');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await withRights(page);
  await page.getByText('An application for runs on a schedule').click();
  await page.getByRole('button', { name: 'Show what will be made' }).click();
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.getByText('Made, and read back')).toBeVisible({ timeout: 60_000 });
  await page.getByLabel('Valid for').selectOption('365 days');
  await page.getByRole('button', { name: 'Make a secret' }).click();
  await expect(page.getByText('This tenant wants secrets of a shorter life.')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Choose fewer days.')).toBeVisible();
  await sound(page);
  await page.getByLabel('Valid for').selectOption('180 days');
  await page.getByRole('button', { name: 'Make a secret' }).click();
  await expect(page.getByText('This is shown once')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('This tenant wants secrets of a shorter life.')).toHaveCount(0);
  const secret = await page.locator('.copy').filter({ hasText: 'client secret' }).locator('code').first().innerText();
  await sound(page);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await expect(page.getByText('This is shown once')).toHaveCount(0);
  await expect(page.getByText(secret)).toHaveCount(0);
  // From here on it stands nowhere, at this step already.
  secrets.add(secret);
  await sound(page);
});
