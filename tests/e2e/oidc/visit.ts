/** What a person does and sees on the way to the provider and back, in the words of the page. */
import type { Page } from '@playwright/test';
import type { Words } from './words.ts';
import { expect } from './world.ts';

/** Where the page keeps the record of a sign-in while the browser is away. */
const record = 'scim-setup.pending';

const signIn = (page: Page) => page.getByRole('button', { name: 'Sign in with Microsoft' });
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

/** Leaves the page for the sign-in service, as this application. */
export async function leaves(page: Page, application?: string): Promise<void> {
  if (application) await page.getByLabel('Application (client) ID').fill(application);
  await signIn(page).click();
}

/** Picks the account. */
export async function picks(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Ada Lindqvist' }).click();
}

/** Consents to what is asked for. */
export async function accepts(page: Page): Promise<void> {
  await expect(heading(page)).toHaveText('Permissions requested');
  await page.getByRole('button', { name: 'Accept' }).click();
}

/** Presses Cancel where the provider asks. */
export async function declines(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Cancel' }).click();
}

/** Opens the page, goes to the sign-in service, and comes back with whatever it says. */
export async function goesThere(page: Page, application?: string): Promise<void> {
  await page.goto('./#/register');
  await leaves(page, application);
  await picks(page);
  await accepts(page);
}

/** Somebody is signed in, and nothing is said against it. */
export async function isSignedIn(page: Page): Promise<void> {
  await expect(heading(page)).toHaveText('Permissions and consent');
  await expect(page.getByRole('banner')).toContainText('Signed in ada@contoso.example');
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(await kept(page)).toBeNull();
}

/** Signs in with what signing in needs. */
export async function signsIn(page: Page, application?: string): Promise<void> {
  await goesThere(page, application);
  await isSignedIn(page);
}

/** What stands in the table of permissions, in its order: `User.Read`, `User.Read.All`, `GroupMember.Read.All`. */
export async function permissions(page: Page, ...states: string[]): Promise<void> {
  await expect(page.locator('table tbody tr td:last-child')).toHaveText(states);
}

/** Gets a token that may read the directory: at step 3, with the provider's own consent. */
export async function getsAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Check again' }).click();
  await accepts(page);
  await permissions(page, 'granted', 'granted', 'granted');
}

/** The page stands at this step and says exactly this, and nobody is signed in. */
export async function isTold(page: Page, says: Words, step = 'register'): Promise<void> {
  const [what, why, todo] = says;
  const alert = page.getByRole('alert');
  await expect(alert.locator('p')).toHaveText([what, why, `What to do: ${todo}`]);
  await expect(page).toHaveURL(new RegExp(`^http://localhost:\\d+/#/${step}$`));
  await expect(page.getByRole('banner')).not.toContainText('Signed in');
  await expect(page.getByText('Waiting for Microsoft')).toHaveCount(0);
}

/** What the details for support hold under this name. */
export async function detail(page: Page, name: string): Promise<string> {
  return await page.getByRole('alert').locator(`dt:text-is("${name}") + dd`).textContent() ?? '';
}

/** The step of the application, ready to sign in, with nothing said. */
export async function isReady(page: Page): Promise<void> {
  await expect(heading(page)).toHaveText('Register the application');
  await expect(signIn(page)).toBeEnabled();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByText('Waiting for Microsoft')).toHaveCount(0);
}

/** The record of a sign-in under way, if there is one. */
export async function kept(page: Page): Promise<string | null> {
  return page.evaluate((key) => sessionStorage.getItem(key), record);
}

/** Changes what this tab keeps when the browser comes back, before anything of the page runs. */
export async function meanwhile(page: Page, change: (record: string) => void): Promise<void> {
  await page.addInitScript({ content: `if (location.hostname === 'localhost') (${change.toString()})(${JSON.stringify(record)});` });
}

/** Searches the directory, as step 6 does. */
export async function searches(page: Page): Promise<void> {
  await page.getByLabel('Search users and groups').fill('Data');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
}

/** Goes to a step without reloading. */
export async function goesTo(page: Page, step: string, title: string): Promise<void> {
  await page.evaluate((id) => { location.hash = `/${id}`; }, step);
  await expect(heading(page)).toHaveText(title);
}

/** The search found what the directory holds. */
export async function finds(page: Page): Promise<void> {
  const found = page.getByRole('region', { name: 'Found' }).getByRole('listitem');
  await expect(found).toHaveCount(2);
  await expect(found.nth(0)).toContainText('Data Engineers');
  await expect(found.nth(1)).toContainText('steward@contoso.example');
}

/** The search says exactly this. */
export async function searchFails(page: Page, [what, why, todo]: Words): Promise<void> {
  await expect(page.getByRole('alert').locator('p')).toHaveText([what, why, `What to do: ${todo}`]);
}
