import { singletons } from '../schema.ts'
import { type Projection, put } from './write.ts'

export const peopleProjection: Projection<'people'> = (id, steps) => {
  const last = steps.at(-1)
  return last ? [put(singletons, { id: `people:${id}`, streamVersion: last.version, state: last.after })] : []
}
