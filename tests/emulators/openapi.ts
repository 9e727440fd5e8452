import { existsSync, readFileSync } from 'node:fs'
import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components?: { readonly parameters?: Readonly<Record<string, Parameter>>; readonly responses?: Readonly<Record<string, Answer>> }
}
type PathItem = { readonly parameters?: readonly Parameter[] } & Readonly<Record<string, Operation | undefined>>
interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, object>> }
  readonly responses?: Readonly<Record<string, Answer>>
}
interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: { readonly type?: string }
}
interface Answer {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, object>>
}

/** An official description of an API, to hold requests and responses against. An empty list: nothing is wrong. */
export interface Specification {
  /** Whether the description knows the operation at all. */
  knows(method: string, path: string): boolean
  problems(method: string, path: string, body: unknown): readonly string[]
  queryProblems(method: string, path: string, query: URLSearchParams): readonly string[]
  responseProblems(method: string, path: string, status: number, body: unknown): readonly string[]
}
export interface SpecificationOptions {
  readonly formats?: Readonly<Record<string, RegExp | true>>
  /** Bodies to compile at once, because compiling takes long and a deadline may run later. */
  readonly early?: readonly (readonly [template: string, method: string])[]
}

const loaded = new Map<string, Specification | null>()

/** Descriptions lie beside the project, where they are at all. Null: this one is not there. @param name without `-openapi.json` */
export function readSpecification(name: string, options: SpecificationOptions = {}): Specification | null {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const file = new URL(`../../../shared/specs/${name}-openapi.json`, import.meta.url)
  const found = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8')) as Document, options) : null
  loaded.set(name, found)
  return found
}

/** OpenAPI 3.0 says `nullable` where JSON Schema says a type; beside a `$ref` it would not be seen. */
function plainSchemas(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plainSchemas)
  if (node === null || typeof node !== 'object') return node
  const { nullable, ...rest } = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plainSchemas(value)]))
  return nullable === true ? { anyOf: [{ type: 'null' }, rest] } : rest
}

function read(source: Document, options: SpecificationOptions): Specification {
  const document = (source.openapi.startsWith('3.0') ? plainSchemas(source) : source) as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
  formats.default(ajv)
  for (const [name, format] of Object.entries(options.formats ?? {})) ajv.addFormat(name, format)
  ajv.addSchema(document, 'api')
  const operations = Object.entries(document.paths).map(([template, methods]) => ({ template, methods, matches: matcher(template) }))
  const compiled = new Map<string, ValidateFunction>()

  function checkAt(...pointer: readonly string[]): ValidateFunction {
    const key = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const known = compiled.get(key) ?? ajv.compile({ $ref: `api#/${key}` })
    compiled.set(key, known)
    return known
  }
  const complaints = (check: ValidateFunction, value: unknown): readonly string[] =>
    check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  const bodyCheck = (template: string, method: string): ValidateFunction =>
    checkAt('paths', template, method, 'requestBody', 'content', 'application/json', 'schema')

  for (const [template, method] of options.early ?? []) bodyCheck(template, method)

  /** A literal part wins over a parameter: @original is no message id. */
  function find(method: string, path: string) {
    const name = method.toLowerCase()
    const fitting = operations.filter(({ matches, methods }) => matches.test(path) && methods[name] !== undefined)
    const best = fitting.sort((a, b) => parameters(a.template) - parameters(b.template))[0]
    const operation = best?.methods[name]
    return best && operation ? { template: best.template, name, operation, shared: best.methods.parameters ?? [] } : null
  }
  const noOperation = (method: string, path: string): readonly string[] => [`${method} ${path} is no operation of this API`]
  const parameterOf = (parameter: Parameter): { readonly parameter: Parameter; readonly pointer: readonly string[] | null } => {
    const name = parameter.$ref?.split('/').at(-1)
    const shared = name === undefined ? undefined : document.components?.parameters?.[name]
    return name && shared ? { parameter: shared, pointer: ['components', 'parameters', name, 'schema'] } : { parameter, pointer: null }
  }

  return {
    knows: (method, path) => find(method, path) !== null,
    problems(method, path, body) {
      const found = find(method, path)
      if (!found) return noOperation(method, path)
      const { operation, template, name } = found
      if (operation.requestBody === undefined) return body === undefined ? [] : ['takes no body']
      if (body === undefined) return operation.requestBody.required ? ['a body is required'] : []
      return complaints(bodyCheck(template, name), body)
    },
    queryProblems(method, path, query) {
      const found = find(method, path)
      if (!found) return noOperation(method, path)
      const { operation, template, name, shared } = found
      const own = (operation.parameters ?? []).map((p, i) => ({ pointer: ['paths', template, name, 'parameters', String(i), 'schema'], p }))
      const common = shared.map((p, i) => ({ pointer: ['paths', template, 'parameters', String(i), 'schema'], p }))
      const all = [...own, ...common].map(({ pointer, p }) => {
        const resolved = parameterOf(p)
        return { parameter: resolved.parameter, pointer: resolved.pointer ?? pointer }
      })
      const wanted = all.filter(({ parameter }) => parameter.in === 'query')
      const problems: string[] = []
      for (const { parameter } of wanted)
        if (parameter.required && !query.has(parameter.name)) problems.push(`query ${parameter.name} is required`)
      for (const [key, value] of query) {
        const meant = wanted.find(({ parameter }) => parameter.name === key)
        if (!meant) problems.push(`query ${key} is not known`)
        else if (meant.parameter.schema)
          problems.push(...complaints(checkAt(...meant.pointer), typed(value, typeOf(meant.parameter))).map((c) => `query ${key}${c}`))
      }
      return problems
    },
    responseProblems(method, path, status, body) {
      const found = find(method, path)
      if (!found) return noOperation(method, path)
      const answer = found.operation.responses?.[String(status)]
      if (!answer) return [`${status} is not described`]
      if (answer.$ref || !answer.content?.['application/json']) return []
      return complaints(
        checkAt('paths', found.template, found.name, 'responses', String(status), 'content', 'application/json', 'schema'),
        body,
      )
    },
  }
}

const typeOf = ({ schema }: Parameter): string | undefined => schema?.type
/** What a query's text stands for. */
function typed(value: string, type: string | undefined): unknown {
  if (type === 'integer' || type === 'number') return value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value)
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  return type === 'array' ? value.split(',') : value
}

const parameters = (template: string): number => template.split('{').length
const matcher = (template: string): RegExp => new RegExp(`^${template.replaceAll(/[.@]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)
