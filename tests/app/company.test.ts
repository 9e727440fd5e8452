import { expect, it } from 'vitest'
import { companyOf, proposalWithCompany } from '../../src/app/company.ts'
import type { Security } from '../../src/ports/market-data.ts'
import { proposal } from '../support/samples.ts'

const listed = (names: Record<string, string>) => {
  const asked: string[] = []
  return {
    asked,
    async security(symbol: string) {
      asked.push(symbol)
      const name = names[symbol]
      return name === undefined ? null : ({ symbol, name } as Security)
    },
  }
}

it('a company is asked for once, however many cards show it', async () => {
  const read = listed({ NVDA: 'Nvidia' })
  for (let i = 0; i < 3; i++) expect(await proposalWithCompany(read, proposal())).toMatchObject({ symbol: 'NVDA', company: 'Nvidia' })
  expect(read.asked).toEqual(['NVDA'])
})

it('a symbol that is not listed yet has no company, and is asked for again', async () => {
  const names: Record<string, string> = {}
  const read = listed(names)
  expect(await companyOf(read, 'LATE')).toBeNull()
  names['LATE'] = 'Late Incorporated'
  expect(await companyOf(read, 'LATE')).toBe('Late Incorporated')
})
