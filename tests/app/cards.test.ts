import { describe, expect, it } from 'vitest'
import { dollars, short, signed, span } from '../../src/app/card.ts'
import { stateNotice, unprotectedNotice } from '../../src/app/cards/notices.ts'
import { proposalCard } from '../../src/app/cards/proposal.ts'
import { closeNotice, denialNotice, fillNotice, rejectNotice, stopNotice } from '../../src/app/cards/trade-notices.ts'
import { noThread, threadOfProposal } from '../../src/app/trade-thread.ts'
import { price, quantity, usd } from '../../src/domain/decimal.ts'
import type { Denial } from '../../src/domain/denial.ts'
import type { ProposalStatus } from '../../src/domain/proposal.ts'
import type { TradingState } from '../../src/domain/trading-state.ts'
import type { Card } from '../../src/ports/chat.ts'
import { meta } from '../support/command-app.ts'
import { iso, order, position, proposal, terms } from '../support/samples.ts'

const denial = (transient: boolean): Denial => ({
  code: 'X',
  limit: '1',
  actual: '2',
  wouldPass: 'max 12 shares',
  explain: 'too much',
  transient,
})
const names = (card: Card) => card.buttons.map((b) => b.id.split(':')[0])
const value = (card: Card, label: string) => card.facts.find((f) => f.label === label)?.value
const ended: readonly ProposalStatus[] = ['approved', 'declined', 'expired', 'superseded', 'denied', 'voided']
const shown = (message: { readonly card: unknown }) => message.card as Card

