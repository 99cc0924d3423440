/**
 * Prisma's schema engine as WebAssembly. The command line's engine is a downloaded program, which a closed network
 * refuses; this one comes with the packages and applies the same migrations in the same way.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { projectRoot } from './project-root.ts'

interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
  SchemaEngine: typeof SchemaEngine
}

let loaded: Promise<Glue> | null = null

async function load(): Promise<Glue> {
  const require = createRequire(join(projectRoot(), 'package.json'))
  const gluePath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  // The specifier is a variable so that bundlers leave this import to Node.
  const specifier = '@prisma/schema-engine-wasm/schema_engine_bg'
  const glue = (await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ specifier)) as Glue &
    WebAssembly.ModuleImports
  const wasm = await readFile(join(dirname(gluePath), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
  return glue
}

/** The caller frees the engine and disposes of what the factory connected. */
export async function openSchemaEngine(
  schema: { path: string; content: string },
  adapterFactory: SqlMigrationAwareDriverAdapterFactory,
): Promise<SchemaEngine> {
  loaded ??= load()
  const { SchemaEngine } = await loaded
  const bound = bindMigrationAwareSqlAdapterFactory(adapterFactory)
  return SchemaEngine.new({ datamodels: [[schema.path, schema.content]] }, () => undefined, bound)
}
