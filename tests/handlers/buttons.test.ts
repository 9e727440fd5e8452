import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { App, DecisionOutcome } from '../../src/app/app.ts'
import { type Button, parseButtonId } from '../../src/app/button.ts'
import { proposalCard } from '../../src/app/cards/proposal.ts'
import { defineCommand } from '../../src/app/command.ts'
import { quantity, text } from '../../src/domain/decimal.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import type { Form } from '../../src/ports/chat.ts'
import { commandApp, me, meta } from '../support/command-app.ts'
import { iso, order, position, proposal, terms } from '../support/samples.ts'

const folder = new URL('../../handlers/buttons/', import.meta.url)
const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort()
const buttons = await Promise.all(
  files.map(async (file) => ({ file, button: (await import(new URL(file, folder).href)).button as Button })),
)

const press = async (id: string, app: App, values: Readonly<Record<string, string>> = {}) => {
  const parsed = parseButtonId(id)
  const found = buttons.find(({ button }) => button.name === parsed?.name)
  if (!parsed || !found) throw new Error(`no button ${id}`)
  return found.button.run({ app, actor: me, target: parsed.target, values, meta, commands: [] })
}
/** An app whose approvals end like this; the taps it got come along. */
function deciding(result: DecisionOutcome, books: readonly Proposal[] = [proposal()]) {
  const taps: { readonly id: string; readonly version: number; readonly quantity: string | null }[] = []
  const { app } = commandApp(
    { proposals: books },
    {
      approve: async (id, tap) => {
        taps.push({ id, version: tap.version, quantity: tap.quantity ? text(tap.quantity) : null })
        return result
      },
      decline: async () => result,
    },
  )
  return { app, taps }
}

const form = async (id: string, app: App) => {
  const parsed = parseButtonId(id)
  const asked = await buttons
    .find(({ button }) => button.name === parsed?.name)
    ?.button.form?.({ app, actor: me, target: parsed?.target ?? '', values: {}, meta, commands: [] })
  if (!asked) throw new Error(`${id} asks nothing`)
  return asked
}
const within = (asked: Omit<Form, 'id'>) => {
  expect([asked.title.length <= 24, asked.submit.length <= 24, asked.fields.length <= 5]).toEqual([true, true, true])
  for (const field of asked.fields) expect([field.label.length <= 45, field.hint.length <= 100], field.name).toEqual([true, true])
  return Object.fromEntries(asked.fields.map((field) => [field.name, field.value]))
}

