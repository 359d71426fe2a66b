/** What axe finds on a page, looked at once for each state of it. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';

const { source } = createRequire(import.meta.url)('axe-core') as { source: string };

const options: RunOptions = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  // What passes is of no interest, and collecting it takes as long again.
  resultTypes: ['violations'],
};

/** The states in which nothing was found: many tests come through the same ones, and axe would find nothing again. */
const clean = new Set<string>();

/** Asserts that axe finds nothing on the page as it is now. */
export async function axe(page: Page): Promise<void> {
  const state = await page.evaluate(() => {
    const media = ['(prefers-color-scheme: dark)', '(forced-colors: active)', '(prefers-reduced-motion: reduce)'];
    const looks = [innerWidth, ...media.map((it) => matchMedia(it).matches)];
    // Every server has ports of its own, and the same state is the same at each.
    const words = document.documentElement.outerHTML.replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '$1');
    return `${looks.join(' ')} ${words}`;
  });
  const key = createHash('sha256').update(state).digest('base64');
  if (clean.has(key)) return;
  // Once for a document: it is half a megabyte.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  const { violations } = await page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as { axe: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> } };
    return axe.run(document, options);
  }, options);
  const found = violations.map(({ id, impact, help, nodes }) => ({
    rule: `${id} (${impact}): ${help}`,
    at: nodes.map((node) => `${node.target.join(' ')} – ${node.failureSummary ?? ''}`),
  }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
  clean.add(key);
}