describe("a proposal's card", () => {
  it('leads with the decision: what, risk, size, ceiling, stop, target, source and age', () => {
    const card = proposalCard(proposal(), 'paper', { equity: usd('100000'), last: price('123.17'), exposureAfter: usd('9000') })
    expect([card.key, card.title, card.banner]).toEqual(['proposal:p1', 'Buy 41 NVDA at $121.95', 'PAPER'])
    expect(card.facts[0]).toEqual({ label: 'At risk', value: '$250.10 (0.25 % of equity)', emphasis: true })
    expect(['Size', 'Entry', 'Stop', 'Target', 'Moved', 'Exposure', 'Expires'].map((label) => value(card, label))).toEqual([
      '$4,999.95, 5 % of equity',
      '$121.95, up to $123.77',
      '$115.85 (-5 %)',
      '$134.15 (+10 %)',
      '+1 % since',
      '$9,000.00 after',
      '10:30:00 ET',
    ])
    expect(card.lines).toEqual(['Chip maker raises its forecast (newswire, 60 s old when offered)'])
  })

  it('says what the worst price that it allows would lose, while it may still be bought', () => {
    expect(value(proposalCard(proposal(), 'paper'), 'At most')).toBe('$324.72 at $123.77')
    expect(value(proposalCard(proposal({ status: 'approved' }), 'paper'), 'At most')).toBeUndefined()
  })

  it('says of what was not traded that nothing is at risk', () => {
    expect(value(proposalCard(proposal({ status: 'declined' }), 'paper'), 'At risk')).toBe('nothing (was $250.10)')
    expect(value(proposalCard(proposal({ status: 'approved' }), 'paper'), 'At risk')).toBe('$250.10')
  })

  it('says ticker, side, risk and expiry in the notification alone', () => {
    expect(proposalCard(proposal(), 'sim').pushText).toBe('NVDA BUY 41 at $121.95, risk $250.10, expires 10:30:00 ET')
  })

  it.each(ended)('keeps the trade and loses its deciding buttons once it is %s, and says who, when and after how long', (status) => {
    const card = proposalCard(proposal({ status, decidedBy: 'discord:2', decidedAt: iso(42_000) }), 'sim')
    expect([card.buttons, card.menu.map((b) => b.id)]).toEqual([[], ['why:p1']])
    expect(card.title).toBe('Buy 41 NVDA at $121.95')
    expect(card.lines[0]).toBe(
      `${status[0]?.toUpperCase()}${status.slice(1)} by ${status === 'denied' ? 'risk, asked by ' : ''}discord:2 10:00:42, 42 s.`,
    )
    expect(value(card, 'Stop')).toBe('$115.85 (-5 %)')
  })

  it('has the reason and no Approve over the limits; what only time will lift leaves Approve', () => {
    const firm = proposalCard(proposal({ denials: [denial(false)] }), 'sim')
    expect([names(firm), firm.lines[0], firm.tone]).toEqual([['decline'], 'too much (max 12 shares)', 'warning'])
    expect(names(proposalCard(proposal({ denials: [denial(true)] }), 'sim'))).toEqual(['approve', 'half', 'decline'])
    expect(names(proposalCard(proposal({ denials: [denial(true), denial(false)] }), 'sim'))).toEqual(['decline'])
  })

  it('leads with what binds, names the rest, and notes what passed as long as somebody weighs it', () => {
    const other = { ...denial(true), code: 'MAX_POSITIONS', explain: 'five are open' }
    const warnings = [{ code: 'MAX_DRAWDOWN', explain: 'equity is 11 % below its peak' }]
    const open = proposalCard(proposal({ denials: [denial(true), other], warnings }), 'sim')
    expect(open.lines.slice(0, 3)).toEqual([
      'too much (max 12 shares)',
      'Also: max positions (More > Why)',
      'Note: equity is 11 % below its peak.',
    ])
    const decided = proposalCard(
      proposal({ status: 'denied', denials: [denial(false), other], warnings, decidedBy: 'discord:2', decidedAt: iso() }),
      'sim',
    )
    expect(decided.lines.slice(0, 2)).toEqual(['Denied by risk, asked by discord:2 10:00:00, 0 s.', 'too much (max 12 shares)'])
    expect(decided.lines.join()).not.toContain('Note:')
  })

  it('carries the version it asks about, and can be withdrawn while armed', () => {
    expect(proposalCard(proposal({ terms: terms({ version: 3 }) }), 'sim').buttons[0]?.id).toBe('approve:p1:3')
    expect(proposalCard(proposal({ status: 'armed', decidedBy: 'x' }), 'sim').buttons[0]).toMatchObject({
      id: 'decline:p1',
      label: 'Withdraw',
    })
  })

  it('reads well on a phone in every state: no fact is wider than 34 characters', () => {
    const first = { by: 'discord:1', quantity: '41', at: iso(7_000) }
    const extras = {
      equity: usd('100000'),
      last: price('123.17'),
      spread: price('0.02'),
      exposureAfter: usd('9000'),
      asksNext: { who: 'Ben', at: iso(300_000) },
      twoPeople: true,
    }
    const cards = [
      proposal(),
      proposal({ reason: 'Price moved 1.8 %' }),
      proposal({ firstApproval: first, revisedBy: 'discord:1', remindAt: iso(60_000), snoozedBy: ['discord:1'], escalations: 1 }),
      ...(['armed', ...ended] as const).map((status) => proposal({ status, decidedBy: 'discord:2', decidedAt: iso(42_000) })),
    ].map((p) => proposalCard(p, 'sim', extras))
    for (const card of cards) {
      expect(card.facts[0]?.label).toBe('At risk')
      for (const { label, value: words } of card.facts) expect(`${label} ${words}`.length, `${label} ${words}`).toBeLessThanOrEqual(34)
    }
  })

  it('says who approved first, who edited, who snoozed and that others were asked', () => {
    const nameOf = (id: string) => (id === 'discord:1' ? 'Ada' : id)
    const first = { by: 'discord:1', quantity: '41', at: iso(7_000) }
    const card = proposalCard(
      proposal({
        firstApproval: first,
        revisedBy: 'discord:1',
        remindAt: iso(60_000),
        snoozedBy: ['discord:1', 'slack:2'],
        escalations: 1,
      }),
      'sim',
      { nameOf },
    )
    expect([card.lines.slice(0, 4), card.tone]).toEqual([
      [
        'Edited by Ada: version 1.',
        '1 of 2: 41 approved by Ada 10:00:07; one more person decides.',
        'Snoozed by Ada, slack:2: reminder 10:01:00.',
        'Nobody decided yet: further people were asked.',
      ],
      'warning',
    ])
  })

  it.each([
    ['filled', { filledQuantity: quantity('40'), filledAveragePrice: price('121.97'), endedAt: iso() }, 'Filled 40 at $121.97.'],
    ['partially_filled', { filledQuantity: quantity('7'), filledAveragePrice: price('122') }, 'Filled 7 of 40 at $122.00.'],
    ['rejected', { endedAt: iso(), reason: 'no room' }, 'The broker rejected it: no room'],
    ['canceled', { endedAt: iso() }, 'Nothing was filled: the order is canceled.'],
    ['accepted', {}, 'At the broker: nothing is filled yet.'],
  ] as const)('says what became of its order: %s', (status, over, line) => {
    const approved = proposal({ status: 'approved', decidedBy: 'discord:2', decidedAt: iso(42_000) })
    const card = proposalCard(approved, 'sim', { order: order({ status, ...over }) })
    const head = 'Approved by discord:2 10:00:42, 42 s.'
    expect(card.lines.slice(0, -1)).toEqual([head, line])
    expect(card.tone).toBe('endedAt' in over && status !== 'filled' ? 'warning' : 'good')
  })

  it('offers what is asked less often in its menu: an exit has nothing to edit', () => {
    const menu = (p: Parameters<typeof proposalCard>[0]) => proposalCard(p, 'sim').menu.map((b) => b.id)
    expect(menu(proposal())).toEqual(['edit:p1:1', 'why:p1', 'snooze:p1'])
    expect(menu(proposal({ intent: 'reduce' }))).toEqual(['why:p1', 'snooze:p1'])
    expect(menu(proposal({ status: 'armed' }))).toEqual(['why:p1'])
  })

  it('keeps a headline of any length to a few lines, and its source behind it', () => {
    const [story = ''] = proposalCard(proposal({ headline: 'on and on '.repeat(500) }), 'sim').lines
    expect(story.length).toBeLessThan(330)
    expect(story).toMatch(/^on and on .*… \(newswire, 60 s old when offered\)$/)
  })

  it('names a short and a close for what they are', () => {
    expect(proposalCard(proposal({ side: 'sell' }), 'sim').title).toContain('Sell short 41')
    expect(proposalCard(proposal({ side: 'sell', intent: 'reduce' }), 'sim').title).toContain('Sell to close 41')
  })
})

