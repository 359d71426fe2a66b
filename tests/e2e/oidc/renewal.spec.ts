/** Tokens that are renewed: the provider gives a new refresh token each time, and takes an old one for a theft. */
import type { Page } from '@playwright/test';
import type { Front } from './front.ts';
import { applications, tenant } from './provider.ts';
import { instead } from './replies.ts';
import {
  accepts, finds, getsAll, goesTo, isSignedIn, leaves, picks, searches, searchFails, signsIn,
} from './visit.ts';
import { renewing } from './words.ts';
import { expect, test } from './world.ts';

/** Signs in, has everything granted, and goes to the search. Gives the number of token calls until then. */
async function ready(page: Page, entrance: Front, application?: string): Promise<number> {
  await signsIn(page, application);
  await getsAll(page);
  // Now everything that signing in brings with it is done.
  await expect(page.getByRole('banner')).toContainText('Tenant Contoso');
  await goesTo(page, 'scope', 'Users and groups');
  return entrance.calls().length;
}

/** What became of the token calls since then. */
const outcomes = (entrance: Front, since: number) => entrance.calls().slice(since).map(({ grant, status }) => `${grant} ${status}`);
const renewed = 'refresh_token 200';

/** The newest refresh token that the page was given. */
const newest = (entrance: Front) => entrance.calls().findLast(({ refresh }) => refresh !== undefined)?.refresh ?? 'none';

/** Ends a token at the provider (RFC 7009). */
async function revokes(entrance: Front, token: string): Promise<void> {
  const answer = await fetch(`${entrance.authority}/${tenant}/revocation`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: applications.usual, token }),
  });
  expect(answer.status).toBe(200);
}

test('each use of a short token brings a new pair, and each refresh token is used once', async ({ page, entrance }) => {
  const before = await ready(page, entrance, applications.brief);
  await searches(page);
  await finds(page);
  await page.getByLabel('Search users and groups').fill('');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Found' })).toHaveCount(0);
  await searches(page);
  await finds(page);
  // Groups and people, twice.
  expect(outcomes(entrance, before)).toEqual([renewed, renewed, renewed, renewed]);
  const calls = entrance.calls();
  const chain = calls.slice(calls.findLastIndex(({ grant }) => grant === 'authorization_code'));
  expect(chain.map(({ grant }) => grant)).toEqual(['authorization_code', ...Array<string>(5).fill('refresh_token')]);
  expect(chain.slice(1).map(({ sent }) => sent)).toEqual(chain.slice(0, -1).map(({ refresh }) => refresh));
  expect(new Set(chain.map(({ refresh }) => refresh)).size).toBe(6);
});

test('a long token is not renewed', async ({ page, entrance }) => {
  const before = await ready(page, entrance);
  await searches(page);
  await finds(page);
  expect(outcomes(entrance, before)).toEqual([]);
});

test('a stolen refresh token ends the session for both; the person signs in again, and nothing is lost', async ({
  page, entrance,
}) => {
  const before = await ready(page, entrance, applications.brief);
  await searches(page);
  await finds(page);
  await page.getByRole('button', { name: 'Add Data Engineers' }).click();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Review changes');
  await goesTo(page, 'scope', 'Users and groups');

  const used = entrance.calls()[before]?.sent ?? 'none';
  const theft = await entrance.token({ grant_type: 'refresh_token', client_id: applications.brief, refresh_token: used });
  expect({ status: theft.status, ...JSON.parse(theft.body) as object }).toMatchObject({ status: 400, error: 'invalid_grant' });
  await searches(page);
  await searchFails(page, renewing.refused);
  expect(outcomes(entrance, before)).toEqual([renewed, renewed, 'refresh_token 400']);

  await goesTo(page, 'register', 'Register the application');
  await leaves(page);
  await picks(page);
  // The provider has forgotten what was consented to, too.
  await accepts(page);
  await isSignedIn(page);
  await getsAll(page);
  await goesTo(page, 'scope', 'Users and groups');
  const chosen = page.getByRole('region', { name: 'Chosen' }).getByRole('listitem');
  await expect(chosen).toHaveCount(1);
  await expect(chosen).toContainText('Data Engineers');
  await searches(page);
  await finds(page);
});

