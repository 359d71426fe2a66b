/** What an administrator does, in the words that the page shows. */
import { readFile } from 'node:fs/promises';
import { expect, type Browser, type Page } from '@playwright/test';
import { listen, type Complaints } from './complaints.ts';
import type { Plan } from './scim.ts';
import { keepsNone, watch } from './secrets.ts';
import { axe, type Server } from './world.ts';

export type Level = 'workspace' | 'account';

/** What the sample tenant's own page tells a newcomer. */
export interface Facts {
  clientId: string;
  tenantId: string;
  address: Record<Level, string>;
  token: Record<Level, string>;
  plainToken: string;
  accountId: string;
}

/** Reads the values off the sample tenant's page, as a newcomer would. */
export async function facts(page: Page, world: Server): Promise<Facts> {
  const portal = world.config.clouds?.find((cloud) => cloud.id === 'sample')?.portal ?? 'no portal';
  const tab = await page.context().newPage();
  await tab.goto(portal);
  const value = (label: string) => tab.locator(`dt:text-is("${label}") + dd code`).innerText();
  const read = {
    clientId: await value('Application (client) ID'),
    tenantId: await value('Directory (tenant) ID'),
    address: { workspace: await value('Workspace URL'), account: await value('Account SCIM URL') },
    token: { workspace: await value('Workspace token'), account: await value('Account SCIM token') },
    plainToken: await value('Workspace token of somebody who is no administrator'),
    accountId: await value('Databricks account ID'),
  };
  await tab.close();
  return read;
}

