import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  arrange,
  bounds,
  isOpen,
  mergeFeed,
  place,
  placeNotice,
  placeOrder,
  placePosition,
  refresh,
  step,
  subjectOf,
} from '../../../../../src/adapters/chat/console/page/lists.ts'
import type { FeedLine, Proposal } from '../../../../../src/adapters/chat/console/page/wire.ts'
import { order, position, proposal } from './samples.ts'

const line = (sequence: number): FeedLine => ({ sequence, at: '', text: `event ${sequence}`, symbol: null, stream: null, tone: 'neutral' })
const ids = (list: readonly { readonly id: string }[]): string[] => list.map((p) => p.id)

describe('the inbox', () => {
  it('starts with what waits, soonest expiry on top, then what is decided', () => {
    const list = arrange([
      proposal({ id: 'done', status: 'declined' }),
      proposal({ id: 'late', expires_at: '2026-11-20T15:40:00Z' }),
      proposal({ id: 'soon', expires_at: '2026-11-20T15:33:00Z' }),
    ])
    expect(ids(list)).toEqual(['soon', 'late', 'done'])
  })
  it('keeps a decided card where it was', () => {
    const list = place([proposal({ id: 'a' }), proposal({ id: 'b' })], proposal({ id: 'a', status: 'approved' }))
    expect(list.map((p) => `${p.id} ${p.status}`)).toEqual(['a approved', 'b pending'])
  })
  it('never moves a waiting card when another arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (waiting) => {
        const list = waiting.map((w, i) => proposal({ id: `p${i}`, status: w ? 'pending' : 'expired' }))
        const next = place(list, proposal({ id: 'new' }))
        for (const p of list.filter(isOpen)) expect(next.indexOf(p)).toBe(list.indexOf(p))
        expect(next).toHaveLength(list.length + 1)
      }),
    )
  })
  it('ignores a late message about an older version or an earlier state', () => {
    const now = [proposal({ version: 2 })]
    expect(place(now, proposal({ version: 1 }))).toBe(now)
    const decided = [proposal({ status: 'approved' })]
    expect(place(decided, proposal({ status: 'pending' }))).toBe(decided)
  })
  it('stays bounded and never drops one that waits', () => {
    const full: Proposal[] = Array.from({ length: bounds.proposals }, (_, i) =>
      proposal({ id: `p${i}`, status: i < 3 ? 'pending' : 'expired' }),
    )
    const next = place(full, proposal({ id: 'new' }))
    expect(next).toHaveLength(bounds.proposals)
    expect(next.filter(isOpen)).toHaveLength(4)
  })
  it('takes over the truth after a gap: open cards the server no longer lists are gone', () => {
    const shown = [proposal({ id: 'gone' }), proposal({ id: 'kept' }), proposal({ id: 'old', status: 'expired' })]
    const next = refresh(shown, [proposal({ id: 'kept', status: 'approved' }), proposal({ id: 'new' })])
    expect(next.map((p) => `${p.id} ${p.status}`)).toEqual(['new pending', 'kept approved', 'old expired'])
  })
  it('moves by one and stops at the ends', () => {
    const list = [proposal({ id: 'a' }), proposal({ id: 'b' })]
    expect(step(list, null, 1)).toBe('a')
    expect(step(list, 'a', 1)).toBe('b')
    expect(step(list, 'b', 1)).toBe('b')
    expect(step(list, 'a', -1)).toBe('a')
    expect(step([], null, 1)).toBeNull()
  })
})

describe('the feed', () => {
  it('is newest first, each line once, whatever order they come in, and bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(600), { maxLength: 40 }), { maxLength: 20 }), (batches) => {
        const list = batches.reduce<readonly FeedLine[]>((all, batch) => mergeFeed(all, batch.map(line)), [])
        const expected = [...new Set(batches.flat())].toSorted((a, b) => b - a).slice(0, bounds.feed)
        expect(list.map((l) => l.sequence)).toEqual(expected)
      }),
    )
  })
  it('asks why about the thing and not about its kind', () => {
    expect(subjectOf('proposal:p-12')).toBe('p-12')
    expect(subjectOf(null)).toBe('')
    expect(subjectOf('proposal:x; /kill')).toBe('')
  })
})

describe('other lists', () => {
  it('drop a closed position and keep an open one in place', () => {
    const list = [position({ id: '1', symbol: 'AMD' }), position({ id: '2', symbol: 'PLTR' })]
    expect(placePosition(list, position({ id: '1', symbol: 'AMD', quantity: '5' })).map((p) => p.quantity)).toEqual(['5', '200'])
    expect(ids(placePosition(list, position({ id: '1', symbol: 'AMD', status: 'closed' })))).toEqual(['2'])
    expect(ids(placePosition(list, position({ id: '3', symbol: 'COIN' })))).toEqual(['1', '3', '2'])
  })
  it('hold each order once and a bounded number of them', () => {
    const many = Array.from({ length: bounds.orders + 20 }, (_, i) => order({ id: `o${i}` })).reduce<ReturnType<typeof placeOrder>>(
      placeOrder,
      [],
    )
    expect(many).toHaveLength(bounds.orders)
    expect(placeOrder(many, order({ id: many[3]?.id ?? '' }))).toHaveLength(bounds.orders)
  })
  it('edit a notice with the same key in place', () => {
    const list = [
      { key: 'a', n: 1 },
      { key: 'b', n: 1 },
    ]
    expect(placeNotice(list, { key: 'b', n: 2 })).toEqual([
      { key: 'a', n: 1 },
      { key: 'b', n: 2 },
    ])
    expect(placeNotice(list, { key: 'c', n: 1 })[0]?.key).toBe('c')
  })
})
