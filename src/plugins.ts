import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Button } from './app/button.ts'
import type { CliCommand } from './app/cli.ts'
import type { Command } from './app/command.ts'
import type { Job } from './app/job.ts'
import type { Route } from './app/route.ts'
import type { RiskCheck } from './domain/risk/check.ts'
import type { SizingMethod } from './domain/sizing/method.ts'

/** A kind of plug-in: where its files are, what each exports, and what that must have at least. */
export interface PluginKind<T> {
  readonly folder: URL
  readonly exportName: string
  readonly nameOf: (plugin: T) => string
  readonly members: readonly (keyof T & string)[]
  /** Files of the folder that are no plug-in: the contract that the others fulfil. */
  readonly notPlugins?: readonly string[]
}
const kind = <T extends { readonly name: string }>(
  folder: string,
  exportName: string,
  members: readonly (keyof T & string)[],
): PluginKind<T> => ({
  folder: new URL(folder, import.meta.url),
  exportName,
  nameOf: (plugin) => plugin.name,
  members,
})

export const commands = kind<Command>('../commands/', 'command', ['name', 'summary', 'args', 'run'])
export const routes = kind<Route>('../handlers/http/', 'route', ['name', 'method', 'path', 'run'])
export const buttons = kind<Button>('../handlers/buttons/', 'button', ['name', 'run'])
export const jobs = kind<Job>('../handlers/jobs/', 'job', ['name', 'run'])
export const cliCommands = kind<CliCommand>('../handlers/cli/', 'cli', ['name', 'summary', 'input', 'run'])
export const sizingMethods: PluginKind<SizingMethod> = {
  ...kind<SizingMethod>('./domain/sizing/', 'sizing', ['name', 'settings', 'size']),
  notPlugins: ['compare', 'method', 'size'],
}
export const checks: PluginKind<RiskCheck> = {
  folder: new URL('./domain/risk/checks/', import.meta.url),
  exportName: 'check',
  nameOf: (check) => check.code,
  members: ['code', 'tier', 'limits', 'evaluate'],
}

/**
 * Loads every file of a kind's folder, and of further folders, sorted by name.
 * @throws Error naming the file that exports no such plug-in, or the two files that share a name.
 */
export async function loadPlugins<T extends object>(kind: PluginKind<T>, further: readonly URL[] = []): Promise<readonly T[]> {
  const loaded = new Map<string, { readonly plugin: T; readonly path: string }>()
  for (const folder of [kind.folder, ...further]) {
    for (const file of (await readdir(folder)).sort()) {
      const base = /^(.+)\.(?:ts|js)$/.exec(file)?.[1]
      if (base === undefined || /\.(test|d)$/.test(base) || kind.notPlugins?.includes(base)) continue
      const url = new URL(file, folder)
      const path = fileURLToPath(url)
      const plugin = pluginOf(kind, await import(url.href), path)
      const name = kind.nameOf(plugin)
      const other = loaded.get(name)
      if (other) throw new Error(`two files are called ${name}: ${other.path} and ${path}`)
      loaded.set(name, { plugin, path })
    }
  }
  return [...loaded.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { plugin }]) => plugin)
}

function pluginOf<T extends object>(kind: PluginKind<T>, module: Readonly<Record<string, unknown>>, path: string): T {
  const plugin = module[kind.exportName]
  if (typeof plugin !== 'object' || plugin === null) throw new Error(`${path} exports no \`${kind.exportName}\``)
  const missing = kind.members.filter((member) => !(member in plugin))
  if (missing.length > 0) throw new Error(`${path}: \`${kind.exportName}\` has no ${missing.join(', ')}`)
  return plugin as T
}

/** Further folders, by kind: what a test or an extension adds to those of the project. */
export type ExtraFolders = Partial<Record<'commands' | 'checks' | 'routes' | 'sizing' | 'jobs' | 'buttons', readonly URL[]>>

/** Everything that the bot is made of, from one file each. */
export async function loadAllPlugins(extra: ExtraFolders = {}) {
  return {
    commands: await loadPlugins(commands, extra.commands),
    buttons: await loadPlugins(buttons, extra.buttons),
    routes: await loadPlugins(routes, extra.routes),
    jobs: await loadPlugins(jobs, extra.jobs),
    checks: await loadPlugins(checks, extra.checks),
    sizing: await loadPlugins(sizingMethods, extra.sizing),
  }
}
export type Plugins = Awaited<ReturnType<typeof loadAllPlugins>>
