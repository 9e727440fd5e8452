import { z } from 'zod'
import type { RiskCheck } from '../domain/risk/check.ts'
import type { SizingMethod } from '../domain/sizing/method.ts'
import { settingsShape } from './settings.ts'

/** What the configuration takes from plug-ins: their names and their own limits. */
export type ConfigurableCheck = Pick<RiskCheck, 'code' | 'limits'>
export type ConfigurableSizing = Pick<SizingMethod, 'name' | 'settings'>

/**
 * The whole configuration: the fixed sections, `risk` with one key per loaded check, and `sizing` with one per loaded method.
 * Every key has a default, so that an empty file is a complete one; a key that nobody knows is a problem.
 */
export const configSchema = (checks: readonly ConfigurableCheck[], methods: readonly ConfigurableSizing[]) =>
  z.strictObject({ ...settingsShape, risk: riskSection(checks), sizing: sizingSection(methods) })

export type ConfigSchema = ReturnType<typeof configSchema>

const riskSection = (checks: readonly ConfigurableCheck[]) =>
  z
    .strictObject(Object.fromEntries(checks.map(({ code, limits }) => [code.toLowerCase(), section(limits)])))
    .prefault({})
    .meta({ description: 'limits of each risk check; a denial names its check' })

function sizingSection(methods: readonly ConfigurableSizing[]) {
  const names = methods.map(({ name }) => name)
  const usual = names.includes('fixed-percent') ? 'fixed-percent' : (names[0] ?? 'none')
  const method = z
    .enum(names, { error: `must be one of ${names.join(', ')}` })
    .default(usual)
    .meta({ description: 'how the size of a position is set' })
  return z
    .strictObject({ method, ...Object.fromEntries(methods.map(({ name, settings }) => [name, section(settings)])) })
    .prefault({})
    .meta({ description: 'what a proposal asks for, before the limits cap it' })
}

/** A plug-in's own settings, as strict as the rest: a mistyped limit must never fall back to its default in silence. */
const section = (schema: z.ZodType): z.ZodType => {
  const whole = schema instanceof z.ZodObject ? schema.strict() : schema
  const { description } = schema.meta() ?? {}
  return description === undefined ? whole.prefault({}) : whole.prefault({}).meta({ description })
}
