/** What a person reads when the page cannot start, or stops: what is wrong, and what to do. */
import type { Page, Route } from '@playwright/test';
import { axe, expect, test, type Server } from './world.ts';

/** The page says this instead of starting, offers to try again, and axe finds nothing in it. */
async function stopped(page: Page, heading: string, ...words: (string | RegExp)[]): Promise<void> {
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1 })).toHaveText(heading);
  await expect(main.getByRole('heading', { level: 1 })).toBeFocused();
  for (const text of words) await expect(main).toContainText(text);
  await expect(main.getByRole('button', { name: 'Reload' })).toBeVisible();
  await expect(page.getByRole('main')).toHaveCount(1);
  await axe(page);
}

const started = (page: Page) => expect(page).toHaveTitle(/^Step 1 of 9/);
/** On a busy machine the browser remarks that what was to be loaded early is late. */
const unused = /preloaded using link preload but not used/;
const wasm = /scim-setup-page-[0-9a-f]+_bg\.wasm$/;

/** Changes the answer for the page itself. */
async function headers(page: Page, change: (headers: Record<string, string>) => void, world: Server): Promise<void> {
  await page.route(world.address, async (route: Route) => {
    const response = await route.fetch();
    const all = response.headers();
    change(all);
    await route.fulfill({ response, headers: all });
  });
}

// A page that stops on purpose never uses what was loaded ahead for it; a slow machine says so.
test.beforeEach(({ complaints }) => complaints.allow(/was preloaded using link preload but not used/));

test('no WebAssembly', async ({ page }) => {
  await page.addInitScript(() => { Reflect.deleteProperty(globalThis, 'WebAssembly'); });
  await page.goto('./');
  await stopped(page, 'This browser cannot run the page', 'It lacks: WebAssembly.', 'Use a current Edge, Chrome, Firefox or Safari');
});

test('no Web Cryptography', async ({ page }) => {
  // As in browsers that give it to no page, or where a policy takes it away.
  await page.addInitScript(() => { Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined }); });
  await page.goto('./');
  await stopped(page, 'This browser cannot run the page', 'It lacks: Web Cryptography.', 'Use a current Edge, Chrome, Firefox or Safari');
});

test('WebAssembly blocked by a policy', async ({ page, world, complaints }) => {
  complaints.allow(/wasm-unsafe-eval|WebAssembly|CSP: script-src/);
  await headers(page, (all) => {
    all['content-security-policy'] = all['content-security-policy']?.replace(" 'wasm-unsafe-eval'", '') ?? '';
  }, world);
  await page.goto('./');
  await stopped(page, 'A policy blocks this page', 'does not allow WebAssembly', "adds 'wasm-unsafe-eval' to script-src");
});

test('an address that is not secure', async ({ page, world, complaints }) => {
  // The browser believes that this name is another machine's.
  const insecure = 'http://setup.contoso.example/';
  complaints.allow(/^third-party request: GET http:\/\/setup\.contoso\.example\//);
  complaints.allow(/Cross-Origin-Opener-Policy header has been ignored/);
  await page.route(`${insecure}**`, async (route) => {
    const url = route.request().url().replace(insecure, world.address);
    const response = await route.fetch({ url });
    const all = response.headers();
    // The real one would be upgraded to https, where nothing answers here.
    all['content-security-policy'] = all['content-security-policy']?.replace('; upgrade-insecure-requests', '') ?? '';
    await route.fulfill({ response, headers: all });
  });
  await page.goto(insecure);
  await stopped(page, 'This address is not secure', 'The page was opened at http://setup.contoso.example', 'Open the page over https');
});

test('storage that is blocked', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });
  });
  await page.goto('./#/register');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Signing in is not possible in this window.');
  await expect(alert).toContainText('Allow this site to keep data (session storage)');
  await axe(page);
});

test('a config.json that is wrong', async ({ page }) => {
  for (const [body, words] of [
    ['{"clientID":"x"}', 'unknown field `clientID`'],
    ['{', 'EOF while parsing'],
    ['{"cloud":"mars"}', 'cloud "mars" is neither built in nor listed'],
    ['{"relay":"https://evil.example/"}', 'it must be a path relative to the page'],
  ] as const) {
    await page.route('**/config.json', (route) => route.fulfill({ body, contentType: 'application/json' }));
    await page.goto('./');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The page cannot start');
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('config.json is wrong');
    await expect(alert).toContainText('Tell whoever hosts this page.');
    await alert.getByText('Details for support').click();
    await expect(alert).toContainText(words);
    await axe(page);
    await page.unroute('**/config.json');
    await page.goto('about:blank');
  }
});

test('a config.json that is not there, or a page in its place, presets nothing', async ({ page, complaints }) => {
  complaints.allow(/^console error: Failed to load resource: .*404.*config\.json/);
  for (const answer of [
    { status: 404, body: 'no', contentType: 'text/plain' },
    { status: 200, body: '<!doctype html><title>Contoso</title>', contentType: 'text/html' },
  ]) {
    await page.route('**/config.json', (route) => route.fulfill(answer));
    await page.goto('./');
    await started(page);
    await page.unroute('**/config.json');
    await page.goto('about:blank');
  }
});

