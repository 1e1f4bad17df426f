"""Logs of Bundler and RubyGems."""

from __future__ import annotations

from pitstop.core.finding import Failure

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
$ bundle install
Bundler could not find compatible versions for gem "till":
  In Gemfile:
    till (= 9)

""",
        [Failure("bundler", "package", 'Bundler could not find compatible versions for gem "till":', 2, 4)],
    ),
    (
        """\
Could not find gem 'till (= 9)' in rubygems repository https://rubygems.org/ or installed locally.
""",
        [
            Failure(
                "bundler",
                "package",
                "Could not find gem 'till (= 9)' in rubygems repository https://rubygems.org/ or installed locally.",
                1,
                1,
            )
        ],
    ),
    (
        """\
Installing till 1.0 with native extensions
Gem::Ext::BuildError: ERROR: Failed to build gem native extension.

    current directory: /src/vendor/till-1.0/ext
/usr/bin/ruby extconf.rb
checking for till.h... no
An error occurred while installing till (1.0), and Bundler cannot continue.
Make sure that `gem install till -v '1.0'` succeeds before bundling.
""",
        [
            Failure("gem", "compile", "Failed to build gem native extension.", 2, 4),
            Failure(
                "bundler",
                "package",
                "An error occurred while installing till (1.0), and Bundler cannot continue.",
                7,
                8,
            ),
        ],
    ),
]
GREEN = [
    """\
$ bundle install
Using bundler 2.4
Bundle complete! 3 Gemfile dependencies, 12 gems now installed.
""",
]
