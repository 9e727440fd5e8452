import { describe, expect, it } from 'vitest'
import { tableBlock } from '../../src/adapters/chat/discord/table.ts'
import { tableLines } from '../../src/adapters/chat/slack/columns.ts'
import type { CardTable } from '../../src/ports/chat.ts'
import type { Screen } from '../support/phone/frame.ts'
import { hostileHeadline, scenes } from '../support/phone/scenes.ts'
import { payloadOf, platforms, screenOf } from '../support/phone/shown.ts'

const all = await scenes()
const scene = (name: string) => {
  const found = all.find((one) => one.name === name)
  if (!found) throw new Error(`no scene ${name}`)
  return found
}
const push = ({ notification }: Screen): string => (typeof notification === 'string' ? '' : notification.text)
const decoded = (html: string): string => html.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
/** What is read, without tags. */
const words = ({ message }: Screen): string => decoded(message.replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ')
const monospace = ({ message }: Screen): readonly string[] =>
  [...message.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code>/g)].flatMap(([, code = '']) => decoded(code).split('\n'))
const position = (text: string, part: string): number => {
  const at = text.indexOf(part)
  expect(at, `"${part}" in "${text.slice(0, 300)}"`).toBeGreaterThanOrEqual(0)
  return at
}

describe.each([
  ['discord', (table: CardTable) => tableBlock(table).split('\n').slice(1, -1)],
  ['slack', tableLines],
] as const)('a table of %s', (_, linesOf) => {
  it('puts a row that is wider than a phone in two lines, whole', () => {
    const wide = ['-$12,345.67', 'LONGSYMBOL', '1234567', '123,456.78']
    const lines = linesOf({ columns: ['P&L', 'Symbol', 'Shares', 'Now'], rows: [wide, wide], total: null })
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(34)
    for (const cell of wide) expect(lines.filter((line) => line.includes(cell))).toHaveLength(2)
  })
})

describe.each(platforms)('what %s shows on a phone', (platform) => {
  const show = (name: string) => screenOf(platform, scene(name), null)

  it('says ticker, side, dollars at risk and expiry in the notification alone', () => {
    expect(push(show('pending'))).toMatch(/NVDA BUY 41 at \$121\.95, risk \$250\.10, expires 10:30:00 ET$/)
    expect(push(show('filled'))).toMatch(/NVDA BUY filled: 41 at \$121\.97, risk \$250\.92/)
    expect(push(show('partly-filled'))).toMatch(/NVDA BUY filled: 20 of 41 at \$121\.97, risk \$122\.40/)
    expect(push(show('halted'))).toMatch(/HALTED: no new entries \(by Ada\)$/)
  })

  it.each(all.filter(({ rings }) => rings))('rings for $name with words that need no markup and fit a lock screen', ({ name }) => {
    const text = push(show(name))
    expect(text).not.toBe('')
    expect(text).not.toMatch(/[\\*_`<>]/)
    expect(text.length).toBeLessThanOrEqual(120)
  })

  it.each(all)('$name: keeps monospace within 34 characters', ({ name }) => {
    for (const line of monospace(show(name))) expect(line.length, line).toBeLessThanOrEqual(34)
  })

  it('leads with the trade and the money, then the story; buttons come last', () => {
    const text = words(show('pending'))
    const order = ['Buy 41 NVDA at $121.95', '$250.10 (0.25 % of equity)', 'Chip maker', '$115.85 (-5 %)', 'Expires', 'Approve', 'Reject']
    const places = order.map((part) => position(text, part))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(text).toContain('PAPER')
  })

  it('says before anything else that real money moves, also in the notification, and nowhere without it', () => {
    const text = words(show('live'))
    expect(position(text, 'LIVE · REAL MONEY')).toBeLessThan(position(text, 'At risk'))
    expect(push(show('live'))).toMatch(/🔴 LIVE NVDA BUY 20 /)
    expect(text).toContain('first live week: half')
    for (const name of ['pending', 'filled', 'halted']) expect(words(show(name)) + push(show(name))).not.toMatch(/LIVE|REAL/)
  })

  it('says line by line what real money and autonomous mode wait for', () => {
    const text = words(show('readiness'))
    for (const part of [
      'Before real money',
      'Before autonomous mode',
      '✓ Win rate: 66.7 % of 9',
      '✗ Average trade: -$79.63, needed > $50',
      '✗ Kill drilled: never',
    ])
      expect(text).toContain(part)
  })

  it.each([
    ['armed', 'Armed for the open by Ada 10:00:42, 42 s.'],
    ['moved', 'Price moved +1.8 %: approve the new price?'],
    ['approved', 'Approved by Ada 10:00:42, 42 s.'],
    ['declined', 'Declined by Ada 10:00:42, 42 s.'],
    ['expired', 'Expired 10:30:00, 30 min.'],
    ['superseded', 'Superseded 10:05:00, 5 min.'],
    ['denied', 'Denied by risk, asked by Ada 10:00:42, 42 s.'],
    ['voided', 'Voided 10:00:42, 42 s.'],
    ['over-the-limit', '$8,120.50 in NVDA is over the $5,000.00 limit (max 25 shares)'],
  ])('%s: says so in words, in bold, before the money, and keeps the trade', (name, news) => {
    const screen = show(name)
    expect(screen.message).toContain(`<b>${news}</b>`)
    const text = words(screen)
    expect(position(text, `${news} `)).toBeLessThan(position(text, 'At risk'))
    for (const kept of ['Buy 41 NVDA', 'Stop', 'Target', 'Chip maker']) expect(text).toContain(kept)
  })

  it('takes the deciding buttons from what is decided, and from what is over the limits only Approve', () => {
    for (const name of ['approved', 'declined', 'expired', 'superseded', 'denied', 'voided'])
      expect(show(name).message).not.toMatch(/>(Approve|Reject|Withdraw|½[^<]*)</)
    expect(show('over-the-limit').message).not.toContain('>Approve<')
    expect(show('over-the-limit').message).toContain('>Reject<')
    expect(show('armed').message).toContain('>Withdraw<')
  })

  it('shows a hostile headline as it was written, harmless, and short enough to leave figures and buttons in sight', () => {
    const { message } = show('hostile')
    expect(message).not.toMatch(/<(a|i|s|u|script)>|class="(mention|quote|spoiler|inline|h1)"|[\u202a-\u202e\u2066-\u2069]/)
    expect(words(show('hostile'))).toContain(hostileHeadline.slice(0, hostileHeadline.indexOf(' `code`')))
    expect(words(show('hostile')).length).toBeLessThan(1000)
    expect(JSON.stringify(payloadOf(platform, scene('hostile'), false)).length).toBeLessThan(6000)
  })

  it('lines tables up: words to the left, figures to the right, the total last', () => {
    const lines = monospace(show('positions')).filter((line) => !/^─+$/.test(line))
    expect(lines).toEqual([
      'P&L      Symbol  Shares     Now',
      '+$62.73  NVDA        41  123.50',
      '-$62.52  GOOGL      -12  881.30',
      '-$225    BRK.B     1250  114.02',
      '-$225    total',
    ])
    expect(words(show('pnl'))).toContain('-$716.70 net this month')
  })
})
