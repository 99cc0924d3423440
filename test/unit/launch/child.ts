/** A child for the supervisor's tests; its one argument says how it behaves. */
const [behaviour] = process.argv.slice(2)

process.send?.(process.pid)
if (behaviour === 'dies') process.exit(1)
if (behaviour === 'hopeless') process.exit(2)
process.on('message', (message) => {
  if (message === 'stop' && behaviour !== 'deaf') process.exit(0)
})
process.on('disconnect', () => process.exit(0))
