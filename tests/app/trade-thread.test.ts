import { describe, expect, it } from 'vitest'
import { price, quantity, text } from '../../src/domain/decimal.ts'
import type { Broker, SubmitResult } from '../../src/ports/broker.ts'
import type { Card } from '../../src/ports/chat.ts'
import type { Desk, DeskOptions } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

const fresh = deskPerTest()
let desk: Desk
const open = async (options?: DeskOptions) => {
  desk = await fresh(options)
}
const last = (prefix: string): Card | undefined => desk.cards.findLast((card) => card.key.startsWith(prefix))
const stops = async () => (await desk.broker.openOrders()).filter((o) => o.legRole === 'stop').map((o) => o.ticket.stopPrice?.toFixed())
const move = async (id: string, to: string) => {
  const result = await desk.app.moveStop(id, price(to), desk.by('discord:1'))
  await desk.app.settled()
  return result
}
/** A broker whose `replace` answers like this. */
const replacing =
  (replace: (broker: Broker, ...args: Parameters<Broker['replace']>) => Promise<SubmitResult>) =>
  (broker: Broker): Broker => ({ ...broker, replace: (...args) => replace(broker, ...args) })

describe('a thread per trade', () => {
  it('given a fill and a close, then both go to the thread of their card; the card itself says that it was filled', async () => {
    await open()
    const position = await desk.hold()
    const { id } = await desk.proposal()
    expect(last('notice:fill-')).toMatchObject({
      thread: `proposal:${id}`,
      event: 'fill',
      buttons: [
        { id: `move-stop:${position.id}` },
        { id: `close-half:${position.id}:${position.quantity.toFixed()}` },
        { id: `flatten:${position.id}` },
      ],
    })
    expect(last('proposal:')?.lines[1]).toMatch(/^Filled \d+ at \$100\.\d+\.$/)
    await desk.turn('ACME', '90')
    expect(last('notice:close-')).toMatchObject({ thread: `proposal:${id}`, event: 'close' })
  })

  it('given a denial, then the thread says so, to whoever tapped', async () => {
    await open()
    await desk.alert()
    const { id } = await desk.proposal()
    desk.market.quoting(false)
    await desk.app.approve(id, { version: 1 }, desk.by('discord:1'))
    await desk.app.settled()
    expect(last('notice:denial-')).toMatchObject({ thread: `proposal:${id}`, event: 'denial' })
  })
})

describe('moving a stop', () => {
  it('given a position in profit, then the stop moves at the broker, the position follows, and the thread says so once', async () => {
    await open()
    const position = await desk.hold()
    desk.market.set('ACME', '106')
    expect(await move(position.id, '103')).toMatchObject({ outcome: 'moved' })
    const after = await desk.app.read.position(position.id)
    expect([after?.stopLoss?.toFixed(), await stops()]).toEqual(['103', ['103']])
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'stop replaced', 'target accepted'])
    expect(last('notice:stop-')).toMatchObject({ title: 'Stop of ACME moved to $103.00', thread: `proposal:${position.proposalId}` })
    await desk.turn('ACME', '102')
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' })
    expect(await desk.broker.openOrders()).toEqual([])
  })

  it('given a halt, then it still moves', async () => {
    await open()
    const position = await desk.hold()
    desk.market.set('ACME', '106')
    await desk.app.kill('drill', desk.by())
    expect((await move(position.id, '101')).outcome).toBe('moved')
    expect(await stops()).toEqual(['101'])
  })

  it('given a stop further from profit, past the market, too fine, or without a price, then it is refused in words', async () => {
    await open()
    const position = await desk.hold()
    const code = async (to: string) => {
      const result = await move(position.id, to)
      return result.outcome === 'refused' ? result.refusal.code : result.outcome
    }
    expect(await code('90')).toBe('STOP_AWAY_FROM_PROFIT')
    expect(await code(text(position.stopLoss ?? price('0')))).toBe('STOP_AWAY_FROM_PROFIT')
    expect(await code('100')).toBe('STOP_PAST_MARKET')
    expect(await code('98.005')).toBe('SUB_PENNY')
    desk.market.quoting(false)
    expect(await code('98')).toBe('DATA_INVALID')
    expect(await desk.app.moveStop('nothing', price('1'), desk.by())).toEqual({ outcome: 'not_found' })
    expect((await stops()).length).toBe(1)
  })

  it('given a close under way, then there is nothing to move', async () => {
    await open()
    const position = await desk.hold()
    await desk.app.closePosition(position.id, 'manual', desk.by())
    expect(await move(position.id, '98')).toMatchObject({ outcome: 'refused', refusal: { code: 'CLOSING' } })
  })

  it('given a broker that refuses, then the old stop stays, at the broker and in the books', async () => {
    await open({ wrapBroker: replacing(async () => ({ outcome: 'rejected', code: 'not_now', reason: 'try later' })) })
    const position = await desk.hold()
    const result = await move(position.id, '98')
    expect(result).toMatchObject({ outcome: 'refused', refusal: { code: 'not_now' } })
    expect((await desk.app.read.position(position.id))?.stopLoss?.toFixed()).toBe(position.stopLoss?.toFixed())
    await desk.turn()
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'stop rejected', 'target accepted'])
  })

  it('given an answer that was lost after it had arrived, then the broker is asked, and the position follows', async () => {
    await open({
      wrapBroker: replacing(async (broker, ...args) => {
        await broker.replace(...args)
        throw new Error('socket hang up')
      }),
    })
    const position = await desk.hold()
    expect((await move(position.id, '98')).outcome).toBe('unsure')
    await desk.app.reconcile()
    await desk.app.settled()
    expect([(await desk.app.read.position(position.id))?.stopLoss?.toFixed(), await stops()]).toEqual(['98', ['98']])
    expect((await desk.statuses()).filter((s) => s === 'stop accepted')).toHaveLength(1)
  })

  it('given a request that never arrived, then nothing of it is sent later, and the old stop stays', async () => {
    await open({
      wrapBroker: replacing(async () => {
        throw new Error('socket hang up')
      }),
    })
    const position = await desk.hold()
    expect((await move(position.id, '98')).outcome).toBe('unsure')
    await desk.app.reconcile()
    await desk.turn()
    expect(await stops()).toEqual([position.stopLoss?.toFixed()])
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'stop canceled', 'target accepted'])
    expect((await desk.app.read.position(position.id))?.unprotected).toBe(false)
  })

  it('given two who move it at once, then it rests at one of the two, and the books know which', async () => {
    await open()
    const position = await desk.hold()
    desk.market.set('ACME', '106')
    const results = await Promise.all([move(position.id, '101'), move(position.id, '103')])
    expect(results.some((result) => result.outcome === 'moved')).toBe(true)
    await desk.app.reconcile()
    const after = await desk.app.read.position(position.id)
    expect(await stops()).toEqual([after?.stopLoss?.toFixed()])
  })

  it('given a short, then it moves down', async () => {
    await open({ settings: { shorting: true, simulation: { latency_ms: 0, partial_fill_rate: 0, reject_rate: 0 } } })
    const position = await desk.hold('ACME', { side: 'sell' })
    desk.market.set('ACME', '95')
    expect(await move(position.id, '104')).toMatchObject({ outcome: 'refused', refusal: { code: 'STOP_AWAY_FROM_PROFIT' } })
    expect((await move(position.id, '98')).outcome).toBe('moved')
    expect(await stops()).toEqual(['98'])
  })
})

