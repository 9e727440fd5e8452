import { z } from 'zod'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'commands-list',
  method: 'GET',
  path: '/api/v1/commands',
  summary: 'Every command with its arguments, for completion and hints.',
  role: 'viewer',
  run: async ({ commands }) =>
    json(200, {
      items: commands.map(({ name, summary, role, args }) => ({ name, summary, role, args: Object.entries(args.shape).map(argument) })),
      next: null,
    }),
})

const schema = z.object({
  description: z.string().default(''),
  enum: z.array(z.string()).optional(),
  // One type or several: a switch also takes the words that mean yes and no.
  type: z.union([z.string(), z.array(z.string())]).default([]),
})

function argument([name, type]: [string, z.core.$ZodType]) {
  const described = schema.parse(z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }))
  const choices = described.enum ?? (described.type.includes('boolean') ? ['true', 'false'] : undefined)
  const required = !z.safeParse(type, undefined).success
  return { name, description: described.description, required, ...(choices && { values: choices }) }
}
