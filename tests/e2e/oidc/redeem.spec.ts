/** The call that redeems a code: what the page makes of an answer that is not as it must be, and of none at all. */
import type { Page } from '@playwright/test';
import type { Front, Meddling } from './front.ts';
import { applications, person, tenant } from './provider.ts';
import { claims, fields, form } from './replies.ts';
import {
  accepts, detail, goesThere, goesTo, isSignedIn, isTold, kept, leaves, permissions, picks, searches, searchFails, signsIn,
} from './visit.ts';
import { renewing, words, type Words } from './words.ts';
import { expect, test } from './world.ts';

const html = '<!doctype html><title>Proxy</title><p>Sign in to the network</p>';
const elsewhere = 'http://localhost:1/elsewhere';

/** One thing about the call is another, and what the page then says. */
const calls: readonly { name: string; redeem: Meddling; says: Words; shows?: readonly [name: string, value: string] }[] = [
  // The provider refuses.
  {
    name: 'a verifier that was changed',
    redeem: { form: (sent) => sent.set('code_verifier', 'another-verifier-of-forty-three-characters0') },
    says: words.used,
    shows: ['error', 'invalid_grant'],
  },
  {
    name: 'a redirect URI that was changed',
    redeem: { form: (sent) => sent.set('redirect_uri', elsewhere) },
    says: words.used,
    shows: ['error', 'invalid_grant'],
  },
  {
    name: 'a code that nobody issued',
    redeem: { form: (sent) => sent.set('code', 'made-up') },
    says: words.used,
    shows: ['error', 'invalid_grant'],
  },
  {
    name: 'a code that was redeemed already',
    redeem: { answer: (_, again) => again() },
    says: words.used,
    shows: ['error', 'invalid_grant'],
  },
  {
    name: 'another application that redeems the code',
    redeem: { form: (sent) => sent.set('client_id', applications.brief) },
    says: words.used,
    shows: ['error', 'invalid_grant'],
  },
  // The ID token.
  { name: 'no ID token', redeem: fields({ id_token: undefined }), says: words.nobody },
  { name: 'an ID token that is none', redeem: fields({ id_token: 'garbage' }), says: words.form },
  { name: 'an ID token of three parts that say nothing', redeem: fields({ id_token: 'e30.e30.e30' }), says: words.form },
  { name: 'an ID token for another application', redeem: claims({ aud: applications.brief }), says: words.audience },
  { name: 'an ID token for two', redeem: claims({ aud: [applications.usual, applications.brief] }), says: words.form },
  { name: 'an ID token of another issuer', redeem: claims({ iss: 'https://login.evil.example/v2.0' }), says: words.issuer },
  {
    name: 'an ID token of another tenant under the right issuer',
    redeem: claims({ tid: '00000000-0000-0000-0000-000000000001' }),
    says: words.tenant,
  },
  { name: 'an ID token with another nonce', redeem: claims({ nonce: 'another' }), says: words.nonce },
  { name: 'an ID token without a nonce', redeem: claims({ nonce: undefined }), says: words.nonce },
  { name: 'an ID token that has expired', redeem: claims({ exp: seconds(-301) }), says: words.time },
  { name: 'an ID token from the future', redeem: claims({ iat: seconds(3600), nbf: seconds(3600), exp: seconds(7200) }), says: words.time },
  { name: 'an ID token that names nobody', redeem: claims({ oid: undefined }), says: words.form },
  // The rest of the answer.
  { name: 'no access token', redeem: fields({ access_token: undefined }), says: words.malformed },
  { name: 'no type of token', redeem: fields({ token_type: undefined }), says: words.malformed },
  { name: 'a token of a type that the page does not know', redeem: fields({ token_type: 'DPoP' }), says: words.malformed },
  { name: 'a life below nothing', redeem: fields({ expires_in: -1 }), says: words.malformed },
  { name: 'a life in words', redeem: fields({ expires_in: 'an hour' }), says: words.malformed },
  { name: 'an error that says it is none', redeem: form(200, 'application/json', '{"error":"invalid_grant"}'), says: words.malformed },
  { name: 'JSON that is none', redeem: form(200, 'application/json', '{"access_token":'), says: words.malformed },
  { name: 'a page in the place of tokens', redeem: form(200, 'text/html', html), says: words.malformed },
  { name: 'nothing in the place of tokens', redeem: form(200, 'application/json', ''), says: words.malformed },
  { name: 'no content', redeem: form(204, 'application/json', ''), says: words.malformed },
  { name: 'a refusal that is a page', redeem: form(400, 'text/html', html), says: words.malformed },
  // The service fails.
  { name: 'a failure without a word', redeem: form(500, 'text/plain', ''), says: words.busy },
  { name: 'a gateway that failed', redeem: form(502, 'text/html', html), says: words.busy },
  {
    name: 'a service that asks to wait, and lets the page read how long',
    redeem: form(503, 'text/plain', 'busy', { 'retry-after': '120', 'access-control-expose-headers': 'Retry-After' }),
    says: words.busyForLong,
  },
  {
    name: 'too many requests, and the page may not read how long to wait',
    redeem: form(429, 'text/plain', 'slow down', { 'retry-after': '120' }),
    says: words.busy,
  },
  {
    name: 'a failure that OAuth has words for',
    redeem: form(500, 'application/json', '{"error":"server_error","error_description":"Something broke."}'),
    says: words.busy,
    shows: ['message', 'Something broke.'],
  },
  // There is no answer.
  { name: 'a connection that ends before the answer', redeem: { answer: () => 'cut' }, says: words.silent },
  { name: 'a connection that ends in the middle of the answer', redeem: { answer: () => 'half' }, says: words.silent },
  {
    name: 'a redirect, which is not followed',
    redeem: form(307, 'text/plain', '', { location: '/elsewhere' }),
    says: words.silent,
    shows: ['error', 'a redirect, which is never followed'],
  },
];

