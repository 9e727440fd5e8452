import type { AlertContent } from '../domain/alert.ts'

/** Something that finds catalysts by itself. It may deliver one twice; raise-alert stores it once. */
export interface CatalystSource {
  readonly name: string
  start(deliver: (content: AlertContent) => Promise<void>): Promise<void>
  stop(): Promise<void>
}
