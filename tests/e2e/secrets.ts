/** Follows the secrets of every visit, and looks for them wherever none may be. */
import { readFile } from 'node:fs/promises';
import { expect, type BrowserContext, type Download, type Page, type Request } from '@playwright/test';

/** What is watched. */
export interface Watch {
  /** Follows this secret from now on. Those that a request carries, or a sign-in brings, are found by themselves. */
  add(secret: string): void;
  /** A trip is still under way at the end: state and nonce may stand in its record. */
  underWay(): void;
  /** The page is served here too. What stands at other addresses, such as the sample tenant's own, is not the page's. */
  home(address: string): void;
  /** How many secrets are followed. */
  count(): number;
  /** Asserts that none stands in what this page keeps or shows. */
  clean(page: Page): Promise<void>;
  /** The same, of each page of ours that is open. */
  allClean(): Promise<void>;
  /** Asserts that none stands in a text. */
  absent(text: string, where: string): void;
  /** Asserts that none stands in any address, console line or download so far. */
  nowhere(): Promise<void>;
}

/** Every browser that is watched, so that a look at a page finds its watch. */
const watches = new WeakMap<BrowserContext, (page: Page) => Promise<void>>();

/** Asserts at any moment that this page, if it is one of ours, keeps and shows no secret. */
export async function keepsNone(page: Page): Promise<void> {
  const look = watches.get(page.context());
  expect(look, 'a browser that nobody watches').toBeDefined();
  await look?.(page);
}

/** Begins to follow tokens, codes and verifiers of every page and worker of this context; the page is served at this address. */
export function watch(context: BrowserContext, address: string): Watch {
  const homes = new Set([new URL(address).origin]);
  const secrets = new Set<string>();
  /** State and nonce of every trip: they stand in the address that leads there, and nowhere else once the browser is back. */
  const trips = new Set<string>();
  let record: string | undefined;
  const addresses: string[] = [];
  const console: string[] = [];
  const reading: Promise<void>[] = [];
  const downloads: Download[] = [];
  const note = async (request: Request) => {
    const form = new URLSearchParams(request.postData() ?? '');
    for (const name of ['code', 'code_verifier', 'refresh_token']) {
      const secret = form.get(name);
      if (secret) secrets.add(secret);
    }
    // What answers may be no token endpoint, or be cut off; then it brings no secrets.
    const text = await request.response().then((answer) => answer?.text()).catch(() => undefined);
    for (const [, secret = ''] of (text ?? '').matchAll(/"(?:access|refresh|id)_token"\s*:\s*"([^"]+)"/g)) secrets.add(secret);
  };
  context.on('request', (request) => {
    addresses.push(request.url());
    const asked = new URL(request.url());
    if (/\/(authorize|adminconsent)$/.test(asked.pathname)) {
      for (const name of ['state', 'nonce']) {
        const value = asked.searchParams.get(name) ?? '';
        // What a test made up is shorter than what the page makes, and may be a word.
        if (value.length >= 40) trips.add(value);
      }
    }
    const bearer = /^Bearer (.+)$/.exec(request.headers()['authorization'] ?? '')?.[1];
    if (bearer) secrets.add(bearer);
  });
  context.on('requestfinished', (request) => {
    if (request.method() === 'POST' && /\/oauth2\/v2\.0\/token$/.test(request.url())) reading.push(note(request));
  });
  context.on('console', (message) => console.push(message.text()));
  context.on('page', (page) => page.on('download', (download) => downloads.push(download)));
  const absent = (text: string, where: string, more = new Set<string>()) => {
    const found = [...secrets, ...more].filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
    expect(found.map((secret) => `${secret.slice(0, 6)}…`), `secrets in ${where}`).toEqual([]);
  };
  /** What needs no answer of the browser's stores: at every step. */
  const shown = async (at: Page) => {
    await Promise.all(reading);
    const kept = await at.evaluate((leftOut) => {
      // A page may be shown where storage is blocked: then it keeps nothing.
      const all = (of: () => Storage) => { try { return { ...of() }; } catch { return {}; } };
      return JSON.stringify({
        local: all(() => localStorage),
        session: Object.entries(all(() => sessionStorage)).filter(([key]) => key !== leftOut),
        name: window.name,
        state: history.state as unknown,
        address: location.href,
        fields: [...document.querySelectorAll('input,textarea,select')].map((field) => (field as HTMLInputElement).value),
      });
    }, record);
    absent(kept, 'storage, address and fields', trips);
    absent(await at.content(), 'the page', trips);
  };
  const clean = async (at: Page) => {
    await shown(at);
    const stores = await at.evaluate(async () => ({
      cookies: document.cookie,
      databases: await indexedDB.databases(),
      cached: 'caches' in globalThis ? await caches.keys() : [],
    }));
    expect(stores).toEqual({ databases: [], cached: [], cookies: '' });
  };
  const ours = (page: Page) => URL.canParse(page.url()) && homes.has(new URL(page.url()).origin);
  watches.set(context, async (page) => { if (ours(page)) await shown(page); });
  return {
    add: (secret) => { secrets.add(secret); },
    underWay: () => { record = 'scim-setup.pending'; },
    home: (also) => { homes.add(new URL(also).origin); },
    count: () => secrets.size,
    absent,
    clean,
    allClean: async () => { for (const page of context.pages()) if (ours(page)) await clean(page); },
    nowhere: async () => {
      await Promise.all(reading);
      absent(addresses.join('\n'), 'addresses');
      absent(console.join('\n'), 'the console', trips);
      for (const download of downloads) {
        absent(await readFile(await download.path(), 'utf8'), `the download ${download.suggestedFilename()}`, trips);
      }
    },
  };
}