/** The step that is shown: its number, heading and address, and nothing for axe to find. */
export async function arrives(page: Page, number: number, id: string, heading: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  await expect(page).toHaveTitle(new RegExp(`^Step ${number} of 9: ${heading}`));
  expect(new URL(page.url()).hash).toBe(`#/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await sound(page);
}

/** Nothing for axe to find, nothing to scroll sideways for, and no secret anywhere in it. */
export async function sound(page: Page): Promise<void> {
  await keepsNone(page);
  await axe(page);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(beyond, `pixels beyond the right edge of ${page.url()}`).toBeLessThanOrEqual(0);
}

/** Who moves the data, by the words of the first step. */
export type Way = 'Direct sync' | 'Entra’s provisioning service';

/** Step 1: says that nothing else provisions, and chooses a way. */
export async function starts(page: Page, way: Way = 'Direct sync', address = './'): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose how to provision');
  await page.getByRole('radio', { name: /^No/ }).check();
  await page.getByRole('radio', { name: new RegExp(`^${way}`) }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
}

/** Steps 1 to 3: chooses a way, signs in, and has consent given. */
export async function signsIn(page: Page, account = 'Ada', way: Way = 'Direct sync', address = './'): Promise<void> {
  await starts(page, way, address);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: new RegExp(account) }).click();
  const consent = page.getByRole('heading', { name: 'Permissions requested' });
  await expect(consent.or(page.getByRole('heading', { name: 'Permissions and consent' }))).toBeVisible();
  if (await consent.isVisible()) await page.getByRole('button', { name: 'Accept' }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
}

/** Step 2: signs in once more with the permissions for managing registrations; who has them already goes on. */
export async function withRights(page: Page): Promise<void> {
  const more = page.getByRole('button', { name: 'Sign in with an administrator’s rights' });
  const accept = page.getByRole('button', { name: 'Accept' });
  const there = page.getByRole('button', { name: 'Look at the registration' });
  await expect(more.or(there)).toBeVisible();
  if (await more.isVisible()) await more.click();
  await expect(accept.or(there)).toBeVisible();
  if (await accept.isVisible()) await accept.click();
  await expect(there).toBeVisible();
}

/** Somebody at another machine. */
export interface Colleague {
  readonly page: Page;
  /** Asserts that the machine keeps nothing of it, shows no secret and complained of nothing, and closes its browser. */
  leaves(): Promise<void>;
}

/** Opens a browser that shares nothing with the first one, and listens to it as closely. */
export async function colleague(browser: Browser, world: Server): Promise<Colleague> {
  const context = await browser.newContext();
  const complaints = await listen(context, world.origins);
  const secrets = watch(context, world.address);
  const page = await context.newPage();
  const leaves = async () => {
    const kept = await page.evaluate(() => ({ local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie }));
    expect(kept).toEqual({ local: {}, session: {}, cookies: '' });
    expect(complaints.all(), 'the colleague’s browser complained').toEqual([]);
    await secrets.allClean();
    await secrets.nowhere();
    secrets.absent(world.said(), 'the log of the program');
    await context.close();
  };
  return { page, leaves };
}

/** Somebody who only came to consent reads this and nothing else. */
export async function isThanked(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Thank you: you can close this window');
  await expect(page.getByText('Tell your colleague to press Check again.')).toBeVisible();
  await expect(page).toHaveTitle('Thank you – SCIM Setup');
  await expect(page.getByRole('navigation', { name: 'Steps' })).toHaveCount(0);
}

/** Step 3: a colleague opens the link that the page shows on a machine of their own, consents there as Grace, and is thanked. */
export async function asksColleague(page: Page, browser: Browser, world: Server): Promise<void> {
  await page.getByText('Somebody else has to consent').click();
  const link = await page.locator('.copy').filter({ hasText: 'consent link' }).locator('code').first().innerText();
  const other = await colleague(browser, world);
  await other.page.goto(link);
  await other.page.getByRole('button', { name: /^Grace/ }).click();
  await other.page.getByRole('button', { name: 'Accept' }).click();
  await isThanked(other.page);
  await sound(other.page);
  await other.leaves();
}

/**
 * Step 3: a fresh token shows what was consented to. It takes a moment to get there; the page waits for it after a consent of
 * its own, and when it is told to look again.
 */
export async function proves(page: Page, granted = 3): Promise<void> {
  const goOn = page.getByRole('button', { name: 'Continue' });
  const notYet = page.getByText('Not there yet', { exact: true });
  await expect(goOn.or(page.getByRole('button', { name: 'Stop waiting' })).or(notYet)).toBeVisible();
  if (await notYet.isVisible()) await page.getByRole('button', { name: 'Check again' }).click();
  await expect(goOn).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('table').getByText('granted', { exact: true })).toHaveCount(granted);
  await sound(page);
}

/** Step 3: an administrator consents, and a fresh token shows it. */
export async function consents(page: Page, granted = 3): Promise<void> {
  await page.getByRole('button', { name: 'Grant admin consent' }).click();
  const accept = page.getByRole('button', { name: 'Accept' });
  const ada = page.getByRole('button', { name: /Ada/ });
  await expect(accept.or(ada).first()).toBeVisible();
  if (await ada.isVisible()) await ada.click();
  await accept.click();
  await proves(page, granted);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Step 4: where to, with which token. */
export async function aims(page: Page, address: string, token: string): Promise<void> {
  await arrives(page, 4, 'workspace', 'Databricks workspace');
  await page.getByLabel('Workspace or account SCIM URL').fill(address);
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Save and continue' }).click();
}

/** Step 5: tests the connection; gives the stages with their states. */
export async function tests(page: Page): Promise<string[]> {
  await arrives(page, 5, 'test', 'Test the connection');
  await page.getByRole('button', { name: 'Test connection' }).click();
  const stages = page.locator('ol.stages > li');
  await expect(stages).toHaveCount(8);
  await expect(stages.locator('.state')).toHaveText(Array<RegExp>(8).fill(/^(passed|warning|failed|skipped)$/));
  await sound(page);
  const words = async (at: number) => {
    const name = await stages.nth(at).locator('.name').innerText();
    return `${name}: ${await stages.nth(at).locator('.state').innerText()}`;
  };
  return Promise.all(Array.from({ length: 8 }, (_, at) => words(at)));
}

/** What the test says where all is well. Account SCIM has no `Me`, so its token's owner is not known. */
export const healthy: Record<Level, readonly string[]> = {
  workspace: [
    'Address understood: passed',
    'Relay answers: passed',
    'Host reached: passed',
    'Token accepted: passed',
    'Right level: passed',
    'May administer users: passed',
    'May read groups: passed',
    "Token's owner known: passed",
  ],
  account: [
    'Address understood: passed',
    'Relay answers: passed',
    'Host reached: passed',
    'Token accepted: passed',
    'Right level: passed',
    'May administer users: passed',
    'May read groups: passed',
    "Token's owner known: skipped",
  ],
};

/** Step 6: picks groups by name. */
export async function picks(page: Page, groups: readonly string[]): Promise<void> {
  await arrives(page, 6, 'scope', 'Users and groups');
  for (const group of groups) {
    await page.getByLabel('Search users and groups').fill(group);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('button', { name: `Add ${group}`, exact: true }).click();
  }
  const chosen = page.getByRole('region', { name: 'Chosen' }).getByRole('listitem');
  await expect(chosen).toHaveCount(groups.length);
  await sound(page);
  await page.getByRole('button', { name: 'Save and continue' }).click();
}

/** What a button saves. */
export async function saves(page: Page, button: string): Promise<string> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: button, exact: true }).click();
  return readFile(await (await coming).path(), 'utf8');
}

/** Step 7: waits for the plan and reads it from the file. */
export async function reviews(page: Page): Promise<{ plan: Plan; text: string }> {
  await arrives(page, 7, 'review', 'Review changes');
  await expect(page.getByRole('heading', { name: 'The plan' })).toBeVisible({ timeout: 30_000 });
  await sound(page);
  const text = await saves(page, 'Download plan');
  const { plan } = JSON.parse(text) as { plan: Plan };
  return { plan, text };
}

/** Step 8: applies everything and goes on to the summary. */
export async function applies(page: Page, timeout: number): Promise<void> {
  await page.getByRole('button', { name: 'Apply changes' }).click();
  await arrives(page, 8, 'sync', 'Synchronise');
  await expect(page.getByText('Everything is done')).toBeVisible({ timeout });
  await expect(page.getByText('Read back and found as written')).toBeVisible();
  await sound(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 9, 'done', 'Summary');
}

/** Steps 1 to 5: everything before the choice of groups. */
export async function connects(page: Page, world: Server, level: Level): Promise<{ facts: Facts; stages: string[] }> {
  const known = await facts(page, world);
  await signsIn(page);
  await consents(page);
  await aims(page, known.address[level], known.token[level]);
  const stages = await tests(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  return { facts: known, stages };
}

/**
 * Databricks shows new objects late, in the sample too: a page that looks for one asks again, and the browser notes the
 * first answer. Nothing but a 404 for a single object by its id is allowed.
 */
export function allowsLateReads(complaints: Complaints): void {
  complaints.allow(/^console error: Failed to load resource: .* 404 \(Not Found\) \([^)]*\/relay\/[^)]*\/(Users|Groups)\/\d+\)$/);
}
