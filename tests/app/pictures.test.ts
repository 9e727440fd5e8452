import { describe, expect, it } from 'vitest'
import { proposalCard } from '../../src/app/cards/proposal.ts'
import { equityPicture, parsePictureName, proposalPicture, symbolPicture } from '../../src/app/pictures.ts'
import { pnlReport } from '../../src/app/pnl-report.ts'
import { price, quantity, usd } from '../../src/domain/decimal.ts'
import { commandApp } from '../support/command-app.ts'
import { iso, position, proposal } from '../support/samples.ts'

describe('the name of a picture', () => {
  it.each([
    ['candles:7we5hvey:2', { kind: 'proposal', id: '7we5hvey', version: 2 }],
    ['candles:BRK.B', { kind: 'symbol', symbol: 'BRK.B' }],
    ['equity:week', { kind: 'equity', period: 'week' }],
  ])('%s is understood', (name, subject) => {
    expect(parsePictureName(name)).toEqual(subject)
  })

  it.each([
    '',
    'candles:',
    'candles:nvda',
    'candles:../etc',
    'candles:a:0',
    'equity:decade',
    'tea:NVDA',
    `candles:${'A'.repeat(99)}`,
    'candles:A\n',
  ])('%j is none', (name) => {
    expect(parsePictureName(name)).toBeNull()
  })
})

describe('the words of a picture', () => {
  it('tell the levels of a proposal, in a name that fits every chat', () => {
    const { name, alt } = proposalPicture(proposal({ id: 'x'.repeat(60) }), price('122.40'))
    expect(name.length).toBeLessThanOrEqual(80)
    expect(alt).toBe(
      'Chart of NVDA, one-minute candles, last $122.40. Buy 41: entry $121.95, ceiling $123.77, stop $115.85, target $134.15.',
    )
    expect(proposalPicture(proposal({ side: 'sell' }), undefined).alt).toContain('candles. Sell short 41: entry')
    expect(proposalPicture(proposal({ intent: 'reduce' }), undefined).alt).toContain('Close 41:')
  })

  it('tell what is held of a symbol', () => {
    const now = { last: price('103.5'), dayChange: '-1.2' }
    expect(symbolPicture('NVDA', now, null)).toEqual({
      name: 'candles:NVDA',
      alt: 'Chart of NVDA, one-minute candles, last $103.50 (-1.2 % today).',
    })
    expect(symbolPicture('NVDA', now, position({ side: 'short', quantity: quantity('7'), takeProfit: null })).alt).toMatch(
      / Short 7: entry \$100\.00, stop \$95\.00\.$/,
    )
  })

  it('tell where equity came from and stands, once there is a curve', async () => {
    const snapshot = { at: iso(-60_000), equity: usd('99000'), cash: usd('0'), unrealizedPnl: usd('0'), openPositions: 0 }
    expect(equityPicture(await pnlReport(commandApp().app, 'today'))).toBeNull()
    expect(equityPicture(await pnlReport(commandApp({ snapshots: [snapshot] }).app, 'week'))).toEqual({
      name: 'equity:week',
      alt: 'Equity this week: from $99,000.00 to $100,000.00, drawdown below; $0.00 net.',
    })
  })
})

it.each([
  ['pending', true],
  ['armed', true],
  ['approved', false],
  ['expired', false],
] as const)('a card that is %s has a chart: %s', (status, has) => {
  expect(proposalCard(proposal({ status }), 'sim').picture?.name ?? null).toBe(has ? 'candles:p1:1' : null)
})
