/** A tenant that wants more proof: first at sign-in, then of Graph in the middle of the work. */
import type { Page } from '@playwright/test';
import { arrives, proves, sound, starts } from './person.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--tenant', 'step-up'] });

const policy = 'c0a1d5e2-6b1f-4d3a-8f57-0e4b8a7c9d10';

/** The claims that the next sign-in asks for. */
async function again(page: Page): Promise<unknown> {
  const asked = await page.waitForRequest(/\/authorize\?/);
  return JSON.parse(new URL(asked.url()).searchParams.get('claims') ?? '{}');
}

test('a step-up at sign-in and one at the search are passed, and the search brings its groups', async ({ page, complaints }) => {
  test.setTimeout(120_000);
  complaints.allow(/Failed to load resource: .* 401 \(Unauthorized\) \([^)]*\/v1\.0\/groups/);
  await starts(page);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /^Ada/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await expect(page.getByRole('alert')).toContainText('Microsoft wants more proof of who you are.');
  await sound(page);
  const asked = again(page);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  expect(await asked).toEqual({ access_token: { capolids: { essential: true, values: [policy] } } });
  await page.getByRole('button', { name: /^Ada/ }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
  await page.getByRole('button', { name: 'Grant admin consent' }).click();
  const accept = page.getByRole('button', { name: 'Accept' });
  await expect(accept.or(page.getByRole('button', { name: /^Ada/ })).first()).toBeVisible();
  if (await accept.isHidden()) await page.getByRole('button', { name: /^Ada/ }).click();
  await accept.click();
  await proves(page);

  await page.getByRole('link', { name: /Users and groups/ }).click();
  await arrives(page, 6, 'scope', 'Users and groups');
  const search = async () => {
    await page.getByLabel('Search users and groups').fill('Data');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
  };
  await search();
  await expect(page.getByText('Microsoft Graph wants more proof of who you are.')).toBeVisible();
  await sound(page);
  const wanted = again(page);
  // The page that is left behind has the same title and address as the one that comes back.
  const back = page.waitForResponse(/\/token$/);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  expect(await wanted).toEqual({ access_token: { acrs: { essential: true, value: 'c1' } } });
  await back;
  await expect(page.getByRole('banner')).toContainText('Signed in ada@contoso.example');
  await expect(page).toHaveTitle(/^Step 6 of 9/);
  await search();
  await expect(page.getByRole('button', { name: 'Add Data Engineers', exact: true })).toBeVisible();
  await expect(page.getByText('wants more proof')).toHaveCount(0);
  await sound(page);
});
