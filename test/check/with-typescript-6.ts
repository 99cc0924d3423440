/**
 * Loaded before dependency-cruiser (`node --import`): TypeScript 7 has no JavaScript API, and without one the cruiser
 * sees no import in any `.ts` file and finds everything well.
 */
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isTypescript = specifier === 'typescript' || specifier.startsWith('typescript/')
    return nextResolve(isTypescript ? specifier.replace('typescript', 'typescript6') : specifier, context)
  },
})
