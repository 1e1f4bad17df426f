"""What the tools of JavaScript and TypeScript say: compilers, linters, bundlers, test runners, package managers, node."""
