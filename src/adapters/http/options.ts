import type { App } from '../../app/app.ts'
import type { Command } from '../../app/command.ts'
import type { Log } from '../../app/context.ts'
import type { Operations } from '../../app/operations.ts'
import type { Route } from '../../app/route.ts'
import type { Page } from './page.ts'

export interface HttpOptions {
  readonly app: App
  readonly routes: readonly Route[]
  readonly commands: readonly Command[]
  readonly operations: Operations
  /** The console's files by URL path. */
  readonly page: Page
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly token: string | null
  /** Names beyond localhost that this server answers to, with or without a port. */
  readonly allowedHosts: readonly string[]
  readonly log: Log
}
