import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factLines, tableLines } from '../../../../src/adapters/chat/slack/columns.ts'
import { renderCard } from '../../../../src/adapters/chat/slack/render.ts'
import { pieces, visible } from '../../../../src/adapters/chat/slack/text.ts'
import { cardView, formValues, formView, homeView } from '../../../../src/adapters/chat/slack/views.ts'
import type { Card } from '../../../../src/ports/chat.ts'
import { blockProblems, markupProblems, textLength, viewProblems } from '../../../emulators/slack/block-rules.ts'
import { delivery } from '../../../support/samples.ts'
import { card, complaints, connected, form, replyCard, tidyUp } from './given.ts'

tidyUp('rendering')

const known = { file: () => true }
const problems = (given: Card) => {
  const { text, blocks, plain } = renderCard(given, { mention: ['U1'], image: { fileId: 'F1', alt: 'A chart' } })
  return [...blockProblems(blocks, 'message', known), ...markupProblems(text), ...markupProblems(plain)]
}
const words = (given: Card) => JSON.stringify(renderCard(given).blocks)
const types = (given: Card) => renderCard(given).blocks.map(({ type }) => type)

const rlo = String.fromCodePoint(0x202e)
const hostile = `@everyone <!channel> <@U0ANA> *_~ \`\`\`code\`\`\` <script>alert(1)</script> ${rlo}gpj.exe &amp; & https://evil.example ${'long words '.repeat(450)}THE END`

describe('a card', () => {
  test('leads with the decision, then money, then the story, then what can be done', () => {
    expect(types(card())).toEqual(['header', 'context', 'rich_text', 'section', 'rich_text', 'actions'])
    const [header, banner, risk, , , actions] = renderCard(card()).blocks
    expect(header).toMatchObject({ text: { type: 'plain_text', text: 'Buy 41 NVDA at $121.95' } })
    expect(banner).toMatchObject({ elements: [{ text: 'PAPER · p1' }] })
    expect(JSON.stringify(risk)).toContain('$250.10 (0.25 % of equity)')
    expect(actions).toMatchObject({
      elements: [
        { type: 'button', action_id: 'press:0', value: 'approve:p1:1', style: 'primary' },
        { type: 'button', action_id: 'press:1', value: 'half:p1:1' },
        { type: 'button', action_id: 'press:2', value: 'decline:p1', style: 'danger' },
        { type: 'overflow', options: [{ value: 'why:p1' }, { value: 'snooze:p1' }] },
      ],
    })
  })

  test('always has a notification: its push text, else its title, else our name', () => {
    expect(renderCard(card({ pushText: '' })).text).toBe('Buy 41 NVDA at $121.95')
    expect(renderCard(card({ pushText: `${rlo} `, title: '\n' })).text).toBe('Catalyst')
    expect(problems(card({ pushText: '', title: '' }))).toEqual([])
  })

  test('shows its tone in the headline', () => {
    expect(words(card({ tone: 'bad', title: 'HALTED' }))).toContain('🔴 HALTED')
  })

  test('with nothing but a title has no empty parts', () => {
    expect(types(replyCard('Done'))).toEqual(['header', 'context'])
  })

  test('with a title beyond a header repeats it below, whole', () => {
    const title = `Buy ${'x'.repeat(400)} END`
    expect(words(card({ title }))).toContain(title)
    expect(problems(card({ title }))).toEqual([])
  })

  test('with more buttons than a row holds has more rows, and menu entries with long ids become buttons', () => {
    const buttons = Array.from({ length: 30 }, (_, i) => ({ id: `b:${i}`, label: `B${i}`, style: 'plain' as const }))
    const menu = [...buttons.slice(0, 7), { id: `x:${'y'.repeat(90)}`, label: 'Long', style: 'plain' as const }]
    expect(problems(card({ buttons, menu }))).toEqual([])
    expect(types(card({ buttons, menu })).filter((type) => type === 'actions')).toHaveLength(2)
    expect(words(card({ buttons: [], menu }))).toContain('y'.repeat(90))
  })
})

describe('a hostile headline', () => {
  const given = card({ title: hostile.slice(0, 600), lines: [hostile], pushText: hostile, facts: [{ label: hostile, value: hostile }] })

  test('becomes plain words: nothing in the blocks is markup', () => {
    expect(problems(given)).toEqual([])
    const blocks = JSON.stringify(renderCard(given).blocks)
    expect(blocks).not.toContain('mrkdwn')
    expect(blocks).not.toContain(rlo)
  })

  test('is not cut off: its last words are there', () => {
    expect(hostile.length).toBeGreaterThan(5_000)
    const sections = renderCard(card({ lines: [hostile] })).blocks.flatMap((block) =>
      block.type === 'section' ? (block.text?.text ?? '') : [],
    )
    expect(sections.join(' ').replace(/\s+/g, ' ')).toBe(visible(hostile).replace(/\s+/g, ' '))
  })

  test('mentions and links nobody in the words of a notification', () => {
    const { text } = renderCard(given)
    expect(text).toContain('@everyone &lt;!channel&gt; &lt;@U0ANA&gt; ∗ˍ∼ ˋˋˋcodeˋˋˋ &lt;script&gt;')
    expect(text).not.toMatch(/[<>]/)
  })

  test('goes through the real client without a complaint, and is edited so, too', async () => {
    const world = await connected()
    const { reference } = await world.chat.deliver(given, delivery())
    await world.chat.deliver(given, delivery({ sequence: 2, reference }))
    world.slack.fail('chat.update', { error: 'invalid_blocks' })
    await world.chat.deliver(given, delivery({ sequence: 3, reference }))
    expect(complaints(world)).toEqual([])
    expect(world.slack.messages()).toMatchObject([{ edits: 2, blocks: [] }])
  })
})

