/** What somebody with all rights does for others, and what people are told of their own. */
import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import { colleague, isThanked, sound } from './person.ts';
import type { Server } from './world.ts';

/** A Global Administrator lets the application manage registrations and read roles, and nothing else but these, for everybody. */
export async function allows(browser: Browser, world: Server, ...further: string[]): Promise<void> {
  const cloud = world.config.clouds?.[0];
  const scopes = ['Application.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'RoleManagement.Read.Directory', ...further];
  const link = new URLSearchParams({
    client_id: world.config.clientId ?? '', redirect_uri: world.address, state: 'colleague',
    scope: scopes.map((scope) => `${cloud?.graph}/${scope}`).join(' '),
  });
  const other = await colleague(browser, world);
  await other.page.goto(`${cloud?.authority}/${world.config.tenantId}/v2.0/adminconsent?${link}`);
  await other.page.getByRole('button', { name: /^Grace/ }).click();
  await other.page.getByRole('button', { name: 'Accept' }).click();
  await isThanked(other.page);
  await other.leaves();
}

/** Step 3: has the page look at one's own roles and the licence; gives the row of that name. */
export async function looksAtRoles(page: Page): Promise<(name: string) => Locator> {
  await page.getByRole('link', { name: /Permissions and consent/ }).click();
  await page.getByText('What you can do about it yourself').click();
  await page.getByRole('button', { name: 'Check my roles and the licence' }).click();
  const about = page.getByRole('region', { name: 'You and this tenant' });
  await expect(about).toBeVisible();
  await sound(page);
  return (name) => about.getByRole('row').filter({ hasText: name });
}
