import { pick, type Random } from '../../../domain/random.ts'
import { brokers, customers, drugs, indications, officers } from './names.ts'
import type { Company } from './universe.ts'

const titled = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** Values for every placeholder that a headline may hold. */
function values(company: Company, others: readonly Company[], next: Random): Readonly<Record<string, string>> {
  const eps = 0.2 + 3 * next()
  return {
    company: company.company,
    rival: pick(next, others).company,
    third: pick(next, others).company,
    drug: titled(pick(next, drugs)),
    indication: pick(next, indications),
    customer: pick(next, customers),
    officer: pick(next, officers),
    broker: pick(next, brokers),
    quarter: pick(next, ['Q1', 'Q2', 'Q3', 'Q4']),
    amount: `$${20 + Math.floor(next() * 900)}`,
    percent: String(5 + Math.floor(next() * 30)),
    eps: `$${eps.toFixed(2)}`,
    epsLow: `$${(eps * (0.8 + 0.15 * next())).toFixed(2)}`,
  }
}

/** @throws RangeError when a template names a placeholder that does not exist. */
export function headline(templates: readonly string[], company: Company, others: readonly Company[], next: Random): string {
  const filled = values(company, others, next)
  return pick(next, templates).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = filled[name]
    if (value === undefined) throw new RangeError(`unknown placeholder {${name}}`)
    return value
  })
}
