import { createHash } from 'node:crypto'
import {
  type APIApplication,
  type APIApplicationCommand,
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type REST,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  Routes,
} from 'discord.js'
import type { DiscordAccess } from '../../../config/environment.ts'
import type { ArgumentSpec, CommandSpec } from '../../../ports/chat.ts'
import type { KeyValueStore } from '../../../ports/key-value.ts'
import { closeRest, createRest, problemOf } from './rest.ts'

type CommandBody = RESTPostAPIChatInputApplicationCommandsJSONBody

const mostChoices = 25
const longest = 100

/** What Discord shows and completes for each command. */
export const commandBodies = (commands: readonly CommandSpec[]): readonly CommandBody[] =>
  commands.map((command) => ({
    type: ApplicationCommandType.ChatInput,
    name: command.name,
    description: words(command.summary, command.name),
    // Discord wants what is required before what is not.
    options: [...command.arguments].sort((a, b) => Number(b.required) - Number(a.required)).map(optionOf),
  }))

function optionOf(argument: ArgumentSpec): APIApplicationCommandBasicOption {
  const said = {
    name: argument.name.toLowerCase(),
    description: words(argument.description, argument.name),
    required: argument.required,
  }
  if (argument.kind === 'switch') return { ...said, type: ApplicationCommandOptionType.Boolean }
  if (argument.kind === 'number') return { ...said, type: ApplicationCommandOptionType.Number }
  const type = ApplicationCommandOptionType.String as const
  const { values } = argument
  if (values !== null && values.length <= mostChoices)
    return { ...said, type, choices: values.map((value) => ({ name: value.slice(0, longest), value })) }
  return argument.suggests || values !== null ? { ...said, type, autocomplete: true } : { ...said, type }
}

const words = (text: string, otherwise: string): string => {
  const said = text.trim() || otherwise
  return said.length > longest ? `${said.slice(0, longest - 1)}…` : said
}

/** Discord's names are lower case; ours come back as they are. */
export const argumentName = (command: CommandSpec, option: string): string =>
  command.arguments.find(({ name }) => name.toLowerCase() === option)?.name ?? option

const namespace = 'discord'

/** Lists the commands with Discord for our server, unless it has just these already. @throws Error in words fit for a person. */
export async function registerCommands(
  rest: REST,
  { guildId }: DiscordAccess,
  commands: readonly CommandSpec[],
  remembered: KeyValueStore,
): Promise<'registered' | 'unchanged'> {
  try {
    const { id } = (await rest.get(Routes.currentApplication())) as APIApplication
    const body = commandBodies(commands)
    const path = Routes.applicationGuildCommands(id, guildId)
    // A bot that was removed and invited again has lost its commands without the hash knowing.
    const known = await isRemembered(remembered, id, guildId, commands)
    if (known && (await missingCommands(rest, id, guildId, commands)).length === 0) return 'unchanged'
    await rest.put(path, { body })
    await remembered.save(namespace, new Map([[keyOf(id, guildId), hashOf(commands)]]))
    return 'registered'
  } catch (error) {
    throw new Error(`the commands could not be registered: ${problemOf(error)}`)
  }
}

const keyOf = (application: string, guild: string): string => `commands:${application}:${guild}`
const hashOf = (commands: readonly CommandSpec[]): string =>
  createHash('sha256')
    .update(JSON.stringify(commandBodies(commands)))
    .digest('hex')

/** Whether these very commands were the last that were registered. */
export const isRemembered = async (
  store: KeyValueStore,
  application: string,
  guild: string,
  commands: readonly CommandSpec[],
): Promise<boolean> => (await store.load(namespace)).get(keyOf(application, guild)) === hashOf(commands)

/** Names of commands that Discord does not know. */
export async function missingCommands(
  rest: REST,
  application: string,
  guild: string,
  commands: readonly CommandSpec[],
): Promise<readonly string[]> {
  const there = (await rest.get(Routes.applicationGuildCommands(application, guild))) as readonly APIApplicationCommand[]
  const names = new Set(there.map(({ name }) => name))
  return commands.map(({ name }) => name).filter((name) => !names.has(name))
}

/** The same, for the command line. */
export async function registerDiscordCommands(
  access: DiscordAccess,
  commands: readonly CommandSpec[],
  remembered: KeyValueStore,
): Promise<'registered' | 'unchanged'> {
  const rest = createRest({ access })
  try {
    return await registerCommands(rest, access, commands, remembered)
  } finally {
    closeRest(rest)
  }
}