/** A point in time so many seconds from now. */
function seconds(from: number): number {
  return Math.floor(Date.now() / 1000) + from;
}

for (const { name, redeem, says, shows } of calls) {
  test(name, async ({ page, entrance }) => {
    entrance.change({ redeem });
    await goesThere(page);
    await isTold(page, says);
    if (shows) expect(await detail(page, shows[0])).toBe(shows[1]);
    // A code is sent once, whatever comes of it, and to nobody else.
    expect(entrance.calls()).toHaveLength(1);
    expect(entrance.paths().filter((path) => path.endsWith('/elsewhere'))).toEqual([]);
    expect(await kept(page)).toBeNull();
  });
}

test('an answer that CORS hides', async ({ page, entrance, complaints }) => {
  complaints.allow(/blocked by CORS policy: No 'Access-Control-Allow-Origin' header/);
  entrance.change({
    redeem: {
      answer: ({ headers: { 'access-control-allow-origin': _, ...headers }, ...reply }) => ({ ...reply, headers }),
    },
  });
  await goesThere(page);
  await isTold(page, words.silent);
  expect(entrance.calls()).toHaveLength(1);
  // The provider is well: the next sign-in succeeds, from where the person stands.
  await leaves(page);
  await picks(page);
  await isSignedIn(page);
});

test('the provider itself lets no other origin in', async ({ entrance, request }) => {
  const answer = await request.post(`${entrance.authority}/${tenant}/oauth2/v2.0/token`, {
    headers: { origin: 'https://evil.example' },
    form: { client_id: applications.usual, grant_type: 'authorization_code', code: 'any' },
  });
  expect(answer.status()).toBe(400);
  expect(answer.headers()).not.toHaveProperty('access-control-allow-origin');
});

/** A code as the provider issued it, taken away on its way to the page. */
async function taken(page: Page, entrance: Front, application?: string): Promise<string> {
  let code = '';
  entrance.change({
    back: (answer) => {
      code = answer.get('code') ?? '';
      answer.set('code', 'taken-away');
    },
  });
  await goesThere(page, application);
  await isTold(page, words.used);
  return code;
}

for (const [whose, application] of [['another application', applications.brief], ['an earlier visit', applications.usual]] as const) {
  test(`a good code of ${whose} is planted`, async ({ page, entrance }) => {
    const code = await taken(page, entrance, application);
    await page.getByLabel('Application (client) ID').fill(applications.usual);
    entrance.change({ back: (answer) => answer.set('code', code) });
    await leaves(page);
    await picks(page);
    if (application !== applications.usual) await accepts(page);
    await isTold(page, words.used);
    expect(await detail(page, 'error')).toBe('invalid_grant');
    expect(entrance.calls().map(({ status }) => status)).toEqual([400, 400]);
  });
}

// What is less than usual, and still enough.

test('an answer that does not say how long it lasts is taken, and is not renewed at once', async ({ page, entrance }) => {
  entrance.change({ redeem: fields({ expires_in: undefined }) });
  await signsIn(page);
  await expect(page.getByRole('banner')).toContainText('Tenant Contoso');
  expect(entrance.calls()).toHaveLength(1);
});

test('an answer that lasts for ever is taken', async ({ page, entrance }) => {
  const life = '18446744073709551615';
  entrance.change({
    redeem: { answer: (reply) => ({ ...reply, body: reply.body.replace(/"expires_in":\d+/, `"expires_in":${life}`) }) },
  });
  await signsIn(page);
  await expect(page.getByRole('banner')).toContainText('Tenant Contoso');
  expect(entrance.calls()).toHaveLength(1);
});

test('an answer that names no scope holds those that were asked for', async ({ page, entrance }) => {
  // RFC 6749, section 5.1; and so says Microsoft of its own.
  entrance.change({ redeem: fields({ scope: undefined }) });
  await signsIn(page);
  await permissions(page, 'granted', 'missing', 'missing');
});

test('an answer that names fewer scopes than were asked for holds no others', async ({ page, entrance }) => {
  entrance.change({ redeem: fields({ scope: 'openid profile' }) });
  await signsIn(page);
  await permissions(page, 'missing', 'missing', 'missing');
  await expect(page.getByText('Not there yet')).toBeVisible();
});

test('the signature of an ID token is not looked at', async ({ page, entrance }) => {
  entrance.change({ redeem: claims({ name: person.name }) });
  await signsIn(page);
});

test('an answer without a refresh token lasts as long as its access token', async ({ page, entrance }) => {
  entrance.change({ redeem: fields({ refresh_token: undefined }) });
  await signsIn(page, applications.brief);
  await goesTo(page, 'scope', 'Users and groups');
  await searches(page);
  await searchFails(page, renewing.ended);
  expect(entrance.calls()).toHaveLength(1);
});
