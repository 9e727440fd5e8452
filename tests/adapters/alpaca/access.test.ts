import { describe, expect, it } from 'vitest'
import { endpoints, withoutKeys } from '../../../src/adapters/alpaca/access.ts'

const own = { tradingUrl: null, dataUrl: null, streamUrl: null, dataStreamUrl: null }

describe('where Alpaca is', () => {
  it.each([
    ['paper', 'https://paper-api.alpaca.markets', 'wss://paper-api.alpaca.markets/stream'],
    ['live', 'https://api.alpaca.markets', 'wss://api.alpaca.markets/stream'],
  ] as const)('is at the addresses of the %s account', (mode, trading, tradeStream) => {
    expect(endpoints(own, mode)).toEqual({
      trading,
      tradeStream,
      data: 'https://data.alpaca.markets',
      dataStream: 'wss://stream.data.alpaca.markets',
    })
  })

  it('takes other addresses, without the slashes at their end', () => {
    const access = { tradingUrl: 'http://a/', dataUrl: 'http://b//', streamUrl: 'ws://c/stream/', dataStreamUrl: 'ws://d' }
    expect(endpoints(access, 'live')).toEqual({
      trading: 'http://a',
      data: 'http://b',
      tradeStream: 'ws://c/stream',
      dataStream: 'ws://d',
    })
  })

  it('takes the keys out of what others wrote', () => {
    expect(withoutKeys({ keyId: 'PKABC', secretKey: 's3cret' }, 'key PKABC with s3cret, s3cret')).toBe('key ••• with •••, •••')
  })
})
