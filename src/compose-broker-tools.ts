import { diagnoseAlpaca } from './adapters/brokers/alpaca/diagnose.ts'
import type { Finding } from './app/cli.ts'
import type { Environment } from './config/environment.ts'

/** The broker as it answers now, without a running bot. */
export async function diagnoseBroker({ mode, alpaca }: Environment): Promise<readonly Finding[]> {
  return mode === 'sim' || alpaca === null ? [] : diagnoseAlpaca(alpaca, mode)
}
