/** What is entered to name application and tenant is looked at before the browser leaves; what Microsoft shows is explained. */
import { arrives, facts, sound } from './person.ts';
import { expect, test } from './world.ts';

test('look-alikes are caught, a domain stands for its tenant, and a page of Microsoft is explained', async ({ page, world, complaints }) => {
  complaints.allow(/status of 400/);
  const { clientId, tenantId } = await facts(page, world);
  await page.goto('./#/register');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Register the application');
  const [client, tenant] = [page.getByLabel('Application (client) ID'), page.getByLabel('Directory (tenant) ID')];
  const problems = page.getByRole('group', { name: 'There is a problem' }).getByRole('listitem');
  const press = () => page.getByRole('button', { name: 'Sign in with Microsoft' }).click();

  await client.fill(tenantId);
  await tenant.fill(clientId);
  await press();
  await expect(problems).toHaveText([
    'This is the ID of a tenant, not of an application. The application’s own ID stands under “Application (client) ID” on its Overview page.',
    'The tenant’s ID stands in the field above: exchange the two.',
  ]);
  await sound(page);
  await client.fill(clientId);
  await tenant.fill('fabrikam.example');
  await press();
  await expect(problems).toHaveText([
    'The cloud “Sample tenant” has no tenant “fabrikam.example”. Copy the Directory (tenant) ID from the application’s Overview page; if it is right, choose the tenant’s cloud below.',
  ]);
  await expect(page).toHaveTitle(/^Error: Step 2 of 9/);

  await page.getByText('Microsoft shows an error, and you do not come back').click();
  const pasted = page.getByLabel('What Microsoft’s page says');
  await pasted.fill('Something went wrong.');
  await page.getByRole('button', { name: 'Explain it' }).click();
  await expect(page.getByText('There is no error number in this text.')).toBeVisible();
  await pasted.fill('Request Id: 5e1f\nCorrelation Id: 9b0c\nTimestamp: 2026-11-24T08:00:00Z\nMessage: AADSTS50011: The redirect URI does not match.');
  await page.getByRole('button', { name: 'Explain it' }).click();
  await expect(page.getByText('The application does not know this page\'s address.')).toBeVisible();
  await page.getByText('Details for support').click();
  await expect(page.locator('dt:text-is("correlation id") + dd')).toHaveText('9b0c');
  await page.context().grantPermissions(['clipboard-write']);
  await page.getByRole('button', { name: 'Copy the details' }).click();
  await expect(page.getByRole('button', { name: 'Copied the details' })).toBeVisible();
  // The page's own policy forbids it to read the clipboard; a person may paste.
  await pasted.press('ControlOrMeta+a');
  await pasted.press('ControlOrMeta+v');
  expect(await pasted.inputValue()).toMatch(/^The application does not know this page's address\.\n[^]*\n  trace id: 5e1f\n  correlation id: 9b0c\n/);
  await sound(page);

  await tenant.fill('ada@contoso.example');
  await press();
  await page.getByRole('button', { name: /Ada/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await arrives(page, 3, 'consent', 'Permissions and consent');
  await page.getByRole('link', { name: /Register the application/ }).click();
  await expect(tenant).toHaveValue(tenantId);
});

test('an object ID in the place of the application’s own ends at Microsoft, whose page is explained', async ({ page, world, complaints }) => {
  complaints.allow(/Failed to load resource: .* 400 \(Bad Request\) \([^)]*\/authorize\?/);
  const { clientId, tenantId } = await facts(page, world);
  const tab = await page.context().newPage();
  await tab.goto(`${world.config.clouds?.[0]?.portal}/applications`);
  await tab.getByRole('listitem').filter({ hasText: clientId }).getByRole('link').click();
  const value = (label: string) => tab.locator(`dt:text-is("${label}") + dd code`).innerText();
  expect(await value('Application (client) ID')).toBe(clientId);
  const object = await value('Object ID');
  expect(object).not.toBe(clientId);
  await tab.close();

  await page.goto('./#/register');
  await page.getByLabel('Application (client) ID').fill(object);
  await page.getByLabel('Directory (tenant) ID').fill(tenantId);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  // Nobody is sent back from there: what it shows is all that there is.
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(`AADSTS700016: Application with identifier '${object}' was not found`);
  const words = await alert.innerText();
  await page.goBack();
  await expect(page.getByText('You are back without an answer')).toBeVisible();
  await expect(page.getByLabel('Application (client) ID')).toHaveValue(object);
  await page.getByText('Microsoft shows an error, and you do not come back').click();
  await page.getByLabel('What Microsoft’s page says').fill(words);
  await page.getByRole('button', { name: 'Explain it' }).click();
  await expect(page.getByText('This tenant does not know the application.')).toBeVisible();
  await expect(page.getByText('the Object ID there looks alike and is not meant')).toBeVisible();
  await sound(page);

  await page.getByLabel('Application (client) ID').fill(clientId);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await expect(page.getByRole('button', { name: /Ada/ })).toBeVisible();
});
