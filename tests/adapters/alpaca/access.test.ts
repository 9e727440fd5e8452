import { describe, expect, it } from 'vitest'
import { endpoints, looksLikePaper, withoutKeys } from '../../../src/adapters/alpaca/access.ts'

describe('where Alpaca is', () => {
  it.each([
    ['paper', 'https://paper-api.alpaca.markets', 'wss://paper-api.alpaca.markets/stream'],
    ['live', 'https://api.alpaca.markets', 'wss://api.alpaca.markets/stream'],
  ] as const)('is at the addresses of the %s account', (mode, trading, tradeStream) => {
    expect(endpoints({ mode })).toEqual({
      trading,
      tradeStream,
      data: 'https://data.alpaca.markets',
      dataStream: 'wss://stream.data.alpaca.markets',
    })
  })

  it('takes other addresses, without the slashes at their end', () => {
    const urls = { trading: 'http://a/', data: 'http://b//', tradeStream: 'ws://c/stream/', dataStream: 'ws://d' }
    expect(endpoints({ mode: 'live', urls })).toEqual({
      trading: 'http://a',
      data: 'http://b',
      tradeStream: 'ws://c/stream',
      dataStream: 'ws://d',
    })
  })

  it('tells paper keys from live ones', () => {
    expect([looksLikePaper('PK123'), looksLikePaper('AK123')]).toEqual([true, false])
  })

  it('takes the keys out of what others wrote', () => {
    expect(withoutKeys({ keyId: 'PKABC', secret: 's3cret' }, 'key PKABC with s3cret, s3cret')).toBe('key ••• with •••, •••')
  })
})
