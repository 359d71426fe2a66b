/** What holds before anybody clicks: the headers of production, one heading, and no word to third parties. */
import type { APIResponse } from '@playwright/test';
import { expectHeaders } from './headers.ts';
import { isThanked, sound } from './person.ts';
import { axe, expect, test, type Server } from './world.ts';

function expectProductionHeaders(response: APIResponse, world: Server): void {
  const places = expectHeaders(response.headers());
  const sample = world.config.clouds?.find((cloud) => cloud.id === 'sample');
  expect(places).toEqual(expect.arrayContaining([
    "'self'",
    'https://login.microsoftonline.com',
    'https://graph.microsoft.com',
    'https://login.microsoftonline.us',
    'https://graph.microsoft.us',
    'https://dod-graph.microsoft.us',
    'https://login.partner.microsoftonline.cn',
    'https://microsoftgraph.chinacloudapi.cn',
    sample?.authority,
    sample?.graph,
  ]));
  expect(places, 'Databricks is reached through the relay only').not.toContain(sample?.databricks[0]);
}

test('the page has the headers of production and is never stored', async ({ request, world }) => {
  const response = await request.get('./');
  expect(response.status()).toBe(200);
  expect(response.headers()).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  expectProductionHeaders(response, world);
});

test('a hashed file has them too, comes packed and stays for a year', async ({ request, world }) => {
  const html = await (await request.get('./')).text();
  const wasm = /[^"'\s=]+\.wasm/.exec(html)?.[0] ?? 'no wasm in the page';
  for (const [encoding, expected] of [['br, gzip', 'br'], ['gzip', 'gzip'], ['identity', undefined]] as const) {
    const response = await request.get(wasm, { headers: { 'accept-encoding': encoding } });
    expect(response.status()).toBe(200);
    expect(response.headers()['content-encoding']).toBe(expected);
    expect(response.headers()).toMatchObject({
      'content-type': 'application/wasm',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expectProductionHeaders(response, world);
  }
});

test('what is not there answers 404 with them', async ({ request, world }) => {
  const response = await request.get('./not/here.js');
  expect(response.status()).toBe(404);
  expect(response.headers()).toMatchObject({ 'cache-control': 'no-store' });
  expectProductionHeaders(response, world);
});

test('the page starts with one heading, says nothing to third parties, and axe finds nothing', async ({ page, world }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('./');
  await expect(page).toHaveTitle(/^Step 1 of 9: Choose how to provision/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose how to provision');
  await expect(page.getByRole('main')).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible();
  expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([new URL(world.address).origin]));
  await axe(page);
});

test('what looks like an answer never stays in the address', async ({ page, world }) => {
  for (const rest of ['#code=x', '#/?code=x', '#/code=x', '#error=x', '#id_token=x', '#access_token=x&state=s', '?error=x#/register', '?/admin_consent=True']) {
    await page.goto(world.address + rest);
    await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible();
    expect(page.url(), rest).not.toMatch(/code|error|token|consent=/);
    await page.goto('about:blank');
  }
  await page.goto(`${world.address}#/register`);
  await expect(page).toHaveTitle(/Register/);
  await page.evaluate(() => { location.hash = 'code=x&state=s'; });
  await expect(page).toHaveURL(world.address);
});

test('a forged answer shows none of its words and ends nothing', async ({ page, world }) => {
  const pending = '{"Consent":{"state":"own","account":""}}';
  await page.goto('./');
  // A page that begins throws away what it finds there.
  await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible();
  await page.evaluate((text) => sessionStorage.setItem('scim-setup.pending', text), pending);
  await page.goto('about:blank');
  await page.goto(`${world.address}#error=access_denied&error_description=Forged+words&state=foreign`);
  await expect(page.getByRole('alert')).toContainText('belongs to another visit');
  await expect(page.getByText('Forged words')).toHaveCount(0);
  expect(await page.evaluate(() => sessionStorage.getItem('scim-setup.pending'))).toBe(pending);
  await page.goto('about:blank');
  await page.goto(`${world.address}?admin_consent=True&state=foreign`);
  await expect(page.getByText('This address says that consent was given')).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.getItem('scim-setup.pending'))).toBe(pending);
});

test('who only came to consent is thanked, keeps nothing, and can still open the wizard', async ({ page, world }) => {
  await page.goto(`${world.address}?admin_consent=True&tenant=forged&state=foreign`);
  await isThanked(page);
  await sound(page);
  await expect(page.getByText('forged')).toHaveCount(0);
  expect(await page.evaluate(() => ({ ...sessionStorage }))).toEqual({});
  await page.getByRole('link', { name: 'Open the wizard' }).click();
  await expect(page).toHaveTitle(/^Step 1 of 9/);
  await expect(page.getByRole('navigation', { name: 'Steps' })).toBeVisible();
});

test('without JavaScript the page says what is missing', async ({ browser, world }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(world.address);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // Playwright leaves `noscript` out of texts, and Chromium does not paint it when a test switches scripts off.
  expect(await page.content()).toMatch(/<noscript>.*JavaScript is switched off/s);
  await context.close();
});
