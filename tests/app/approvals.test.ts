import { describe, expect, it } from 'vitest'
import { price, quantity, text } from '../../src/domain/decimal.ts'
import type { Card } from '../../src/ports/chat.ts'
import type { Desk, DeskOptions } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

const fresh = deskPerTest()
let desk: Desk
const open = async (approvals: object = {}, more: DeskOptions = {}) => {
  desk = await fresh({ ...more, settings: { approvals, ...more.settings } })
}
const tap = async (actor: string, over: { version?: number; quantity?: string } = {}) => {
  const { id, terms } = await desk.proposal()
  const size = over.quantity === undefined ? undefined : quantity(over.quantity)
  const result = await desk.app.approve(id, { version: over.version ?? terms.version, quantity: size }, desk.by(actor))
  await desk.app.settled()
  return result
}
const last = (prefix: string): Card | undefined => desk.cards.findLast((card) => card.key.startsWith(prefix))
const count = (prefix: string): number => new Set(desk.cards.filter((card) => card.key.startsWith(prefix)).map((card) => card.key)).size

describe('editing a proposal', () => {
  const revise = async (over: { quantity?: string; limit?: string; stop?: string; target?: string; version?: number } = {}) => {
    const { id, terms } = await desk.proposal()
    const wanted = {
      version: over.version ?? terms.version,
      quantity: over.quantity === undefined ? terms.quantity : quantity(over.quantity),
      limitPrice: over.limit === undefined ? terms.ceilingPrice : price(over.limit),
      stopLoss: over.stop === undefined ? terms.stopLoss : price(over.stop),
      takeProfit: over.target === undefined ? terms.takeProfit : price(over.target),
    }
    const result = await desk.app.revise(id, wanted, desk.by('discord:1'))
    await desk.app.settled()
    return result
  }

  it('given an edit, when the old version is tapped, then it is refused; the new one is ordered to the letter', async () => {
    await open()
    await desk.alert()
    expect(await revise({ quantity: '12', limit: '100.50', stop: '98', target: '105' })).toMatchObject({
      outcome: 'revised',
      proposal: { status: 'pending', terms: { version: 2 } },
    })
    expect(last('proposal:')?.lines[0]).toBe('Edited by discord:1: version 2.')
    expect(await tap('discord:2', { version: 1 })).toMatchObject({ outcome: 'refused', refusal: { code: 'OTHER_VERSION' } })
    expect(await tap('discord:2')).toMatchObject({ outcome: 'approved' })
    const entry = (await desk.orders()).find((order) => order.role === 'entry')
    expect([entry?.quantity, entry?.limitPrice, entry?.bracket?.stopLoss, entry?.bracket?.takeProfit].map((d) => d && text(d))).toEqual([
      '12',
      '100.5',
      '98',
      '105',
    ])
  })

  it('given terms that risk would firmly deny, then the edit is refused with what would pass, and the card is as it was', async () => {
    await open()
    await desk.alert()
    const result = await revise({ stop: '100.0' })
    expect(result).toMatchObject({ outcome: 'refused', refusal: { code: 'STOP_TOO_TIGHT' }, proposal: { terms: { version: 1 } } })
    expect(await revise({ quantity: '1000000' })).toMatchObject({ outcome: 'refused', refusal: { code: 'QUANTITY_OUT_OF_RANGE' } })
    expect(await desk.proposal()).toMatchObject({ status: 'pending', terms: { version: 1 } })
  })

  it('given an edited card, when the price moves, then it asks again for no more shares than were set by hand', async () => {
    await open()
    await desk.alert()
    await revise({ quantity: '3' })
    desk.market.set('ACME', '104')
    expect(await tap('discord:1')).toMatchObject({ outcome: 'repriced', proposal: { terms: { version: 3, sizedBy: 'set by hand' } } })
    expect(text((await desk.proposal()).terms.quantity)).toBe('3')
  })

  it('given nobody has such a proposal, then it is not found', async () => {
    await open()
    const none = { version: 1, quantity: quantity('1'), limitPrice: price('1'), stopLoss: price('1'), takeProfit: price('1') }
    expect(await desk.app.revise('nobody', none, desk.by())).toEqual({ outcome: 'not_found' })
    expect(await desk.app.snooze('nobody', desk.by())).toEqual({ outcome: 'not_found' })
    expect(await desk.app.giveReason('nobody', 'why', desk.by())).toEqual({ outcome: 'not_found' })
  })
})

describe('reasons for a rejection', () => {
  it('given a card that still waits, when a reason arrives, then it is not rejected by it', async () => {
    await open()
    await desk.alert()
    const { id } = await desk.proposal()
    expect(await desk.app.giveReason(id, 'Too risky', desk.by())).toMatchObject({ outcome: 'refused', refusal: { code: 'NOT_REJECTED' } })
    expect((await desk.proposal()).status).toBe('pending')
  })
})

