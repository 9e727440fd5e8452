import { z } from 'zod'
import { type AskingKeys, askAlpaca } from './ask.ts'
import { type AlpacaIdentity, identifyAlpaca, tradingAddresses } from './identity.ts'

interface Finding {
  readonly good: boolean
  readonly text: string
}
const good = (text: string): Finding => ({ good: true, text: `Alpaca: ${text}` })
const bad = (text: string): Finding => ({ good: false, text: text.startsWith('Alpaca ') ? text : `Alpaca: ${text}` })

/** Addresses without a slash at the end; null: Alpaca's own. */
export interface AlpacaAddresses {
  readonly tradingUrl: string | null
  readonly dataUrl: string | null
}

const dataAddress = 'https://data.alpaca.markets'
/** More than this and quotes look stale, or come from the future. */
const mostDriftMs = 2_000
const clockDocument = z.object({ timestamp: z.string(), is_open: z.boolean() })

/** What works and what does not, each with what to do about it. Shows no key. Never rejects. */
export async function diagnoseAlpaca(
  access: AskingKeys & AlpacaAddresses,
  mode: 'paper' | 'live',
  now: () => number = Date.now,
  pauseMs = 1_000,
): Promise<readonly Finding[]> {
  const identified = await identifyAlpaca(access, mode, pauseMs)
  if (!identified.ok) return [bad(identified.problem)]
  const [clock, feed] = await Promise.all([clockFindings(access, mode, now), feedFinding(access)])
  return [...accountFindings(identified.identity, mode), ...clock, feed]
}

function accountFindings({ account, status, blocked, shorting }: AlpacaIdentity, mode: 'paper' | 'live'): readonly Finding[] {
  const look = "look at the messages on Alpaca's own page"
  return [
    good(`the keys are of the ${mode} account ${account}`),
    status === 'ACTIVE' ? good('the account is active') : bad(`the account is ${status}: ${look}`),
    ...blocked.map((what) => bad(`${what}: ${look}`)),
    good(shorting ? 'the account may sell short' : 'the account may not sell short: leave shorting off in config.yaml'),
  ]
}

async function clockFindings(access: AskingKeys & AlpacaAddresses, mode: 'paper' | 'live', now: () => number): Promise<readonly Finding[]> {
  const asked = now()
  const answer = await askAlpaca(`${access.tradingUrl ?? tradingAddresses[mode]}/v2/clock`, access)
  const heard = now()
  const parsed = answer.outcome === 'answered' ? clockDocument.safeParse(answer.body) : null
  if (!parsed?.success) return [bad('its clock cannot be read: try again, and look at status.alpaca.markets')]
  const theirs = Date.parse(parsed.data.timestamp)
  // Their answer was made somewhere between asking and hearing.
  const drift = theirs < asked ? theirs - asked : theirs > heard ? theirs - heard : 0
  const seconds = `${(Math.abs(drift) / 1000).toFixed(1)} s ${drift > 0 ? 'behind' : 'ahead of'} Alpaca's`
  const session = good(`the exchange is ${parsed.data.is_open ? 'open' : 'closed'}`)
  return Math.abs(drift) <= mostDriftMs
    ? [good(`this clock agrees with Alpaca's${drift === 0 ? '' : ` (${seconds})`}`), session]
    : [bad(`this clock is ${seconds}: set it by a time service (timedatectl set-ntp true)`), session]
}

const latest = (access: AskingKeys & Pick<AlpacaAddresses, 'dataUrl'>, feed: 'sip' | 'iex') =>
  askAlpaca(`${access.dataUrl ?? dataAddress}/v2/stocks/quotes/latest?symbols=AAPL&feed=${feed}`, access)

/** Every exchange where the account has a subscription, else IEX alone. */
export async function bestFeed(access: AskingKeys & Pick<AlpacaAddresses, 'dataUrl'>): Promise<'sip' | 'iex'> {
  return (await latest(access, 'sip')).outcome === 'answered' ? 'sip' : 'iex'
}

async function feedFinding(access: AskingKeys & AlpacaAddresses): Promise<Finding> {
  const sip = await latest(access, 'sip')
  if (sip.outcome === 'answered') return good('market data of all exchanges (sip)')
  const iex = await latest(access, 'iex')
  if (iex.outcome === 'answered')
    return good('market data of IEX alone, about 2.5 % of the volume; all exchanges (sip) take a subscription at Alpaca')
  return bad(
    iex.outcome === 'refused'
      ? `the keys may not read market data (status ${iex.status}): make new ones, or agree to the data terms on Alpaca's page`
      : `market data cannot be read: ${iex.problem}`,
  )
}
