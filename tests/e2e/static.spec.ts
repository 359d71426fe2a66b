/** The page on any web space, under a sub-path: no relay, no config.json, no special headers. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server as Web } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { arrives, saves, sound } from './person.ts';
import { dist } from './server.ts';
import { expect, test } from './world.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
const folder = '/some/where/';

let web: Web;
let base = '';

test.beforeAll(async () => {
  web = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname === folder ? 'index.html' : pathname.slice(folder.length);
    const plain = pathname.startsWith(folder) && /^[\w.-]+$/.test(name);
    const found = plain ? readFile(`${dist}/${name}`) : Promise.reject(new Error('not here'));
    found.then(
      (bytes) => response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  }).listen(0, 'localhost');
  await once(web, 'listening');
  base = `http://localhost:${(web.address() as AddressInfo).port}${folder}`;
});

test.afterAll(async () => {
  web.closeAllConnections();
  web.close();
  await once(web, 'close');
});

test.beforeEach(({ complaints }) => {
  const escaped = base.replace(/[.]/g, '\\.');
  // It is another host than the one of the other tests, and it has neither of the two files.
  complaints.allow(new RegExp(`^third-party request: GET ${new URL(base).origin}${folder}`));
  complaints.allow(new RegExp(`^console error: .*404.* \\(${escaped}(config\\.json|relay/)\\)$`));
});

test('a plain host serves the page under a sub-path; the page says what is missing and hands over', async ({ page }) => {
  await page.goto(base);
  await expect(page).toHaveTitle(/^Step 1 of 9: Choose how to provision/);
  // Entra's own provisioning needs no relay; direct sync does.
  await page.getByRole('radio', { name: /^Direct sync/ }).check();
  const notice = page.locator('.notice', { hasText: 'This host offers no way to Databricks' });
  await expect(notice).toBeVisible();
  await expect(page.getByText('no relay here')).toBeVisible();
  await expect(notice.getByText('scim-setup plan scim-setup.json --out plan.json', { exact: true })).toBeVisible();
  await expect(notice.getByText('scim-setup apply --plan plan.json', { exact: true })).toBeVisible();
  await sound(page);

  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
  await expect(page.locator('.blade').getByText(base, { exact: true })).toBeVisible();
  await expect(page.locator('#client-id')).toHaveValue('');
  await expect(page.locator('#cloud option')).toHaveCount(4);
  await page.locator('#client-id').fill('11111111-2222-3333-4444-555555555555');

  await page.goto(`${base}#/workspace`);
  await expect(page).toHaveTitle(/^Step 4 of 9/);
  await expect(notice).toBeVisible();
  await page.locator('#target').fill('https://accounts.azuredatabricks.net/api/2.1/accounts/'
    + '00000000-1111-2222-3333-444444444444/scim/v2');
  await page.locator('#token').fill('dsapi0123456789abcdef0123456789abcdef');
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await arrives(page, 5, 'test', 'Test the connection');
  await expect(notice).toBeVisible();

  const setup = await saves(page, 'Download setup');
  expect(setup).not.toContain('dsapi');
  expect(JSON.parse(setup)).toMatchObject({
    way: 'direct',
    target: 'https://accounts.azuredatabricks.net/api/2.1/accounts/00000000-1111-2222-3333-444444444444/scim/v2',
  });
  await page.getByRole('button', { name: 'Test connection' }).click();
  const stages = page.locator('ol.stages > li');
  await expect(stages.locator('.state')).toHaveText([
    'passed', 'failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped',
  ]);
  await expect(stages.nth(1)).toContainText('No relay answers beside this page.');
  await sound(page);
});
