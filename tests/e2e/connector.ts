/** What an administrator does to have Entra provision, in the words that the page shows. */
import { expect, type Locator, type Page } from '@playwright/test';
import { arrives, facts, proves, signsIn, sound, type Facts, type Level } from './person.ts';
import type { Server } from './world.ts';

/** The permissions that the connector needs. */
export const PERMISSIONS = 6;

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name });

/** Steps 1 to 3, on this way. On a later visit nobody is asked to consent once more. */
export async function enters(page: Page, account = 'Ada', address = './'): Promise<void> {
  await signsIn(page, account, 'Entra’s provisioning service', address);
  await allowed(page);
}

/** Step 3: has it what this way needs, signing in once more where one permission is missing, and goes on. */
export async function allowed(page: Page): Promise<void> {
  const more = page.getByRole('button', { name: 'Sign in so that this page can assign' });
  await expect(more.or(page.getByRole('button', { name: 'Continue' })).first()).toBeVisible();
  if (await more.isVisible()) {
    const left = page.waitForEvent('framenavigated');
    await more.click();
    await left;
    await page.getByRole('button', { name: 'Accept' }).click();
  }
  await proves(page, PERMISSIONS);
  await expect(page.getByText('Assigning from here takes one more permission')).toBeHidden();
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 4, 'workspace', 'Databricks workspace');
}

/** Step 4: where to, with which token, and what there is to say of the connector. */
export async function tells(page: Page, known: Facts, level: Level, token = known.token[level]): Promise<void> {
  await expect(button(page, 'Look again')).toBeVisible();
  await sound(page);
  if (level === 'workspace') {
    await page.getByLabel('Whose token is it?').selectOption('nobody');
  }
  await page.getByLabel('Workspace or account SCIM URL').fill(known.address[level]);
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Save and continue' }).click();
}

/** Step 5: has Entra test the connection; gives the stages with their states. */
export async function tested(page: Page): Promise<string[]> {
  await arrives(page, 5, 'test', 'Test the connection');
  return runs(page, 'Test connection');
}

/** Presses what carries out stages; gives them with their states, once each of them has come to an end. */
export async function runs(page: Page, what: string): Promise<string[]> {
  const rows = page.locator('#stages').locator('xpath=ancestor::section[1]').getByRole('row');
  // Those of an earlier run stand there until this one begins.
  await rows.evaluateAll((all) => { for (const row of all) row.setAttribute('data-before', ''); });
  await button(page, what).click();
  await expect(page.locator('#above [data-before]')).toHaveCount(0);
  let read: string[] = [];
  await expect(async () => {
    read = await rows.evaluateAll((all) =>
      all.slice(1).map((row) => {
        const [state, stage] = [...row.querySelectorAll('td')];
        return `${stage?.firstChild?.textContent ?? ''}: ${state?.textContent ?? ''}`;
      }),
    );
    expect(read.length).toBeGreaterThan(0);
    expect(read.filter((stage) => !/: (passed|warning|failed|skipped)$/.test(stage))).toEqual([]);
  }).toPass({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Stop waiting' })).toHaveCount(0);
  await sound(page);
  return read;
}

/** Step 6: whom, and how. */
export async function chooses(page: Page, names: string[]): Promise<void> {
  await arrives(page, 6, 'scope', 'Users and groups');
  for (const name of names) {
    await page.getByLabel('Search users and groups').fill(name);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('button', { name: `Add ${name}`, exact: true }).click();
  }
  await page.getByLabel('Notification email').fill('ops@contoso.example');
}

/** Step 7: what would be written is shown, and can be. */
export async function reviewed(page: Page, what: 'Start provisioning' | 'Write these changes'): Promise<void> {
  await arrives(page, 7, 'review', 'Review changes');
  await expect(button(page, what)).toBeVisible({ timeout: 60_000 });
}

/** Writes it; gives the stages with their states. */
export async function writes(page: Page, what: 'Start provisioning' | 'Write these changes'): Promise<string[]> {
  return runs(page, what);
}

/** Says yes to what is asked once more, and waits until it is done: the question goes as soon as that begins. */
export async function insists(page: Page, what: string): Promise<void> {
  const yes = page.getByRole('button', { name: what, exact: true });
  await yes.click();
  await expect(yes).toHaveCount(0);
  await expect(button(page, 'Stop waiting')).toHaveCount(0);
}

/** Step 8: pauses provisioning. */
export async function pauses(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Pause provisioning…' }).click();
  await insists(page, 'Pause it');
  await expect(page.locator('#above .title').first()).toHaveText('Stopped', { timeout: 30_000 });
  await sound(page);
}

/** Step 8: has it go on, over what would be written. */
export async function resumes(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at the changes, then resume' }).click();
  await reviewed(page, 'Start provisioning');
  await writes(page, 'Start provisioning');
}

/** Goes to another step, by the list of steps. */
export async function goes(page: Page, id: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Steps' }).locator(`a[href="#/${id}"]`).click();
}

/** Step 8: comes to the board anew, which looks at once, and sees this. */
export async function looks(page: Page, headline: string): Promise<void> {
  await goes(page, 'done');
  await arrives(page, 9, 'done', 'Summary');
  await goes(page, 'sync');
  await arrives(page, 8, 'sync', 'Synchronise');
  await expect(page.locator('#above .title').first()).toHaveText(headline, { timeout: 30_000 });
}

/** The address and the authorisation of the next request to Graph about the connector's jobs. */
export async function overheard(page: Page, doing: () => Promise<void>): Promise<{ jobs: string; authorization: string }> {
  const asked = page.waitForRequest(/\/servicePrincipals\/[^/]+\/synchronization\/jobs/);
  await doing();
  const request = await asked;
  return {
    jobs: request.url().replace(/(\/synchronization\/jobs).*$/, '$1'),
    authorization: request.headers()['authorization'] ?? 'none',
  };
}

/** Lets time pass for provisioning and Databricks alone. */
export async function pass(world: Server, minutes: number): Promise<void> {
  const cloud = world.config.clouds?.[0];
  const answer = await fetch(`${cloud?.authority}/sample/time`, { method: 'POST', body: new URLSearchParams({ minutes: String(minutes) }) });
  expect(answer.status).toBe(200);
}

/** A door of the sample tenant: ends tokens, and shuts Entra out. */
export async function door(world: Server, path: string, values: Record<string, string>): Promise<string> {
  const cloud = world.config.clouds?.[0];
  const answer = await fetch(`${cloud?.authority}/sample/${path}`, { method: 'POST', body: new URLSearchParams(values) });
  expect(answer.status).toBe(200);
  return answer.text();
}

export { facts };
