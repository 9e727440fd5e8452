import { z } from 'zod'
import { proposalWithCompany } from '../../src/app/company.ts'
import { pageQuery } from '../../src/app/fields.ts'
import { defineRoute, json } from '../../src/app/route.ts'

const statuses = ['pending', 'armed', 'approved', 'declined', 'expired', 'superseded', 'denied', 'voided'] as const

export const route = defineRoute({
  name: 'proposals-list',
  method: 'GET',
  path: '/api/v1/proposals',
  summary: 'Proposals, newest first.',
  role: 'viewer',
  query: z.strictObject({ status: z.enum(statuses).optional(), ...pageQuery }),
  async run({ app, query: { status, ...page } }) {
    const { items, next } = await app.read.proposals({ status }, page)
    return json(200, { items: await Promise.all(items.map((proposal) => proposalWithCompany(app.read, proposal))), next })
  },
})
