import { type Browser, chromium } from 'playwright-core'
import { browserFlags } from '../newcomer.ts'
import { phoneWidth } from './frame.ts'

/** What does not read well on the screen, in words. */
export type Flaws = readonly string[]

export interface Camera {
  /** Draws the page as a PNG. @returns what is cut off or wraps where it must not. */
  shoot(html: string, path: string): Promise<Flaws>
  close(): Promise<void>
}

/** Runs in the page, which the tests do not know: it is text. */
const inspect = `[...document.querySelectorAll('.phone')].flatMap((phone) => {
  const flaws = []
  const words = (element) => element.textContent.trim().slice(0, 60)
  for (const code of phone.querySelectorAll('pre.code')) {
    const range = document.createRange()
    range.selectNodeContents(code)
    const shown = new Set([...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.top))).size
    const filled = code.textContent.split('\\n').filter((line) => line !== '').length
    if (shown > filled) flaws.push('code wraps (' + filled + ' lines take ' + shown + '): ' + words(code))
  }
  const push = phone.querySelector('.push')
  if (push && push.scrollHeight > push.clientHeight + 1) flaws.push('notification cut: ' + words(push))
  for (const button of phone.querySelectorAll('button'))
    if (button.scrollWidth > button.clientWidth + 1 || button.getClientRects()[0].height > 60) flaws.push('button wraps: ' + words(button))
  const edge = phone.getBoundingClientRect().right
  for (const element of phone.querySelectorAll('.message *'))
    if (element.getBoundingClientRect().right > edge + 1) flaws.push('beyond the edge: ' + words(element))
  return flaws
})`

/** A browser that takes pictures of pages; text twice as sharp as CSS pixels, as on a phone. @param scale device pixels to one CSS pixel. */
export async function openCamera(executablePath: string, scale = 2): Promise<Camera> {
  const browser: Browser = await chromium.launch({ executablePath, headless: true, args: [...browserFlags] })
  const context = await browser.newContext({ viewport: { width: phoneWidth, height: 812 }, deviceScaleFactor: scale })
  return {
    async shoot(html, path) {
      const page = await context.newPage()
      await page.setContent(html, { waitUntil: 'load' })
      const flaws = (await page.evaluate(inspect)) as Flaws
      await page.locator('body').screenshot({ path, omitBackground: true })
      await page.close()
      return flaws
    },
    close: () => browser.close(),
  }
}
