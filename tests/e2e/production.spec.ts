/** The whole way under the names of the real services, with TLS, by a page that nobody preset; no other name is there. */
import type { Page } from '@playwright/test';
import { aims, allowsLateReads, applies, arrives, consents, healthy, picks, reviews, tests } from './person.ts';
import { account, graph, login, test, workspace, type Production } from './production.ts';
import { after, holds, read } from './scim.ts';
import { expect } from './world.ts';

test.use({ serveWith: ['--people', '24', '--groups', '3'] });

/** Steps 1 to 3, with the two IDs entered by hand. */
async function signsIn(page: Page, { facts }: Production): Promise<void> {
  await page.goto('./');
  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('radio', { name: /^Direct sync/ }).check();
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
  test.setTimeout(180_000);
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

test('the workspace passes its test and is planned', async ({ page, production, complaints }) => {
  test.setTimeout(120_000);
  allowsLateReads(complaints);
  await signsIn(page, production);
  await consents(page);
  await aims(page, `https://${workspace}/?o=1234567890123456`, production.facts.workspaceToken);
  expect(await tests(page)).toEqual(healthy.workspace);
  await page.getByRole('button', { name: 'Continue' }).click();
  await picks(page, ['Data Platform']);
  const { plan } = await reviews(page);
  expect(plan.operations.map((line) => line.change)).toContain('createGroup');
  expect(asked(production)).toContain(workspace);
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