test('an answer that is lost on its way: the token was used, and the page says to sign in again', async ({ page, entrance }) => {
  const before = await ready(page, entrance, applications.brief);
  entrance.change({ renew: { answer: () => 'cut' } });
  await searches(page);
  await searchFails(page, renewing.refused);
  expect(outcomes(entrance, before)).toEqual(['refresh_token cut', 'refresh_token 400']);
});

test('an outage is waited out', async ({ page, world, entrance }) => {
  const before = await ready(page, entrance, applications.brief);
  const busy = instead(world.address, 503, 'text/plain', 'busy', { 'retry-after': '0' });
  entrance.change({ renew: { ...busy, times: 2 } });
  await searches(page);
  await finds(page);
  expect(outcomes(entrance, before)).toEqual(['refresh_token 503', 'refresh_token 503', renewed, renewed]);
});

test('an outage that lasts is told; when it is over the same token serves', async ({ page, world, entrance }) => {
  const before = await ready(page, entrance, applications.brief);
  const busy = instead(world.address, 503, 'text/plain', 'busy', { 'retry-after': '0' });
  entrance.change({ renew: { ...busy, times: 100 } });
  await searches(page);
  await searchFails(page, renewing.busy);
  const tried = entrance.calls().length - before;
  expect(tried).toBeLessThanOrEqual(7);
  entrance.change({});
  await searches(page);
  await finds(page);
  expect(outcomes(entrance, before)).toEqual([...Array<string>(tried).fill('refresh_token 503'), renewed, renewed]);
});

for (const [name, type, body] of [
  ['a page', 'text/html', '<!doctype html><title>Proxy</title>'],
  ['an answer without an access token', 'application/json', '{"token_type":"Bearer","expires_in":3600}'],
] as const) {
  test(`${name} in the place of new tokens`, async ({ page, world, entrance }) => {
    await ready(page, entrance, applications.brief);
    entrance.change({ renew: instead(world.address, 200, type, body) });
    await searches(page);
    await searchFails(page, renewing.malformed);
    // The token was not used: it serves.
    await searches(page);
    await finds(page);
  });
}

test('an access token that Graph refuses is renewed, whatever the clock says', async ({ page, entrance, complaints }) => {
  complaints.allow(/^console error: Failed to load resource: .* 401 .*\/v1\.0\//);
  const before = await ready(page, entrance);
  entrance.change({
    graph: {
      status: 401,
      headers: { 'access-control-allow-origin': '*', 'content-type': 'application/json' },
      body: '{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired."}}',
    },
  });
  await searches(page);
  await finds(page);
  expect(outcomes(entrance, before)).toEqual([renewed]);
});

test('a session that is revoked at the provider', async ({ page, entrance, complaints }) => {
  complaints.allow(/^console error: Failed to load resource: .* 401 .*\/v1\.0\//);
  const before = await ready(page, entrance);
  await revokes(entrance, newest(entrance));
  await searches(page);
  await searchFails(page, renewing.unaccepted);
  expect(outcomes(entrance, before)).toEqual(['refresh_token 400']);
});

test('a person who signs out at the provider, in another tab', async ({ page, context, entrance }) => {
  const before = await ready(page, entrance, applications.brief);
  const other = await context.newPage();
  await other.goto(`${entrance.authority}/${tenant}/oauth2/v2.0/logout`);
  await other.getByRole('button', { name: /Yes/ }).click();
  await expect(other.getByRole('button', { name: /Yes/ })).toHaveCount(0);
  await searches(page);
  await searchFails(page, renewing.refused);
  expect(outcomes(entrance, before)).toEqual(['refresh_token 400']);
});

test('a provider that is killed, and started again while the page tries: it knows the session no more', async ({
  page, entrance, service,
}) => {
  const before = await ready(page, entrance, applications.brief);
  await service.kill();
  await searches(page);
  await expect.poll(() => entrance.calls().length).toBeGreaterThan(before);
  await service.start();
  await searchFails(page, renewing.refused);
  const [first, ...rest] = outcomes(entrance, before);
  expect(first).toBe('refresh_token cut');
  expect(rest.at(-1)).toBe('refresh_token 400');
});
