/** The answer in the address: what is done with one that is not what the page asked for. The provider is asked for no token. */
import type { Front } from './front.ts';
import { detail, goesThere, isReady, isSignedIn, isTold, kept, leaves } from './visit.ts';
import { words, type Words } from './words.ts';
import { expect, test } from './world.ts';

/** Everything of an answer but its state is replaced. */
function instead(answer: URLSearchParams, fields: Record<string, string>): void {
  for (const name of [...answer.keys()]) if (name !== 'state') answer.delete(name);
  for (const [name, value] of Object.entries(fields)) answer.set(name, value);
}

/** One thing in the answer is another, and what the page then says. */
const answers: readonly {
  name: string;
  back: (answer: URLSearchParams) => void;
  says: Words;
  message?: string;
  /** The answer is not this visit's: what is under way stays under way. */
  stays?: true;
}[] = [
  { name: 'the state of another visit', back: (answer) => answer.set('state', 'foreign'), says: words.foreign, stays: true },
  {
    name: 'a state that only begins like its own',
    back: (answer) => answer.set('state', `${answer.get('state')}x`),
    says: words.foreign,
    stays: true,
  },
  {
    name: 'an error with the state of another visit, of which no word is shown',
    back: (answer) => {
      instead(answer, { state: 'foreign', error: 'access_denied', error_description: 'Call 0800 FORGED' });
    },
    says: words.foreign,
    stays: true,
  },
  {
    name: 'another issuer',
    back: (answer) => answer.set('iss', 'https://login.evil.example/v2.0'),
    says: words.foreign,
  },
  {
    name: 'the same issuer for another tenant',
    back: (answer) => answer.set('iss', String(answer.get('iss')).replace(/[0-9a-f-]{36}/, '00000000-0000-0000-0000-000000000001')),
    says: words.foreign,
  },
  { name: 'an empty issuer', back: (answer) => answer.set('iss', ''), says: words.foreign },
  {
    name: 'an admin consent in the place of a code',
    back: (answer) => instead(answer, { admin_consent: 'True', tenant: 'any' }),
    says: words.foreign,
  },
  {
    name: 'an error beside the code',
    back: (answer) => answer.set('error', 'access_denied'),
    says: words.declined,
  },
  {
    name: 'a service that is busy',
    back: (answer) => instead(answer, { error: 'temporarily_unavailable', error_description: 'Try later.' }),
    says: words.failing,
    message: 'Try later.',
  },
  {
    name: "a redirect URI that Entra does not know, in Entra's words",
    back: (answer) => {
      instead(answer, { error: 'invalid_request', error_description: 'AADSTS50011: The redirect URI does not match.' });
    },
    says: words.unregistered,
    message: 'AADSTS50011: The redirect URI does not match.',
  },
  {
    name: 'an error whose words try to be markup',
    back: (answer) => {
      instead(answer, {
        error: '<img src=x onerror=alert(1)>',
        error_description: '<script>alert(1)</script><b id="planted">javascript:alert(1)</b>',
      });
    },
    says: words.refused,
    message: '<script>alert(1)</script><b id="planted">javascript:alert(1)</b>',
  },
];

/** No token was asked for. */
const unused = (entrance: Front) => expect(entrance.calls(), 'calls of the token endpoint').toEqual([]);

for (const { name, back, says, message, stays } of answers) {
  test(name, async ({ page, entrance, secrets }) => {
    if (stays) secrets.underWay();
    entrance.change({ back });
    await goesThere(page);
    await isTold(page, says);
    unused(entrance);
    if (message) expect(await detail(page, 'message')).toBe(message);
    await expect(page.getByText('FORGED')).toHaveCount(0);
    await expect(page.locator('#planted, main img')).toHaveCount(0);
    expect(await kept(page) !== null, 'a sign-in is still under way').toBe(stays ?? false);
  });
}

test('a nonce that was changed on the way there', async ({ page, entrance }) => {
  entrance.change({ ask: (query) => query.set('nonce', 'another') });
  await goesThere(page);
  await isTold(page, words.nonce);
  expect(entrance.calls().map(({ status }) => status)).toEqual([200]);
});

test('a challenge that was lost on the way there: the provider insists on one', async ({ page, entrance }) => {
  entrance.change({
    ask: (query) => {
      query.delete('code_challenge');
      query.delete('code_challenge_method');
    },
  });
  await page.goto('./#/register');
  await leaves(page);
  await isTold(page, words.refused);
  expect(await detail(page, 'message')).toBe('Authorization Server policy requires PKCE to be used for this request');
  unused(entrance);
});

test('a redirect URI that was changed on the way there: the provider keeps the person, and Back leads home', async ({
  page, entrance, complaints,
}) => {
  complaints.allow(/^console error: Failed to load resource: .* 400 /);
  entrance.change({ ask: (query) => query.set('redirect_uri', 'http://localhost:1/elsewhere') });
  await page.goto('./#/register');
  await leaves(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sorry, but we’re having trouble signing you in');
  await expect(page.getByText('invalid_redirect_uri')).toBeVisible();
  await page.goBack();
  await isReady(page);
  unused(entrance);
});

test('an answer without a state is not looked at, and does not stay in the address', async ({ page, world, entrance }) => {
  entrance.change({ back: (answer) => answer.delete('state') });
  await goesThere(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose how to provision');
  await expect(page).toHaveURL(world.address);
  await expect(page.getByRole('alert')).toHaveCount(0);
  unused(entrance);
});

test('a query beside the fragment: the fragment counts, and neither stays', async ({ page, world, entrance }) => {
  entrance.change({ back: (answer, address) => `${address}?code=planted&state=foreign#${answer.toString()}` });
  await goesThere(page);
  await isSignedIn(page);
  await expect(page).toHaveURL(`${world.address}#/consent`);
});

test('a fragment of another visit beside a query that is no better', async ({ page, entrance, secrets }) => {
  secrets.underWay();
  entrance.change({ back: (_, address) => `${address}?error=planted&state=foreign#code=planted&state=foreign` });
  await goesThere(page);
  await isTold(page, words.foreign);
  unused(entrance);
});
