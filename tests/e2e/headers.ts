/** The headers of production, as every answer of the page's origin has them. */
import { expect } from '@playwright/test';

/** The headers of every answer, apart from the policies that are lists. */
const fixed = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** The content security policy on loopback, without the places to connect to. */
const policy = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'worker-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'object-src': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
};

function directives(text: string): Record<string, string> {
  const pairs = text.split(';').map((part) => part.trim().split(/\s+/)).filter(([name]) => name);
  return Object.fromEntries(pairs.map(([name, ...values]) => [name, values.join(' ')]));
}

/** Checks the headers of an answer; gives the places that its policy lets the page connect to. */
export function expectHeaders(headers: Record<string, string>, further: Record<string, string> = {}): string[] {
  expect(headers).toMatchObject(fixed);
  const { 'connect-src': connect = '', ...rest } = directives(headers['content-security-policy'] ?? '');
  expect(rest).toEqual({ ...policy, ...further });
  const permissions = headers['permissions-policy'] ?? '';
  expect(permissions.split(/,\s*/)).toEqual(expect.arrayContaining(['camera=()', 'clipboard-write=(self)', 'usb=()']));
  const places = connect.split(' ');
  expect(places, 'each place once, and no wildcard').toEqual([...new Set(places)].filter((place) => !/\*/.test(place)));
  return places;
}

/** Checks the headers of an answer that is the relay's, or stands for it: it has that code and can never be shown as a page. */
export function expectSealed(headers: Record<string, string>, code: string): void {
  expect(headers).toMatchObject({
    ...fixed,
    'cache-control': 'no-store',
    'content-disposition': 'attachment',
    'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    'content-type': 'application/json',
    'x-scim-setup-relay': code,
  });
  expect(headers['permissions-policy']).toContain('camera=()');
}
