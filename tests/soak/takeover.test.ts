import { describe, expect, it } from 'vitest'
import type { OrderView } from '../../src/app/views.ts'
import { alpacaTruth } from '../support/alpaca-truth.ts'
import { type BotHome, createHome, eventually, plainBroker, removeHome, roomyLimits } from '../support/bot.ts'
import { type BrokerTruth, simulatedTruth } from '../support/broker-truth.ts'
import { createTemplate } from '../support/homes.ts'
import type { Person, Reply } from '../support/person.ts'
import { type ProcessPair, startPair } from '../support/process-pair.ts'

const server = process.env['TEST_DATABASE_URL']
const soak = process.env['CATALYST_SOAK'] !== undefined
/** With its usual timers in a soak. */
const takeoverSeconds = soak ? 8 : 1.5
const timers = soak ? {} : { leader: { heartbeat_seconds: 0.3, takeover_seconds: takeoverSeconds, send_within_seconds: 1 } }
const strikeEveryMs = 5 * takeoverSeconds * 1_000
const minutes = soak ? Number(process.env['CATALYST_SOAK_MINUTES'] ?? 10) : (2.5 * strikeEveryMs) / 60_000
const approveEveryMs = 300
/** What a desk can bear without its leader. */
const longestTakeoverMs = 15_000

