import { type AlpacaMarketOptions, createAlpacaMarket } from '../../../../src/adapters/market/alpaca.ts'
import { type AlpacaEmulatorOptions, startAlpacaEmulator } from '../../../emulators/alpaca.ts'

export interface Note {
  readonly level: 'warn' | 'error'
  readonly facts: object
  readonly message: string
}

const quick = { firstPauseMs: 5, firstReconnectMs: 10, mostReconnectMs: 50, pingMs: 5_000, pongMs: 5_000, askedMs: 0 }

/** Alpaca's market data on an emulator of its own, whose clock is the market's. */
export async function marketBench(
  options: { emulator?: AlpacaEmulatorOptions; market?: Partial<AlpacaMarketOptions>; open?: boolean } = {},
) {
  const alpaca = await startAlpacaEmulator({ rateLimit: null, ...options.emulator })
  const notes: Note[] = []
  const at = (level: Note['level']) => (facts: object, message: string) => {
    notes.push({ level, facts, message })
  }
  const { access: env } = alpaca
  const access = {
    keyId: env.APCA_API_KEY_ID,
    secretKey: env.APCA_API_SECRET_KEY,
    tradingUrl: env.APCA_API_BASE_URL,
    dataUrl: env.APCA_API_DATA_URL,
    streamUrl: env.APCA_API_STREAM_URL,
    dataStreamUrl: env.APCA_DATA_STREAM_URL,
  }
  const market = createAlpacaMarket({
    access,
    mode: 'paper',
    feed: 'iex',
    clock: { now: () => alpaca.world.now(), speed: 1 },
    log: { warn: at('warn'), error: at('error') },
    timing: quick,
    ...options.market,
  })
  if (options.open !== false) {
    market.open()
    await alpaca.until(() => alpaca.data.subscriptions('statuses').length === 1 && market.status().connected)
  }
  const asked = (path: RegExp) => alpaca.requests.filter((request) => path.test(request.path))
  return {
    alpaca,
    access,
    market,
    notes,
    asked,
    streamed: (symbol: string) => alpaca.until(() => market.status().streamed.includes(symbol)),
    async stop(): Promise<void> {
      await market.close()
      await alpaca.stop()
    },
  }
}
export type MarketBench = Awaited<ReturnType<typeof marketBench>>