describe('snoozing a proposal', () => {
  it('given two who snooze, when 45 s are left, then one reminder in the thread names both, once', async () => {
    await open()
    await desk.alert()
    const { id } = await desk.proposal()
    await desk.app.snooze(id, desk.by('discord:1'))
    expect((await desk.app.snooze(id, desk.by('slack:2'))).outcome).toBe('snoozed')
    await desk.app.remindSnoozed()
    await desk.market.pass(29 * 60 + 16)
    for (let i = 0; i < 2; i++) await desk.app.remindSnoozed()
    await desk.app.settled()
    expect(count('notice:reminder-')).toBe(1)
    expect(last('notice:reminder-')).toMatchObject({
      event: 'reminder',
      thread: `proposal:${id}`,
      lines: ['Snoozed by discord:1, slack:2.'],
      buttons: [],
    })
    expect((await desk.proposal()).remindAt).toBeNull()
    expect(await desk.app.snooze(id, desk.by('slack:2'))).toMatchObject({ outcome: 'refused', refusal: { code: 'TOO_LATE_TO_SNOOZE' } })
  })
})

describe('the two-person rule', () => {
  /** The desk's cards are worth about $4,900. */
  const two = { two_person_above_usd: 1000 }

  it('given a large trade, then the first tap sends nothing, the same person cannot be the second, and another one decides', async () => {
    await open(two)
    await desk.alert()
    expect(last('proposal:')?.facts).toContainEqual({ label: 'Needs', value: 'two people' })
    expect(await tap('discord:1')).toMatchObject({ outcome: 'first_of_two', proposal: { status: 'pending' } })
    expect(await desk.orders()).toEqual([])
    expect(last('proposal:')?.lines[0]).toMatch(/^1 of 2: \d+ approved by discord:1 10:00:00; one more person decides\.$/)
    expect(await tap('discord:1')).toMatchObject({ outcome: 'refused', refusal: { code: 'SECOND_PERSON_NEEDED' } })
    expect(await tap('slack:1', { quantity: '11' })).toMatchObject({ outcome: 'approved', proposal: { decidedBy: 'slack:1' } })
    expect((await desk.orders()).filter((order) => order.role === 'entry').map((order) => text(order.quantity))).toEqual(['11'])
  })

  it('given a small enough part of it, then one is enough', async () => {
    await open(two)
    await desk.alert()
    expect(await tap('discord:1', { quantity: '5' })).toMatchObject({ outcome: 'approved' })
  })

  it('given a price that has moved, when the second taps, then the new version needs two again', async () => {
    await open(two)
    await desk.alert()
    await tap('discord:1')
    desk.market.set('ACME', '104')
    expect(await tap('slack:1')).toMatchObject({ outcome: 'repriced', proposal: { firstApproval: null } })
    expect(await tap('slack:1')).toMatchObject({ outcome: 'first_of_two' })
  })

  it('given a trade that risk denies, then it takes nobody as the first', async () => {
    await open(two)
    await desk.alert()
    desk.market.quoting(false)
    expect(await tap('discord:1')).toMatchObject({ outcome: 'denied', proposal: { firstApproval: null } })
  })

  it('given autonomous mode, then a large card waits for two people, and autonomous is none of them', async () => {
    await open(two)
    await desk.app.changeMode('autonomous', desk.by())
    await desk.alert()
    expect(await desk.proposal()).toMatchObject({ status: 'pending', firstApproval: null })
    expect((await tap('discord:1')).outcome).toBe('first_of_two')
    expect((await tap('autonomous')).outcome).toBe('refused')
    expect((await tap('discord:2')).outcome).toBe('approved')
  })

  it('given a shut market, then two people arm it', async () => {
    await open(two)
    await desk.market.at('2013-10-07T22:00:00Z')
    await desk.alert()
    expect((await tap('discord:1')).outcome).toBe('first_of_two')
    expect((await tap('discord:2')).outcome).toBe('armed')
    await desk.market.at('2013-10-08T13:31:00Z')
    await desk.app.releaseArmed()
    await desk.app.settled()
    expect(await desk.proposal()).toMatchObject({ status: 'approved', decidedBy: 'discord:2' })
  })

  it('given forty taps of two people at once, then there is one order', async () => {
    await open(two)
    await desk.alert()
    const taps = await Promise.all(Array.from({ length: 40 }, (_, i) => tap(`discord:${i % 2}`, { version: 1 })))
    expect(taps.filter((t) => t.outcome === 'approved')).toHaveLength(1)
    expect((await desk.orders()).filter((order) => order.role === 'entry')).toHaveLength(1)
  })
})

