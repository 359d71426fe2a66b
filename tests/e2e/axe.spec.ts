/** The eyes of the other tests: they see a fault that is there, also where the same page was sound a moment ago. */
import { axe, expect, test } from './world.ts';

test('a fault on a page that was sound before is found', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose how to provision');
  await axe(page);
  await page.evaluate(() => {
    document.querySelector('main')?.append(document.createElement('img'));
  });
  await expect(axe(page)).rejects.toThrow(/image-alt/);
  await page.evaluate(() => document.querySelector('main img')?.remove());
  await axe(page);
});
