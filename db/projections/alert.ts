import { alerts } from '../schema.ts'
import { type Projection, put } from './write.ts'

export const alertProjection: Projection<'alert'> = (_id, steps) => {
  const last = steps.at(-1)
  return last ? [put(alerts, { ...last.after, streamVersion: last.version })] : []
}