test('a config.json that cannot be reached', async ({ page, complaints }) => {
  complaints.allow(/^console error: Failed to load resource: net::ERR_FAILED/);
  await page.route('**/config.json', (route) => route.abort());
  await page.goto('./');
  await expect(page.getByRole('alert')).toContainText('config.json could not be loaded');
  await expect(page.getByRole('alert')).toContainText('Check the network and reload.');
  await page.unroute('**/config.json');
  await page.getByRole('button', { name: 'Reload' }).click();
  await started(page);
});

/** Ways in which a file of the page does not come as it was built. */
const troubles: Record<string, (route: Route) => Promise<void>> = {
  missing: (route) => route.fulfill({ status: 404, body: 'no' }),
  blocked: (route) => route.abort(),
  changed: async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: Buffer.concat([await response.body(), Buffer.from('\n')]) });
  },
};

/** What the page says of a file in each of these ways. */
const told = (file: string, kind: string): Record<string, [heading: string, ...words: (string | RegExp)[]]> => ({
  missing: ['A part of the page is missing', new RegExp(`The server answered 404 for /${file}`), 'copies all files of the build again'],
  blocked: ['A part of the page could not be loaded', new RegExp(`no connection to the server for /${file}`), `blocks .${kind} files`],
  changed: ['A part of the page was changed on its way', 'does not match the checksum', 'Reload without the cache'],
});

for (const [name, file, address] of [
  ['program', 'scim-setup-page-[0-9a-f]+_bg\\.wasm', wasm],
  ['glue', 'scim-setup-page-[0-9a-f]+\\.js', /scim-setup-page-[0-9a-f]+\.js$/],
  ['style', 'style-[0-9a-f]+\\.css', /\/style-[0-9a-f]+\.css$/],
] as const) {
  test(`the ${name} is missing, blocked or changed`, async ({ page, complaints }) => {
    complaints.allow(/^console error: Failed to load resource/);
    complaints.allow(/integrity/);
    // axe asks for the style as well.
    complaints.allow(/^console warning: Couldn't load preload assets/);
    const words = told(file, file.slice(file.lastIndexOf('.') + 1));
    for (const [way, trouble] of Object.entries(troubles)) {
      await page.route(address, trouble);
      await page.goto('./');
      await stopped(page, ...words[way] ?? [way]);
      await page.unroute(address);
    }
    await page.getByRole('button', { name: 'Reload' }).click();
    await started(page);
  });
}

for (const [way, trouble] of Object.entries(troubles)) {
  test(`the first script is ${way}: nothing runs, and the page says so after a while`, async ({ page, complaints }) => {
    complaints.allow(/^console error: Failed to load resource/);
    complaints.allow(/integrity/);
    const boot = /\/boot-[0-9a-f]+\.mjs$/;
    await page.route(boot, trouble);
    await page.goto('./');
    await expect(page.getByRole('status')).toHaveText('Loading… If this stays for a minute, reload the page.');
    const late = page.getByText('Still nothing else here?');
    await expect(late).toBeHidden();
    await axe(page);
    // Fifteen seconds, without waiting for them.
    const waits = await page.evaluate(() => document.getAnimations().map((animation) => {
      const { delay } = animation.effect?.getTiming() ?? {};
      animation.finish();
      return delay;
    }));
    expect(waits).toEqual([15_000]);
    await expect(late).toBeVisible();
    await expect(late).toContainText('the page’s first script did not arrive, or did not run');
    await expect(late).toContainText('whoever hosts the page copies all files of one build again');
    await axe(page);
    // Whoever brings no styles either reads it at once.
    await page.evaluate(() => { for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) sheet.remove(); });
    await expect(late).toBeVisible();
    await axe(page);
    await expect(late).toContainText('Reload without the cache (Ctrl+F5)');
    await page.unroute(boot);
    await (await page.context().newCDPSession(page)).send('Page.reload', { ignoreCache: true });
    await started(page);
    await expect(late).toHaveCount(0);
  });
}

test('offline once the page itself has come', async ({ page, complaints }) => {
  complaints.allow(/^console error: Failed to load resource: net::ERR_INTERNET_DISCONNECTED/);
  complaints.allow(unused);
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });
  });
  await page.route(wasm, (route) => route.abort('internetdisconnected'));
  await page.goto('./');
  await stopped(page, 'You are offline', 'Connect to the network, then reload.');
  await page.unroute(wasm);
  await page.getByRole('button', { name: 'Reload' }).click();
  await started(page);
});

test('a fault of the page itself', async ({ page, complaints }) => {
  complaints.allow(/unreachable/);
  // What the frame is drawn into is not there, once: an impossible state, which the page does not survive.
  await page.addInitScript(() => {
    const real = Object.getOwnPropertyDescriptor(Document.prototype, 'body');
    let asked = 0;
    Object.defineProperty(Document.prototype, 'body', {
      configurable: true,
      get() { asked += 1; return asked === 1 ? null : real?.get?.call(this); },
    });
  });
  await page.goto('./');
  await stopped(page, 'The page stopped', 'A fault in this page stopped it.', 'Nothing is done twice', 'When you report this');
});
