import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { price, quantity, usd } from '../../../src/domain/decimal.ts'
import type { ClosedTrade } from '../../../src/ports/read-model.ts'
import { fakeNow, held, offered, quoted, stored } from '../../support/fake-app.ts'
import { type Http, startHttp } from '../../support/http.ts'

let http: Http
beforeEach(async () => {
  http = await startHttp()
  http.books.proposals.set('p1', offered('p1'))
})
afterEach(() => http.server.close())
const approve = (body: object, id = 'p1') => http.post(`/api/v1/proposals/${id}/approve`, body)

describe('approving', () => {
  it('answers 200 with the proposal, for the version and quantity that were sent', async () => {
    const got = await approve({ version: 1, quantity: '20' })
    expect(got).toMatchObject({ status: 200, json: { id: 'p1', status: 'approved', decided_by: 'console:local' } })
    const tap = http.books.calls[0]?.detail as { version: number; quantity: { toFixed(): string } }
    expect([tap.version, tap.quantity.toFixed()]).toEqual([1, '20'])
  })

  it('of an unknown proposal is a 404', async () => {
    expect((await approve({ version: 1 }, 'p9')).status).toBe(404)
  })

  it.each(['ALREADY_DECIDED', 'OTHER_VERSION', 'EXPIRED', 'REPRICED_TOO_OFTEN'])('%s is a 409 with the true state', async (code) => {
    http.books.nextDecision = { outcome: 'refused', proposal: offered('p1'), refusal: { code, explain: 'no' } }
    expect(await approve({ version: 1 })).toMatchObject({ status: 409, json: { code, proposal: { id: 'p1', status: 'pending' } } })
  })

  it('after a move is a 409 that says how far', async () => {
    http.books.nextDecision = { outcome: 'repriced', proposal: offered('p1'), movedPercent: '1.8' }
    const got = await approve({ version: 1 })
    expect(got).toMatchObject({ status: 409, json: { code: 'REPRICED', moved_percent: '1.8', proposal: { version: 1 } } })
  })

  it('that risk denies is a 422 with every denial', async () => {
    const denial = {
      code: 'POSITION_TOO_LARGE',
      limit: '5000',
      actual: '6120.5',
      wouldPass: 'max 41 shares',
      explain: 'too large',
      transient: false,
    }
    http.books.nextDecision = { outcome: 'denied', proposal: offered('p1'), denials: [denial] }
    const got = await approve({ version: 1 })
    expect(got).toMatchObject({ status: 422, json: { denials: [{ code: denial.code, limit: '5000', would_pass: 'max 41 shares' }] } })
  })

  it('more than was offered is a 400 about the quantity', async () => {
    const refusal = { code: 'QUANTITY_OUT_OF_RANGE', explain: 'quantity must be 1 to 41, not 50' }
    http.books.nextDecision = { outcome: 'refused', proposal: offered('p1'), refusal }
    expect(await approve({ version: 1, quantity: 50 })).toMatchObject({ status: 400, json: { errors: [{ field: 'quantity' }] } })
  })

  it('armed for the open is a 200', async () => {
    http.books.nextDecision = { outcome: 'armed', proposal: { ...offered('p1'), status: 'armed' } }
    expect(await approve({ version: 1 })).toMatchObject({ status: 200, json: { status: 'armed' } })
  })

  it('without a version is never guessed', async () => {
    expect((await approve({})).status).toBe(400)
    expect(http.books.calls).toEqual([])
  })
})

describe('declining', () => {
  it('takes no reason, and is refused with the true state the second time', async () => {
    expect((await http.post('/api/v1/proposals/p1/decline')).json).toMatchObject({ status: 'declined', reason: null })
    expect(await http.post('/api/v1/proposals/p1/decline')).toMatchObject({
      status: 409,
      json: { code: 'ALREADY_DECIDED', proposal: { status: 'declined' } },
    })
    expect((await http.post('/api/v1/proposals/p9/decline')).status).toBe(404)
  })
})

