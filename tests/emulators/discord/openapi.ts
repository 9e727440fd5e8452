import { existsSync, readFileSync } from 'node:fs'
import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** Discord's own description of its API, where it lies beside the project. */
const file = new URL('../../../../shared/specs/discord-openapi.json', import.meta.url)

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | undefined>>>>
}
interface Operation {
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, object>> }
}
export interface Specification {
  /** What is wrong with a request; empty: nothing. */
  problems(method: string, path: string, body: unknown): readonly string[]
}

let loaded: Specification | null | undefined

/** Null: the description is not there, and requests are held against the rules written by hand alone. */
export function discordSpecification(): Specification | null {
  if (loaded === undefined) loaded = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8')) as Document) : null
  return loaded
}

function read(document: Document): Specification {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
  formats.default(ajv)
  ajv.addFormat('snowflake', /^(0|[1-9]\d{0,19})$/)
  ajv.addSchema(document, 'discord')
  const operations = Object.entries(document.paths).map(([template, methods]) => ({ template, methods, matches: matcher(template) }))
  const compiled = new Map<string, ValidateFunction>()

  function bodyCheck(template: string, method: string): ValidateFunction {
    const pointer = ['paths', template, method, 'requestBody', 'content', 'application/json', 'schema']
    const key = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const known = compiled.get(key) ?? ajv.compile({ $ref: `discord#/${key}` })
    compiled.set(key, known)
    return known
  }

  return {
    problems(method, path, body) {
      const found = operations.filter(({ matches, methods }) => matches.test(path) && methods[method.toLowerCase()] !== undefined)
      // A literal part wins over a parameter: @original is no message id.
      const best = found.sort((a, b) => parameters(a.template) - parameters(b.template))[0]
      if (!best) return [`${method} ${path} is no operation of Discord's API`]
      const operation = best.methods[method.toLowerCase()]
      if (operation?.requestBody === undefined) return body === undefined ? [] : ['takes no body']
      if (body === undefined) return operation.requestBody.required ? ['a body is required'] : []
      const check = bodyCheck(best.template, method.toLowerCase())
      return check(body) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
    },
  }
}

const parameters = (template: string): number => template.split('{').length
const matcher = (template: string): RegExp => new RegExp(`^${template.replaceAll(/[.@]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)
