/** The whole way under the names of the real services, with TLS, by a page that nobody preset; no other name is there. */
import type { Page } from '@playwright/test';
import { allowed, chooses, looks, reviewed, tells, tested, writes } from './connector.ts';
import {
  aims, allowsLateReads, applies, arrives, consents, healthy, picks, reviews, tests, type Facts, type Way,
} from './person.ts';
import { account, graph, login, test, workspace, type Production } from './production.ts';
import { after, holds, read } from './scim.ts';
import { expect } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '3'] });

/** Steps 1 to 3, with the two IDs entered by hand. */
async function signsIn(page: Page, { facts }: Production, way: Way = 'Direct sync'): Promise<void> {
  await page.goto('./');
  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('radio', { name: new RegExp(`^${way}`) }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
  await expect(page.getByLabel('Application (client) ID')).toHaveValue('');
  await page.getByLabel('Application (client) ID').fill(facts.clientId);
  await page.getByLabel('Directory (tenant) ID').fill(facts.tenantId);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /Ada/ }).click();
  const consent = page.getByRole('heading', { name: 'Permissions requested' });
  await expect(consent.or(page.getByRole('heading', { name: 'Permissions and consent' }))).toBeVisible();
  if (await consent.isVisible()) {
    expect(new URL(page.url()).origin).toBe(`https://${login}`);
    await page.getByRole('button', { name: 'Accept' }).click();
  }
  await arrives(page, 3, 'consent', 'Permissions and consent');
}

/** Which names were asked, and that each was asked only what is its own. */
function asked({ hosts, facts }: Production): string[] {
  const own = new Map([
    [login, `/${facts.tenantId}/`],
    [graph, '/v1.0/'],
    [account, `/api/2.1/accounts/${facts.accountId}/scim/v2/`],
    [workspace, '/api/2.0/preview/scim/v2/'],
  ]);
  expect(hosts.strangers()).toEqual([]);
  for (const [name, path] of own) {
    const strange = hosts.asked(name).filter((line) => !line.slice(line.indexOf('/')).startsWith(path));
    expect(strange, `asked of ${name}`).toEqual([]);
  }
  return [...own.keys()].filter((name) => hosts.asked(name).length > 0);
}

test('the account becomes what the plan says', async ({ page, production, complaints, secrets }) => {
  test.setTimeout(240_000);
  allowsLateReads(complaints);
  const { facts } = production;
  const called = new Set<string>();
  page.context().on('request', (request) => called.add(new URL(request.url()).origin));
  secrets.add(facts.accountToken);
  const path = `/api/2.1/accounts/${facts.accountId}/scim/v2`;
  // The store is looked at behind the names, where the page cannot go.
  const door = { base: `${facts.listening.databricks}${path}`, token: facts.accountToken };
  const before = await read(door);

  await signsIn(page, production);
  await consents(page);
  await aims(page, `https://${account}${path}`, facts.accountToken);
  expect(await tests(page)).toEqual(healthy.account);
  await page.getByRole('button', { name: 'Continue' }).click();
  await picks(page, ['Data Platform']);
  const { plan } = await reviews(page);
  expect(plan.operations.map((line) => line.change)).toContain('createUser');
  expect(plan.operations.map((line) => line.change)).toContain('createGroup');
  expect(await read(door), 'a plan writes nothing').toEqual(before);
  await applies(page, 90_000);
  await holds(door, before, after(before, plan));
  await secrets.clean(page);
  // Page and worker: the worker alone calls Graph.
  expect(called).toEqual(production.origins);
  expect(asked(production)).toEqual([login, graph, account]);
});

test('a group of the workspace becomes what the plan says', async ({ page, production, complaints, secrets }) => {
  test.setTimeout(240_000);
  allowsLateReads(complaints);
  const { facts } = production;
  secrets.add(facts.workspaceToken);
  const door = { base: `${facts.listening.databricks}/api/2.0/preview/scim/v2`, token: facts.workspaceToken };
  const before = await read(door);
  await signsIn(page, production);
  await consents(page);
  await aims(page, `https://${workspace}/?o=1234567890123456`, facts.workspaceToken);
  expect(await tests(page)).toEqual(healthy.workspace);
  await page.getByRole('button', { name: 'Continue' }).click();
  await picks(page, ['Data Platform']);
  const { plan } = await reviews(page);
  expect(plan.operations.map((line) => line.change)).toContain('createGroup');
  expect(await read(door), 'a plan writes nothing').toEqual(before);
  // Ten changes a minute are allowed there.
  await applies(page, 120_000);
  await holds(door, before, after(before, plan));
  await secrets.clean(page);
  expect(asked(production)).toContain(workspace);
});

test('Entra’s provisioning service is set up for the workspace, and Databricks is asked whose the token is', async ({ page, production, secrets }) => {
  test.setTimeout(300_000);
  const { facts } = production;
  secrets.add(facts.workspaceToken);
  const door = { base: `${facts.listening.databricks}/api/2.0/preview/scim/v2`, token: facts.workspaceToken };
  const before = await read(door);
  const databricks = () => [account, workspace].flatMap((name) => production.hosts.asked(name));
  const earlier = databricks().length;

  await signsIn(page, production, 'Entra’s provisioning service');
  await allowed(page);
  await tells(page, { address: { workspace: `https://${workspace}` }, token: { workspace: facts.workspaceToken } } as Facts, 'workspace');
  expect((await tested(page)).at(-1)).toBe('Credentials accepted: passed');
  await page.getByRole('button', { name: 'Continue' }).click();
  await chooses(page, ['Data Engineers']);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await reviewed(page, 'Start provisioning');
  expect((await writes(page, 'Start provisioning')).map((it) => it.split(': ')[1])).toEqual(Array(8).fill('passed'));
  const time = new URLSearchParams({ minutes: '60' });
  expect((await fetch(`${facts.listening.authority}/sample/time`, { method: 'POST', body: time })).status).toBe(200);
  await page.getByRole('button', { name: 'Continue' }).click();
  await looks(page, 'Healthy');
  const found = await read(door);
  const came = Object.keys(found.users).filter((name) => !(name in before.users));
  expect(came.length).toBeGreaterThan(0);
  expect(found.groups['Data Engineers']?.members).toEqual(expect.arrayContaining(came));
  await secrets.clean(page);
  // Beside that neither the page nor its relay has anything to do there.
  expect(databricks().slice(earlier)).toEqual(['GET /api/2.0/preview/scim/v2/Me']);
  asked(production);
});

for (const name of ['login.microsoftonline.us', account, 'contoso.example']) {
  test(`the browser finds no ${name}, and asking for it would fail a test`, async ({ page, complaints }) => {
    await expect(page.goto(`https://${name}/elsewhere`)).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
    expect(complaints.all()).toEqual([`third-party request: GET https://${name}/elsewhere`]);
    complaints.allow(new RegExp(`^third-party request: GET https://${name.replaceAll('.', '\\.')}/elsewhere$`));
  });
}

test('certificates are checked: without their keys the browser refuses both names', async ({ playwright, launchOptions }) => {
  const args = launchOptions.args?.filter((flag) => !flag.startsWith('--ignore-certificate-errors-spki-list='));
  expect(args).toHaveLength((launchOptions.args?.length ?? 0) - 1);
  const browser = await playwright.chromium.launch({ ...launchOptions, args: args ?? [] });
  const page = await browser.newPage();
  for (const name of [login, graph]) {
    await expect(page.goto(`https://${name}/`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  }
  await browser.close();
});
