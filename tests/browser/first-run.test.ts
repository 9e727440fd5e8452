import { mkdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserFlags, browserPath, freePort, type Newcomer, startAsNewcomer } from '../support/newcomer.ts'

const executablePath = browserPath()
if (executablePath === null) console.warn('no browser: set CHROMIUM to one, or install chromium; the first run in a browser is not tested')

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: 'dark' } as const
const desk = { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' } as const
const pictures = fileURLToPath(new URL('../screenshots/', import.meta.url))
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** What runs in the page is text: the tests know no browser. */
const reportRules =
  "document.addEventListener('securitypolicyviolation', (e) => console.error('content rule ' + e.violatedDirective + ': ' + e.blockedURI))"
const severalColours = `[...document.querySelectorAll('canvas')].some((canvas) => {
  const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)
  return new Set(pixels).size > 2
})`
/** What a browser notes by itself about a refusal, which the page shows, and about a bot that is away. */
const expected = /status of 409|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/
/** Real milliseconds to wait for anything; a busy machine is slow, not wrong. */
const patience = 60_000

let folder = ''
let port = 0
let bot: Newcomer
let browser: Browser
/** What a browser complains about: broken content rules, errors in its console, exceptions. */
const complaints: string[] = []

async function open(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(`console: ${message.text()}`)
  })
  await page.addInitScript({ content: reportRules })
  await page.goto(bot.url)
  return page
}

/** One picture in the dark and one in the light. */
async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(150)
    await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) })
  }
}

/** What axe calls serious or critical, in both themes. */
async function barriers(page: Page): Promise<readonly string[]> {
  const found: string[] = []
  await page.evaluate(axeSource)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(150)
    const results = (await page.evaluate('axe.run()')) as AxeResults
    for (const { id, impact, nodes } of results.violations)
      if (impact === 'serious' || impact === 'critical')
        found.push(`${colorScheme} ${id}: ${nodes.map((n) => n.html.slice(0, 90)).join(' | ')}`)
  }
  return found
}

const cards = (page: Page, status: string): Locator => page.locator(`[data-testid="proposal-card"][data-status="${status}"]`)
/** What moves like something that is held is denied, and its card says so: not one of those. */
const approvable = (page: Page) =>
  cards(page, 'pending')
    .filter({ hasNot: page.getByTestId('denials') })
    .first()

const cardOf = (page: Page, id: string): Locator => page.locator(`[data-testid="proposal-card"][data-id="${id}"]`)
const idOf = async (card: Locator): Promise<string> => (await card.getAttribute('data-id')) ?? ''
const state = (page: Page, name: string): Locator => page.locator(`[data-testid="trading-state"][data-state="${name}"]`)

/** Whether something was drawn: a canvas with more than one colour. */
/** By how many pixels the buttons of a card stick out of their row. */
async function overhang(card: Locator): Promise<number> {
  const right = async (part: Locator) => {
    const box = await part.boundingBox()
    if (box === null) throw new Error('it is not to be seen')
    return box.x + box.width
  }
  return (await right(card.getByTestId('more'))) - (await right(card.locator('.actions').first()))
}

const drawn = (page: Page): Promise<boolean> => page.evaluate(severalColours)

/** Approves, at the new price too when it has moved meanwhile, until the card says what was paid. */
async function buy(page: Page, id: string, approve: () => Promise<void>): Promise<void> {
  const filled = cardOf(page, id).getByText(/Filled at \$/)
  const asksAgain = cardOf(page, id).getByText('approve the new price?')
  for (let attempt = 0; attempt < 4; attempt++) {
    await approve()
    await filled.or(asksAgain).first().waitFor()
    if ((await filled.count()) > 0) return
    await picture(page, 'asks-again')
  }
  throw new Error('the price moved away four times')
}

async function command(page: Page, text: string): Promise<Locator> {
  const box = page.getByTestId('command-input')
  await box.fill(text)
  await box.press('Enter')
  const reply = page.getByTestId('command-reply')
  await reply.locator('h3').waitFor()
  return reply
}