const settings = {
  ...plainBroker,
  ...timers,
  simulation: { ...plainBroker.simulation, symbols: 600, cash: '1000000000' },
  sizing: { 'fixed-percent': { percent: 0.01 } },
  risk: { ...roomyLimits, duplicate_order: { seconds: 0 }, cooldown_after_stop: { minutes: 0 }, position_too_large: { usd: '100000000' } },
  approvals: { ...plainBroker.approvals, max_open_proposals: 500 },
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** People who approve what comes; what was not answered is not counted on. @returns the proposals whose approval was answered by 200. */
async function approveAll(pair: ProcessPair, symbols: readonly string[], over: () => boolean): Promise<ReadonlySet<string>> {
  const approved = new Set<string>()
  for (let i = 0; !over(); i++) {
    await pause(approveEveryMs)
    try {
      const { person } = await pair.leader()
      await person.alert(`stream-${i}`, symbols[i % symbols.length] ?? '')
      const proposal = await person.proposalOf(`stream-${i}`)
      if ((await person.approve(proposal)).status === 200) approved.add(proposal.id)
    } catch {
      // The process died or froze in between: the tap was not answered.
    }
  }
  return approved
}

/** Real milliseconds from a strike until another process leads, and until it trades. */
interface Takeover {
  readonly leads: number
  readonly trades: number
}

/** Kills and freezes the leader in turn. */
async function strikeAll(pair: ProcessPair, over: () => boolean): Promise<readonly Takeover[]> {
  const took: Takeover[] = []
  for (let round = 0; ; round++) {
    await pause(strikeEveryMs * (0.9 + Math.random() * 0.2))
    if (over()) return took
    const struck = await pair.leader()
    const heir = pair.other(struck)
    await eventually('the other one stands by', async () => (await heir.role()) === 'standby', 60_000)
    const child = struck.child()
    const from = performance.now()
    if (round % 2 === 0) child.freeze()
    else child.kill()
    const since = async (what: string, role: () => Promise<boolean>) => {
      await eventually(what, role, 60_000)
      return performance.now() - from
    }
    const leads = await since('the other one leads', async () => (await heir.role()) !== 'standby')
    took.push({ leads, trades: await since('the other one trades', async () => (await heir.role()) === 'leader') })
    if (round % 2 !== 0) continue
    await pause(Math.random() * 1_000 * takeoverSeconds)
    child.thaw()
    const { code } = await child.gone
    if (code !== 1) throw new Error(`a leader that thawed ended with ${code}`)
  }
}

async function everyOrder(person: Person): Promise<readonly OrderView[]> {
  const all: OrderView[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: Reply<{ items: OrderView[]; next: string | null }> = await person.get(
      `/api/v1/orders?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    all.push(...body.items)
    cursor = body.next
  }
  return all
}

const unsettled = ['ready', 'sending', 'unknown', 'pending_cancel']
const repeated = (ids: readonly string[]): readonly string[] => ids.filter((id, i) => ids.indexOf(id) !== i)

/** Approved, and nothing came of it: no order, one whose fate nobody knows, or one that was given up on the way. */
async function lostAmong(approved: ReadonlySet<string>, person: Person): Promise<readonly string[]> {
  const orders = await eventually(
    'every order settled',
    async () => {
      const all = await everyOrder(person)
      return all.some(({ status }) => unsettled.includes(status)) ? null : all
    },
    120_000,
  )
  const lost: string[] = []
  for (const id of approved) {
    const order = orders.find((one) => one.role === 'entry' && one.proposal_id === id)
    if (!order) lost.push(`${id}: no order`)
    else if (order.status === 'canceled') {
      const { body } = await person.get<{ items: object[] }>(`/api/v1/events?stream=order:${order.id}&limit=50`)
      if (JSON.stringify(body.items).includes('never arrived')) lost.push(`${id}: given up`)
    }
  }
  return lost
}

async function round(truth: BrokerTruth, home: BotHome, symbols: readonly string[]) {
  const pair = await startPair({
    home,
    settings: { ...settings, ...truth.settings },
    variables: truth.variables,
    ...(truth.paper && { paper: truth.paper }),
  })
  try {
    await pair.leader()
    const end = Date.now() + minutes * 60_000
    const over = () => Date.now() > end
    const [approved, took] = await Promise.all([approveAll(pair, symbols, over), strikeAll(pair, over)])
    const { person } = await pair.leader()
    const lost = await lostAmong(approved, person)
    const perProposal = (await everyOrder(person)).flatMap((o) => (o.role === 'entry' && o.proposal_id ? [o.proposal_id] : []))
    await pair.end()
    const twice = [...repeated(await truth.entries(home)), ...repeated(perProposal)]
    return { approved: approved.size, took, lost, twice, wrong: await truth.wrong(home), errors: pair.errors }
  } finally {
    for (const { child } of pair.slots) child().thaw()
    await pair.end()
  }
}

/** Where two processes live, and what they may trade. */
async function homeFor({ symbols }: BrokerTruth) {
  if (symbols !== null) {
    const home = await createHome()
    return { home, symbols, remove: () => removeHome(home) }
  }
  const template = await createTemplate(settings)
  const home = await template.copy()
  const remove = async () => {
    await Promise.all([removeHome(home), template.remove()])
  }
  return { home, symbols: template.symbols, remove }
}

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}

const spread = (ms: readonly number[]): string => [0.5, 0.99].map((q) => `p${q * 100} ${(quantile(ms, q) / 1_000).toFixed(1)} s`).join(' ')

describe('take-overs', () => {
  it.skipIf(!server).each([
    ['simulated', async () => simulatedTruth],
    ['emulated Alpaca', alpacaTruth],
  ] as const)(
    server
      ? 'given two processes at the %s broker whose leader is killed and frozen again and again, then nothing is lost and nothing happens twice'
      : 'take-overs need a server: set TEST_DATABASE_URL to run this',
    { timeout: (minutes + 8) * 60_000 },
    async (_, open) => {
      const truth = await open()
      const { home, symbols, remove } = await homeFor(truth)
      try {
        const { approved, took, lost, twice, wrong, errors } = await round(truth, home, symbols)
        console.info(
          `take-overs at the ${truth.name} broker, after ${takeoverSeconds} s of silence: ${took.length} rounds, ${approved} approvals, ` +
            `${twice.length} duplicates, ${lost.length} lost; leads ${spread(took.map(({ leads }) => leads))}, trades ${spread(took.map(({ trades }) => trades))}`,
        )
        expect(took.length).toBeGreaterThan(0)
        expect(approved).toBeGreaterThan(0)
        expect([twice, lost, wrong]).toEqual([[], [], []])
        expect(errors.join('')).not.toMatch(/unhandled|uncaught/i)
        // A short run shares its machine with others: only a soak is a measure.
        if (soak)
          expect(
            quantile(
              took.map(({ trades }) => trades),
              0.99,
            ),
          ).toBeLessThanOrEqual(longestTakeoverMs)
      } finally {
        await Promise.all([remove(), truth.close()])
      }
    },
  )
})
