/** Keys and addresses of Alpaca. Addresses have no slash at the end; null: Alpaca's own for the mode. */
export interface AlpacaAccess {
  readonly keyId: string
  readonly secretKey: string
  readonly tradingUrl: string | null
  readonly dataUrl: string | null
  /** The trade-updates socket, whole. */
  readonly streamUrl: string | null
  /** Base of the market-data socket. */
  readonly dataStreamUrl: string | null
}

export interface AlpacaValues {
  readonly APCA_API_KEY_ID?: string
  readonly APCA_API_SECRET_KEY?: string
  readonly APCA_API_BASE_URL?: string
  readonly APCA_API_DATA_URL?: string
  readonly APCA_API_STREAM_URL?: string
  readonly APCA_DATA_STREAM_URL?: string
}

type Place = 'paper' | 'live' | 'data' | 'foreign' | 'other'

/** What Alpaca's host names stand for. Any other is a proxy, or a server for tests. */
const hosts: Readonly<Record<string, Place>> = {
  'paper-api.alpaca.markets': 'paper',
  'api.alpaca.markets': 'live',
  'data.alpaca.markets': 'data',
  'stream.data.alpaca.markets': 'data',
}

function placeOf(url: string): Place {
  const host = new URL(url).hostname.replace(/\.$/, '')
  return hosts[host] ?? (host.endsWith('.alpaca.markets') || host === 'alpaca.markets' ? 'foreign' : 'other')
}

const loopback = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/i

/** Paper keys begin with PK and live ones with AK; null: neither, which happens with a server of one's own. */
export function modeOfKey(keyId: string): 'paper' | 'live' | null {
  if (/^PK/i.test(keyId)) return 'paper'
  return /^AK/i.test(keyId) ? 'live' : null
}

/**
 * Each address of Alpaca must be of its kind, of this mode, and may not show the keys to the whole way there.
 * One that is no address at all is somebody else's to complain about.
 */
export function addressProblems(values: AlpacaValues, mode: 'paper' | 'live'): readonly string[] {
  const trading = (['APCA_API_BASE_URL', 'APCA_API_STREAM_URL'] as const).flatMap((name) => {
    const url = values[name]
    const right = name === 'APCA_API_BASE_URL' ? 'APCA_API_DATA_URL' : 'APCA_DATA_STREAM_URL'
    return url === undefined || !URL.canParse(url) ? [] : [...tradingProblems(name, placeOf(url), mode, right), ...openProblems(name, url)]
  })
  const data = (['APCA_API_DATA_URL', 'APCA_DATA_STREAM_URL'] as const).flatMap((name) => {
    const url = values[name]
    const right = name === 'APCA_API_DATA_URL' ? 'APCA_API_BASE_URL' : 'APCA_API_STREAM_URL'
    return url === undefined || !URL.canParse(url) ? [] : [...dataProblems(name, placeOf(url), right), ...openProblems(name, url)]
  })
  return [...trading, ...data]
}

const foreign = (name: string): string => `${name} is an address of another Alpaca service: unset it to use the usual one`

function tradingProblems(name: string, place: Place, mode: 'paper' | 'live', right: string): readonly string[] {
  if (place === 'data') return [`${name} is Alpaca's address for market data: it belongs in ${right}`]
  if (place === 'foreign') return [foreign(name)]
  if (place === 'other' || place === mode) return []
  return [`${name} is Alpaca's ${place} address, but the mode is ${mode}: unset it to use the address of the mode`]
}

function dataProblems(name: string, place: Place, right: string): readonly string[] {
  if (place === 'paper' || place === 'live') return [`${name} is Alpaca's address for trading: it belongs in ${right}`]
  return place === 'foreign' ? [foreign(name)] : []
}

function openProblems(name: string, url: string): readonly string[] {
  const { protocol, hostname, username } = new URL(url)
  const open = (protocol === 'http:' || protocol === 'ws:') && !loopback.test(hostname)
  return [
    ...(open ? [`${name} would send the keys unencrypted: use ${protocol === 'ws:' ? 'wss' : 'https'}://`] : []),
    ...(username === '' ? [] : [`${name} must not hold a login: keys go into APCA_API_KEY_ID and APCA_API_SECRET_KEY`]),
  ]
}

/** @returns null without both keys. */
export function alpacaOf(values: AlpacaValues): AlpacaAccess | null {
  const { APCA_API_KEY_ID: keyId, APCA_API_SECRET_KEY: secretKey, APCA_API_BASE_URL: base } = values
  if (keyId === undefined || secretKey === undefined) return null
  // Other tools write the version into the address.
  const tradingUrl = base === undefined ? null : bare(base).replace(/\/v2$/, '')
  return {
    keyId,
    secretKey,
    tradingUrl,
    dataUrl: values.APCA_API_DATA_URL === undefined ? null : bare(values.APCA_API_DATA_URL).replace(/\/v[12]$/, ''),
    streamUrl: values.APCA_API_STREAM_URL === undefined ? streamBeside(tradingUrl) : bare(values.APCA_API_STREAM_URL),
    dataStreamUrl: values.APCA_DATA_STREAM_URL === undefined ? null : bare(values.APCA_DATA_STREAM_URL),
  }
}

const bare = (url: string): string => url.replace(/\/+$/, '')

/** Whoever moved the trading address means its socket as well: updates of another server would be of another account. */
const streamBeside = (tradingUrl: string | null): string | null =>
  tradingUrl === null ? null : `${tradingUrl.replace(/^http/, 'ws')}/stream`
