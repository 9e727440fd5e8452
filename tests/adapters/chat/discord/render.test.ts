import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cardReference, plainCard, renderCard } from '../../../../src/adapters/chat/discord/render.ts'
import { tableBlock } from '../../../../src/adapters/chat/discord/table.ts'
import { clipped, escaped } from '../../../../src/adapters/chat/discord/text.ts'
import { card } from '../../../../src/app/card.ts'
import { proposalCard } from '../../../../src/app/cards/proposal.ts'
import type { Card } from '../../../../src/ports/chat.ts'
import { messageProblems } from '../../../emulators/discord/message-rules.ts'
import { proposal as sample } from '../../../support/samples.ts'
import { proposal } from './support.ts'

const now = Date.parse('2026-01-05T15:00:00Z')
const rlo = '\u202e'
const hostile = `@everyone <!channel> *_~ \`\`\`code\`\`\` <script>alert(1)</script> <@123> [x](https://evil.example) :smile: ${rlo}drowssap\u200b `
const long = hostile + 'x'.repeat(5_000)

const textOf = (body: ReturnType<typeof renderCard>): string =>
  [body.content, ...body.embeds.flatMap(({ title, description, footer }) => [title, description, footer?.text])].join('\n')

describe('given a headline that means harm', () => {
  const body = renderCard(proposal({ lines: [long], title: `${long}!`, pushText: long, facts: [{ label: long, value: long }] }), { now })

  test('nobody is mentioned, nothing is formatted, nothing is hidden', () => {
    const text = textOf(body)
    expect(body.allowed_mentions).toEqual({ parse: [], users: [] })
    expect(text).not.toMatch(/(?<!\\)@everyone/)
    expect(text).not.toMatch(/(?<!\\)<[@!#s]/)
    expect(text).not.toMatch(/(?<!\\)`/)
    expect(text).not.toMatch(/https?:\/\//)
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/)
    expect(text).toContain('\\@everyone \\<!channel\\> \\*\\_\\~')
  })

  test('it stays inside of every limit, and the beginning is never lost', () => {
    expect(messageProblems(body, [])).toEqual([])
    expect(body.content.startsWith('\\@everyone')).toBe(true)
    expect(body.embeds[0]?.title?.startsWith('\\@everyone')).toBe(true)
    expect(body.embeds[1]?.description?.length).toBeGreaterThan(1_000)
    expect(messageProblems(plainCard(proposal({ lines: [long], pushText: long }), { now }, true), [])).toEqual([])
  })

  test('a list or a quotation cannot be begun', () => {
    expect(['- a', '+ a', '1. a', '# a', '> a'].map(escaped)).toEqual(['\\- a', '\\+ a', '1\\. a', '\\# a', '\\> a'])
    expect(escaped('09:31:07 ET, +1.8 %')).toBe('09:31:07 ET, +1.8 %')
  })

  test('a code block cannot be left', () => {
    const block = tableBlock({ columns: ['A', 'B'], rows: [['```', '1']], total: null })
    expect(block.match(/`+/g)).toEqual(['```', '```'])
  })
})

describe('given any text at all', () => {
  test('every form of a card is one that Discord takes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6_000 })
    const button = fc.record({ id: fc.string({ maxLength: 120 }), label: text, style: fc.constantFrom('primary', 'danger', 'plain') })
    const cards: fc.Arbitrary<Card> = fc.record({
      key: fc.string(),
      kind: fc.constantFrom('proposal', 'reply', 'notice', 'status'),
      tone: fc.constantFrom('neutral', 'good', 'bad', 'warning'),
      title: text,
      lines: fc.array(text, { maxLength: 6 }),
      facts: fc.array(fc.record({ label: text, value: text }), { maxLength: 30 }),
      table: fc.option(
        fc.record({
          columns: fc.constant(['A', 'B']),
          rows: fc.array(fc.tuple(text, text), { maxLength: 60 }),
          total: fc.constant(['all', '1']),
        }),
      ),
      series: fc.constant(null),
      buttons: fc.array(button, { maxLength: 30 }),
      menu: fc.array(button, { maxLength: 30 }),
      pushText: text,
      banner: fc.constantFrom('SIM', 'PAPER', 'LIVE'),
      picture: fc.constant(null),
      thread: fc.constant(null),
      event: fc.constant('answer'),
      data: fc.constant(null),
    })
    fc.assert(
      fc.property(cards, (any) => {
        const options = { now, mention: ['discord:200000000000000001'] }
        for (const body of [renderCard(any, options), plainCard(any, options, true), plainCard(any, options, false)]) {
          expect(messageProblems(body, [])).toEqual([])
          if (any.kind !== 'reply') expect(body.content.trim()).not.toBe('')
        }
      }),
      { numRuns: 100 },
    )
  })

  test('cutting leaves no half of an escape or of a character', () => {
    expect(clipped('ab\\*cd', 4)).toBe('ab…')
    expect(clipped('ab😀cd', 4)).toBe('ab…')
    expect(clipped('abcd', 4)).toBe('abcd')
  })
})

describe('given cards as the bot makes them', () => {
  test('every state of a proposal says in its push text what it is about, in a phone’s width of table', () => {
    const statuses = ['pending', 'armed', 'approved', 'declined', 'expired', 'superseded', 'denied', 'voided'] as const
    for (const status of statuses) {
      const body = renderCard(proposalCard(sample({ status, decidedAt: '2013-10-07T14:00:42.000Z', decidedBy: 'Ada' }), 'sim'), { now })
      expect(body.content).toMatch(/^NVDA BUY 41 at \$121\.95, risk \$250\.10/)
      expect(messageProblems(body, [])).toEqual([])
    }
  })

  test('a table fits 34 characters, figures to the right, the total under a line', () => {
    const table = {
      columns: ['Symbol', 'Qty', 'P&L'],
      rows: [
        ['NVDA', '41', '+$120'],
        ['AAPL', '7', '-$3'],
      ],
      total: ['All', '', '+$117'],
    }
    expect(tableBlock(table).split('\n')).toEqual([
      ...['```', 'Symbol  Qty    P&L', 'NVDA     41  +$120', 'AAPL      7    -$3', '──────────────────', 'All          +$117', '```'],
    ])
    const many = tableBlock({ ...table, rows: Array.from({ length: 60 }, () => ['NVDA', '41', '+$120']) })
    expect(many).toContain('… 20 more')
  })

  test('what is worth a table too long for one message is said so', () => {
    const rows = Array.from({ length: 40 }, () => ['x'.repeat(60), '1'])
    const body = renderCard(proposal({ table: { columns: ['A', 'B'], rows, total: null } }), { now })
    expect(textOf(body)).toContain('too long')
    expect(messageProblems(body, [])).toEqual([])
  })

  test('an expiry counts down where it is near in real time, and is left alone where time is simulated', () => {
    const facts = [{ label: 'Expires', value: '10:30:00 ET' }]
    const at = (expires_at: unknown) => renderCard(proposal({ facts, data: { expires_at } }), { now }).embeds[0]?.description
    expect(at('2026-01-05T15:30:00Z')).toContain('10:30:00 ET (<t:1767627000:R>)')
    expect(at('2013-10-07T14:30:00Z')).toMatch(/10:30:00 ET$/)
    expect(at(7)).toMatch(/10:30:00 ET$/)
  })

  test('what the notification says is not said twice, and a private answer rings nothing', () => {
    const notice = renderCard(card('notice:1', 'notice', 'live', { title: 'Halted' }), { now })
    expect(notice).toMatchObject({
      content: '🔴 LIVE Halted',
      embeds: [{ author: { name: '🔴 LIVE · REAL MONEY' }, footer: { text: cardReference('notice:1') } }],
    })
    expect(notice.embeds[0]?.title).toBeUndefined()
    expect(renderCard(card('reply:1', 'reply', 'sim', { title: 'P&L' }), { now })).toMatchObject({
      content: '',
      embeds: [{ title: 'P&L' }],
    })
  })
})
