/** The engine behind the page: when it is loaded, what is told when it cannot be, and what it alone holds. */
import { arrives, facts, signsIn } from './person.ts';
import { expect, test } from './world.ts';

const engine = /\/scim-setup-worker-[0-9a-f]+(_loader\.js|\.js|_bg\.wasm)$/;

test('the first step is there without it, in 200 KB at most; the second one brings it', async ({ page }) => {
  const asked: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    asked.push(new URL(request.url()).pathname);
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto('./', { waitUntil: 'networkidle' });
  await expect(page.getByText('relay of this host')).toBeVisible();
  expect(asked.filter((path) => engine.test(path))).toEqual([]);
  expect(asked.some((path) => path.endsWith('_bg.wasm'))).toBe(true);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(100_000);
  expect(total).toBeLessThanOrEqual(200_000);

  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
  await expect.poll(() => asked.filter((path) => engine.test(path)).length).toBe(3);
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
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.locator('#error-summary')).toContainText('Enter the token.');
});
