import type { z } from 'zod'
import type { Environment } from '../config/environment.ts'
import type { Launch } from '../config/mode.ts'
import type { Settings } from '../config/settings.ts'
import type { SizingMethod } from '../domain/sizing/method.ts'
import type { StoreMaintenance } from '../ports/event-store.ts'
import type { Drawing } from '../ports/pictures.ts'
import type { ReadModel } from '../ports/read-model.ts'

/** What the shell is told. `refused`: asked and answered no, or something broke. `unreachable`: no running process. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, unreachable: 3 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** One `catalyst <name>`. Free of any argument parser: `input` checks what was typed, with every problem named at once. */
export interface CliCommand<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly summary: string
  /** Positional arguments, `<reason...>` or `[action]`; each one's bare name is a key of `input`. */
  readonly arguments?: readonly { readonly syntax: string; readonly description: string }[]
  /** `--data-dir <folder>`; its camel-case name is a key of `input`. `repeated` options arrive as a list. */
  readonly options?: readonly { readonly syntax: string; readonly description: string; readonly repeated?: boolean }[]
  readonly input: Input
  run(call: { readonly input: z.output<Input>; readonly deps: CliDependencies }): Promise<ExitCode>
}
export const defineCli = <Input extends z.ZodObject>(command: CliCommand<Input>): CliCommand<Input> => command

/** What `start` was asked on the command line; what is undefined comes from the environment and the settings. */
export interface StartOptions {
  /** Simulated seconds in one real second. */
  readonly speed?: number | undefined
  readonly seed?: number | undefined
  /** A file of alerts to feed in, one JSON object per line. */
  readonly alerts?: string | undefined
  /** A folder of recorded bars to trade on instead of the generated market. */
  readonly replay?: string | undefined
  /** ISO 8601; the stretch of the recording to play. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Splits that happen during the run; `ratio` new shares for one old. */
  readonly splits: readonly { readonly symbol: string; readonly date: string; readonly ratio: string }[]
  readonly port?: number | undefined
  readonly dataDir?: string | undefined
  /** How it was started; undefined: plain `start`. */
  readonly launch?: Launch | undefined
  readonly limits?: LaunchLimits | undefined
  readonly grounds?: LiveGrounds | undefined
}

/** What the command line narrows on top of the settings; it can only tighten. */
export interface LaunchLimits {
  readonly symbols?: readonly string[] | undefined
  /** % below the highest equity. */
  readonly maxDrawdown?: string | undefined
  /** USD. */
  readonly maxDailyLoss?: string | undefined
}

/** What speaks for real money, asked for once per account. */
export interface LiveGrounds {
  /** A file that `catalyst readiness --save` wrote from the paper books. */
  readonly readinessFile?: string | undefined
  /** Why all the same. */
  readonly override?: string | undefined
}

/** The database, opened without changing it: `apply` is the only thing here that migrates. */
export interface StoreTools {
  readonly maintenance: StoreMaintenance
  readonly read: ReadModel
  readonly migrations: {
    status(): Promise<{ readonly applied: readonly string[]; readonly pending: readonly string[] }>
    /** @returns the names applied now. */
    apply(): Promise<readonly string[]>
  }
  close(): Promise<void>
}

/** One finding: what was looked at, and either that it is fine or what to do. */
export interface Finding {
  readonly good: boolean
  readonly text: string
}

/** Discord and Slack as they are now, without a running bot. */
export interface ChatTools {
  /** What is wrong with tokens, rights, channels and commands of the chats that are configured. */
  diagnose(environment: Environment): Promise<readonly Finding[]>
  /** Tells Discord our commands. @throws Error saying what to do. */
  registerDiscord(environment: Environment): Promise<Finding>
  /** What Slack takes when an app is made "From a manifest". @param address where Slack reaches this bot (https://…); null: Socket Mode. */
  slackManifest(address: string | null): Promise<object>
}

/** Everything that a command line command may touch, handed in by main. */
export interface CliDependencies {
  readonly print: (line: string) => void
  readonly printError: (line: string) => void
  /** Long work: overwrites one line on a terminal, and is silent elsewhere. */
  readonly progress: (label: string, done: number, total: number) => void
  /** @param launch as if the bot were started so: what contradicts the mode is a problem then. @throws ConfigurationError with every problem. */
  readonly environment: (launch?: Launch) => Environment
  /** Loads the settings file with all plug-ins' limits. @throws ConfigurationError with every problem. */
  readonly settings: (environment: Environment) => Promise<Settings>
  /** Runs the bot; resolves once it has shut down in order. */
  readonly start: (options: StartOptions) => Promise<void>
  /** @throws Error when the database cannot be reached, or another process holds the data folder. */
  readonly openStore: (environment: Environment) => Promise<StoreTools>
  /** Takes back that live trading was confirmed, in the books. @returns whether it had been. */
  readonly revokeLive: (environment: Environment) => Promise<boolean>
  /** The process that holds the data folder, or null. */
  readonly dataFolderHolder: (environment: Environment) => Promise<string | null>
  readonly chats: ChatTools
  /** What is wrong with keys, account and feed of the broker that is configured; nothing where there is none. */
  readonly diagnoseBroker: (environment: Environment) => Promise<readonly Finding[]>
  /** Every way of sizing there is. */
  readonly sizingMethods: () => Promise<readonly SizingMethod[]>
  /** A PNG; null when it could not be drawn. */
  readonly draw: (drawing: Drawing) => Promise<Uint8Array | null>
  readonly fetch: typeof fetch
  readonly version: string
}
