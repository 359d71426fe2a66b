/** Follows the secrets of a visit, and looks for them wherever none may be. */
import { expect, type Page, type Request } from '@playwright/test';

/** What is watched. */
export interface Watch {
  /** Follows this secret from now on. */
  add(secret: string): void;
  /** How many secrets are followed: those of the sign-in are found by themselves. */
  count(): number;
  /** Asserts that none stands in an address that was asked for, in what the browser keeps, or in the page. */
  clean(page: Page): Promise<void>;
  /** Asserts that none stands in a file. */
  absent(text: string, where: string): void;
}

/** Begins to follow the codes and tokens of the sign-in. */
export function watch(page: Page): Watch {
  const secrets = new Set<string>();
  const addresses: string[] = [];
  const reading: Promise<void>[] = [];
  const note = async (request: Request) => {
    const code = new URLSearchParams(request.postData() ?? '').get('code');
    if (code) secrets.add(code);
    const answer = (await (await request.response())?.json()) as Record<string, unknown> | undefined;
    for (const name of ['access_token', 'refresh_token', 'id_token']) {
      if (typeof answer?.[name] === 'string') secrets.add(answer[name]);
    }
  };
  page.on('request', (request) => addresses.push(request.url()));
  page.on('requestfinished', (request) => {
    if (request.method() === 'POST' && /\/oauth2\/v2\.0\/token$/.test(request.url())) reading.push(note(request));
  });
  const absent = (text: string, where: string) => {
    const found = [...secrets].filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
    expect(found.map((secret) => `${secret.slice(0, 6)}…`), `secrets in ${where}`).toEqual([]);
  };
  return {
    add: (secret) => { secrets.add(secret); },
    count: () => secrets.size,
    absent,
    clean: async (at) => {
      await Promise.all(reading);
      absent(addresses.join('\n'), 'addresses');
      const kept = await at.evaluate(async () => JSON.stringify({
        local: { ...localStorage },
        session: { ...sessionStorage },
        cookies: document.cookie,
        databases: await indexedDB.databases(),
        caches: await caches.keys(),
        name: window.name,
        state: history.state as unknown,
        address: location.href,
        fields: [...document.querySelectorAll('input')].map((field) => field.value),
      }));
      absent(kept, 'storage, address and fields');
      const { databases, caches: cached, cookies } = JSON.parse(kept) as Record<string, unknown>;
      expect({ databases, cached, cookies }).toEqual({ databases: [], cached: [], cookies: '' });
      absent(await at.content(), 'the page');
    },
  };
}