describe('the controls', () => {
  it('kill answers with what it did', async () => {
    const expected = {
      trading_state: 'halted',
      canceled_orders: 2,
      waiting_cancels: 0,
      voided_proposals: 1,
      open_positions: 3,
      elapsed_ms: 12,
    }
    expect((await http.post('/api/v1/kill')).json).toEqual(expected)
  })
  it('kill needs no body at all', async () => {
    expect((await http.call('POST', '/api/v1/kill')).status).toBe(200)
  })
  it('kill with flatten also says what is left', async () => {
    const got = await http.post('/api/v1/kill', { flatten: true })
    expect(got.json).toMatchObject({
      trading_state: 'halted',
      status: expect.stringMatching(/^HALTED, (NOT )?FLAT$/),
      closing: [],
      left: [{ position_id: 'p1', symbol: 'ACME', reason: 'the market is shut' }],
    })
    expect(http.books.calls.map((c) => c.name)).toEqual(['kill', 'flatten'])
  })
  it('pausing what is halted is a 409', async () => {
    await http.post('/api/v1/kill')
    expect(await http.post('/api/v1/pause', {})).toMatchObject({ status: 409, json: { code: 'HALTED' } })
  })
  it('closing one position wants one that is open', async () => {
    http.books.positions.set('x1', held('x1'))
    expect((await http.post('/api/v1/positions/x1/close')).json).toMatchObject({ closing: [{ order_id: 'c1' }], left: [] })
    expect((await http.post('/api/v1/positions/x2/close')).status).toBe(404)
    expect((await http.post('/api/v1/positions/close-all')).status).toBe(200)
  })
})

describe('reading', () => {
  it('proposals are filtered by status', async () => {
    http.books.proposals.set('p2', { ...offered('p2', 'BETA'), status: 'expired' })
    const { json } = await http.get('/api/v1/proposals?status=pending')
    expect(json).toMatchObject({ items: [{ id: 'p1', limit_price: '100', risk_amount: '205.00' }], next: null })
  })
  it('an open position stands at its current price', async () => {
    http.books.positions.set('x1', held('x1'))
    http.books.quotes.set('ACME', quoted('ACME', '102.5'))
    const { json } = await http.get('/api/v1/positions?status=open')
    expect(json).toMatchObject({ items: [{ current_price: '102.5', unrealized_pnl: '100.00', quantity: '40', protected: true }] })
  })
  it('the state holds money as text and the running clock', async () => {
    expect((await http.get('/api/v1/state')).json).toMatchObject({
      mode: 'SIM',
      equity: '100250.50',
      day_pnl: '-12.34',
      now: new Date(fakeNow).toISOString(),
      session: 'regular',
      pending: 1,
      quote_max_age_seconds: 5,
      claim_code: '12345678',
      loss_budget: '2000.00',
      loss_budget_left: '2000.00',
    })
  })
  it('profit and loss nets the fees and counts the days', async () => {
    expect((await http.get('/api/v1/pnl?period=week')).json).toMatchObject({
      since: '2024-03-11',
      realized_pnl: '60.00',
      fees: '2.00',
      net_pnl: '58.00',
      trades: 4,
      win_rate: '0.5000',
      days: [{ date: '2024-03-08', net_pnl: '98.50' }, { net_pnl: '-40.50' }],
    })
  })
  it('risk shows how much of each limit the largest position uses at its newest price', async () => {
    http.books.positions.set('x1', held('x1'))
    http.books.quotes.set('ACME', quoted('ACME', '102.5'))
    const { json } = await http.get('/api/v1/risk')
    expect(json['trips_next']).toBe('POSITION_TOO_LARGE')
    expect(json['items']).toContainEqual(
      expect.objectContaining({ code: 'POSITION_TOO_LARGE', used: '4100.00', limit: '5000.00', share: 0.82, unit: 'usd' }),
    )
  })
  it('with nothing held nothing trips', async () => {
    expect((await http.get('/api/v1/risk')).json['trips_next']).toBeNull()
  })
  it('risk answers a question about an order', async () => {
    const order = { symbol: 'acme', side: 'buy', quantity: 60, price: '150' }
    expect(await http.post('/api/v1/risk/validate', order)).toMatchObject({
      status: 200,
      json: {
        approved: false,
        risk_score: 0.5,
        risk_amount: '205.00',
        denials: [{ code: 'POSITION_TOO_LARGE', would_pass: 'max 50 shares' }],
      },
    })
  })
  it('bars are for symbols that exist', async () => {
    expect((await http.get('/api/v1/bars?symbol=ACME&count=2')).json['items']).toEqual([
      { time: (fakeNow - 120_000) / 1000, open: '100', high: '100', low: '100', close: '100', volume: 1000 },
      { time: (fakeNow - 60_000) / 1000, open: '101', high: '101', low: '101', close: '101', volume: 1000 },
    ])
    expect((await http.get('/api/v1/bars?symbol=NOPE')).status).toBe(404)
  })
  it('health tells what is missing and goes on answering', async () => {
    expect((await http.get('/health')).json).toMatchObject({ status: 'ok', mode: 'sim', trading_state: 'active', version: '1.2.3' })
    http.app.status.reconciling = true
    expect((await http.get('/health/ready')).status).toBe(503)
    expect((await http.get('/health')).json).toMatchObject({ status: 'degraded', missing: [expect.stringContaining('compared')] })
    expect((await http.get('/metrics')).text).toContain('up 1')
  })
})

