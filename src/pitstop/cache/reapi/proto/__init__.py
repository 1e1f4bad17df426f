"""Messages of REAPI and what it builds on; the modules are generated, see README.md."""
