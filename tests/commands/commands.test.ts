import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Command } from '../../src/app/command.ts'
import { price, quantity, usd } from '../../src/domain/decimal.ts'
import { roles } from '../../src/domain/people.ts'
import type { TradingState } from '../../src/domain/trading-state.ts'
import { commandApp, me, run, tableWidth } from '../support/command-app.ts'
import { iso, order, position, proposal } from '../support/samples.ts'

const folder = new URL('../../commands/', import.meta.url)
const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort()
const loaded = await Promise.all(
  files.map(async (file) => ({ file, command: (await import(new URL(file, folder).href)).command as Command })),
)
const commands = loaded.map(({ command }) => command)
const get = (name: string): Command => {
  const found = commands.find((command) => command.name === name)
  if (!found) throw new Error(`no command ${name}`)
  return found
}

const trade = (i: number, pnl: string, symbol = 'NVDA') => ({
  positionId: `pos${i}`,
  symbol,
  side: 'long' as const,
  quantity: quantity('40'),
  entryPrice: price('100'),
  exitPrice: price('101'),
  realizedPnl: usd(pnl),
  fees: usd('0.25'),
  mae: usd('0'),
  mfe: usd('0'),
  exitReason: 'trailing_stop',
  category: null,
  openedAt: iso(),
  closedAt: iso(i * 1000),
  proposalId: 'p1',
})
const day = (date: string, pnl: string) => ({ date, realizedPnl: usd(pnl), fees: usd('1'), wins: 2, losses: 1, trades: 3 })
const state = (over: Partial<TradingState>): TradingState => ({
  state: 'active',
  mode: 'supervised',
  epoch: 0,
  cause: null,
  by: null,
  since: null,
  ...over,
})
const halted = state({ state: 'halted', cause: 'drill', by: 'discord:9', since: iso(-1000) })
const score = (name: string, cards: number, [m15, h1, d1]: readonly (string | null)[]) => {
  const sum = (value: string | null | undefined) => (value === null || value === undefined ? null : usd(value))
  return { name, cards, pnl: { '15m': sum(m15), '1h': sum(h1), '1d': sum(d1) } }
}
const full = {
  scores: {
    reason: [score('A very long reason', 1_000, ['999499', '-9950', '-12345']), score('expired', 7, ['999.5', '0', null])],
    person: [score('discord:1', 7, ['999.4', '-1234', '2345678'])],
  },
  positions: [position(), position({ id: 'pos2', symbol: 'GOOGL', side: 'short', quantity: quantity('12345') })],
  proposals: [proposal(), proposal({ id: 'p2', symbol: 'BRK.B' })],
  orders: [order(), order({ id: 'o2', side: 'sell', symbol: 'GOOGL', status: 'partially_filled', quantity: quantity('123456') })],
  trades: Array.from({ length: 60 }, (_, i) => trade(i, i % 2 ? '1234.56' : '-12345.67', 'GOOGL')),
  days: Array.from({ length: 7 }, (_, i) => day(`2013-10-0${i + 1}`, '12345.67')),
  prices: { NVDA: '103.50', GOOGL: '1234.56' },
}

describe.each(loaded)('/$command.name', ({ file, command }) => {
  it('is named after its file, with a role, a summary and a word on every argument', () => {
    expect(file).toBe(`${command.name}.ts`)
    expect(command.role === null || roles.includes(command.role)).toBe(true)
    expect(command.summary.length).toBeGreaterThan(10)
    expect(command.summary.length).toBeLessThanOrEqual(100)
    for (const [name, field] of Object.entries(command.args.shape))
      expect(z.globalRegistry.get(field as z.ZodType)?.description, `${command.name} ${name}`).toBeTruthy()
  })
})

