import type { Settings } from './settings.ts'

/** What the command line narrows. Amounts are plain decimals, USD or %. */
export interface Tightening {
  readonly symbols?: readonly string[] | undefined
  readonly maxDrawdown?: string | undefined
  readonly maxDailyLoss?: string | undefined
}

/** Options that lower a limit of a risk check: which check, and which of its limits. */
const lowered = [
  { name: 'maxDrawdown', option: '--max-drawdown', code: 'MAX_DRAWDOWN', limit: 'percent' },
  { name: 'maxDailyLoss', option: '--max-daily-loss', code: 'DAILY_LOSS', limit: 'usd' },
] as const

const limitOf = (settings: Settings, code: string): Readonly<Record<string, unknown>> | null => {
  const section = settings.risk[code.toLowerCase()]
  return typeof section === 'object' && section !== null ? (section as Readonly<Record<string, unknown>>) : null
}

/** The settings with what the command line says on top. It can only tighten: the looser of two values never wins. */
export function tighten(settings: Settings, asked: Tightening): Settings {
  const risk = { ...settings.risk }
  for (const { name, code, limit } of lowered) {
    const section = limitOf(settings, code)
    const [value, inForce] = [asked[name], section?.[limit]]
    if (section === null || value === undefined || inForce === undefined) continue
    if (Number(value) < Number(inForce)) risk[code.toLowerCase()] = { ...section, [limit]: value }
  }
  return { ...settings, risk, allowed_symbols: narrowed(settings.allowed_symbols, asked.symbols) }
}

function narrowed(inForce: readonly string[] | null, asked: readonly string[] | undefined): string[] | null {
  if (asked === undefined) return inForce === null ? null : [...inForce]
  return asked.filter((symbol) => inForce === null || inForce.includes(symbol))
}

/** Options that no check of this program enforces: nobody may believe in a limit that is not there. */
export const unenforced = (settings: Settings, asked: Tightening): readonly string[] =>
  lowered.flatMap(({ name, option, code, limit }) =>
    asked[name] === undefined || limitOf(settings, code)?.[limit] !== undefined
      ? []
      : [`${option} ${asked[name]}: no check of this version enforces it (${code} is not there yet)`],
  )
