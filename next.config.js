/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  compress: true,
  reactStrictMode: true,
  // TypeScript 7 has no JavaScript API for Next to call: `npm run check` looks at the types.
  typescript: { ignoreBuildErrors: true },
  // Loaded by Node itself: native parts, WebAssembly, or files found relative to the package.
  serverExternalPackages: [
    '@libsql/client',
    '@platformatic/kafka',
    '@prisma/adapter-libsql',
    '@prisma/adapter-pg',
    '@prisma/client',
    '@prisma/schema-engine-wasm',
    'kafkajs',
    'libsql',
    'pg',
    'pino',
    'prom-client',
    'protobufjs',
  ],
  turbopack: {
    root: import.meta.dirname,
    // What next-intl's plugin would set; the plugin itself loads a compiler into every server process.
    resolveAlias: { 'next-intl/config': './lib/i18n/request.ts' },
  },
}

export default config
