/** Listens for everything that a healthy page never says, and for requests to anybody who is none of its business. */
import type { BrowserContext } from '@playwright/test';

/** What went wrong in the browser during one test. */
export interface Complaints {
  /** Takes this message as expected from now on: for tests that provoke it. */
  allow(expected: RegExp): void;
  /** What was said so far and not allowed. */
  all(): readonly string[];
}

/** Chromium warns that it cannot yet check the integrity of a preload of this kind; boot.mjs checks it itself. */
const preload = /^console (warning|error): .*preload.*integrity|^console (warning|error): .*integrity.*preload/is;

/** A page that waits for a consent asks for a token that is not given yet; the browser notes each refusal. */
const notYet = /^console error: Failed to load resource: .* 400 \(Bad Request\) \([^)]*\/oauth2\/v2\.0\/token\)$/;

/** Begins to listen. The origins are those that the page may call or lead to. */
export async function listen(context: BrowserContext, origins: ReadonlySet<string>): Promise<Complaints> {
  const allowed = [preload, notYet];
  const heard: string[] = [];
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
      console.error(`CSP: ${effectiveDirective} blocked ${blockedURI} (${sourceFile}:${lineNumber})`);
    });
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      heard.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on('weberror', (error) => heard.push(`page error: ${error.error().stack ?? error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && !origins.has(url.origin)) {
      heard.push(`third-party request: ${request.method()} ${url.origin}${url.pathname}`);
    }
  });
  return {
    allow: (expected) => { allowed.push(expected); },
    all: () => heard.filter((words) => !allowed.some((expected) => expected.test(words))),
  };
}
