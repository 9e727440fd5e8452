import { commandSpecs } from '../../src/app/command.ts'
import { defineRoute, json } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'commands-list',
  method: 'GET',
  path: '/api/v1/commands',
  summary: 'Every command with its arguments, for completion and hints.',
  role: 'viewer',
  run: async ({ commands }) =>
    json(200, {
      items: commandSpecs(commands).map((spec, i) => ({
        name: spec.name,
        summary: spec.summary,
        role: commands[i]?.role ?? null,
        args: spec.arguments.map(({ name, description, required, kind, values }) => {
          const choices = values ?? (kind === 'switch' ? ['true', 'false'] : undefined)
          return { name, description, required, ...(choices && { values: choices }) }
        }),
      })),
      next: null,
    }),
})
