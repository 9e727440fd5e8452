import { z } from 'zod'
import { type CliDependencies, type ExitCode, exitCodes } from './cli.ts'

/** What the running process answered. `body` is the JSON document, or an empty object. */
export interface ProcessAnswer {
  readonly ok: boolean
  readonly body: Readonly<Record<string, unknown>>
}
export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object
  readonly port?: number | undefined
}

/** Nothing that speaks HTTP is listening where the process should be. */
class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

const document = z.record(z.string(), z.unknown())

/** Where the process listens is where it can be asked; an address that means "all" is asked on loopback. */
function baseUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' || host === '[::]' ? '::1' : host
  return `http://${reachable.includes(':') && !reachable.startsWith('[') ? `[${reachable}]` : reachable}:${port}`
}

/** Asks the running process over its own HTTP. @throws Unreachable when nothing answers. */
async function ask(deps: CliDependencies, { method, path, body, port }: Request): Promise<ProcessAnswer> {
  const { http } = deps.environment()
  const url = `${baseUrl(http.host, port ?? http.port)}${path}`
  const headers = {
    ...(http.token === null ? {} : { authorization: `Bearer ${http.token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const init = { method, headers, signal: AbortSignal.timeout(15_000), ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  try {
    const response = await deps.fetch(url, init)
    const text = await response.text()
    return { ok: response.ok, body: parse(text) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new Unreachable(`no running process answers at ${url} (${cause}). Is it started, with the same HTTP_HOST and PORT?`)
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed = document.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : {}
  } catch {
    return { detail: text.slice(0, 200) }
  }
}

/** Asks, prints what came back, and turns it into an exit code. `onOk` prints a good answer and may go on asking. */
export async function askAndTell(
  deps: CliDependencies,
  request: Request,
  onOk: (body: ProcessAnswer['body']) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    const answer = await ask(deps, request)
    if (answer.ok) return await onOk(answer.body)
    deps.printError(`✗ ${[answer.body['title'], answer.body['detail']].filter((part) => typeof part === 'string').join(': ') || 'refused'}`)
    return exitCodes.refused
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    deps.printError(`✗ ${error.message}`)
    return exitCodes.unreachable
  }
}

/** Each fact on a line of its own, aligned; lists by their length. */
export function printFacts(deps: CliDependencies, facts: ProcessAnswer['body']): void {
  const rows = Object.entries(facts).map(([name, value]) => [name.replaceAll('_', ' '), shown(value)] as const)
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  for (const [name, value] of rows) deps.print(`${name.padEnd(width)}  ${value}`)
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object') ? value.join(', ') || 'none' : `${value.length}`
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${shown(inner)}`)
      .join(', ')
  return value === null || value === undefined ? '-' : String(value)
}
