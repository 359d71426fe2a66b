/** Somebody has to sign in again in the middle: what was entered and chosen stays, the token for Databricks alone is asked for. */
import type { Page } from '@playwright/test';
import { allowsLateReads, applies, arrives, connects, healthy, picks, reviews, saves, sound, tests } from './person.ts';
import { after, holds, read } from './scim.ts';
import { expect, test } from './world.ts';

test.use({ serveWith: ['--people', '60', '--groups', '4'] });

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

/** From now on Graph wants more proof before it shows a group, as where a policy protects that. */
async function wantsProof(page: Page): Promise<() => Promise<void>> {
  const groups = /\/v1\.0\/(groups\/|\$batch)/;
  await page.route(groups, (route) => route.fulfill({
    status: 401,
    contentType: 'application/json',
    headers: {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'www-authenticate',
      'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`,
    },
    body: JSON.stringify({ error: { code: 'InvalidAuthenticationToken', message: 'More is needed.' } }),
  }));
  return () => page.unroute(groups);
}

/** What was entered and chosen, without the diary of what was done when. */
function entered(setup: string): unknown {
  const { proofs: _, ...rest } = JSON.parse(setup) as Record<string, unknown>;
  return rest;
}

/** The same of what the page keeps. */
const kept = async (page: Page) => entered(await page.evaluate(() => sessionStorage.getItem('scim-setup.setup') ?? 'nothing'));

test('a run that was stopped is gone on with by a new plan after a new sign-in', async ({ page, world, complaints, secrets }) => {
  test.setTimeout(420_000);
  allowsLateReads(complaints);
  complaints.allow(/^console error: Failed to load resource: .* 401 \(Unauthorized\) \([^)]*\/v1\.0\//);
  const { facts: known } = await connects(page, world, 'account');
  secrets.add(known.token.account);
  const door = { base: known.address.account, token: known.token.account };
  await picks(page, ['All Employees']);
  const before = await read(door);
  const { plan } = await reviews(page);
  await page.getByRole('button', { name: 'Apply changes' }).click();
  const bar = page.getByRole('progressbar', { name: 'Requests done' });
  await expect.poll(() => bar.evaluate((element) => (element as HTMLProgressElement).value)).toBeGreaterThan(3);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Stopped', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 9, 'done', 'Summary');
  const facts = entered(await saves(page, 'Download setup'));
  expect(facts).toMatchObject({ target: known.address.account });

  const calm = await wantsProof(page);
  await page.getByRole('button', { name: 'Make a new plan' }).click();
  await expect(page.getByText('Microsoft Graph wants more proof of who you are.')).toBeVisible();
  await sound(page);
  await calm();
  const back = page.waitForResponse(/\/token$/);
  const asked = page.waitForRequest(/\/authorize\?/);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  expect(JSON.parse(new URL((await asked).url()).searchParams.get('claims') ?? '{}')).toEqual(JSON.parse(claims));
  await back;
  await expect(page.getByRole('banner')).toContainText('Signed in ada@contoso.example');
  await expect(page).toHaveTitle(/^Step 7 of 9/);
  await expect(page.getByText('This step waits for step 4')).toBeVisible();
  await sound(page);

  // The address stands there; the token is the only thing that is missing.
  await page.getByRole('link', { name: 'Databricks workspace' }).last().click();
  await arrives(page, 4, 'workspace', 'Databricks workspace');
  await expect(page.getByLabel('Workspace or account SCIM URL')).toHaveValue(known.address.account);
  await expect(page.getByLabel('Token', { exact: true })).toHaveValue('');
  await expect(page.getByText('A token is in memory')).toHaveCount(0);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.locator('#error-summary').getByRole('link')).toHaveText(['Enter the token.']);
  expect(await kept(page)).toEqual(facts);
  await page.getByLabel('Token', { exact: true }).fill(known.token.account);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  expect(await tests(page)).toEqual(healthy.account);
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 6, 'scope', 'Users and groups');
  await expect(page.getByRole('region', { name: 'Chosen' }).getByRole('listitem')).toHaveText([/All Employees/]);
  await page.getByRole('button', { name: 'Save and continue' }).click();

  // What the first half did is found, and not planned once more.
  const rest = await reviews(page);
  expect(rest.plan.operations.length).toBeGreaterThan(0);
  expect(rest.plan.operations.length).toBeLessThan(plan.operations.length);
  await applies(page, 120_000);
  await holds(door, before, after(before, plan));
  expect(entered(await saves(page, 'Download setup'))).toEqual(facts);
});
