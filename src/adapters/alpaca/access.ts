/** What opens an Alpaca account, and where. An address that is null is Alpaca's own; others may end in a slash. */
export interface AlpacaAccess extends AlpacaKeys {
  /** Trading REST, without the version. */
  readonly tradingUrl: string | null
  /** Data REST, without the version. */
  readonly dataUrl: string | null
  /** The socket of trade updates, whole. */
  readonly streamUrl: string | null
  /** The socket of market data, up to the version. */
  readonly dataStreamUrl: string | null
}
export interface AlpacaKeys {
  readonly keyId: string
  readonly secretKey: string
}

/** A slash at the end would make `//v2/…` of every path, which answers 404. */
const trimmed = (url: string): string => url.replace(/\/+$/, '')

export function endpoints(access: Omit<AlpacaAccess, keyof AlpacaKeys>, mode: 'paper' | 'live') {
  const host = mode === 'paper' ? 'paper-api.alpaca.markets' : 'api.alpaca.markets'
  return {
    trading: trimmed(access.tradingUrl ?? `https://${host}`),
    data: trimmed(access.dataUrl ?? 'https://data.alpaca.markets'),
    tradeStream: trimmed(access.streamUrl ?? `wss://${host}/stream`),
    dataStream: trimmed(access.dataStreamUrl ?? 'wss://stream.data.alpaca.markets'),
  }
}

/** Takes the keys out of words that others wrote: an error may quote what it was sent. */
export const withoutKeys = ({ keyId, secretKey }: AlpacaKeys, words: string): string =>
  words.replaceAll(secretKey, '•••').replaceAll(keyId, '•••')