describe('notices', () => {
  it('tell of a fill with its cost, and how much of the order it is', () => {
    const card = shown(fillNotice(position(), order({ quantity: quantity('60') }), 'live', noThread))
    expect([card.title, card.banner, value(card, 'Cost')]).toEqual(['Bought 40 of 60 NVDA at $100.00', 'LIVE', '$4,000.00'])
  })

  it('tell of a close net of fees first', () => {
    const closed = position({
      status: 'closed',
      exitQuantity: quantity('40'),
      exitPrice: price('99'),
      realizedPnl: usd('-40'),
      fees: usd('0.5'),
      exitReason: 'stop_loss',
      closedAt: iso(600_000),
    })
    const card = shown(closeNotice(closed, 'sim', noThread))
    expect([card.title, card.tone, value(card, 'Net'), value(card, 'Held')]).toEqual([
      '-$40.50 on NVDA: stop',
      'bad',
      '-$40.50 (-1.01 %)',
      '10 min',
    ])
  })

  it('ring with ticker, side and dollars in one line', () => {
    const push = (message: { readonly card: unknown }) => shown(message).pushText
    const short = position({ side: 'short', stopLoss: price('104') })
    const selling = order({ side: 'sell' })
    expect(push(fillNotice(position(), order({ quantity: quantity('60') }), 'sim', noThread))).toBe(
      'NVDA BUY filled: 40 of 60 at $100.00, risk $200.00',
    )
    expect(push(fillNotice(short, selling, 'sim', noThread))).toBe('NVDA SELL filled: 40 at $100.00, risk $160.00')
    expect(push(fillNotice(position({ stopLoss: price('101') }), order(), 'sim', noThread))).toContain('risk $0.00')
    expect(push(fillNotice(position({ stopLoss: null }), order(), 'sim', noThread))).toContain('risk no stop')
    const closed = position({ exitQuantity: quantity('40'), realizedPnl: usd('-40'), fees: usd('0.5'), exitReason: 'stop_loss' })
    expect(push(closeNotice(closed, 'sim', noThread))).toBe('NVDA SELL 40, closed: -$40.50 net: stop')
    expect(push(denialNotice(proposal(), [denial(false)], 'discord:2', 'sim'))).toBe(
      'NVDA BUY 41, risk $250.10, denied: too much (max 12 shares)',
    )
  })

  it('have keys of their own, so that none edits another away', () => {
    const state: TradingState = { state: 'halted', mode: 'supervised', epoch: 1, cause: 'drill', by: 'me', since: meta.occurredAt }
    const keys = [
      fillNotice(position(), order(), 'sim', noThread),
      closeNotice(position(), 'sim', noThread),
      rejectNotice(order(), 'sim', noThread),
      stateNotice(state, meta, 'sim'),
      unprotectedNotice(position(), 'no stop', 'sim'),
    ].map((message) => message.cardKey)
    expect(new Set(keys).size).toBe(5)
  })

  it('of one trade go to its thread and call whoever decided it by name; nobody else can be called', () => {
    const decided = threadOfProposal({ id: 'p1', decidedBy: 'discord:2' })
    expect(decided).toEqual({ thread: 'proposal:p1', mention: ['discord:2'] })
    for (const decidedBy of ['console:local', 'http:owner', 'autonomous', null])
      expect(threadOfProposal({ id: 'p1', decidedBy }).mention).toEqual([])
    for (const message of [
      fillNotice(position(), order(), 'sim', decided),
      closeNotice(position(), 'sim', decided),
      rejectNotice(order(), 'sim', decided),
      stopNotice(position(), order(), 'sim', decided),
      denialNotice(proposal(), [denial(false)], 'discord:2', 'sim'),
    ])
      expect([shown(message).thread, message.mention], message.cardKey).toEqual(['proposal:p1', ['discord:2']])
  })

  it('tell a halt with its cause, who, and the red button; a change of mode is no halt', () => {
    const state: TradingState = { state: 'halted', mode: 'autonomous', epoch: 1, cause: 'drill', by: 'me', since: meta.occurredAt }
    const card = shown(stateNotice(state, meta, 'sim'))
    expect([card.title, card.lines[1], card.buttons[0]?.style]).toEqual(['HALTED: no new entries', 'Cause: drill', 'danger'])
    const named = shown(stateNotice(state, meta, 'sim', () => 'Ada'))
    expect([named.pushText, value(named, 'By')]).toEqual(['HALTED: no new entries (by Ada)', 'Ada'])
    expect(shown(stateNotice({ ...state, since: iso(-1) }, meta, 'sim')).title).toBe('Mode: autonomous')
  })

  it('tell of shares without a stop, with the way out', () => {
    const card = shown(unprotectedNotice(position(), 'the stop was rejected', 'sim'))
    expect([card.title, card.buttons[0]?.id]).toEqual(['UNPROTECTED: 40 shares of NVDA without a stop', 'flatten:pos1'])
  })
})

describe('figures for people', () => {
  it('carry their sign, groups and cents', () => {
    expect([dollars(usd('1234567.891')), dollars(usd('-0.001')), signed(usd('12.3')), signed(usd('-12.345')), signed(usd('0'))]).toEqual([
      '$1,234,567.89',
      '$0.00',
      '+$12.30',
      '-$12.35',
      '$0.00',
    ])
    expect([short(usd('99.999')), short(usd('-1234.5')), short(usd('2345678'))]).toEqual(['+$100.00', '-$1,235', '+$2.3M'])
    expect([span(iso(), iso(119_999)), span(iso(), iso(7_199_000)), span(iso(), iso(86_400_000)), span(iso(), iso(-1))]).toEqual([
      '119 s',
      '119 min',
      '24 h',
      '0 s',
    ])
  })
})
