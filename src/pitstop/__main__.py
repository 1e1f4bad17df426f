"""Start pitstop as `python -m pitstop`."""

from pitstop.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
