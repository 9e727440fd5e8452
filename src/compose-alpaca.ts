import type { BotOptions } from './compose.ts'
import type { MarketParts } from './compose-market.ts'
import { ConfigurationError } from './config/problems.ts'
import type { Broker } from './ports/broker.ts'

/** Alpaca's market, on the clock on the wall, and the broker at it. Sessions follow the calendar, jobs real time. */
export function openAlpaca({ environment }: BotOptions): Promise<{ readonly parts: MarketParts; readonly broker: Broker }> {
  throw new ConfigurationError([`${environment.mode} trading: this version does not connect to Alpaca yet. Use TRADING_MODE=sim`])
}
