import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMaintenance, type DatabaseMaintenance } from '../../db/maintenance.ts'
import { text } from '../../src/domain/decimal.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { at, given, meta, orderFilled, orderPrepared, positionClosed, positionOpened } from './given.ts'

describe('the ledger', () => {
  let db: TestDatabase
  let maintenance: DatabaseMaintenance
  beforeAll(async () => {
    db = await testDatabase()
    maintenance = createMaintenance(db.database)
  })
  beforeEach(() => db.reset())
  afterAll(() => db.close())

  /** Thrown away and made anew, the tables say the same. */
  const expectRebuilt = async () => {
    expect(await maintenance.compareProjections()).toEqual([])
    await maintenance.rebuild()
    expect(await maintenance.compareProjections()).toEqual([])
  }
  const today = at(0).slice(0, 10)
  const day = async () => (await db.read.dayResults(today))[0]

  it('given an execution that was taken back, then both rows stand, and together they come to nothing', async () => {
    await given(db.store, 'order', 'o1', [
      orderPrepared(),
      { type: 'OrderSubmitted', attempt: 1, at: at(1) },
      orderFilled('x1', 3),
      { type: 'OrderFillReversed', executionId: 'r1', reverses: 'x1', quantity: '100', price: '10', fees: '0.50', at: at(9) },
    ])
    const rows = await db.read.fills(['o1'])
    expect(rows.map((f) => [f.executionId, f.side])).toEqual([
      ['x1', 'buy'],
      ['r1', 'sell'],
    ])
    expect(text(rows[1]?.fees ?? rows[0]?.fees ?? (null as never))).toBe('-0.5')
    expect(await db.read.order('o1')).toMatchObject({ filledAveragePrice: null, executions: ['x1', 'r1'] })
    await expectRebuilt()
  })

  it('given a fee of the account, then the day is net of it', async () => {
    await given(db.store, 'portfolio', today, [{ type: 'AccountFeeCharged', feeId: 'f1', kind: 'other', amount: '1.2', at: at(5) }])
    const result = await day()
    expect([result && text(result.fees), result?.trades]).toEqual(['1.2', 0])
    await expectRebuilt()
  })

  it('given a fee of a trade that is closed, then the trade and its day are net of it, and a win may become a loss', async () => {
    await given(db.store, 'position', 'p1', [positionOpened(3), positionClosed(20, '10.01', 'take_profit', '100')])
    const before = await day()
    const [trade] = (await db.read.trades({}, { limit: 1 })).items
    const net = trade?.realizedPnl.minus(trade.fees)
    expect([before?.wins, before?.losses, net?.gt('0')]).toEqual([1, 0, true])
    await given(db.store, 'position', 'p1', [{ type: 'PositionFeeCharged', feeId: 'f1', amount: '5', at: at(30) }])
    const after = await day()
    expect([after?.wins, after?.losses, after?.trades]).toEqual([0, 1, 1])
    expect(after && before && text(after.fees.minus(before.fees))).toBe('5')
    const [charged] = (await db.read.trades({}, { limit: 1 })).items
    expect(charged && trade && text(charged.fees.minus(trade.fees))).toBe('5')
    await expectRebuilt()
  })

  it('keeps what was on the wire with the first delivery of an event, and knows the second', async () => {
    const see = (key: string, raw: unknown) => db.store.transact(meta(), (tx) => tx.firstSight('broker:x', key, raw))
    expect([await see('e1', { event: 'fill' }), await see('e1', { event: 'fill' }), await see('e2', null)]).toEqual([true, false, true])
    const rows = await db.database.sql`select key, raw from inbox where source = 'broker:x' order by key`
    expect(rows.map((row) => [row['key'], row['raw']])).toEqual([
      ['e1', { event: 'fill' }],
      ['e2', null],
    ])
  })

  it('drops what was on the wire a week ago, a few with each event that comes', async () => {
    await db.database.sql`insert into inbox (source, key, raw, seen_at)
      select 'broker:x', 'old' || i, '{}'::jsonb, now() - interval '8 days' from generate_series(1, 7) i`
    for (const key of ['a', 'b']) await db.store.transact(meta(), (tx) => tx.firstSight('broker:x', key, { event: key }))
    const [row] = await db.database.sql`select count(*)::int as left from inbox where key like 'old%'`
    expect(row?.['left']).toBe(0)
  })
})