describe('what a phone shows', () => {
  it.each(['positions', 'pnl', 'inbox', 'orders', 'trades', 'kill', 'flatten', 'scorecard'])(
    '/%s keeps its table within 34 characters',
    async (name) => {
      const card = await run(get(name), commandApp(full).app, name === 'pnl' ? { period: 'month' } : {})
      expect(tableWidth(card)).toBeLessThanOrEqual(34)
      expect(card.pushText).not.toBe('')
      expect(card.banner).toBe('SIM')
      expect(card.key).toBe('reply:c1')
    },
  )

  it('/positions, /pnl and /scorecard can be asked again where they stand, the latter for any period', async () => {
    const buttons = async (name: string) => (await run(get(name), commandApp(full).app)).buttons.map((b) => `${b.label} ${b.id}`)
    expect(await buttons('positions')).toEqual(['Refresh show:positions'])
    expect((await run(get('positions'), commandApp().app)).buttons.map((b) => b.id)).toEqual(['show:positions'])
    for (const [name, current] of [
      ['pnl', 'today'],
      ['scorecard', 'week'],
    ] as const)
      expect(await buttons(name)).toEqual(
        Object.entries({ today: 'Today', week: 'Week', month: 'Month', year: 'Year', all: 'All' }).map(
          ([period, label]) => `${period === current ? 'Refresh' : label} show:${name}.${period}`,
        ),
      )
  })

  it('/scorecard sums what was not made by why and by who; what cannot be known yet is a dash', async () => {
    const card = await run(get('scorecard'), commandApp(full).app)
    expect([card.title, card.tone]).toEqual(['1007 trades not made: saved $12k', 'good'])
    expect(card.table?.rows).toEqual([
      ['A very long…', '999', '+999k', '-10k', '-12k'],
      ['expired', '7', '+1.0k', '0', '–'],
      ['discord:1', '7', '+999', '-1.2k', '+2M'],
    ])
    expect(card.table?.total).toEqual(['total', '1007', '+1M', '-10k', '-12k'])
    expect((await run(get('scorecard'), commandApp().app)).title).toBe('Nothing to score yet')
    const missed = { reason: [score('Too risky', 1, [null, '250', null])], person: [] }
    expect(await run(get('scorecard'), commandApp({ scores: missed }).app)).toMatchObject({
      title: '1 trade not made: missed $250',
      tone: 'bad',
    })
  })

  it('/positions puts the money first, with a total and the time', async () => {
    const card = await run(get('positions'), commandApp({ ...full, positions: [position()] }).app)
    expect(card.title).toBe('+$140.00 open on 1 position')
    expect(card.table?.rows).toEqual([['+$140', 'NVDA', '40', '103.50']])
    expect(card.lines).toContain('Updated 10:00:00 ET')
  })

  it('/positions says which price is old and which position has no stop', async () => {
    const card = await run(get('positions'), commandApp({ positions: [position({ unprotected: true })] }).app)
    expect(card.lines.slice(0, 2)).toEqual(['WITHOUT A STOP: NVDA', 'No quote, at the last known price: NVDA'])
  })

  it('/pnl sums days, and names fees, win rate and what is open', async () => {
    const snapshots = ['100000', '100100'].map((equity, i) => ({
      at: iso(i * 1000),
      equity: usd(equity),
      cash: usd('0'),
      unrealizedPnl: usd('0'),
      openPositions: 0,
    }))
    const card = await run(get('pnl'), commandApp({ days: [day('2013-10-04', '100'), day('2013-10-07', '-30')], snapshots }).app, {
      period: 'month',
    })
    const fact = (label: string) => card.facts.find((f) => f.label === label)?.value
    expect([card.title, fact('Realized'), fact('Fees'), fact('Win rate'), fact('Open')]).toEqual([
      '+$68.00 net this month',
      '+$70.00 before fees',
      '$2.00',
      '67 % (4 of 6)',
      '+$12.50',
    ])
    expect(card.table?.total).toEqual(['total', '+$68.00', '6'])
    // The last point is the account as it is now.
    expect(card.series?.points.map((p) => p.value)).toEqual(['100000.00', '100100.00', '100000.00'])
  })

  it('/pnl today leaves earlier days out', async () => {
    const card = await run(get('pnl'), commandApp({ days: [day('2013-10-04', '100'), day('2013-10-07', '-30')] }).app)
    expect(card.title).toBe('-$31.00 net today')
  })

  it('/trades and /inbox and /orders show what there is, or say that there is none', async () => {
    expect((await run(get('trades'), commandApp(full).app, { symbol: 'googl', limit: 2 })).title).toBe(
      '-$11,111.61 on the last 2 trades in GOOGL',
    )
    expect((await run(get('inbox'), commandApp(full).app)).title).toBe('$500.20 at risk in 2 proposals')
    expect((await run(get('orders'), commandApp(full).app)).table?.rows[1]).toEqual(['sell GOOGL', '123456', '100.00', 'part'])
    const empty = commandApp().app
    const titles = await Promise.all(['positions', 'trades', 'inbox', 'orders'].map(async (name) => (await run(get(name), empty)).title))
    expect(titles).toEqual(['No open position', 'No closed trade yet', 'Nothing waits for an answer', 'No working order'])
  })
})

