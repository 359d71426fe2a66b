/** The host has registered the application; a colleague consents at another machine; guests and strangers at sign-in. */
import { arrives, asksColleague, proves, signsIn, sound, starts } from './person.ts';
import { expect, test } from './world.ts';

test('the IDs come with the page, and a colleague consents at another machine', async ({ page, browser, world }) => {
  await starts(page);
  await expect(page.getByText('The host of this page has registered it')).toBeVisible();
  await expect(page.getByText('By hand, in the Entra admin center')).toBeVisible();
  await expect(page.getByText('Make no secret and no certificate')).toBeHidden();
  await expect(page.getByLabel('Application (client) ID')).toHaveValue(world.config.clientId ?? 'no client');
  await expect(page.getByLabel('Directory (tenant) ID')).toHaveValue(world.config.tenantId ?? 'no tenant');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /^Uma/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
  await expect(page.getByRole('table').getByText('missing', { exact: true })).toHaveCount(2);
  await asksColleague(page, browser, world);
  await proves(page);
});

test('a guest is told what that means, and a stranger goes no further', async ({ page, complaints }) => {
  // The browser notes the status of the page on which the stranger ends.
  complaints.allow(/Failed to load resource: .* 400 \(Bad Request\) \([^)]*\/authorize\?/);
  await signsIn(page, 'Gustav');
  await expect(page.getByText('You are signed in as a guest of the tenant.')).toBeVisible();
  await expect(page.getByText('The account comes from another organisation.')).toBeVisible();
  await expect(page.getByText('gustav@fabrikam.example', { exact: true })).toBeVisible();
  await sound(page);
  await page.getByRole('button', { name: 'Use another account' }).click();
  await page.getByRole('button', { name: /^Olga/ }).click();
  const words = await page.getByRole('alert').innerText();
  expect(words).toMatch(/^AADSTS50020: User account 'olga@woodgrove\.example' from identity provider/);
  // Microsoft's page sends nobody back: the person goes back, and pastes what it said.
  await page.goBack();
  await page.goBack();
  await expect(page.getByText('You are back without an answer')).toBeVisible();
  await page.getByText('Microsoft shows an error, and you do not come back').click();
  await page.getByLabel('What Microsoft’s page says').fill(words);
  await page.getByRole('button', { name: 'Explain it' }).click();
  await expect(page.getByText('This account does not belong to the tenant.')).toBeVisible();
  await sound(page);
});
