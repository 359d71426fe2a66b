/** From the first step to the summary without a pointer. */
import { expect, test } from './world.ts';
import { allowsLateReads, facts } from './person.ts';
import type { Locator, Page } from '@playwright/test';

test.use({ serveWith: ['--people', '24', '--groups', '3'] });

/** Presses Tab until this has the focus. */
async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target, 'reached with Tab').toBeFocused();
}

async function press(page: Page, target: Locator, key: 'Enter' | 'Space'): Promise<void> {
  await reach(page, target);
  await page.keyboard.press(key);
}

/** Replaces what stands in a field. */
async function types(page: Page, target: Locator, text: string): Promise<void> {
  await reach(page, target);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** The step is shown and its heading has the focus, so that Tab goes on from there. */
async function stepped(page: Page, number: number, heading: string): Promise<void> {
  await expect(page).toHaveTitle(new RegExp(`^Step ${number} of 9: ${heading}`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
}

test('the keyboard alone leads from the first step to the summary', async ({ page, world, complaints }) => {
  test.setTimeout(150_000);
  allowsLateReads(complaints);
  const known = await facts(page, world);
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

  await page.goto('./');
  await expect(page).toHaveTitle(/^Step 1 of 9/);
  await press(page, page.getByRole('link', { name: 'Skip to the step' }), 'Enter');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  // Without an answer Tab reaches the first choice.
  await press(page, page.getByRole('radio', { name: /^No/ }), 'Space');
  await expect(page.getByRole('radio', { name: /^No/ })).toBeChecked();
  await press(page, page.getByRole('radio', { name: /^Entra’s provisioning/ }), 'Space');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: /^Direct sync/ })).toBeChecked();
  await press(page, button('Continue'), 'Enter');

  await stepped(page, 2, 'Register the application');
  // Enter in a field is the main button.
  await press(page, page.locator('#client-id'), 'Enter');
  await press(page, button(/^Ada/), 'Enter');
  await press(page, button('Accept'), 'Space');

  await stepped(page, 3, 'Permissions and consent');
  await press(page, button('Grant admin consent'), 'Enter');
  const accept = button('Accept');
  await expect(accept.or(button(/^Ada/)).first()).toBeVisible();
  if (await accept.isHidden()) await press(page, button(/^Ada/), 'Enter');
  await press(page, accept, 'Enter');
  // The page waits for a token that holds it.
  await expect(button('Continue')).toBeVisible({ timeout: 30_000 });
  await press(page, button('Continue'), 'Enter');

  await stepped(page, 4, 'Databricks workspace');
  await types(page, page.locator('#target'), known.address.account);
  await types(page, page.locator('#token'), known.token.account);
  await page.keyboard.press('Enter');

  await stepped(page, 5, 'Test the connection');
  await press(page, button('Test connection'), 'Space');
  await expect(button('Test connection')).toBeFocused();
  await expect(button('Continue')).toBeVisible();
  await expect(button('Test connection'), 'the focus stays').toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(button('Continue')).toBeFocused();
  await page.keyboard.press('Enter');

  await stepped(page, 6, 'Users and groups');
  await types(page, page.locator('#search'), 'Data Eng');
  await page.keyboard.press('Enter');
  await press(page, button('Add Data Engineers'), 'Space');
  await expect(page.locator(':focus'), 'the focus stays').toHaveText(/^Remove/);
  await press(page, button('Save and continue'), 'Enter');

  await stepped(page, 7, 'Review changes');
  await reach(page, page.getByRole('region', { name: 'Lines of the plan' }));
  await press(page, button('Apply changes'), 'Enter');

  await stepped(page, 8, 'Synchronise');
  await press(page, button('Pause'), 'Space');
  await expect(page.getByRole('heading', { name: 'Paused' })).toBeVisible();
  await expect(page.locator(':focus'), 'the focus stays').toHaveText(/^Resume/);
  await page.keyboard.press('Space');
  await expect(page.getByText('Everything is done')).toBeVisible({ timeout: 90_000 });
  // The button that had the focus is gone, so the heading has it.
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await press(page, button('Continue'), 'Enter');

  await stepped(page, 9, 'Summary');
  const saved = page.waitForEvent('download');
  await press(page, button('Download report'), 'Enter');
  expect((await saved).suggestedFilename()).toBe('scim-setup-report.json');
  await press(page, button('Make a new plan'), 'Space');

  await stepped(page, 7, 'Review changes');
  await expect(page.getByText('There is nothing to do')).toBeVisible({ timeout: 30_000 });
});

test('a dialog keeps the focus, gives it back, and Escape answers no', async ({ page }) => {
  await page.goto('./');
  const over = page.getByRole('button', { name: 'Start over' });
  await press(page, over, 'Enter');
  const dialog = page.getByRole('dialog', { name: 'Start over?' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(over).toBeFocused();
});
