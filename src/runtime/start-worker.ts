import { extname } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a module beside the caller's as a worker thread. Compiled files run as they are; sources need tsx, which does not
 * follow into threads by itself.
 * @param from `import.meta.url` of the caller.
 * @param module relative and without its extension, which is the caller's own: `./embedded-worker`.
 */
export function startWorker(from: string, module: string, options: Omit<WorkerOptions, 'execArgv' | 'eval'> = {}): Worker {
  const extension = extname(new URL(from).pathname)
  const entry = new URL(`${module}${extension}`, from)
  if (extension !== '.ts') return new Worker(entry, { ...options, execArgv: [] })
  const tsx = import.meta.resolve('tsx/esm/api')
  const boot = `import { register } from '${tsx}'; register(); await import('${entry.href}')`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(boot)}`), { ...options, execArgv: [] })
}
