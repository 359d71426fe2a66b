/** The ways in which a sign-in does not simply succeed: given up, repeated, stepped up, ended. */
import type { Page } from '@playwright/test';
import { axe, expect, test } from './world.ts';
import { arrives, signsIn, sound } from './person.ts';

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

/** The browser shows the page as it was left, which Playwright's browsers never do by themselves. */
const shownAgain = (page: Page) => page.evaluate(() => {
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
});

test('a page that the browser kept while its person was away goes on where it was', async ({ page }) => {
  await signsIn(page);
  await page.getByRole('link', { name: /Register the application/ }).click();
  const away = page.getByText('Waiting for Microsoft…');
  const another = page.getByRole('button', { name: 'Use another account' });
  // An answer without content leaves the page where it is, as one that is kept aside.
  await page.route(/\/authorize\?/, (route) => route.fulfill({ status: 204 }));
  const leaves = async () => {
    const asked = page.waitForRequest(/\/authorize\?/);
    await another.click();
    await asked;
    await expect(away).toBeVisible();
    expect(await page.evaluate(pending)).not.toBeNull();
  };

  // Back without an answer: that is said, and no secret of the trip is left.
  await leaves();
  await shownAgain(page);
  await expect(page.getByText('You are back without an answer')).toBeVisible();
  await expect(away).toHaveCount(0);
  expect(await page.evaluate(pending)).toBeNull();
  await sound(page);

  // Back after the answer was taken by a page that came later: there is nothing to say.
  await leaves();
  await page.evaluate(() => sessionStorage.removeItem('scim-setup.pending'));
  await shownAgain(page);
  await expect(away).toHaveCount(0);
  await expect(page.getByText('You are back without an answer')).toHaveCount(0);

  // The worker lived on with its tokens, and the way out is open.
  await expect(page.getByRole('banner')).toContainText('Signed in ada@contoso.example');
  await page.getByRole('link', { name: /Permissions and consent/ }).click();
  await page.getByText('What you can do about it yourself').click();
  await page.getByRole('button', { name: 'Check my roles and the licence' }).click();
  await expect(page.getByRole('region', { name: 'You and this tenant' })).toBeVisible();
  await page.getByRole('link', { name: /Register the application/ }).click();
  await page.unroute(/\/authorize\?/);
  await another.click();
  await page.getByRole('button', { name: /Ada/ }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
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