describe('closing half', () => {
  it('given a position, then half of it goes and the rest has stop and target again', async () => {
    await open()
    const position = await desk.hold()
    const report = await desk.app.closeHalf(position.id, null, desk.by())
    expect(report.closing).toHaveLength(1)
    for (let i = 0; i < 4; i++) await desk.turn()
    const after = await desk.app.read.position(position.id)
    const half = Math.floor(Number(position.quantity.toFixed()) / 2)
    expect([after?.status, after?.quantity.toFixed()]).toEqual(['open', String(Number(position.quantity.toFixed()) - half)])
    expect(await stops()).toEqual([position.stopLoss?.toFixed()])
    expect((await desk.broker.positions())[0]?.quantity.toFixed()).toBe(after?.quantity.toFixed())
  })

  it('given the same button again, from a card of before, then nothing more goes; the thread told of the part once', async () => {
    await open()
    const position = await desk.hold()
    await desk.app.closeHalf(position.id, position.quantity, desk.by())
    for (let i = 0; i < 4; i++) await desk.turn()
    const after = await desk.app.read.position(position.id)
    const again = await desk.app.closeHalf(position.id, position.quantity, desk.by())
    expect(again.left[0]?.reason).toBe(`it is ${after?.quantity.toFixed()} now, not ${position.quantity.toFixed()}`)
    for (let i = 0; i < 2; i++) await desk.turn()
    expect((await desk.app.read.position(position.id))?.quantity).toEqual(after?.quantity)
  })

  it('given a market that is shut, then nothing goes and the stop stays for all of it', async () => {
    await open()
    const position = await desk.hold()
    const before = await stops()
    await desk.market.pass(8 * 3_600)
    const report = await desk.app.closeHalf(position.id, position.quantity, desk.by())
    expect(report.left[0]?.reason).toContain('the market is shut')
    expect(await stops()).toEqual(before)
  })

  it('given a half under way, when a signal to get out is approved, then all goes', async () => {
    await open()
    const position = await desk.hold()
    await desk.app.closeHalf(position.id, null, desk.by())
    await desk.alert({ side: 'sell', sourceId: 'out', headline: 'Acme loses the contract' })
    const { id } = await desk.proposal()
    expect(await desk.app.approve(id, { version: 1 }, desk.by())).toMatchObject({ outcome: 'approved' })
    for (let i = 0; i < 6; i++) await desk.turn()
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed' })
    expect(await desk.broker.positions()).toEqual([])
  })

  it.each([
    ['stored', async () => undefined],
    ['on its way', () => desk.app.settled()],
    ['at the broker', () => desk.turn('BETA')],
  ])('given a half that is %s, when all is closed, then all goes', async (_, meanwhile) => {
    await open()
    const position = await desk.hold()
    await desk.app.closeHalf(position.id, null, desk.by())
    await meanwhile()
    await desk.app.flatten('manual', desk.by())
    for (let i = 0; i < 5; i++) await desk.turn()
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed' })
    expect(await desk.broker.positions()).toEqual([])
    expect(await desk.broker.openOrders()).toEqual([])
  })

  it('given a close under way, one share, or a closed position, then it says why not', async () => {
    await open()
    const position = await desk.hold()
    const reason = async () => (await desk.app.closeHalf(position.id, null, desk.by())).left[0]?.reason
    await desk.app.closePosition(position.id, 'manual', desk.by())
    expect(await reason()).toBe('a close is under way already')
    for (let i = 0; i < 3; i++) await desk.turn()
    expect(await reason()).toBe('already closed')
    await desk.alert({ symbol: 'BETA' })
    const { id } = await desk.proposal('BETA')
    await desk.app.approve(id, { version: 1, quantity: quantity('1') }, desk.by())
    await desk.app.settled()
    await desk.turn('BETA')
    const one = await desk.app.read.openPosition('BETA')
    expect((await desk.app.closeHalf(one?.id ?? '', null, desk.by())).left[0]?.reason).toBe('there is no half of one share')
  })
})
