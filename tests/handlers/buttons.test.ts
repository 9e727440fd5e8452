import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { App, DecisionOutcome } from '../../src/app/app.ts'
import { type Button, parseButtonId } from '../../src/app/button.ts'
import { proposalCard } from '../../src/app/cards/proposal.ts'
import { quantity, text } from '../../src/domain/decimal.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import { commandApp, me, meta } from '../support/command-app.ts'
import { position, proposal, terms } from '../support/samples.ts'

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
})
