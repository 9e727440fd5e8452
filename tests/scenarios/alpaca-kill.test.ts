import { afterEach, describe, expect, it } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { EmulatedOrder } from '../emulators/alpaca/records.ts'
import { eventually } from '../support/bot.ts'
import { openPaperDesk, type PaperDesk, type PaperDeskOptions, patience } from '../support/paper-desk.ts'

const soak = process.env['CATALYST_SOAK'] !== undefined
/** Positions, and entries at work; each has two legs. */
const many = soak ? 20 : 6

interface Killed {
  readonly status?: string
  readonly trading_state: string
  readonly canceled_orders: number
  readonly waiting_cancels: number
  readonly open_positions: number
  readonly elapsed_ms: number
  readonly not_flat?: readonly { readonly symbol: string; readonly quantity: string }[]
}
interface State {
  readonly trading_state: string
  readonly not_flat: readonly { readonly symbol: string; readonly quantity: string; readonly closing: boolean }[]
}

let desk: PaperDesk
const open = async (options: PaperDeskOptions = {}): Promise<PaperDesk> => {
  desk = await openPaperDesk(options)
  return desk
}
afterEach(async () => {
  const { violations } = desk.alpaca.checks
  await desk.stop()
  expect(violations).toEqual([])
}, patience)

const kill = async (flatten: boolean): Promise<Killed> => (await desk.bot.post<Killed>('/api/v1/kill', { flatten })).body
const state = async (): Promise<State> => (await desk.bot.get<State>('/api/v1/state')).body
const titles = (words: string): readonly string[] => desk.cards.map(({ title }) => title).filter((title) => title.includes(words))
const newest = (words: string) => desk.cards.findLast(({ title }) => title.includes(words))
const entries = () => desk.working().filter(({ parentId, side }) => parentId === null && side === 'buy')
const legs = () => desk.working().filter(({ side }) => side === 'sell')
const exposure = ({ limitPrice, quantity }: EmulatedOrder): number => Number(limitPrice?.times(quantity ?? decimal('0')).toFixed(2))
/** The orders that were asked to cancel one by one, in the order in which it reached Alpaca. */
const canceled = (from: number): readonly string[] =>
  desk.sent('DELETE', /^\/v2\/orders\/./, from).map(({ path }) => path.split('/').at(-1) ?? '')
const metrics = async (): Promise<string> => (await fetch(`${desk.bot.url}/metrics`)).text()
/** Our books know of so many positions. */
const held = (count: number) =>
  eventually('the fills in the books', async () => (await desk.bot.bot.app.read.openPositions()).length === count, patience)
const pages = () => new Set(desk.cards.filter(({ key }) => key.includes('trouble-not-flat')).map(({ key }) => key)).size

async function flat(): Promise<void> {
  await eventually('flat at Alpaca', async () => desk.alpaca.book.positions.size === 0 && desk.working().length === 0, patience)
  await eventually('flat, seen twice', async () => titles('HALTED, FLAT').length === 1, patience)
  expect((await state()).not_flat).toEqual([])
  expect(await desk.bot.bot.app.read.tradingState()).toMatchObject({ state: 'halted' })
  expect((await desk.bot.bot.app.read.tradingState()).flattening).toBeUndefined()
  const told = pages()
  desk.alpaca.world.advance(120_000)
  await desk.bot.bot.app.tendOrders()
  expect(pages()).toBe(told)
}

