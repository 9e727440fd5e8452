import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { price, quantity, text, usd, zero } from '../../src/domain/decimal.ts'
import type { BrokerOrder } from '../../src/ports/broker.ts'
import { alpacaWorld } from '../support/alpaca-case-world.ts'
import { type CaseWorld, executionOf, simulatedWorld } from '../support/case-world.ts'

/** The ways in which orders are lost, doubled or misread, each once; every broker that is added brings a world of its own. */
const worlds = [
  { broker: 'the simulated broker', open: simulatedWorld },
  { broker: 'Alpaca, over the wire', open: alpacaWorld },
]

describe.each(worlds)('twenty cases, on $broker', ({ open }) => {
  let world: CaseWorld
  beforeEach(async () => {
    world = await open()
  })
  afterEach(() => world.close())

  const at = (): string => new Date(world.market.clock.now()).toISOString()
  const approved = async () => {
    await world.desk.alert()
    await world.desk.approve()
  }
  const entries = async (): Promise<readonly BrokerOrder[]> =>
    (await world.atBroker()).filter((o) => o.parentBrokerOrderId === null && o.ticket.side === 'buy')
  const held = async () => (await world.desk.app.read.openPosition('ACME'))?.quantity.toFixed() ?? '0'
  const state = async () => (await world.desk.app.read.tradingState()).state
  const cards = (words: string) => world.desk.cards.filter(({ title }) => title.includes(words))
  const statuses = () => world.desk.statuses()
  const whole = ['entry filled', 'stop accepted', 'target accepted']
  const working = async (role: 'entry' | 'stop' | 'target'): Promise<BrokerOrder> => {
    const { brokerOrderId } = await world.order(role)
    const found = (await world.atBroker()).find((o) => o.brokerOrderId === brokerOrderId)
    if (!found) throw new Error(`no ${role} at the broker`)
    return found
  }

  it('1: given a request that times out while its order is live, then it is adopted', async () => {
    world.next('answer_lost')
    await approved()
    expect(await statuses()).toEqual(['entry unknown'])
    await world.wait(2)
    await world.desk.turn()
    expect(await statuses()).toEqual(whole)
    expect(world.placed).toHaveLength(1)
  })

  it('2: given a 504 before which nothing arrived, when it is sent again, then under the same id only', async () => {
    world.next('never_arrives')
    await approved()
    await world.wait(59)
    expect(world.placed).toHaveLength(1)
    await world.wait(10)
    expect(world.placed).toHaveLength(2)
    expect(new Set(world.placed).size).toBe(1)
    await world.desk.turn()
    expect(await statuses()).toEqual(whole)
  })

  it('2: given it may not be bought any more, then it is not sent again, keeps its reservation, and a person is asked until one decides', async () => {
    world.next('never_arrives')
    await approved()
    await world.desk.app.pause('lunch', { cancelEntries: false }, world.desk.by())
    await world.wait(400)
    expect(world.placed).toHaveLength(1)
    const order = await world.order('entry')
    expect(order.status).toBe('unknown')
    expect(await world.desk.app.read.workingEntries()).toHaveLength(1)
    expect(cards('UNKNOWN: buy').length).toBeGreaterThanOrEqual(2)
    expect(await world.desk.app.giveUpOrder(order.id, world.desk.by())).toBe('given_up')
    expect(await world.desk.app.read.workingEntries()).toEqual([])
  })

  it('3: given an id that the broker knows already, when the order is ours, then it is adopted', async () => {
    world.next('answer_lost')
    await approved()
    world.lookups(false)
    await world.wait(70)
    expect(world.placed).toHaveLength(2)
    expect(new Set(world.placed).size).toBe(1)
    expect(await world.desk.app.read.workingEntries()).toHaveLength(1)
    world.lookups(true)
    await world.wait(31)
    expect((await world.order('entry')).brokerOrderId).toBe((await entries())[0]?.brokerOrderId)
    expect(await entries()).toHaveLength(1)
  })

  it('3: given an id that the broker knows already, when the order is another, then trading halts', async () => {
    world.next('never_arrives')
    await approved()
    const { clientOrderId } = await world.order('entry')
    const { broker } = world.desk.app
    const found = broker.orderByClientId
    await world.desk.hold('BETA')
    const [other] = (await world.atBroker()).filter((o) => o.ticket.symbol === 'BETA')
    if (!other) throw new Error('no other order')
    Object.assign(broker, { orderByClientId: async (id: string) => (id === clientOrderId ? { order: other, legs: [] } : found(id)) })
    await world.reconcile()
    expect(await state()).toBe('halted')
    expect((await world.desk.app.read.tradingState()).cause).toContain('BETA')
    expect((await world.order('entry')).brokerOrderId).toBeNull()
  })

  it('4: given a look-up that finds nothing, when the order appears 30 s later, then its reservation was kept all the time', async () => {
    world.next('arrives_late')
    await approved()
    const { quantity: size } = await world.order('entry')
    for (let i = 0; i < 3; i++) {
      await world.wait(10)
      expect((await world.desk.app.read.workingEntries()).map((o) => text(o.quantity))).toEqual([text(size)])
    }
    await world.arrive()
    await world.wait(31)
    await world.desk.turn()
    expect(await statuses()).toEqual(whole)
    expect(await entries()).toHaveLength(1)
  })

  it('4: given a person said that it is not there, when it appears all the same, then it is on the books again', async () => {
    world.next('arrives_late')
    await approved()
    const { id } = await world.order('entry')
    expect(await world.desk.app.giveUpOrder(id, world.desk.by())).toBe('given_up')
    expect(await statuses()).toEqual(['entry canceled'])
    await world.arrive()
    await world.desk.turn()
    await world.reconcile()
    expect(await statuses()).toEqual(whole)
  })

  it('5: given a fill that is told before the answer, then it counts once and its legs are its own', async () => {
    world.next('filled_before_the_answer')
    await approved()
    await world.arrive()
    expect(await statuses()).toEqual(whole)
    expect(await held()).toBe(text((await world.order('entry')).quantity))
  })

  it('6: given the same execution from the stream, twice, and from the records, then there is one row', async () => {
    world.repeat(2)
    const position = await world.desk.hold()
    await world.reconcile()
    await world.reconcile()
    expect(await held()).toBe(text(position.quantity))
    expect((await world.order('entry')).executions).toHaveLength(1)
  })

  it('7: given a stream that is silent and alive, then the fill is found by the poll', async () => {
    await approved()
    world.stream('silent')
    await world.desk.turn()
    expect(await statuses()).toEqual(['entry accepted', 'stop held', 'target held'])
    await world.reconcile()
    expect(await statuses()).toEqual(whole)
  })

  it('8: given a stream that ended, when it is back, then the books follow without waiting for the next poll', async () => {
    await approved()
    world.stream('ended')
    await world.desk.turn()
    expect(await held()).toBe('0')
    world.stream('talking')
    await world.wait(1)
    expect(await statuses()).toEqual(whole)
  })

  it('9: given a fill after the order was canceled, then it is held, and guarded', async () => {
    await approved()
    const entry = await world.order('entry')
    await world.tell({ type: 'order', order: { ...(await working('entry')), status: 'canceled', statusWord: 'canceled' }, reason: null })
    expect((await world.order('entry')).status).toBe('canceled')
    await world.tell({ type: 'execution', execution: executionOf(entry, 'late', quantity('7'), at()) })
    world.adjust('ACME', '7')
    expect(await held()).toBe('7')
    expect((await world.order('entry')).status).toBe('canceled')
    await world.wait(20)
    const flagged = (await world.desk.app.read.openPosition('ACME'))?.unprotected
    const guards = (await world.desk.orders()).filter((o) => o.role === 'stop' && o.status === 'accepted' && o.quantity.eq(quantity('7')))
    expect(flagged === true || guards.length === 1).toBe(true)
  })

  it('10: given an entry that is filled in part, then what is held without a stop is protected by the deadline', async () => {
    await approved()
    await world.desk.turn('ACME', null, 10)
    expect(await held()).toBe('10')
    await world.wait(61)
    for (let i = 0; i < 4; i++) await world.desk.turn('BETA')
    const stop = (await world.desk.orders()).find((o) => o.role === 'stop' && o.status === 'accepted')
    expect(stop?.quantity.toFixed()).toBe('10')
    expect((await world.desk.app.read.openPosition('ACME'))?.unprotected).toBe(false)
  })

  it('11: given stop and target that both fill, then the short is seen, closed and told', async () => {
    const position = await world.desk.hold()
    const target = await world.order('target')
    await world.desk.turn('ACME', '90')
    expect(await world.desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' })
    world.adjust('ACME', `-${text(position.quantity)}`)
    await world.tell({ type: 'execution', execution: executionOf(target, 'both', position.quantity, at()) })
    expect(await world.desk.app.read.openPosition('ACME')).toMatchObject({ side: 'short', unprotected: true })
    await world.wait(3)
    expect((await world.desk.orders()).some((o) => o.role === 'close' && o.side === 'buy')).toBe(true)
    expect(cards('UNPROTECTED')).toHaveLength(1)
  })

  it('12: given legs that hold the shares, when the position is closed, then they go first and the close is sent once', async () => {
    const position = await world.desk.hold()
    world.cancels(false)
    await world.desk.app.closePosition(position.id, 'manual', world.desk.by())
    await world.desk.app.settled()
    expect(world.placed).toHaveLength(1)
    world.cancels(true)
    await world.reconcile()
    for (let i = 0; i < 3; i++) await world.desk.turn()
    expect(await world.desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'manual' })
    expect(world.placed).toHaveLength(2)
    expect(await statuses()).toEqual(['close filled', 'entry filled', 'stop canceled', 'target canceled'])
  })

  it('13: given a cancel that is taken and not carried out, then it is asked again, counted meanwhile, and a person is told', async () => {
    await approved()
    world.cancels(false)
    await world.desk.app.kill('drill', world.desk.by())
    expect((await world.order('entry')).status).toBe('pending_cancel')
    await world.wait(65)
    expect(cards('Not canceled yet')).toHaveLength(1)
    expect(await world.desk.app.read.workingEntries()).toHaveLength(1)
    world.cancels(true)
    await world.reconcile()
    await world.wait(1)
    expect(await statuses()).toEqual(['entry canceled', 'stop canceled', 'target canceled'])
    expect(cards('Halted: no entry is at work')).not.toEqual([])
  })

  it('14: given a stop that fills although its replacement was accepted, then the fill counts and nothing is sold twice', async () => {
    const position = await world.desk.hold()
    const old = await world.order('stop')
    const stop = price(position.stopLoss?.plus(quantity('0.5')).toFixed(2) ?? '')
    expect(await world.desk.app.moveStop(position.id, stop, world.desk.by())).toMatchObject({ outcome: 'moved' })
    await world.tell({ type: 'execution', execution: executionOf(old, 'first', position.quantity, at()) })
    expect(await world.desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' })
    await world.wait(2)
    expect((await world.desk.orders()).filter((o) => o.role === 'close')).toEqual([])
    expect(await held()).toBe('0')
  })

  it('14: given a replacement whose answer was lost, when another process starts, then it is found under its own id', async () => {
    const position = await world.desk.hold()
    const stop = price(position.stopLoss?.plus(quantity('0.5')).toFixed(2) ?? '')
    world.next('answer_lost')
    expect(await world.desk.app.moveStop(position.id, stop, world.desk.by())).toMatchObject({ outcome: 'unsure' })
    await world.restart()
    await world.wait(2)
    const stops = (await world.desk.orders()).filter((o) => o.role === 'stop')
    expect(stops.map((o) => o.status).sort()).toEqual(['accepted', 'replaced'])
    expect((await world.desk.app.read.openPosition('ACME'))?.stopLoss?.toFixed(2)).toBe(stop.toFixed(2))
  })

  it('15: given a cancel that is told of a replaced order, then no new entry follows from it, and the position stays guarded', async () => {
    const position = await world.desk.hold()
    const old = await working('stop')
    const stop = price(position.stopLoss?.plus(quantity('0.5')).toFixed(2) ?? '')
    await world.desk.app.moveStop(position.id, stop, world.desk.by())
    await world.tell({ type: 'order', order: { ...old, status: 'canceled', statusWord: 'canceled' }, reason: null })
    await world.wait(20)
    expect(await entries()).toHaveLength(1)
    expect(await held()).toBe(text(position.quantity))
    const stops = (await world.desk.orders()).filter((o) => o.role === 'stop' && o.status === 'accepted')
    expect(stops).toHaveLength(1)
    expect((await world.desk.app.read.openPosition('ACME'))?.unprotected).toBe(false)
  })

  it('16: given two taps and a redelivery, then there is one order', async () => {
    await world.desk.alert()
    const { id, terms } = await world.desk.proposal()
    const tap = () => world.desk.app.approve(id, { version: terms.version }, world.desk.by())
    const outcomes = (await Promise.all([tap(), tap()])).map(({ outcome }) => outcome)
    expect([...outcomes, (await tap()).outcome].sort()).toEqual(['approved', 'refused', 'refused'])
    await world.desk.app.settled()
    expect(world.placed).toHaveLength(1)
  })

  it.each<readonly [string, () => Promise<unknown>, string]>([
    ['its card expired', async (): Promise<unknown> => world.market.pass(31 * 60), 'refused'],
    ['the price moved beyond the ceiling', async (): Promise<unknown> => world.market.set('ACME', '104'), 'repriced'],
    ['a kill', async (): Promise<unknown> => world.desk.app.kill('drill', world.desk.by()), 'refused'],
  ])('17: given %s, when it is approved, then nothing is sent', async (_, happens, outcome) => {
    await world.desk.alert()
    const { id, terms } = await world.desk.proposal()
    await happens()
    expect(await world.desk.app.approve(id, { version: terms.version }, world.desk.by())).toMatchObject({ outcome })
    await world.desk.app.settled()
    expect(world.placed).toEqual([])
  })

  it('18: given a process that is frozen with a claimed order, when another takes over and it thaws, then the broker has one order', async () => {
    await world.desk.alert()
    world.next('frozen_before_the_socket')
    const { id, terms } = await world.desk.proposal()
    await world.desk.app.approve(id, { version: terms.version }, world.desk.by())
    const other = await world.second()
    for (let i = 0; i < 62; i++) {
      await world.market.pass(1)
      await other.app.tendOrders()
    }
    await other.app.settled()
    expect(await entries()).toHaveLength(1)
    await world.arrive()
    expect(await entries()).toHaveLength(1)
    await world.reconcile()
    expect((await world.order('entry')).brokerOrderId).toBe((await entries())[0]?.brokerOrderId)
    await other.app.stop()
  })

  it('19: given an order that expires with the day, then its reservation is released', async () => {
    await approved()
    expect(await world.desk.app.read.workingEntries()).toHaveLength(1)
    await world.tell({ type: 'order', order: { ...(await working('entry')), status: 'expired', statusWord: 'expired' }, reason: null })
    expect((await world.order('entry')).status).toBe('expired')
    expect(await world.desk.app.read.workingEntries()).toEqual([])
  })

  it('20: given a split, then quantity and stop follow it once', async () => {
    const position = await world.desk.hold()
    const split = { type: 'split' as const, id: 's1', symbol: 'ACME', ratio: '2', at: at() }
    world.record(split)
    await world.tell(split)
    world.adjust('ACME', text(position.quantity))
    await world.reconcile()
    expect(await held()).toBe(text(position.quantity.times(quantity('2'))))
    expect(await state()).toBe('active')
  })

  it('20: given a bust of part of the entry, then the ledger takes it back once and the position shrinks', async () => {
    const position = await world.desk.hold()
    const entry = await world.order('entry')
    const [executionId = ''] = entry.executions
    const bust = { type: 'correction' as const, id: 'c1', corrects: executionId, brokerOrderId: entry.brokerOrderId ?? '', at: at() }
    const less = executionOf(entry, 'corrected', position.quantity.minus(quantity('5')), at())
    world.adjust('ACME', '-5')
    await world.tell({ ...bust, replacement: less })
    world.record({ ...bust, replacement: less })
    await world.reconcile()
    await world.reconcile()
    expect(await held()).toBe(text(position.quantity.minus(quantity('5'))))
    expect((await world.order('entry')).filledQuantity.eq(position.quantity.minus(quantity('5')))).toBe(true)
    expect(cards('Taken back')).toHaveLength(1)
    expect(await state()).toBe('active')
  })

  it('20: given a correction of the price alone, then the shares are counted once and cost what is true', async () => {
    const position = await world.desk.hold()
    const entry = await world.order('entry')
    const [executionId = ''] = entry.executions
    const correction = { type: 'correction' as const, id: 'c3', corrects: executionId, brokerOrderId: entry.brokerOrderId ?? '', at: at() }
    const dearer = { ...executionOf(entry, 'corrected', position.quantity, at()), price: price('100.07') }
    await world.tell({ ...correction, replacement: dearer })
    await world.reconcile()
    await world.reconcile()
    expect(await world.desk.app.read.openPosition('ACME')).toMatchObject({ quantity: position.quantity, entryPrice: price('100.07') })
    expect(await state()).toBe('active')
  })

  it('20: given a bust of the exit, then the shares are held again behind their stop', async () => {
    const position = await world.desk.hold()
    await world.desk.turn('ACME', '90')
    const stop = await world.order('stop')
    const [executionId = ''] = stop.executions
    world.adjust('ACME', text(position.quantity))
    const told = {
      type: 'correction' as const,
      id: 'c2',
      corrects: executionId,
      brokerOrderId: stop.brokerOrderId ?? '',
      replacement: null,
    }
    await world.tell({ ...told, at: at() })
    expect(await world.desk.app.read.openPosition('ACME')).toMatchObject({ side: 'long', stopLoss: position.stopLoss })
    expect(await held()).toBe(text(position.quantity))
  })

  it('20: given shares that somebody sold by hand, then the books follow; given a difference that nothing explains, then trading halts', async () => {
    const position = await world.desk.hold()
    for (const leg of await world.desk.broker.openOrders()) await world.desk.broker.cancel(leg.brokerOrderId)
    await world.market.pass(1)
    world.stream('silent')
    await world.sellByHand('ACME', position.quantity)
    await world.market.trade('ACME')
    await world.reconcile()
    expect(await world.desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'external' })
    expect(await state()).toBe('active')
    world.appear('CORE', '3')
    await world.reconcile()
    await world.reconcile()
    expect(await state()).toBe('halted')
    expect((await world.desk.app.read.tradingState()).cause).toContain('CORE')
  })

  it.each([
    ['an old one', (now: number) => ({ at: now - 3_600_000 }), 'QUOTE_STALE'],
    ['one of the future', (now: number) => ({ at: now + 3_600_000 }), 'DATA_INVALID'],
    ['one without a price', () => ({ ask: zero }), 'DATA_INVALID'],
  ] as const)('20: given %s for a quote, then the entry is denied for it', async (_, wrong, code) => {
    await world.desk.alert()
    const { market } = world.desk.app
    const quote: typeof market.quote = market.quote
    Object.assign(market, {
      quote: async (symbol: string) => ({ ...(await quote(symbol)), ...wrong(world.market.clock.now()) }),
    })
    const { id, terms } = await world.desk.proposal()
    const result = await world.desk.app.approve(id, { version: terms.version }, world.desk.by())
    expect(result).toMatchObject({ outcome: 'denied', denials: expect.arrayContaining([expect.objectContaining({ code })]) })
    expect(world.placed).toEqual([])
  })

  it('fees that come later are part of the result: of their trade where they name it, else of the day', async () => {
    const position = await world.desk.hold()
    const fee = { type: 'fee' as const, kind: 'regulatory' as const, at: at() }
    await world.tell({ ...fee, id: 'f1', symbol: 'ACME', amount: usd('0.35') })
    await world.tell({ ...fee, id: 'f1', symbol: 'ACME', amount: usd('0.35') })
    await world.tell({ ...fee, id: 'f2', symbol: null, amount: usd('1.20') })
    expect((await world.desk.app.read.position(position.id))?.fees.minus(position.fees).toFixed(2)).toBe('0.35')
  })
})
