/** The page signs in at a certified provider that knows nothing of it, from the first step to a search of the directory. */
import { applications, tenant } from './provider.ts';
import {
  accepts, declines, detail, finds, goesTo, isSignedIn, isTold, leaves, permissions, picks, searches, signsIn,
} from './visit.ts';
import { words } from './words.ts';
import { expect, test } from './world.ts';

test('the provider says of itself what the page takes for granted', async ({ request, entrance }) => {
  const site = `${entrance.authority}/${tenant}`;
  const answer = await request.get(`${site}/v2.0/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({
    issuer: `${site}/v2.0`,
    authorization_endpoint: `${site}/oauth2/v2.0/authorize`,
    token_endpoint: `${site}/oauth2/v2.0/token`,
    end_session_endpoint: `${site}/oauth2/v2.0/logout`,
    jwks_uri: `${site}/discovery/v2.0/keys`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  });
});

test('a person signs in, an administrator consents, and the directory is found', async ({ page, world, entrance }) => {
  const graph = entrance.graph;
  await page.goto('./');
  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('radio', { name: /^Direct sync/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await leaves(page, applications.consented);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pick an account');
  await picks(page);
  await accepts(page);
  await isSignedIn(page);
  await permissions(page, 'granted', 'missing', 'missing');
  await expect(page.getByRole('banner')).toContainText('Tenant Contoso');

  await page.getByRole('button', { name: 'Grant admin consent' }).click();
  await accepts(page);
  // The provider knows the person: the second sign-in asks nothing.
  await permissions(page, 'granted', 'granted', 'granted');
  await page.getByRole('button', { name: 'Continue' }).click();
  await goesTo(page, 'scope', 'Users and groups');
  await searches(page);
  await finds(page);

  const challenge = expect.stringMatching(/^[\w-]{43}$/) as unknown;
  const common = {
    response_type: 'code',
    response_mode: 'fragment',
    client_id: applications.consented,
    redirect_uri: world.address,
    state: challenge,
    nonce: challenge,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  const all = `${graph}/User.Read ${graph}/User.Read.All ${graph}/GroupMember.Read.All`;
  expect(entrance.asked()).toEqual([
    { ...common, scope: `openid profile offline_access ${graph}/User.Read`, prompt: 'select_account' },
    { ...common, scope: `openid profile offline_access ${all}`, login_hint: 'ada@contoso.example' },
  ]);
  const [first, second] = entrance.asked();
  for (const name of ['state', 'nonce', 'code_challenge']) expect(second?.[name], name).not.toBe(first?.[name]);
  expect(entrance.calls().map(({ grant, status }) => `${grant} ${status}`)).toEqual([
    'authorization_code 200', 'authorization_code 200',
  ]);
});

test('less is granted than was asked for', async ({ page }) => {
  await signsIn(page);
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByRole('checkbox', { name: 'User.Read.All' }).uncheck();
  await accepts(page);
  await permissions(page, 'granted', 'missing', 'granted');
  await expect(page.getByText('Not there yet')).toBeVisible();
  await expect(page.getByText('does not hold everything')).toBeVisible();
});

test('the person declines to sign in, then does sign in', async ({ page, entrance }) => {
  await page.goto('./#/register');
  await leaves(page);
  await declines(page);
  await isTold(page, words.declined);
  expect(await detail(page, 'message')).toBe('the person declined to sign in');
  expect(entrance.calls()).toEqual([]);
  await leaves(page);
  await picks(page);
  await accepts(page);
  await isSignedIn(page);
});

test('the person declines to consent', async ({ page, entrance }) => {
  await page.goto('./#/register');
  await leaves(page);
  await picks(page);
  await declines(page);
  await isTold(page, words.declined);
  expect(await detail(page, 'message')).toBe('the person declined to consent');
  expect(entrance.calls()).toEqual([]);
});

test('the administrator declines to consent for everybody', async ({ page, entrance }) => {
  await signsIn(page);
  await page.getByRole('button', { name: 'Grant admin consent' }).click();
  await declines(page);
  await isTold(page, words.consentDeclined, 'consent');
  expect(await detail(page, 'message')).toBe('AADSTS65004: The person declined to consent.');
  expect(await detail(page, 'suberror')).toBe('cancel');
  expect(entrance.calls()).toHaveLength(1);
});

test('two tabs sign in side by side', async ({ page, context, entrance }) => {
  await page.goto('./#/register');
  await leaves(page);
  const other = await context.newPage();
  await other.goto('./#/register');
  await leaves(other);
  await picks(other);
  await accepts(other);
  await isSignedIn(other);
  await picks(page);
  await isSignedIn(page);
  expect(entrance.calls().map(({ status }) => status)).toEqual([200, 200]);
});