async function hold(page: Page, button: Locator, milliseconds: number): Promise<void> {
  const box = await button.boundingBox()
  if (box === null) throw new Error('the button is not on the page')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.waitForTimeout(milliseconds)
  await page.mouse.up()
}

describe.skipIf(executablePath === null)('the first run, as a newcomer meets it, in a browser', () => {
  let page: Page
  /** A card that waits while the bot is away. */
  let waiting = ''

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    folder = await mkdtemp(join(tmpdir(), 'catalyst-first-run-'))
    port = await freePort()
    browser = await chromium.launch({ executablePath: executablePath ?? '', headless: true, args: [...browserFlags] })
    bot = await startAsNewcomer(folder, port)
    page = await open(phone)
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  it('when the console is up, then a card with its money, its chart and its buttons waits within seconds', async () => {
    const card = cards(page, 'pending').first()
    await card.waitFor()
    console.info(`first card ${((performance.now() - bot.upAt) / 1000).toFixed(1)} s after the console was up`)
    expect(await card.getByTestId('risk-amount').textContent()).toMatch(/^\$[\d,]+\.\d\d$/)
    await expect.poll(() => drawn(page), { timeout: patience }).toBe(true)
    for (const name of ['approve', 'half', 'reject', 'more']) expect(await card.getByTestId(name).isEnabled(), name).toBe(true)
    expect(await overhang(card)).toBeLessThanOrEqual(0)
    await picture(page, 'phone-inbox')
  }, 90_000)

  it('when it is approved, then the card says at what price it filled and the position earns or loses', async () => {
    const id = await idOf(cards(page, 'pending').first())
    await buy(page, id, () => cardOf(page, id).getByTestId('approve').tap())
    await picture(page, 'phone-filled')
    await page.getByTestId('tab-positions').tap()
    const pnl = page.getByTestId('position-pnl').first()
    const before = await pnl.textContent()
    await expect.poll(() => pnl.textContent(), { timeout: patience }).not.toBe(before)
    await picture(page, 'phone-positions')
    await page.getByTestId('tab-inbox').tap()
  }, 120_000)

  it('when a command is typed, then it is answered', async () => {
    const reply = await command(page, '/pnl')
    expect(await reply.textContent()).toContain('net today')
    await picture(page, 'phone-command')
    await reply.getByRole('button', { name: 'Close the reply' }).tap()
  }, 90_000)

  it('given every view in both themes, then axe finds nothing serious', async () => {
    for (const name of ['inbox', 'positions', 'pnl', 'risk', 'feed']) {
      await page.getByTestId(`tab-${name}`).tap()
      await page.waitForTimeout(300)
      expect(await barriers(page), name).toEqual([])
      await picture(page, `phone-view-${name}`)
    }
    await page.getByTestId('tab-inbox').tap()
  }, 120_000)

  it('when another is rejected with one tap, then it is decided, and a reason may follow', async () => {
    const id = await idOf(cards(page, 'pending').first())
    await cardOf(page, id).getByTestId('reject').tap()
    await cardOf(page, id).getByTestId('decline-reasons').waitFor()
    expect(await cardOf(page, id).getAttribute('data-status')).toBe('declined')
    await picture(page, 'phone-rejected')
    await cardOf(page, id).getByRole('button', { name: 'Too risky' }).tap()
    await cardOf(page, id).getByText('Too risky').waitFor()
    await cardOf(page, id).getByTestId('decline-reasons').waitFor({ state: 'detached' })
  }, 90_000)

  it('when the page is reloaded, then it shows the same', async () => {
    const shown = async () =>
      (
        await page
          .locator('[data-testid="proposal-card"]')
          .evaluateAll((all) => all.map((c) => `${c.getAttribute('data-id')} ${c.getAttribute('data-status')}`))
      ).toSorted()
    await cards(page, 'pending').first().waitFor()
    const before = await shown()
    await page.reload()
    await cards(page, 'pending').first().waitFor()
    await expect.poll(shown, { timeout: patience }).toEqual(expect.arrayContaining(before))
  }, 90_000)

  it('when the bot stops, then the page says so and approving is off', async () => {
    waiting = await idOf(approvable(page))
    expect(await bot.stop()).toContain('stopped; pending proposals and positions are kept')
    await page.getByTestId('connection-bar').waitFor()
    expect(await page.getByTestId('connection-bar').textContent()).toContain('Disconnected')
    expect(await cardOf(page, waiting).getByTestId('approve').isDisabled()).toBe(true)
    await picture(page, 'phone-disconnected')
  }, 90_000)

  it('when it starts again on its data, then the page comes back and the waiting card is answered', async () => {
    bot = await startAsNewcomer(folder, port)
    await page.getByTestId('connection-bar').waitFor({ state: 'detached' })
    await expect.poll(() => cardOf(page, waiting).getByTestId('approve').isEnabled(), { timeout: patience }).toBe(true)
    await buy(page, waiting, () => cardOf(page, waiting).getByTestId('half').tap())
  }, 120_000)

  it('given a desk, then everything is side by side and the keys decide', async () => {
    const wide = await open(desk)
    const first = approvable(wide)
    await first.waitFor()
    expect(await overhang(first)).toBeLessThanOrEqual(0)
    for (const name of ['Inbox', 'Positions', 'P&L', 'Risk', 'Feed'])
      expect(await wide.getByRole('heading', { name, exact: true }).isVisible(), name).toBe(true)
    const id = await idOf(first)
    await buy(wide, id, async () => {
      // The keys are about the card that was touched last; others may stand above it that risk denies.
      await wide.locator(`[data-id="${id}"] h3`).click()
      await wide.keyboard.press('a')
      await cardOf(wide, id).getByText('Enter to approve').waitFor()
      await wide.keyboard.press('Enter')
    })
    await picture(wide, 'desk-approved')
    expect(await barriers(wide)).toEqual([])
    await cards(wide, 'pending').first().waitFor()
    const next = await idOf(cards(wide, 'pending').first())
    await wide.locator(`[data-id="${next}"] h3`).click()
    await wide.keyboard.press('r')
    await wide.locator(`[data-id="${next}"][data-status="declined"]`).waitFor()
    await picture(wide, 'desk-rejected')
    await wide.keyboard.press('?')
    await wide.getByRole('heading', { name: 'Help and settings' }).waitFor()
    await picture(wide, 'desk-help')
    await wide.context().close()
  }, 180_000)

  it('when Kill is tapped, then nothing; when it is held, then trading is halted, and a reason resumes it', async () => {
    const button = page.getByTestId('kill')
    await button.tap()
    await button.getByText('hold longer').waitFor()
    expect(await state(page, 'active').count()).toBe(1)
    await hold(page, button, 900)
    await state(page, 'halted').waitFor()
    await page.getByTestId('panic-answer').getByText('Halted in').waitFor()
    await picture(page, 'phone-halted')
    await page.getByTestId('resume-reason').fill('the first run is being tried out')
    await page.getByTestId('resume').tap()
    await state(page, 'active').waitFor()
  }, 90_000)

  it('when everything is flattened, then no position is left', async () => {
    expect(await (await command(page, '/flatten')).textContent()).toContain('Closing')
    await page.getByTestId('command-reply').getByRole('button', { name: 'Close the reply' }).tap()
    await page.getByTestId('tab-positions').tap()
    await page.getByText('No open positions.').waitFor()
    await page.getByTestId('tab-pnl').tap()
    await page.getByRole('rowheader').first().waitFor()
    await picture(page, 'phone-flat')
  }, 90_000)

  it('in all of this, then the browser complains about nothing', () => {
    expect(complaints).toEqual([])
  })
})
