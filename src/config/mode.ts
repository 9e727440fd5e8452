import { type AlpacaValues, addressProblems, modeOfKey } from './alpaca.ts'

export type TradingMode = 'sim' | 'paper' | 'live'

/** What somebody has to type before real money moves. */
export const livePhrase = 'YES I UNDERSTAND'

/** How the bot is started: what was typed says which money may be meant. */
export interface Launch {
  readonly command: 'start' | 'live paper' | 'live trading'
  /** `--enable-live`. */
  readonly enableLive: boolean
  /** `--phrase`; null: it was not given, and is asked for where there is somebody to ask. */
  readonly phrase: string | null
  /** Options that only a simulated market has, as they were typed. */
  readonly simulationOptions: readonly string[]
}
export const plainStart: Launch = { command: 'start', enableLive: false, phrase: null, simulationOptions: [] }

export interface ModeValues extends AlpacaValues {
  readonly TRADING_MODE?: string
  readonly ENABLE_LIVE_TRADING?: string
  readonly DATABASE_URL?: string
  readonly HTTP_TOKEN?: string
}

const named = { 'live paper': 'paper', 'live trading': 'live' } as const

const keyNames = ['APCA_API_KEY_ID', 'APCA_API_SECRET_KEY'] as const

/** The mode that is meant: the command's, else the variable's, else paper where there are keys. */
export function modeOf(values: ModeValues, launch: Launch | null): TradingMode {
  if (launch !== null && launch.command !== 'start') return named[launch.command]
  const { TRADING_MODE: mode } = values
  if (mode === 'sim' || mode === 'paper' || mode === 'live') return mode
  return keyNames.some((name) => values[name] !== undefined) ? 'paper' : 'sim'
}

/** Everything that does not go together with the mode that is meant. Nothing starts unless this is empty. */
export function modeProblems(values: ModeValues, launch: Launch): readonly string[] {
  const mode = modeOf(values, launch)
  return [
    ...commandProblems(values, launch, mode),
    ...(mode === 'sim' ? simProblems(values, launch) : brokerProblems(values, launch, mode)),
    ...(mode === 'live' ? liveProblems(values, launch) : []),
  ]
}

function commandProblems({ TRADING_MODE: said }: ModeValues, { command }: Launch, mode: TradingMode): readonly string[] {
  if (command === 'start')
    return mode === 'live' ? ['TRADING_MODE is live, which `start` never is: use `catalyst live trading --enable-live`'] : []
  return said === undefined || said === mode
    ? []
    : [`TRADING_MODE is ${said}, but \`catalyst ${command}\` means ${mode}: make them say the same, or unset TRADING_MODE`]
}

function simProblems(values: ModeValues, launch: Launch): readonly string[] {
  return liveSwitchProblems(values, launch, 'sim')
}

/** Whoever turned on a switch for real money and gets something else is mistaken about one of the two. */
function liveSwitchProblems(values: ModeValues, launch: Launch, mode: 'sim' | 'paper'): readonly string[] {
  const switches = [
    ...(values.ENABLE_LIVE_TRADING === 'true' ? ['ENABLE_LIVE_TRADING is true'] : []),
    ...(launch.enableLive ? ['--enable-live was given'] : []),
    ...(launch.phrase === null ? [] : ['--phrase was given']),
  ]
  return switches.map((what) => `${what}, but the mode is ${mode}: leave it out, or use \`catalyst live trading --enable-live\``)
}

function brokerProblems(values: ModeValues, launch: Launch, mode: 'paper' | 'live'): readonly string[] {
  const missing = keyNames.filter((name) => values[name] === undefined)
  const keys =
    missing.length === 0
      ? []
      : [`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing: ${mode} trading needs both of Alpaca's keys`]
  const simulation = launch.simulationOptions.map(
    (option) => `${option} is for the simulated market, but the mode is ${mode}: leave it out, or set TRADING_MODE=sim`,
  )
  return [
    ...keys,
    ...keyProblems(values, mode),
    ...addressProblems(values, mode),
    ...simulation,
    ...(mode === 'paper' ? liveSwitchProblems(values, launch, mode) : []),
  ]
}

function keyProblems({ APCA_API_KEY_ID: keyId }: ModeValues, mode: 'paper' | 'live'): readonly string[] {
  if (keyId === undefined) return []
  const of = modeOfKey(keyId)
  if (of === mode || (of === null && mode === 'paper')) return []
  return mode === 'paper'
    ? ['APCA_API_KEY_ID is a live key (AK…), but the mode is paper: make a paper key on the page of the paper account']
    : [`APCA_API_KEY_ID is ${of === 'paper' ? 'a paper key (PK…)' : 'no live key (AK…)'}, but the mode is live`]
}

function liveProblems(values: ModeValues, { enableLive, phrase, command }: Launch): readonly string[] {
  return [
    ...(values.ENABLE_LIVE_TRADING === 'true' ? [] : ['live trading needs ENABLE_LIVE_TRADING=true']),
    ...(command === 'live trading' && !enableLive ? ['live trading needs --enable-live'] : []),
    ...(phrase === null || phrase === livePhrase ? [] : [`--phrase must be exactly: ${livePhrase}`]),
    ...(values.DATABASE_URL === undefined
      ? ['live trading needs DATABASE_URL: the embedded database does not survive a power cut for sure']
      : []),
    ...(values.HTTP_TOKEN === undefined
      ? ['live trading needs HTTP_TOKEN: nobody on this machine may trade real money by just asking']
      : []),
  ]
}

/** What is worth knowing about keys that are not used, or go somewhere unusual. */
export function modeNotes(values: ModeValues, mode: TradingMode): readonly string[] {
  const set = keyNames.filter((name) => values[name] !== undefined)
  if (mode === 'sim') return set.length === 0 ? [] : [`${set.join(', ')}: not used, because TRADING_MODE is sim`]
  return values.APCA_API_BASE_URL === undefined || values.APCA_API_BASE_URL.includes('alpaca.markets')
    ? []
    : [`orders go to ${new URL(values.APCA_API_BASE_URL).host} instead of Alpaca's own address`]
}
