import { identifyAlpaca } from './adapters/brokers/alpaca/identity.ts'
import type { Finding } from './app/cli.ts'
import type { Environment } from './config/environment.ts'

/** The broker as it answers now, without a running bot. */
export async function diagnoseBroker({ mode, alpaca }: Environment): Promise<readonly Finding[]> {
  if (mode === 'sim' || alpaca === null) return []
  const answer = await identifyAlpaca(alpaca, mode)
  if (!answer.ok) return [{ good: false, text: `Alpaca: ${answer.problem}` }]
  const { account, status, blocked } = answer.identity
  return [
    { good: true, text: `Alpaca: the keys are of the ${mode} account ${account}` },
    status === 'ACTIVE'
      ? { good: true, text: 'Alpaca: the account is active' }
      : { good: false, text: `Alpaca: the account is ${status}: look at the messages on Alpaca's own page` },
    ...blocked.map((what) => ({ good: false, text: `Alpaca: ${what}: look at the messages on Alpaca's own page` })),
  ]
}
