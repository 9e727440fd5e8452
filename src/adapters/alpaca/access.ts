/** What opens an Alpaca account, and where. */
export interface AlpacaAccess {
  readonly keyId: string
  readonly secret: string
  readonly mode: 'paper' | 'live'
  /** Each stands in for Alpaca's own address; with or without a slash at its end. */
  readonly urls?: AlpacaUrls
}
interface AlpacaUrls {
  /** Trading REST, without the version. */
  readonly trading?: string | undefined
  /** Data REST, without the version. */
  readonly data?: string | undefined
  /** The socket of trade updates, whole. */
  readonly tradeStream?: string | undefined
  /** The socket of market data, up to the version. */
  readonly dataStream?: string | undefined
}

/** Keys of a paper account begin so, and no others do. */
const paperPrefix = 'PK'
export const looksLikePaper = (keyId: string): boolean => keyId.startsWith(paperPrefix)

/** A slash at the end would make `//v2/…` of every path, which answers 404. */
const trimmed = (url: string): string => url.replace(/\/+$/, '')

export function endpoints({ mode, urls = {} }: Pick<AlpacaAccess, 'mode' | 'urls'>) {
  const host = mode === 'paper' ? 'paper-api.alpaca.markets' : 'api.alpaca.markets'
  return {
    trading: trimmed(urls.trading ?? `https://${host}`),
    data: trimmed(urls.data ?? 'https://data.alpaca.markets'),
    tradeStream: trimmed(urls.tradeStream ?? `wss://${host}/stream`),
    dataStream: trimmed(urls.dataStream ?? 'wss://stream.data.alpaca.markets'),
  }
}

/** Takes the keys out of words that others wrote: an error may quote what it was sent. */
export const withoutKeys = ({ keyId, secret }: Pick<AlpacaAccess, 'keyId' | 'secret'>, words: string): string =>
  words.replaceAll(secret, '•••').replaceAll(keyId, '•••')
