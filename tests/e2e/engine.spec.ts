/** The engine behind the page: when it is loaded, what is told when it cannot be, and what it alone holds. */
import type { Page } from '@playwright/test';
import { arrives, facts, signsIn } from './person.ts';
import { expect, test, type Server } from './world.ts';

const engine = /\/scim-setup-worker-[0-9a-f]+(_loader\.js|\.js|_bg\.wasm)$/;

test('the first step is there without it, in 200 KB at most; the second one brings it', async ({ page }) => {
  const asked: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    asked.push(new URL(request.url()).pathname);
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto('./', { waitUntil: 'networkidle' });
  await page.getByRole('radio', { name: /^Direct sync/ }).check();
  await expect(page.getByText('relay of this host')).toBeVisible();
  expect(asked.filter((path) => engine.test(path))).toEqual([]);
  expect(asked.some((path) => path.endsWith('_bg.wasm'))).toBe(true);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(100_000);
  expect(total).toBeLessThanOrEqual(200_000);

  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
  await expect.poll(() => asked.filter((path) => engine.test(path)).length).toBeGreaterThanOrEqual(3);
});

test('when it cannot be loaded the page says so, and tries again', async ({ page, complaints }) => {
  complaints.allow(/console error: Failed to load resource/);
  await page.route(engine, (route) => route.abort());
  await page.goto('./#/register');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('alert')).toContainText('A part of this page could not be loaded');
  await page.unroute(engine);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('button', { name: /^Ada/ })).toBeVisible();
});

test('a file of it that was changed on its way is not run', async ({ page, complaints }) => {
  complaints.allow(/integrity/);
  await page.route(/scim-setup-worker-[0-9a-f]+_bg\.wasm$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: Buffer.concat([await response.body(), Buffer.from([0])]) });
  });
  await page.goto('./#/register');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('alert')).toContainText('a file was changed on its way');
  expect(page.workers()).toEqual([]);
  // It may be on its way once more.
  await page.unrouteAll({ behavior: 'wait' });
});

test('its requests are seen by this test, and go where they may', async ({ page, world }) => {
  const asked = new Set<string>();
  page.context().on('request', (request) => asked.add(new URL(request.url()).origin));
  await signsIn(page);
  const cloud = world.config.clouds?.find(({ id }) => id === 'sample');
  await expect.poll(() => asked.has(cloud?.graph ?? 'no Graph')).toBe(true);
  for (const origin of asked) expect(world.origins).toContain(origin);
});

test('a token belongs to the target that it was entered for, whatever a setup file says', async ({ page, world }) => {
  const known = await facts(page, world);
  await page.goto('./#/workspace');
  await page.locator('#target').fill(known.address.account);
  await page.locator('#token').fill(known.token.account);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await arrives(page, 5, 'test', 'Test the connection');
  await page.goto('./#/workspace');
  await expect(page.getByText('A token is in memory')).toBeVisible();

  await page.goto('./#/start');
  await page.getByText('Go on with a setup file').click();
  const setup = { version: 1, cloud: 'sample', target: known.address.workspace };
  await page.getByLabel('Setup file').setInputFiles({
    name: 'scim-setup.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(setup)),
  });
  await expect(page.getByText('The setup is taken over')).toBeVisible();
  await page.goto('./#/workspace');
  await expect(page.locator('#target')).toHaveValue(known.address.workspace);
  await expect(page.getByText('A token is in memory')).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'I know this address, and it is ours' }).check();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.locator('#error-summary')).toContainText('Enter the token.');
});

/** A script in the place of the worker's own, and no checksums that would keep it out. */
async function instead(page: Page, world: Server, script: string): Promise<void> {
  await page.route(world.address, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<meta[^>]*worker-integrity[^>]*>/, '');
    await route.fulfill({ response, body });
  });
  await page.route(/_loader\.js$/, async (route) => route.fulfill({ response: await route.fetch(), body: script }));
}

/** `Ready` with the version of the release, as it travels. */
const ready = 'const version = "0.1.0"; postMessage(new Uint8Array([0, version.length, ...new TextEncoder().encode(version)]));';

for (const [name, script] of [
  ['a fault that it reports', `${ready} onmessage = () => postMessage(new Uint8Array([2, 5, 102, 97, 117, 108, 116]));`],
  ['an error that it cannot report', `${ready} onmessage = () => { throw new Error('out of memory'); };`],
  ['words that make no sense', `${ready} onmessage = () => postMessage(new Uint8Array([9]));`],
] as const) {
  test(`the page stops with its engine: ${name}`, async ({ page, world, complaints }) => {
    complaints.allow(/out of memory/);
    await instead(page, world, script);
    // The step asks its engine for its words at once.
    await page.goto('./#/register');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The page stopped');
    await expect(page.getByRole('main')).toContainText('Nothing is done twice');
    // Nothing goes on behind it.
    await expect.poll(() => page.workers().length).toBe(0);
  });
}

test('an engine of another version is not asked anything', async ({ page, world }) => {
  await instead(page, world, ready.replace('0.1.0', '0.0.9'));
  await page.goto('./#/register');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('alert')).toContainText('This page and its engine are of two versions');
  await expect.poll(() => page.workers().length).toBe(0);
});
