/** The ways in which a sign-in does not simply succeed: given up, repeated, stepped up, ended. */
import { axe, expect, test } from './world.ts';
import { arrives, signsIn } from './person.ts';

const pending = () => sessionStorage.getItem('scim-setup.pending');

test('back from the sign-in page gives the attempt up', async ({ page }) => {
  await page.goto('./#/register');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('button', { name: /Ada/ })).toBeVisible();
  await page.goBack();
  await expect(page.getByText('You are back without an answer')).toBeVisible();
  expect(await page.evaluate(pending)).toBeNull();
  await axe(page);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('button', { name: /Ada/ })).toBeVisible();
});

test('another account is used, then signed out', async ({ page }) => {
  await signsIn(page);
  await page.getByRole('link', { name: /Register the application/ }).click();
  await axe(page);
  await page.getByRole('button', { name: 'Use another account' }).click();
  await page.getByRole('button', { name: /Ada/ }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveTitle(/^Step 1 of 9/);
  await page.goto('./#/register');
  await expect(page.getByRole('button', { name: 'Sign out' })).toHaveCount(0);
});

test('a step-up is told with its button, and a policy with its words', async ({ page, complaints }) => {
  complaints.allow(/status of 400/);
  await page.route('**/oauth2/v2.0/token', (route) => route.fulfill({
    status: 400, contentType: 'application/json', headers: { 'access-control-allow-origin': '*' },
    body: JSON.stringify({ error: 'interaction_required', error_description: 'AADSTS50076: More.', error_codes: [50076], suberror: 'basic_action', claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' }),
  }));
  await page.goto('./#/register');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /Ada/ }).click();
  const accept = page.getByRole('button', { name: 'Accept' });
  await expect(accept.or(page.getByRole('alert')).first()).toBeVisible();
  if (await accept.isVisible()) await accept.click();
  await expect(page.getByRole('alert')).toContainText('Microsoft wants more proof of who you are.');
  await axe(page);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await page.waitForURL(/authorize/);
  expect(new URL(page.url()).searchParams.get('claims')).toBe('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}');
});
