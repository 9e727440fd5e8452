import { Command, CommanderError } from 'commander'
import { type CliCommand, type CliDependencies, type ExitCode, exitCodes } from './app/cli.ts'
import { ConfigurationError } from './config/problems.ts'

/**
 * The command line of `catalyst`, from the definitions in handlers/cli.
 * `finished` hears the exit code of the command that ran; it never ends the process itself.
 */
export function buildProgram(deps: CliDependencies, commands: readonly CliCommand[], finished: (code: ExitCode) => void): Command {
  const program = new Command('catalyst')
    .description('Trade catalysts from your phone, and never lose control.')
    .version(deps.version)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => deps.print(text.trimEnd()), writeErr: (text) => deps.printError(text.trimEnd()) })
    .addHelpText('after', '\nExit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no running process found.')
  for (const definition of commands) program.addCommand(subcommand(definition, deps, finished).copyInheritedSettings(program))
  return program
}

/** Runs what was typed. @param argv the words after the program's name. */
export async function runCli(argv: readonly string[], deps: CliDependencies, commands: readonly CliCommand[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok
  const program = buildProgram(deps, commands, (result) => {
    code = result
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (error instanceof ConfigurationError) for (const problem of error.problems) deps.printError(`✗ ${problem}`)
    else deps.printError(`✗ ${error instanceof Error ? error.message : String(error)}`)
    return exitCodes.refused
  }
}

function subcommand(definition: CliCommand, deps: CliDependencies, finished: (code: ExitCode) => void): Command {
  const command = new Command(definition.name).description(definition.summary)
  for (const { syntax, description } of definition.arguments ?? []) command.argument(syntax, description)
  for (const { syntax, description, repeated } of definition.options ?? []) {
    if (repeated) command.option(syntax, description, (value: string, before: readonly string[]) => [...before, value], [])
    else command.option(syntax, description)
  }
  command.action(async () => {
    const input = definition.input.safeParse({ ...namedArguments(command), ...command.opts() })
    if (input.success) return finished(await definition.run({ input: input.data, deps }))
    for (const issue of input.error.issues) deps.printError(`✗ ${issue.path.join('.')}: ${issue.message}`)
    deps.printError(`catalyst ${definition.name} --help shows what there is`)
    finished(exitCodes.usage)
  })
  return command
}

/** Commander hands arguments over by place; a list (`<reason...>`) is one text of several words. */
const namedArguments = (command: Command): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    command.registeredArguments.map((argument, place) => {
      const value: unknown = command.processedArgs[place]
      return [argument.name(), Array.isArray(value) ? value.join(' ') : value]
    }),
  )