describe('the panic ladder', () => {
  it('/kill halts in one step, says what happened, and offers a red Flatten with count and worth', async () => {
    const { app, calls } = commandApp({ positions: [position()] })
    const card = await run(get('kill'), app)
    expect(calls.map((call) => call.name)).toEqual(['kill'])
    expect(card.title).toBe('HALTED in 84 ms')
    expect(card.buttons).toEqual([{ id: 'flatten:all', label: 'Flatten all: 1 position, $4,000.00', style: 'danger' }])
    expect(card.facts.map((f) => f.value)).toEqual(['2', '1', '1 position'])
    expect(get('kill').role).toBe('approver')
  })

  it('/kill flatten:true closes everything too, and says NOT FLAT while something is left', async () => {
    const both = commandApp({ positions: [position()] })
    await run(get('kill'), both.app, { flatten: true })
    expect(both.calls.map((call) => [call.name, call.args[0]])).toEqual([
      ['kill', '/kill by Ada'],
      ['flatten', 'kill'],
    ])
    const left = [{ positionId: 'pos1', symbol: 'NVDA', reason: 'a leg does not cancel' }]
    const stuck = commandApp({ positions: [position()] }, { flatten: async () => ({ closing: [], left }) })
    const card = await run(get('kill'), stuck.app, { flatten: true })
    expect(card.title).toBe('HALTED in 84 ms, NOT FLAT')
    expect(card.lines).toContain('NVDA: a leg does not cancel')
    expect(card.buttons).toHaveLength(1)
  })

  it('/pause leaves working entries unless asked', async () => {
    const { app, calls } = commandApp()
    await run(get('pause'), app)
    await run(get('pause'), app, { cancel: true })
    expect(calls.map((call) => call.args[1])).toEqual([{ cancelEntries: false }, { cancelEntries: true }])
  })

  it('/resume after a pause takes an approver, after a halt a risk officer', async () => {
    const paused = commandApp({ trading: state({ state: 'paused', cause: 'lunch' }), roles: { [me.id]: 'approver' } })
    expect((await run(get('resume'), paused.app)).title).toBe('Trading is active again')
    const refused = commandApp({ trading: halted, roles: { [me.id]: 'approver' } })
    expect((await run(get('resume'), refused.app, { reason: 'fine' })).facts[0]?.value).toBe('ROLE_TOO_LOW')
    expect(refused.calls.map(({ name }) => name)).toEqual(['recordRefusal'])
    const officer = commandApp({ trading: halted, roles: { [me.id]: 'risk_officer' }, positions: [position()] })
    const card = await run(get('resume'), officer.app, { reason: 'drill over' })
    expect(officer.calls[0]?.args[0]).toBe('drill over')
    expect(card.facts.map((f) => f.value)).toEqual(['drill, by discord:9', '09:59:59 ET', 'SIM', '1 position, $4,000.00', 'supervised'])
  })

  it('/resume without a reason shows the refusal beside the situation', async () => {
    const explain = 'resuming from a halt needs a reason'
    const resume = async () => ({ ok: false as const, refusal: { code: 'REASON_REQUIRED', explain } })
    const card = await run(get('resume'), commandApp({ trading: halted, roles: { [me.id]: 'owner' } }, { resume }).app)
    expect([card.title, card.lines[0], card.facts[0]?.value, card.facts[1]?.label]).toEqual([
      'Still halted',
      explain,
      'REASON_REQUIRED',
      'Was halted',
    ])
  })

  it('/mode autonomous takes an owner; supervised a risk officer', async () => {
    const officer = commandApp({ roles: { [me.id]: 'risk_officer' } })
    expect((await run(get('mode'), officer.app, { mode: 'autonomous' })).facts[0]?.value).toBe('ROLE_TOO_LOW')
    expect((await run(get('mode'), officer.app, { mode: 'supervised' })).title).toBe('Mode: supervised')
    const owner = commandApp({ roles: { [me.id]: 'owner' } })
    expect((await run(get('mode'), owner.app, { mode: 'autonomous' })).title).toBe('Mode: autonomous')
  })
})