describe('more than fits', () => {
  test('words are cut last, with how many are missing; headline, money and buttons stay', () => {
    const long = card({ lines: Array.from({ length: 50 }, (_, i) => `line ${i} ${'x'.repeat(500)}`) })
    expect(problems(long)).toEqual([])
    expect(words(long)).toMatch(/… \d+ more characters/)
    expect(words(long)).toContain('approve:p1:1')
    expect(textLength(renderCard(long).blocks)).toBeLessThan(13_200)
  })

  test('a long table keeps its head and its total', () => {
    const rows = Array.from({ length: 900 }, (_, i) => [`SYM${i}`, '100', '+$12.30'])
    const long = card({ table: { columns: ['Symbol', 'Qty', 'P&L'], rows, total: ['Total', '', '+$999'] } })
    expect(problems(long)).toEqual([])
    expect(words(long)).toMatch(/Symbol.*more lines.*Total/)
  })
})

describe('columns', () => {
  test('stay within 34 characters, figures to the right, with a line before the total', () => {
    const lines = tableLines({
      columns: ['Symbol', 'Qty', 'P&L'],
      rows: [
        ['NVDA', '41', '+$120'],
        ['AAPL', '7', '-$3.10'],
      ],
      total: ['Total', '', '+$117'],
    })
    expect(lines).toEqual([
      'Symbol  Qty     P&L',
      '───────────────────',
      'NVDA     41   +$120',
      'AAPL      7  -$3.10',
      '───────────────────',
      'Total         +$117',
    ])
  })

  test('that are too wide become two lines a row', () => {
    const lines = tableLines({
      columns: ['Order', 'State'],
      rows: [['a-very-long-identifier-of-an-order', 'accepted by the broker']],
      total: null,
    })
    expect(lines).toEqual([
      'Order',
      ' State',
      '──────────────────────────────────',
      'a-very-long-identifier-of-an-order',
      ' accepted by the broker',
    ])
  })

  test('of facts wrap beside their label', () => {
    expect(
      factLines([
        { label: 'Entry', value: '$121.95, up to $123.77' },
        { label: 'Catalyst score', value: '80 %' },
        { label: 'A label that is far too long', value: 'x' },
      ]),
    ).toEqual([
      'Entry          $121.95, up to',
      '               $123.77',
      'Catalyst score 80 %',
      'A label that is far too long',
      '               x',
    ])
  })

  test('whatever is in them, no line is wider', () => {
    const text = fc.string({ maxLength: 120, unit: 'binary' })
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: text, value: text }), { maxLength: 12 }),
        fc.array(fc.array(text, { maxLength: 6 }), { maxLength: 8 }),
        (facts, rows) => {
          const lines = [...factLines(facts), ...tableLines({ columns: ['A', 'B'], rows, total: null })]
          return lines.every((line) => line.length <= 35)
        },
      ),
    )
  })
})

describe('any card at all', () => {
  const text = (maxLength: number) =>
    fc.oneof(fc.string({ maxLength, unit: 'binary' }), fc.string({ maxLength, unit: fc.constantFrom(...'<>&*_~`@!|#\n a\u202e\ud83d') }))
  const button = fc.record({
    id: fc.string({ minLength: 1, maxLength: 100 }),
    label: text(120),
    style: fc.constantFrom('primary', 'danger', 'plain'),
  })
  const anyCard = fc
    .record({
      title: text(400),
      pushText: text(400),
      lines: fc.array(text(4_000), { maxLength: 8 }),
      facts: fc.array(fc.record({ label: text(60), value: text(400), emphasis: fc.boolean() }), { maxLength: 12 }),
      buttons: fc.array(button, { maxLength: 30 }),
      menu: fc.array(button, { maxLength: 8 }),
      tone: fc.constantFrom('neutral', 'good', 'bad', 'warning'),
    })
    .map((change) => card(change as Partial<Card>))

  test('is within every limit and does nothing on its own', () => {
    fc.assert(
      fc.property(anyCard, (given) => {
        expect(problems(given)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
  test('also on the App Home and in a modal', () => {
    fc.assert(
      fc.property(fc.array(anyCard, { maxLength: 6 }), (cards) => {
        expect(viewProblems(homeView(cards), 'home', known)).toEqual([])
        for (const given of cards.slice(0, 1)) expect(viewProblems(cardView(given), 'modal', known)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
  test('survives being sent: no half characters are left', () => {
    fc.assert(fc.property(text(200), (given) => typeof encodeURIComponent(visible(given)) === 'string'))
  })
})

describe('pieces of a text', () => {
  test('together are the text, and none is too long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), fc.integer({ min: 4, max: 50 }), (text, most) => {
        const found = pieces(text, most)
        expect(found.every((piece) => piece.length <= most)).toBe(true)
        expect(found.join('').replace(/[\n ]/g, '')).toBe(text.replace(/[\n ]/g, ''))
      }),
    )
  })
})

describe('a form', () => {
  test('is within every limit, whatever its words are', () => {
    const long = {
      ...form,
      title: hostile,
      submit: hostile,
      fields: form.fields.map((field) => ({ ...field, label: hostile, hint: hostile, value: hostile })),
    }
    expect(viewProblems(formView(long), 'modal', known)).toEqual([])
    expect(viewProblems(formView({ ...form, title: '', submit: '' }), 'modal', known)).toEqual([])
  })
  test('gives its answers by field; what is no field of ours is left out', () => {
    const value = (text: string | null) => ({ value: { value: text } })
    const state = { 'field:quantity': value('20'), 'field:note': value(null), stranger: value('x'), 'field:__proto__': value('y') }
    expect(formValues(state)).toEqual({ quantity: '20', note: '' })
  })
})
