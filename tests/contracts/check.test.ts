import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadChecks, riskContext } from '../support/samples.ts'

const loaded = await loadChecks()

describe.each(loaded)('the risk check in $file', ({ file, check }) => {
  it('is named after its file, so that a code leads to its code', () => {
    expect(check.code).toBe(file.replace('.ts', '').replaceAll('-', '_').toUpperCase())
  })

  it('has a tier, and says whether time alone lifts its denial', () => {
    expect(['position', 'portfolio', 'system']).toContain(check.tier)
    expect(typeof check.transient).toBe('boolean')
  })

  it('has a default and a description with every limit, and refuses limits it does not know', () => {
    expect(check.limits.safeParse({}).success).toBe(true)
    const shape = check.limits instanceof z.ZodObject ? check.limits.shape : null
    expect(shape).not.toBeNull()
    for (const [name, field] of Object.entries(shape ?? {}))
      expect(z.globalRegistry.get(field as z.ZodType)?.description, `${check.code}.${name}`).toBeTruthy()
    expect(check.limits.safeParse({ nonsense: 1 }).success).toBe(false)
  })

  it('answers the same twice and leaves its context as it was', () => {
    const context = Object.freeze(riskContext())
    const limits = check.limits.parse({})
    expect(check.evaluate(context, limits)).toEqual(check.evaluate(context, limits))
  })
})

describe('all risk checks together', () => {
  it('have codes of their own', () => {
    expect(new Set(loaded.map(({ check }) => check.code)).size).toBe(loaded.length)
    expect(loaded.length).toBeGreaterThanOrEqual(23)
  })
})
