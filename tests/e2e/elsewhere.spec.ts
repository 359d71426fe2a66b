/** A setup that somebody else made: what it names is used once the person who opens it says that they know it. */
import { aims, arrives, facts, sound, starts } from './person.ts';
import { expect, test } from './world.ts';

const STRANGER = '00000000-0000-0000-0000-0000000000bb';

test('application and address of a setup file are confirmed by name before they are used', async ({ page, world, secrets }) => {
  const known = await facts(page, world);
  await page.goto('./');
  await page.getByText('Go on with a setup file').click();
  const setup = {
    version: 1, way: 'direct', identityManagement: 'off', cloud: 'sample', tenant: known.tenantId, client: STRANGER,
    target: known.address.account,
  };
  await page.getByLabel('Setup file').setInputFiles({
    name: 'scim-setup.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(setup)),
  });
  await expect(page.getByText('The setup is taken over')).toBeVisible();

  // The application: nothing is asked of Microsoft before somebody says that it is theirs.
  await page.getByRole('button', { name: 'Continue' }).click();
  await arrives(page, 2, 'register', 'Register the application');
  const ours = page.getByRole('checkbox', { name: 'I know this application, and it is ours' });
  await expect(ours).not.toBeChecked();
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.locator('#error-summary')).toContainText('Say that you know the application, or enter your own.');
  await sound(page);
  expect(new URL(page.url()).origin).toBe(new URL(world.address).origin);
  // One that is typed here is nobody's but ours.
  await page.getByLabel('Application (client) ID').fill(known.clientId);
  await expect(ours).toHaveCount(0);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByRole('button', { name: /Ada/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');

  // The address: the token stays in its field until somebody says that they know where it goes. The trip did not make that forgotten.
  await page.goto('./#/workspace');
  const address = page.getByRole('checkbox', { name: 'I know this address, and it is ours' });
  await expect(address).not.toBeChecked();
  await expect(page.getByText(known.address.account, { exact: true })).toBeVisible();
  await page.getByLabel('Token', { exact: true }).fill(known.token.account);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.locator('#error-summary')).toContainText('Say that you know the address, or enter your own.');
  await sound(page);
  await expect(page.getByLabel('Token', { exact: true })).toHaveValue(known.token.account);
  await address.check();
  await expect(page.locator('#error-summary')).toHaveCount(0);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await arrives(page, 5, 'test', 'Test the connection');

  // From here on nobody sees it any more.
  secrets.add(known.token.account);

  // It was said once.
  await page.goto('./#/workspace');
  await expect(page.getByText('A token is in memory')).toBeVisible();
  await expect(address).toHaveCount(0);
});

test('an address of one’s own is asked for no more than before', async ({ page, world, secrets }) => {
  const known = await facts(page, world);
  secrets.add(known.token.workspace);
  await starts(page);
  await page.goto('./#/workspace');
  await aims(page, known.address.workspace, known.token.workspace);
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await arrives(page, 5, 'test', 'Test the connection');
});

test('an address of the board with a strange application leads no further than the question', async ({ page, world }) => {
  const known = await facts(page, world);
  const heading = page.getByRole('heading', { level: 1 });
  const ours = page.getByRole('checkbox', { name: 'I know this application, and it is ours' });
  await page.goto(`./#/board/sample/${known.tenantId}/${STRANGER}`);
  await expect(heading).toHaveText('Register the application');
  await expect(ours).not.toBeChecked();
  // Nor do the other ways out of the page: Microsoft is asked nothing.
  await page.goto('./#/consent');
  await page.getByRole('button', { name: 'Grant admin consent' }).click();
  await expect(heading).toHaveText('Register the application');
  await expect(ours).not.toBeChecked();
  // A slip of the pen confirms nothing.
  await page.getByLabel('Application (client) ID').fill('no id');
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.locator('#error-summary')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Application (client) ID')).toHaveValue(STRANGER);
  await expect(ours).not.toBeChecked();
  await sound(page);
});

test('an address that names no tenant of this page leads nowhere', async ({ page, world }) => {
  const known = await facts(page, world);
  await page.goto(`./#/board/atlantis/${known.tenantId}/${known.clientId}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose how to provision');
  await page.goto('./#/board/sample/no-tenant/no-client');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose how to provision');
});
