import { realpathSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { pathToFileURL } from 'node:url'
import { folderHolder } from '../db/folder-lock.ts'
import { createLog } from './adapters/log.ts'
import { createPictures } from './adapters/pictures.ts'
import type { CliDependencies, StartOptions } from './app/cli.ts'
import { runCli } from './cli.ts'
import { type Bot, startBot } from './compose.ts'
import { diagnoseBroker } from './compose-broker-tools.ts'
import { chatTools } from './compose-chat-tools.ts'
import { openStore, revokeLive } from './compose-store.ts'
import { readEnvironment } from './config/environment.ts'
import { loadSettings } from './config/load.ts'
import { plainStart } from './config/mode.ts'
import { configSchema } from './config/schema.ts'
import { checks, cliCommands, loadPlugins, sizingMethods } from './plugins.ts'
import type { Drawing } from './ports/pictures.ts'
import { version } from './version.ts'

/** Real milliseconds that an orderly shutdown may take before the process ends anyway. */
const shutdownDeadlineMs = 10_000

/** Runs until told to stop. A defect ends the process with a code other than zero: the next start recovers. */
async function start(options: StartOptions): Promise<void> {
  const environment = readEnvironment({ launch: options.launch ?? plainStart })
  const log = createLog({ ...environment.log, secrets: environment.secrets })
  for (const note of environment.notes) log.info({}, note)
  const die = (error: unknown, what: string) => {
    log.error({ error }, what)
    log.flush()
    process.exit(1)
  }
  process.on('uncaughtException', (error) => die(error, 'a defect: the process ends, and its next start recovers'))
  process.on('unhandledRejection', (error) => die(error, 'a defect: the process ends, and its next start recovers'))

  const bot = await startBot({ environment, start: options, log, onProgress: (step) => log.info({}, step), ask })
  for (const [kind, names] of Object.entries(namesOf(bot.plugins))) log.info({}, `${kind}: ${names.join(', ')}`)
  if (bot.claimCode) log.info({}, `nobody owns this bot yet: in a chat, /claim ${bot.claimCode} makes you its owner`)
  log.info({}, `console: ${bot.url}`)

  // Not in order: whatever is under way here may be under way at another process as well.
  void bot.lost.then((reason) => die(new Error(reason), 'this process does not lead any more: it ends, and its next start stands by'))
  const why = await Promise.race([signal(), bot.refused])
  log.info({}, `shutting down: ${why}`)
  const deadline = setTimeout(() => die(new Error('the shutdown took too long'), 'ended before everything was closed'), shutdownDeadlineMs)
  await bot.stop()
  clearTimeout(deadline)
  log.info({}, 'stopped; pending proposals and positions are kept')
  log.flush()
}

/** What was loaded, by kind: a plug-in that is missing here is one that does not run. */
const namesOf = ({ commands, buttons, routes, jobs, checks, sizing }: Bot['plugins']): Readonly<Record<string, readonly string[]>> => ({
  commands: commands.map(({ name }) => `/${name}`),
  buttons: buttons.map(({ name }) => name),
  routes: routes.map(({ name }) => name),
  jobs: jobs.map(({ name }) => name),
  checks: checks.map(({ code }) => code),
  sizing: sizing.map(({ name }) => name),
})

/** Asks where somebody can answer; null where nobody can, as under a service manager. */
async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

const signal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name))
  })

/** Draws one picture in the worker that draws all, and lets it go. */
async function draw(drawing: Drawing): Promise<Uint8Array | null> {
  const log = createLog({ level: 'warn', format: 'pretty', secrets: [] })
  const pictures = createPictures({ find: async () => drawing, log })
  try {
    return await pictures.render({ name: drawing.kind, alt: drawing.kind })
  } finally {
    await pictures.stop()
  }
}

function dependencies(): CliDependencies {
  const onTerminal = process.stderr.isTTY
  return {
    print: (line) => process.stdout.write(`${line}\n`),
    printError: (line) => process.stderr.write(`${line}\n`),
    progress(label, done, total) {
      if (onTerminal) process.stderr.write(`\r${label}: ${done} of ${total}${done >= total ? '\n' : ''}`)
    },
    environment: (launch) => readEnvironment(launch === undefined ? {} : { launch }),
    async settings(environment) {
      const schema = configSchema(await loadPlugins(checks), await loadPlugins(sizingMethods))
      return loadSettings(schema, environment.configFile, environment.configFileNamed)
    },
    start,
    openStore,
    dataFolderHolder: (environment) => folderHolder(environment.dataDir),
    revokeLive,
    chats: chatTools,
    diagnoseBroker,
    sizingMethods: () => loadPlugins(sizingMethods),
    draw,
    fetch,
    version,
  }
}

/** The path is resolved, because a link to this file is a way to start it too. */
const startedDirectly = process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href
if (startedDirectly) {
  process.exitCode = await runCli(process.argv.slice(2), dependencies(), await loadPlugins(cliCommands))
}