describe('the feed', () => {
  const declined = (sequence: number, id: string) =>
    stored(sequence, 'proposal', id, { type: 'ProposalDeclined', by: `person ${sequence}`, at: '', reason: null })

  it('says events in words, newest first, and leaves bookkeeping out', async () => {
    http.books.events.push(declined(1, 'p1'))
    http.books.events.push(stored(2, 'position', 'x1', { type: 'PositionMarked', price: '1', mae: '0', mfe: '0' }))
    http.books.events.push(stored(3, 'trading', 'main', { type: 'TradingHalted', by: 'console:local', cause: 'enough', at: '', epoch: 1 }))
    expect((await http.get('/api/v1/feed')).json).toMatchObject({
      items: [
        { sequence: 3, text: 'Trading halted by console:local: enough', symbol: null, stream: 'trading:main', tone: 'bad' },
        { sequence: 1, text: 'ACME declined by person 1', symbol: 'ACME', stream: 'proposal:p1', tone: 'neutral' },
      ],
      next: null,
    })
  })

  it('pages to its end without losing or repeating a line, over gaps in the sequence', async () => {
    http.books.proposals.set('p2', offered('p2', 'BETA'))
    for (let i = 1; i <= 1_500; i++) if (i % 7 !== 0) http.books.events.push(declined(i, i % 100 === 1 ? 'p2' : 'p1'))
    const seen: number[] = []
    for (let cursor: unknown = ''; cursor !== null; ) {
      const { json } = await http.get(`/api/v1/feed?symbol=BETA&limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...(json['items'] as { sequence: number }[]).map((line) => line.sequence))
      cursor = json['next']
    }
    const expected = http.books.events.filter((e) => e.streamId === 'p2').map((e) => e.sequence)
    expect(seen).toEqual(expected.toReversed())
  })

  it('events come raw, page by page', async () => {
    for (let i = 1; i <= 3; i++) http.books.events.push(declined(i, 'p1'))
    const first = await http.get('/api/v1/events?stream=proposal:p1&limit=2')
    expect(first.json).toMatchObject({ items: [{ sequence: 1, type: 'ProposalDeclined', stream: 'proposal:p1' }, {}], next: '2' })
    expect((await http.get('/api/v1/events?limit=2&cursor=2')).json).toMatchObject({ items: [{ sequence: 3 }], next: null })
  })
})

describe('the trades as CSV', () => {
  const trade = (n: number, category: string): ClosedTrade => ({
    positionId: `x${n}`,
    symbol: 'ACME',
    side: 'long',
    quantity: quantity('40'),
    entryPrice: price('100'),
    exitPrice: price('99.5'),
    realizedPnl: usd('-20'),
    fees: usd('0.1'),
    mae: usd('-25'),
    mfe: usd('3'),
    exitReason: 'stop_loss',
    category,
    openedAt: '2024-03-11T14:00:00.000Z',
    closedAt: '2024-03-11T15:00:00.000Z',
    proposalId: null,
  })

  it('holds every trade of every page', async () => {
    for (let i = 0; i < 450; i++) http.books.trades.push(trade(i, 'contract'))
    const { text, headers } = await http.get('/api/v1/trades.csv')
    expect(headers['content-type']).toContain('text/csv')
    const rows: Record<string, string>[] = parse(text, { columns: true })
    expect(rows.map((r) => r['position_id'])).toEqual(http.books.trades.map((t) => t.positionId))
    expect(rows[0]).toMatchObject({ net_pnl: '-20.10', quantity: '40', exit_price: '99.5' })
  })

  it('gives a spreadsheet nothing to run, and leaves numbers numbers', async () => {
    const hostile = ['=HYPERLINK("http://evil")', '+1', '-2', '@SUM(A1)', '\tx', ' =1', '\uff1d1', 'fine, "really"']
    http.books.trades.push(...hostile.map((category, i) => trade(i, category)))
    const rows: Record<string, string>[] = parse((await http.get('/api/v1/trades.csv')).text, { columns: true })
    expect(rows.map((r) => r['category'])).toEqual([...hostile.slice(0, -1).map((h) => `'${h}`), 'fine, "really"'])
    expect(new Set(rows.map((r) => r['realized_pnl']))).toEqual(new Set(['-20.00']))
  })
})
