"""JavaScript: Node.js, Deno, Bun, and the runners on Node.js."""
