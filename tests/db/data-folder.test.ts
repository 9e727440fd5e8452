import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/connect.ts'
import { lockFolder } from '../../db/folder-lock.ts'
import { silentLog } from '../support/database.ts'

const root = mkdtempSync(join(tmpdir(), 'catalyst-folder-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folder: string
let count = 0
beforeEach(() => {
  count += 1
  folder = join(root, String(count))
  mkdirSync(folder)
})
const open = (dataDir: string, onProgress = (_: string) => {}) => openDatabase({ url: null, dataDir, log: silentLog, onProgress })

describe('the lock of a data folder', () => {
  it('lets one owner in at a time and says who that is', async () => {
    const lock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`)
    await lock.release()
    await (await lockFolder(folder)).release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('names another living process', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(other, 'spawn')
    writeFileSync(join(folder, 'owner.lock'), JSON.stringify({ pid: other.pid, started: null, host: hostname() }))
    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${other.pid}`)
    other.kill('SIGKILL')
    await once(other, 'exit')
    await (await lockFolder(folder)).release()
  })

  it.each([
    [
      'of a process that is gone',
      () => ({ pid: Number(execFileSync(process.execPath, ['-p', 'process.pid'])), started: '1', host: hostname() }),
    ],
    ['of a process whose id somebody else has now', () => ({ pid: process.ppid, started: '1', host: hostname() })],
    ['of an earlier life of this process (always 1 in a container)', () => ({ pid: process.pid, started: '1', host: hostname() })],
    ['that a kill left half written', () => 'nothing'],
  ])('ignores a ghost %s', async (_name, ghost) => {
    writeFileSync(join(folder, 'owner.lock'), JSON.stringify(ghost()))
    await (await lockFolder(folder)).release()
  })

  it('believes an owner on another machine as long as it gives signs of life', async () => {
    const path = join(folder, 'owner.lock')
    writeFileSync(path, JSON.stringify({ pid: 1, started: '1', host: 'another' }))
    await expect(lockFolder(folder)).rejects.toThrow('in use by process 1 on another')
    const longAgo = new Date(Date.now() - 60_000)
    utimesSync(path, longAgo, longAgo)
    await (await lockFolder(folder)).release()
  })
})

describe('the embedded database', () => {
  const made = join(root, 'made')
  const progress: string[] = []
  beforeAll(async () => {
    const database = await open(made, (message) => progress.push(message))
    await database.sql`insert into key_value values ('n', 'k', '1')`
    await database.close()
  })
  /** Every file with its size and time of change. */
  const files = (dir: string): readonly string[] =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => `${name} ${statSync(join(dir, name)).size} ${statSync(join(dir, name)).mtimeMs}`)
  beforeEach(() => cpSync(made, folder, { recursive: true }))

  it('tells that it is being created, and keeps what it was given', async () => {
    expect(progress).toEqual(['Creating the database…'])
    const database = await open(folder, (message) => progress.push(message))
    expect(await database.sql`select value from key_value`).toMatchObject([{ value: 1 }])
    await expect(open(folder)).rejects.toThrow('is in use by process')
    await database.close()
    expect(progress).toHaveLength(1)
  })

  it('refuses a folder that a newer version wrote, and leaves it alone', async () => {
    const marker = join(folder, 'database.json')
    const { migrations } = JSON.parse(readFileSync(marker, 'utf8'))
    writeFileSync(marker, JSON.stringify({ migrations: [...migrations, 'from the future'] }))
    const before = files(folder)
    await expect(open(folder)).rejects.toThrow('was written by a newer version of Catalyst (1 unknown migration)')
    expect(files(folder)).toEqual(before)
  })

  it.each([
    ['without its control file', () => rmSync(join(folder, 'database/global/pg_control')), 'global/pg_control is missing'],
    ['with a cut control file', () => truncateSync(join(folder, 'database/global/pg_control'), 100), 'has 100 bytes instead of 8192'],
    ['without its version', () => rmSync(join(folder, 'database/PG_VERSION')), 'PG_VERSION is missing'],
  ])('refuses a folder %s, says what to do, and leaves it alone', async (_name, damage, words) => {
    damage()
    const before = files(folder)
    await expect(open(folder)).rejects.toThrow(words)
    await expect(open(folder)).rejects.toThrow('Restore the last backup')
    expect(files(folder)).toEqual(before)
  })

  it('refuses a folder that breaks while it opens, and gives the lock back', async () => {
    rmSync(join(folder, 'database/base'), { recursive: true })
    await expect(open(folder)).rejects.toThrow('Restore the last backup')
    expect(existsSync(join(folder, 'owner.lock'))).toBe(false)
  })

  it('begins again when its very first start was interrupted', async () => {
    writeFileSync(join(folder, 'database.creating'), '')
    rmSync(join(folder, 'database/global'), { recursive: true })
    const database = await open(folder)
    expect(await database.sql`select * from key_value`).toEqual([])
    await database.close()
    expect(existsSync(join(folder, 'database.creating'))).toBe(false)
  })
})