describe('who and how', () => {
  it('/whoami prints the id to anybody, with the way in for strangers', async () => {
    const card = await run(get('whoami'), commandApp().app)
    expect([card.title, card.facts[0]?.value, card.facts[3]?.value]).toEqual(['discord:1 has no role here', 'discord:1', 'none'])
  })

  it('/claim passes the code on and says what came of it', async () => {
    const { app, calls } = commandApp()
    expect((await run(get('claim'), app, { code: 'abc' })).title).toBe('You are the owner')
    expect(calls[0]?.args[0]).toBe('abc')
  })

  it('/help lists every command and explains one', async () => {
    const list = await run(get('help'), commandApp().app, {}, commands)
    expect(list.lines).toHaveLength(commands.length)
    expect(list.lines).toContain('/trades [symbol] [limit]: Closed trades, newest first, net of fees')
    expect(list.lines.find((l) => l.startsWith('/claim'))).toContain('/claim <code>')
    expect((await run(get('help'), commandApp().app, { command: '/kill' }, commands)).facts.at(-1)?.value).toBe('approver')
    expect((await run(get('help'), commandApp().app, { command: 'kil' }, commands)).title).toBe('There is no /kil')
  })

  it('/health is good only when trading is active and the broker answers', async () => {
    expect((await run(get('health'), commandApp().app)).title).toBe('All is well')
    expect((await run(get('health'), commandApp({ trading: halted }).app)).title).toBe('Look here: halted')
  })
})

describe('/why', () => {
  const stored = (event: object, at: number) => ({
    sequence: at,
    kind: 'proposal' as const,
    streamId: 'p1',
    version: at,
    event: event as never,
    actor: 'discord:1',
    correlationId: 'c',
    causationId: null,
    occurredAt: iso(at * 1000),
    recordedAt: iso(),
    hash: '',
  })
  const told = {
    proposals: [proposal({ status: 'approved' })],
    orders: [order({ preparedAt: iso(3000), status: 'filled' })],
    fills: [
      {
        executionId: 'e1',
        orderId: 'o1',
        symbol: 'NVDA',
        side: 'buy' as const,
        quantity: quantity('40'),
        price: price('100'),
        fees: usd('0'),
        at: iso(4000),
      },
    ],
    positions: [position({ status: 'closed', closedAt: iso(5000), exitReason: 'take_profit', realizedPnl: usd('12'), fees: usd('2') })],
    trades: [{ ...trade(1, '12'), positionId: 'pos1' }],
    events: [
      stored({ type: 'ProposalOffered', side: 'buy', terms: { quantity: '41', limitPrice: '121.95', sizedBy: '5 % of equity' } }, 1),
      stored({ type: 'ProposalApproved', by: 'discord:1', quantity: '40' }, 2),
    ],
  }

  it.each([['p1'], ['o1'], ['pos1'], ['nvda']])('tells the whole chain in order, asked by %s', async (id) => {
    const card = await run(get('why'), commandApp(told).app, { id })
    expect(card.title).toBe('NVDA: +$10.00 net')
    expect(card.lines).toEqual([
      '10:00:01 proposed buy 41 at $121.95 (5 % of equity)',
      '10:00:02 discord:1 approved 40; risk passed',
      '10:00:03 entry order buy 40 at $100.00: filled',
      '10:00:04 filled buy 40 at $100.00',
      '10:00:05 closed by take_profit: +$10.00 net',
    ])
    expect(card.facts).toEqual([{ label: 'surprise', value: '+0.40 forecast above consensus' }])
  })

  it('says so when nothing has that id', async () => {
    expect((await run(get('why'), commandApp().app, { id: 'x' })).facts[0]?.value).toBe('NOT_FOUND')
  })

  it('alone answers why nothing was traded today', async () => {
    const denials = [{ code: 'SPREAD_TOO_WIDE', limit: null, actual: null, wouldPass: null, explain: '', transient: true }]
    const proposals = [
      proposal({ id: 'a', status: 'declined' }),
      proposal({ id: 'b', status: 'expired', denials }),
      proposal({ id: 'c', status: 'denied', denials }),
      proposal({ id: 'old', status: 'approved', offeredAt: iso(-5 * 86_400_000) }),
    ]
    const card = await run(get('why'), commandApp({ proposals, trading: halted }).app)
    expect(card.title).toBe('No trade today')
    expect(card.lines).toEqual(['Trading is halted: drill, supervised.', '2 x denied: SPREAD_TOO_WIDE'])
    expect(Object.fromEntries(card.facts.map((f) => [f.label, f.value]))).toMatchObject({
      Proposals: '3',
      Rejected: '1',
      Expired: '1',
      Denied: '1',
      Approved: '0',
    })
  })
})