describe('buttons', () => {
  it.each(buttons)('$file holds the button of its name; deciding ones take an approver', ({ file, button }) => {
    expect(file).toBe(`${button.name}.ts`)
    expect(button.role).toBe(['why', 'show'].includes(button.name) ? 'viewer' : 'approver')
  })

  it('on a fresh card all lead to a handler, within a hundred characters', () => {
    const card = proposalCard(proposal(), 'sim')
    const ids = [...card.buttons, ...card.menu].map((b) => b.id)
    expect(ids).toEqual(['approve:p1:1', 'half:p1:1', 'decline:p1', 'edit:p1:1', 'why:p1', 'snooze:p1'])
    for (const id of ids) expect(buttons.map(({ button }) => button.name)).toContain(parseButtonId(id)?.name)
  })

  it('that were never ours are no buttons', () => {
    for (const id of ['', ':', 'Approve:p1:1', `approve:${'x'.repeat(90)}`, 'approve:p1:1\n', '../x', 'approve:<b>'])
      expect(parseButtonId(id), id).toBeNull()
  })

  it('Approve passes on exactly the version on its card, and nothing at all when it names none', async () => {
    const { app, taps } = deciding({ outcome: 'approved', proposal: proposal({ status: 'approved' }) })
    expect((await press('approve:p1:7', app)).title).toBe('Approved: Buy 41 NVDA at $121.95')
    for (const target of ['p1', 'p1:0', 'p1:x', 'p1:1:1:1', ':1'])
      expect((await press(`approve:${target}`, app)).facts[0]?.value, target).toBe('BAD_BUTTON')
    expect(taps).toEqual([{ id: 'p1', version: 7, quantity: null }])
  })

  it('Half asks for half the shares, rounded down, and there is no half of one', async () => {
    const { app, taps } = deciding({ outcome: 'approved', proposal: proposal() })
    await press('half:p1:1', app)
    expect(taps).toEqual([{ id: 'p1', version: 1, quantity: '20' }])
    const one = proposal({ terms: terms({ quantity: quantity('1') }) })
    const single = deciding({ outcome: 'approved', proposal: one }, [one])
    expect((await press('half:p1:1', single.app)).facts[0]?.value).toBe('QUANTITY_OUT_OF_RANGE')
    expect(single.taps).toEqual([])
    expect(proposalCard(one, 'sim').buttons.map((b) => b.id)).not.toContain('half:p1:1')
  })

  it('a stale tap gets one line with the true state', async () => {
    const done = proposal({ status: 'declined', decidedBy: 'discord:2' })
    const { app } = deciding({
      outcome: 'refused',
      proposal: done,
      refusal: { code: 'ALREADY_DECIDED', explain: 'already declined by discord:2' },
    })
    const card = await press('approve:p1:1', app)
    expect([card.title, card.lines, card.buttons]).toEqual([
      'Nothing changed: Buy 41 NVDA at $121.95',
      ['already declined by discord:2'],
      [],
    ])
  })

  it('a price that moved asks again, with the buttons of the new version', async () => {
    const moved = proposal({ terms: terms({ version: 2 }), repricings: 1 })
    const { app } = deciding({ outcome: 'repriced', proposal: moved, movedPercent: '1.8' })
    const card = await press('approve:p1:1', app)
    expect([card.title, card.buttons[0]?.id, card.kind]).toEqual(['Moved +1.8 %: approve the new price?', 'approve:p1:2', 'reply'])
  })

  it('a denial says why and what would pass', async () => {
    const denial = { code: 'X', limit: null, actual: null, wouldPass: 'max 12 shares', explain: 'too much', transient: false }
    const { app } = deciding({ outcome: 'denied', proposal: proposal({ status: 'denied' }), denials: [denial] })
    expect((await press('approve:p1:1', app)).lines).toEqual(['too much (max 12 shares)'])
  })

  it('Edit asks for four numbers with the terms of now in them, and says why not otherwise', async () => {
    const { app } = commandApp({ proposals: [proposal({ symbol: 'BRK.LONGEST' })] })
    const asked = await form('edit:p1:1', app)
    if ('key' in asked) throw new Error('a card came instead')
    expect(within(asked)).toEqual({ quantity: '41', limit: '123.77', stop: '115.85', target: '134.15' })
    const instead = async (id: string, other = app) => {
      const answer = await form(id, other)
      return 'key' in answer ? answer.facts[0]?.value : answer.title
    }
    expect(await instead('edit:p1:2')).toBe('OTHER_VERSION')
    expect(await instead('edit:zz:1')).toBe('NOT_FOUND')
    expect(await instead('edit:p1:1', commandApp({ proposals: [proposal({ status: 'voided' })] }).app)).toBe('ALREADY_DECIDED')
  })

  it('Edit passes on exactly what was typed, names the field that is no number, and shows the new version with its buttons', async () => {
    const wanted: unknown[] = []
    const { app } = commandApp(
      { proposals: [proposal()] },
      {
        async revise(id, terms, by) {
          wanted.push([id, terms.version, ...[terms.quantity, terms.limitPrice, terms.stopLoss, terms.takeProfit].map(text), by.actor])
          return { outcome: 'revised', proposal: proposal({ revisedBy: 'discord:1', terms: terms2 }) }
        },
      },
    )
    const terms2 = terms({ version: 2, quantity: quantity('10') })
    const card = await press('edit:p1:1', app, { quantity: ' 10 ', limit: '$1,123.50', stop: '$115.85', target: '134.15' })
    expect(wanted).toEqual([['p1', 1, '10', '1123.5', '115.85', '134.15', 'discord:1']])
    expect([card.title, card.buttons[0]?.id, card.kind, card.event]).toEqual(['Version 2: approve it?', 'approve:p1:2', 'reply', 'answer'])
    const wrong = await press('edit:p1:1', app, { quantity: 'ten', limit: '1e3', stop: '115.85', target: '' })
    expect([wrong.facts[0]?.value, wrong.lines[0]]).toEqual([
      'NOT_A_NUMBER',
      'quantity: must be a number like 187.25, not "ten"; limit: must be a number like 187.25, not "1e3"; target: must be a number like 187.25, not ""',
    ])
    expect(wanted).toHaveLength(1)
  })

  it('after a rejection reasons can be tapped or typed; neither decides anything', async () => {
    const rejected = proposal({ status: 'declined', decidedBy: me.id })
    const reasons: unknown[] = []
    const { app } = commandApp(
      { proposals: [rejected] },
      {
        decline: async () => ({ outcome: 'declined', proposal: rejected }),
        async giveReason(id, words) {
          reasons.push([id, words])
          return { outcome: 'declined', proposal: { ...rejected, reason: words } }
        },
      },
    )
    const card = await press('decline:p1', app)
    expect(card.buttons.map((b) => b.label)).toEqual([
      'Too risky',
      'Wrong direction',
      'Stale news',
      'No conviction',
      'Already exposed',
      'Other…',
    ])
    const after = await press(card.buttons[0]?.id ?? '', app)
    expect([after.lines, after.buttons]).toEqual([['Too risky'], []])
    const asked = await form('decline-note:p1', app)
    if ('key' in asked) throw new Error('a card came instead')
    expect(within(asked)).toEqual({ note: '' })
    await press('decline-note:p1', app, { note: ' too\nthin\u202e ' })
    expect(reasons).toEqual([
      ['p1', 'Too risky'],
      ['p1', 'too thin'],
    ])
    for (const id of ['decline-reason:p1:nonsense', 'decline-reason:p1', 'decline-reason:'])
      expect((await press(id, app)).facts[0]?.value).toBe('BAD_BUTTON')
    expect((await press('decline-note:p1', app, {})).facts[0]?.value).toBe('NO_REASON')
  })

  it('Snooze says when the reminder comes', async () => {
    const { app } = commandApp({}, { snooze: async () => ({ outcome: 'snoozed', proposal: proposal({ remindAt: iso(29 * 60_000) }) }) })
    expect((await press('snooze:p1', app)).lines).toEqual(['A reminder comes at 10:29:00 ET.'])
  })

  it('Move stop asks for one price, break-even first, and passes it on', async () => {
    const moves: unknown[] = []
    const held = position()
    const { app } = commandApp(
      { positions: [held, position({ id: 'pos2', stopLoss: null }), position({ id: 'pos3', status: 'closed' })] },
      {
        async moveStop(id, stop) {
          moves.push([id, text(stop)])
          return { outcome: 'moved', position: { ...held, stopLoss: stop } }
        },
      },
    )
    const asked = await form('move-stop:pos1', app)
    if ('key' in asked) throw new Error('a card came instead')
    expect([within(asked), asked.fields[0]?.label]).toEqual([{ stop: '100' }, 'Stop, above $95'])
    expect((await press('move-stop:pos1', app, { stop: '$101.50' })).title).toBe('Stop of NVDA: $101.50')
    expect((await press('move-stop:pos1', app, {})).facts[0]?.value).toBe('NOT_A_NUMBER')
    expect(moves).toEqual([['pos1', '101.5']])
    for (const id of ['pos2', 'pos3', 'nothing']) expect('key' in (await form(`move-stop:${id}`, app)), id).toBe(true)
  })

  it('Close half says what goes, or why nothing does', async () => {
    const half = (left: string | null) =>
      commandApp(
        { positions: [position()] },
        {
          closeHalf: async (positionId) => {
            const one = { positionId, symbol: 'NVDA' }
            return left === null ? { closing: [{ ...one, orderId: 'o9' }], left: [] } : { closing: [], left: [{ ...one, reason: left }] }
          },
        },
      ).app
    expect((await press('close-half:pos1:41', half(null))).title).toBe('Closing half of NVDA')
    expect((await press('close-half:pos1:41', half('already closed'))).lines).toEqual(['NVDA: already closed'])
    expect((await press('close-half:nothing:41', half(null))).facts[0]?.value).toBe('NOT_FOUND')
    for (const id of ['close-half:pos1', 'close-half:pos1:-1', 'close-half:pos1:1e9'])
      expect((await press(id, half(null))).facts[0]?.value, id).toBe('NOT_FOUND')
  })

  it('Show asks a command again that only looks, and no other', async () => {
    const asked: string[] = []
    const looks = (name: string) =>
      defineCommand({
        name,
        summary: name,
        role: 'viewer',
        args: z.object({ period: z.string().optional() }),
        async run(call) {
          asked.push(`${name} ${call.args.period ?? ''}`.trim())
          return { ...proposalCard(proposal(), 'sim'), title: name }
        },
      })
    const { app } = commandApp({ roles: { [me.id]: 'viewer' } })
    const show = buttons.find(({ button }) => button.name === 'show')?.button
    const tap = async (target: string) =>
      (await show?.run({ app, actor: me, target, values: {}, meta, commands: ['pnl', 'kill', 'positions'].map(looks) }))?.title
    expect([await tap('pnl.week'), await tap('positions')]).toEqual(['pnl', 'positions'])
    for (const target of ['kill', 'pnl.week.x', '', 'flatten.all', 'pnl week'])
      expect(await tap(target)).toBe('This button is not one of ours')
    expect(asked).toEqual(['pnl week', 'positions'])
  })

  it('Reject takes one tap; a proposal nobody knows is not found', async () => {
    expect((await press('decline:p1', deciding({ outcome: 'declined', proposal: proposal({ status: 'declined' }) }).app)).title).toContain(
      'Rejected',
    )
    expect((await press('decline:zz', deciding({ outcome: 'not_found' }).app)).facts[0]?.value).toBe('NOT_FOUND')
  })

  it('Flatten closes all of it or one position, and nothing it does not know', async () => {
    const { app, calls } = commandApp({ positions: [position()] })
    expect((await press('flatten:all', app)).title).toBe('Not flat yet: closing 1 position')
    await press('flatten:pos1', app)
    expect((await press('flatten:nothing', app)).facts[0]?.value).toBe('NOT_FOUND')
    expect(calls.map((call) => call.name)).toEqual(['flatten', 'closePosition'])
  })

  it('Not there takes an order off the books on a person’s word, unless the broker has it or its fate is known', async () => {
    const books = { orders: [order({ id: 'p1-v1', status: 'unknown', brokerOrderId: null })] }
    const answers = {
      given_up: 'Off the books: buy 40 NVDA',
      found: 'It is there: buy 40 NVDA',
      settled: 'Settled before: buy 40 NVDA',
    } as const
    for (const [outcome, title] of Object.entries(answers)) {
      const { app } = commandApp(books, { giveUpOrder: async () => outcome as keyof typeof answers })
      expect((await press('not-there:p1-v1', app)).title).toBe(title)
      expect((await press('not-there:nothing', app)).facts[0]?.value).toBe('NOT_FOUND')
    }
  })
})