describe('a kill at Alpaca, at 200 requests a minute', () => {
  it(`with ${many} entries, ${4 * many} legs and ${many} positions: every cancel on the wire, every position protected; then flat, seen twice`, {
    timeout: 6 * patience,
  }, async () => {
    const { alpaca, bot, symbols, buy, sent } = await open({ symbols: 2 * many })
    await buy(symbols.slice(0, many))
    await held(many)
    alpaca.conduct.fills = 'manual'
    await buy(symbols.slice(many))
    // What comes before the kill uses up the minute's requests when there is much of it; another case is about that.
    await eventually('room for requests', async () => Number(/requests_left (\d+)/.exec(await metrics())?.[1]) > 120, 2 * patience)
    const working = entries()
    const kept = legs().filter(({ symbol }) => symbols.indexOf(symbol) < many)
    expect([working.length, legs().length, alpaca.book.positions.size]).toEqual([many, 4 * many, many])
    const bought = sent('POST', /^\/v2\/orders$/).length

    const from = Date.now()
    const report = await kill(false)
    const answered = Date.now() - from
    const reached = sent('DELETE', /^\/v2\/orders\/./, from).map(({ at }) => at - from)
    console.log(
      `kill: the last of ${many} cancels at Alpaca after ${Math.max(...reached)} ms, answered after ${answered} ms`,
      report.elapsed_ms,
    )
    expect(report).toMatchObject({ trading_state: 'halted', canceled_orders: many, waiting_cancels: 0, open_positions: many })
    expect([...canceled(from)].sort()).toEqual(working.map(({ id }) => id).sort())

    await eventually('no entry is at work', async () => entries().length === 0, patience)
    await eventually('that is told', async () => titles('Halted: no entry is at work').length > 0, patience)
    expect(
      legs()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(kept.map(({ id }) => id).sort())
    expect(newest('Halted: no entry')?.lines.join()).toMatch(new RegExp(`${many} positions held behind stops.*after \\d+ s`))
    // Nothing was sold, bought or guarded twice: a stop that Alpaca goes on calling held is known to work.
    expect(sent('POST', /^\/v2\/orders$/)).toHaveLength(bought)
    expect(await bot.bot.app.read.openPositions()).toSatisfy((held: readonly { unprotected: boolean }[]) =>
      held.every((p) => !p.unprotected),
    )

    alpaca.conduct.fills = 'auto'
    const flatten = Date.now()
    const second = await kill(true)
    expect(second.status).toBe('HALTED, NOT FLAT')
    expect(second.not_flat).toHaveLength(many)
    await flat()
    console.log(`flatten: ${many} positions flat at Alpaca and seen twice after ${Date.now() - flatten} ms`)
    expect(sent('DELETE', /^\/v2\/orders$/, flatten)).toHaveLength(1)
    expect(sent('POST', /^\/v2\/orders$/, flatten)).toHaveLength(many)
    expect(alpaca.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  // It takes the better part of two real minutes, in which there is nothing to do.
  it.skipIf(!soak)(
    'with 100 entries and little room left: the most exposure first, progress shown, the time said',
    {
      timeout: 7 * patience,
    },
    async () => {
      const { alpaca, bot } = await open({
        symbols: 100,
        alpaca: { conduct: { fills: 'manual' } },
        before(emulator, symbols) {
          for (const [i, symbol] of symbols.entries())
            emulator.world.manualOrder({
              symbol,
              side: 'buy',
              type: 'limit',
              qty: String(10 + ((i * 37) % 100)),
              limit_price: String(40 + i),
            })
        },
      })
      expect(entries()).toHaveLength(100)
      const worth = new Map(entries().map((order) => [order.id, exposure(order)]))
      // Half of the minute is used up.
      await Promise.all(Array.from({ length: 100 }, (_, i) => bot.bot.app.broker.orderByClientId(`nobody-${i}`)))

      const from = Date.now()
      const report = await kill(false)
      const atOnce = canceled(from)
      // That is said before the last of them has left.
      expect(atOnce.length).toBeLessThan(100)
      console.log(`kill with ${atOnce.length} of 100 cancels at once: answered after ${Date.now() - from} ms`, report)
      expect(report).toMatchObject({ trading_state: 'halted', canceled_orders: 100 })
      expect(report.waiting_cancels).toBeGreaterThan(0)
      await eventually('progress', async () => titles('Halting: ').length > 0, patience)
      await eventually('no entry is at Alpaca', async () => entries().length === 0, 2 * patience)
      console.log(`no entry at Alpaca after ${Date.now() - from} ms`)
      await eventually('that is told', async () => titles('Halted: no entry is at work').length > 0, 3 * patience)
      console.log(`every entry gone after ${Date.now() - from} ms`, newest('Halted: no entry')?.lines, titles('Halting: '))

      const all = [...new Set(canceled(from))]
      expect(all).toHaveLength(100)
      const worthOf = (ids: readonly string[]) => ids.map((id) => worth.get(id) ?? 0)
      const [first, later] = [worthOf(all.slice(0, atOnce.length)), worthOf(all.slice(atOnce.length))]
      expect(Math.min(...first)).toBeGreaterThanOrEqual(Math.max(...later))
      expect(newest('Halted: no entry')?.lines.join()).toMatch(/after \d+ s/)
      expect(alpaca.requests.filter(({ status }) => status === 429)).toEqual([])
    },
  )
})

describe('a flatten at Alpaca that does not get through', () => {
  const settings = { execution: { entry_fill_timeout_seconds: 3600, unknown_resend_seconds: 5, page_again_minutes: 1 } }
  const twoHeld = async (options: PaperDeskOptions = {}) => {
    const opened = await open({ symbols: 2, settings, ...options, alpaca: { rateLimit: null } })
    await opened.buy(opened.symbols)
    expect(legs()).toHaveLength(4)
    await held(2)
    return opened
  }
  /** NOT FLAT in the answer, on a card, in the console's state; and told again as long as it lasts. */
  const notFlat = async (left: RegExp) => {
    const answer = await kill(true)
    expect(answer).toMatchObject({ status: 'HALTED, NOT FLAT', trading_state: 'halted' })
    expect(answer.not_flat).toHaveLength(2)
    await eventually('what is left is told', async () => left.test(newest('HALTED, NOT FLAT')?.lines.join() ?? ''), patience)
    expect((await state()).not_flat).toHaveLength(2)
    await eventually('people are paged', async () => pages() > 0, patience)
    const before = pages()
    desk.alpaca.world.advance(61_000)
    await eventually('people are paged again', async () => pages() > before, patience)
  }

  it('because Alpaca is down: it goes on until it is up', { timeout: 5 * patience }, async () => {
    const { alpaca } = await twoHeld()
    alpaca.faults.status(503, { path: /^\/v2\//, times: Number.POSITIVE_INFINITY })
    await notFlat(/KAA/)
    expect(alpaca.book.positions.size).toBe(2)
    alpaca.faults.clear()
    await flat()
  })

  it('because a leg is stuck in pending_cancel: its shares are sold once it lets go', { timeout: 5 * patience }, async () => {
    const { alpaca, working, sent } = await twoHeld()
    alpaca.conduct.cancels = 'hold'
    const from = Date.now()
    await notFlat(/pending cancel/)
    expect(sent('POST', /^\/v2\/orders$/, from)).toEqual([])
    alpaca.conduct.cancels = 'auto'
    for (const { id } of working()) alpaca.world.completeCancel(id)
    await flat()
  })

  it('because a close fills in part: the rest stays told until it is sold', { timeout: 5 * patience }, async () => {
    const { alpaca, sent } = await twoHeld()
    alpaca.conduct.fills = 'manual'
    const from = Date.now()
    await notFlat(/KAA/)
    const closes = await eventually(
      'the closes',
      async () => {
        const found = desk.working().filter(({ type, side }) => type === 'market' && side === 'sell')
        return found.length === 2 && found
      },
      patience,
    )
    const sizes = async () => new Map((await state()).not_flat.map(({ symbol, quantity }) => [symbol, Number(quantity)]))
    const whole = await sizes()
    for (const { id } of closes) alpaca.world.partialFill(id, '10')
    await eventually(
      'ten shares less of each',
      async () => {
        const now = await sizes()
        return now.size === 2 && [...now].every(([symbol, quantity]) => quantity === (whole.get(symbol) ?? 0) - 10)
      },
      patience,
    )
    expect(titles('HALTED, FLAT')).toEqual([])
    for (const { id } of closes) alpaca.world.fillOrder(id)
    await flat()
    expect(sent('POST', /^\/v2\/orders$/, from)).toHaveLength(2)
  })

  it('because the market is shut: it waits for the open, and says so', { timeout: 5 * patience }, async () => {
    const { alpaca, quoteAll } = await twoHeld({ at: '2026-03-03T20:50:00Z' })
    alpaca.world.advanceTo(Date.parse('2026-03-03T21:10:00Z'))
    await notFlat(/KAA/)
    expect(alpaca.book.positions.size).toBe(2)
    alpaca.world.advanceTo(Date.parse('2026-03-04T14:31:00Z'))
    quoteAll()
    await flat()
  })
})