describe('silence', () => {
  const people = { 'discord:1': 'approver', 'slack:2': 'owner', 'discord:3': 'viewer' }
  const away = { away: 'escalate', escalate_after_seconds: 300, backup: ['discord:9'] }

  it('given the policy to escalate, then the backup is asked, then everybody who may approve, each once; nothing is bought', async () => {
    await open(away, { settings: { people } })
    await desk.alert()
    const { id } = await desk.proposal()
    expect(last('proposal:')?.facts.slice(-3)).toEqual([
      { label: 'Expires', value: '10:30:00 ET' },
      { label: 'Silence', value: 'nothing is bought' },
      { label: 'Next', value: 'asks discord:9 at 10:05' },
    ])
    await desk.app.escalateProposals()
    expect(count('notice:escalation-')).toBe(0)
    const asked: unknown[] = []
    for (const seconds of [300, 300, 300]) {
      await desk.market.pass(seconds)
      for (let i = 0; i < 2; i++) await desk.app.escalateProposals()
      await desk.app.settled()
      asked.push(last('notice:escalation-')?.key)
    }
    const [backup, all] = [`notice:escalation-${id}-backup`, `notice:escalation-${id}-all`]
    expect(asked).toEqual([backup, all, all])
    const steps = (await desk.app.read.events({ stream: `proposal:${id}` }, 50))
      .map((e) => e.event)
      .filter((e) => e.type === 'ProposalEscalated')
    expect(steps.map((e) => e.people)).toEqual([['discord:9'], ['discord:1', 'slack:2']])
    expect(last('notice:escalation-')).toMatchObject({ thread: `proposal:${id}`, event: 'reminder' })
    expect(await desk.orders()).toEqual([])
  })

  it('given the usual policy, then the card says so and nobody is asked', async () => {
    await open()
    await desk.alert()
    expect(last('proposal:')?.facts.at(-1)).toEqual({ label: 'Silence', value: 'nothing is bought' })
    await desk.market.pass(1_000)
    await desk.app.escalateProposals()
    expect((await desk.proposal()).escalations).toBe(0)
  })

  it('given somebody who put it off, then nobody further is asked before the reminder', async () => {
    await open(away)
    await desk.alert()
    await desk.app.snooze((await desk.proposal()).id, desk.by('discord:1'))
    await desk.market.pass(1_000)
    await desk.app.escalateProposals()
    expect((await desk.proposal()).escalations).toBe(0)
  })
})

describe('what became of trades that were not made', () => {
  it('given a rejected, an expired and a denied card, then each is measured three times, and the scorecard sums them up by why and by who', async () => {
    await open()
    await desk.alert()
    const declined = await desk.proposal()
    await desk.app.decline(declined.id, 'Too risky', desk.by('discord:1'))
    await desk.alert({ symbol: 'BETA' })
    await desk.market.pass(31 * 60)
    await desk.app.expireProposals()
    await desk.app.measureOutcomes()
    const shown = (await desk.app.read.proposal(declined.id)) ?? declined
    expect([shown.measured, (await desk.proposal('BETA')).measured]).toEqual([1, 0])
    for (const seconds of [3_600, 86_400]) {
      await desk.market.pass(seconds)
      for (let i = 0; i < 2; i++) await desk.app.measureOutcomes()
    }
    expect([(await desk.proposal()).measured, (await desk.proposal('BETA')).measured]).toEqual([3, 3])
    // The desk's bars all close at 100, half a cent or so below the card's price.
    const per = declined.terms.limitPrice.minus(price('100')).times(declined.terms.quantity)
    const rows = await desk.app.read.scorecard('reason', '2013-10-01T00:00:00Z', 10)
    expect(rows.map((row) => row.name)).toEqual(['Too risky', 'expired'])
    expect(rows[0]?.pnl['1d']?.toFixed(4)).toBe(per.times(price('-1')).toFixed(4))
    expect((await desk.app.read.scorecard('person', '2013-10-01T00:00:00Z', 10)).map((row) => row.name)).toEqual(['discord:1', 'nobody'])
    expect(await desk.app.read.scorecard('reason', '2013-11-01T00:00:00Z', 10)).toEqual([])
  })

  it('given no prices at all, then it waits a day for them, and then says that there are none', async () => {
    await open()
    await desk.alert()
    const { id } = await desk.proposal()
    await desk.app.decline(id, null, desk.by())
    desk.market.data.bars = async () => []
    await desk.market.pass(16 * 60)
    await desk.app.measureOutcomes()
    expect((await desk.proposal()).measured).toBe(0)
    await desk.market.pass(86_400)
    await desk.app.measureOutcomes()
    expect((await desk.proposal()).measured).toBe(1)
    const [row] = await desk.app.read.scorecard('reason', '2013-10-01T00:00:00Z', 10)
    expect(row).toEqual({ name: 'no reason', cards: 1, pnl: { '15m': null, '1h': null, '1d': null } })
  })
})

describe('names', () => {
  it('given somebody who acted under a name, then cards say it, also after a restart, and events keep the id', async () => {
    await open()
    desk.app.names.note({ id: 'discord:1', name: 'Ada' })
    await desk.alert()
    const { id } = await desk.proposal()
    await desk.app.decline(id, null, desk.by('discord:1'))
    await desk.app.settled()
    expect(last('proposal:')?.lines[0]).toBe('Declined by Ada 10:00:00, 0 s.')
    expect((await desk.proposal()).decidedBy).toBe('discord:1')
  })
})
