import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProposalView } from '../../src/app/views.ts'
import { regularHours } from '../../src/domain/calendar.ts'
import { createHome, startTestBot, type TestBot, type TestBotOptions } from './bot.ts'

/** Two sessions in a row: a Monday and a Tuesday. */
export const monday = regularHours('2013-10-07')
export const tuesday = regularHours('2013-10-08')
const minuteMs = 60_000

/** The price of a symbol in a minute, by the session's day (0, 1) and the minute since the open. */
export type PriceOf = (day: number, minute: number) => number
export type Prices = Readonly<Record<string, PriceOf>>

async function writeBars(folder: string, prices: Prices): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [symbol, at] of Object.entries(prices)) {
    const lines = [monday, tuesday].flatMap(({ open, close }, day) =>
      Array.from({ length: (close - open) / minuteMs }, (_, minute) => {
        const figure = at(day, minute).toFixed(2)
        return `${new Date(open + minute * minuteMs).toISOString()},${figure},${figure},${figure},${figure},100000`
      }),
    )
    await writeFile(join(folder, `${symbol}.csv`), `time,open,high,low,close,volume\n${lines.join('\n')}\n`)
  }
}

export interface ReplayBot extends TestBot {
  /** Moves time, and lets everything that follows happen. */
  advance(to: number): Promise<void>
  /** The same, relative, in minutes. */
  minutes(count: number): Promise<void>
  /** A signed alert that was judged into a card. */
  propose(symbol: string, over?: object): Promise<ProposalView>
  proposal(id: string): Promise<ProposalView>
  /** A card that was approved and filled. */
  hold(symbol: string): Promise<void>
  roles(symbol: string): Promise<readonly string[]>
}

let stories = 0

/** A whole bot on two days of invented minutes, whose time moves by hand, from a moment of the first session on. */
export async function startReplayBot(prices: Prices, from = monday.open, options: TestBotOptions = {}): Promise<ReplayBot> {
  const home = options.home ?? (await createHome())
  const folder = join(home.folder, 'bars')
  await writeBars(folder, prices)
  const settings = { simulation: { partial_fill_rate: 0, reject_rate: 0, latency_ms: 0 }, ...options.settings }
  const start = { replay: folder, from: new Date(from).toISOString(), ...options.start }
  const bot = await startTestBot({ ...options, home, settings, start, manualTime: true })
  const { app } = bot.bot
  const settle = async () => {
    for (let round = 0; round < 3; round++) {
      await app.settled()
      await app.tendOrders()
      await app.settled()
    }
  }
  const replay: ReplayBot = {
    ...bot,
    async advance(to) {
      await bot.bot.advanceTo?.(to)
      await settle()
    },
    minutes: (count) => replay.advance(app.clock.now() + count * minuteMs),
    async propose(symbol, over = {}) {
      const id = `story-${++stories}`
      const published_at = new Date(app.clock.now()).toISOString()
      const story = { id, symbol, headline: `A story called ${id}`, confidence: 0.9, catalyst_score: 0.8, source: 'wire', published_at }
      const raised = await bot.alert({ ...story, ...over })
      if (raised.status !== 202) throw new Error(`the alert was refused: ${JSON.stringify(raised.body)}`)
      await app.settled()
      const { body } = await bot.get<{ items: ProposalView[] }>('/api/v1/proposals')
      const found = body.items.find((p) => p.headline === `A story called ${id}`)
      if (!found) throw new Error(`no proposal came of ${id}: ${JSON.stringify(await app.read.alerts({ limit: 1 }))}`)
      return found
    },
    async proposal(id) {
      const { body } = await bot.get<{ items: ProposalView[] }>('/api/v1/proposals')
      const found = body.items.find((p) => p.id === id)
      if (!found) throw new Error(`no proposal ${id}`)
      return found
    },
    async hold(symbol) {
      const { id, version } = await replay.propose(symbol)
      const approved = await bot.post(`/api/v1/proposals/${id}/approve`, { version })
      if (approved.status !== 200) throw new Error(`not approved: ${JSON.stringify(approved.body)}`)
      await settle()
      await replay.minutes(2)
      if (!(await app.read.openPosition(symbol))) throw new Error(`nothing was bought: ${await replay.roles(symbol)}`)
    },
    async roles(symbol) {
      const { items } = await app.read.orders({}, { limit: 200 })
      return items
        .filter((order) => order.symbol === symbol)
        .map((order) => `${order.role} ${order.status}`)
        .sort()
    },
  }
  await replay.advance(from + 30 * minuteMs)
  return replay
}
