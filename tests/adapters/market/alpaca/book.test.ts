import { describe, expect, it } from 'vitest'
import { createQuoteBook } from '../../../../src/adapters/market/alpaca/book.ts'
import { createHalts } from '../../../../src/adapters/market/alpaca/halts.ts'
import { createSlots } from '../../../../src/adapters/market/alpaca/slots.ts'
import { text } from '../../../../src/domain/decimal.ts'

const now = Date.parse('2026-03-03T15:00:00Z')
const ago = (seconds: number) => now - seconds * 1_000
const quote = (bid: number, ask: number, at: number) => ({ bid, ask, bidSize: 1, askSize: 2, at })

function view(feed: 'iex' | 'sip', tell: (book: ReturnType<typeof createQuoteBook>) => void) {
  const book = createQuoteBook(feed)
  tell(book)
  const seen = book.view('ACME', now)
  return seen && { bid: text(seen.bid), ask: text(seen.ask), last: text(seen.last), age: (now - seen.at) / 1_000 }
}

describe('what is known of a symbol', () => {
  it('is its quote, as old as it is, with the last trade', () => {
    const seen = view('sip', (book) => {
      book.quote('ACME', quote(99.98, 100.02, ago(3)))
      book.trade('ACME', { price: 100.0123, at: ago(1) })
    })
    expect(seen).toEqual({ bid: '99.98', ask: '100.02', last: '100.0123', age: 3 })
  })

  it('takes decimals for what they were meant to be', () => {
    const seen = view('sip', (book) => {
      book.quote('ACME', quote(0.1, 0.30000000000000004, ago(0)))
      book.trade('ACME', { price: 1.1, at: ago(0) })
    })
    expect(seen).toMatchObject({ bid: '0.1', ask: '0.3', last: '1.1' })
  })

  it('never goes back to something older', () => {
    const seen = view('sip', (book) => {
      book.quote('ACME', quote(100, 101, ago(1)))
      book.quote('ACME', quote(90, 91, ago(2)))
      book.quote('ACME', quote(80, 81, Number.NaN))
      book.trade('ACME', { price: 100.5, at: ago(1) })
      book.trade('ACME', { price: 90.5, at: ago(2) })
    })
    expect(seen).toEqual({ bid: '100', ask: '101', last: '100.5', age: 1 })
  })

  it('is nothing without a last price, or with one side missing', () => {
    expect(view('sip', (book) => book.quote('ACME', quote(100, 101, ago(1))))).toBeNull()
    const oneSided = (feed: 'iex' | 'sip') =>
      view(feed, (book) => {
        book.quote('ACME', quote(0, 101, ago(1)))
        book.trade('ACME', { price: 100, at: ago(1) })
      })
    expect([oneSided('sip'), oneSided('iex')]).toEqual([null, null])
    const crossed = view('sip', (book) => {
      book.quote('ACME', quote(102, 101, ago(1)))
      book.trade('ACME', { price: 100, at: ago(1) })
    })
    expect(crossed).toBeNull()
  })

  it('on IEX is the last minute when the quote is older, its range for a spread and the age of its last trade', () => {
    const tell = (book: ReturnType<typeof createQuoteBook>) => {
      book.quote('ACME', quote(90, 91, ago(600)))
      book.bar('ACME', { low: 99.5, high: 100.5, close: 100.2, at: ago(90) })
      book.trade('ACME', { price: 100.3, at: ago(40) })
    }
    expect(view('iex', tell)).toEqual({ bid: '99.5', ask: '100.5', last: '100.3', age: 40 })
    // Where all exchanges are seen, an old quote is an old quote.
    expect(view('sip', tell)).toEqual({ bid: '90', ask: '91', last: '100.3', age: 600 })
  })

  it('on IEX counts a minute without a known trade as old as its start', () => {
    const seen = view('iex', (book) => book.bar('ACME', { low: 99, high: 101, close: 100, at: ago(100) }))
    expect(seen).toEqual({ bid: '99', ask: '101', last: '100', age: 100 })
  })

  it('on IEX keeps a quote that is young enough, or younger than the minute', () => {
    const young = view('iex', (book) => {
      book.quote('ACME', quote(100, 101, ago(50)))
      book.bar('ACME', { low: 99, high: 102, close: 100, at: ago(45) })
    })
    expect(young).toMatchObject({ bid: '100', age: 50 })
    const younger = view('iex', (book) => {
      book.quote('ACME', quote(100, 101, ago(200)))
      book.bar('ACME', { low: 99, high: 102, close: 100, at: ago(300) })
    })
    expect(younger).toMatchObject({ bid: '100', age: 200 })
  })
})

describe('halts', () => {
  it.each([
    ['2', '3'],
    ['F', '3'],
    ['H', 'T'],
    ['P', 'T'],
  ])('begin with %s and end with %s', (begin, end) => {
    const halts = createHalts()
    halts.status('ACME', begin, now)
    expect(halts.isHalted('ACME', null)).toBe(true)
    halts.status('ACME', 'Q', now + 1)
    halts.status('ACME', '5', now + 2)
    expect(halts.isHalted('ACME', null)).toBe(true)
    halts.status('ACME', end, now + 3)
    expect(halts.isHalted('ACME', null)).toBe(false)
  })

  it('end when trading is seen, whatever message was missed', () => {
    const halts = createHalts()
    halts.status('ACME', 'H', now)
    expect(halts.isHalted('ACME', now)).toBe(true)
    expect(halts.isHalted('ACME', now + 60_000)).toBe(false)
    expect(halts.isHalted('ACME', null)).toBe(false)
  })
})

describe('the symbols that are streamed', () => {
  it('are those used last; one in use is not put out', () => {
    const slots = createSlots(2)
    expect(slots.use('A', 0)).toEqual({ add: 'A', drop: null })
    expect(slots.use('B', 10)).toEqual({ add: 'B', drop: null })
    expect(slots.use('C', 20_000)).toEqual({ add: null, drop: null })
    expect(slots.use('A', 50_000)).toEqual({ add: null, drop: null })
    expect(slots.use('C', 70_000)).toEqual({ add: 'C', drop: 'B' })
    expect(slots.all()).toEqual(['A', 'C'])
  })

  it('are given up when nobody has wanted them for long', () => {
    const slots = createSlots(5)
    slots.use('A', 0)
    slots.use('B', 500_000)
    expect(slots.expire(700_000)).toEqual(['A'])
    expect([slots.has('A'), slots.has('B')]).toEqual([false, true])
  })

  it('become fewer when the server refuses, and stay so', () => {
    const slots = createSlots(5)
    for (const symbol of ['A', 'B', 'C']) slots.use(symbol, 0)
    slots.refuse(['C'])
    expect(slots.use('C', 1)).toEqual({ add: null, drop: null })
    expect(slots.all()).toEqual(['A', 'B'])
  })
})
