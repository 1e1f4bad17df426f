"""Logs of Ruby's tools."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\

Failures:

  1) Till adds
     Failure/Error: expect(till.total).to eq 4

       expected: 4
            got: 3

       (compared using ==)
     # ./spec/till_spec.rb:5:in `block (2 levels) in <top (required)>'

Finished in 0.01 seconds
2 examples, 1 failure

Failed examples:

rspec ./spec/till_spec.rb:4 # Till adds
""",
        [
            Failure(
                "rspec",
                "test",
                "expected: 4 got: 3 (compared using ==)",
                4,
                11,
                Place("./spec/till_spec.rb", 5),
                test="Till adds",
            ),
            Failure("rspec", "test", "2 examples, 1 failure", 14, 14, summary=True),
            Failure(
                "rspec",
                "test",
                "rspec ./spec/till_spec.rb:4 # Till adds",
                18,
                18,
                Place("spec/till_spec.rb", 4),
                summary=True,
            ),
        ],
    ),
    (
        """\
  1) Failure:
TillTest#test_adds [test/till_test.rb:5]:
Expected: 4
  Actual: 3

  2) Error:
TillTest#test_pays:
NoMethodError: undefined method `pay' for nil:NilClass
    /usr/lib/ruby/gems/2.7.0/gems/minitest-5.1/lib/minitest.rb:9:in `pay'
    test/till_test.rb:9:in `test_pays'

2 runs, 1 assertions, 1 failures, 1 errors, 0 skips
""",
        [
            Failure(
                "minitest",
                "test",
                "Expected: 4 Actual: 3",
                1,
                4,
                Place("test/till_test.rb", 5),
                test="TillTest#test_adds",
            ),
            Failure(
                "minitest",
                "test",
                "NoMethodError: undefined method `pay' for nil:NilClass",
                6,
                10,
                Place("test/till_test.rb", 9),
                test="TillTest#test_pays",
            ),
            Failure("minitest", "test", "2 runs, 1 assertions, 1 failures, 1 errors, 0 skips", 12, 12, summary=True),
        ],
    ),
    (
        """\
lib/till.rb:12:5: C: [Correctable] Style/StringLiterals: Prefer single-quoted strings.
    "till"
    ^^^^^^
1 file inspected, 1 offense detected, 1 offense autocorrectable
""",
        [
            Failure(
                "rubocop",
                "style",
                "Prefer single-quoted strings.",
                1,
                3,
                Place("lib/till.rb", 12, 5),
                code="Style/StringLiterals",
            ),
            Failure(
                "rubocop",
                "style",
                "1 file inspected, 1 offense detected, 1 offense autocorrectable",
                4,
                4,
                summary=True,
            ),
        ],
    ),
    (
        """\
/src/lib/till.rb:12:in `total': undefined local variable or method `missing' for main:Object (NameError)
	from /src/bin/shop.rb:3:in `<main>'
""",
        [
            Failure(
                "ruby",
                "crash",
                "undefined local variable or method `missing' for main:Object (NameError)",
                1,
                2,
                Place("/src/lib/till.rb", 12),
                code="NameError",
            )
        ],
    ),
    (
        """\
rake aborted!
NoMethodError: undefined method `pay' for nil:NilClass
/src/Rakefile:3:in `block in <top (required)>'
""",
        [
            Failure(
                "rake",
                "build",
                "NoMethodError: undefined method `pay' for nil:NilClass /src/Rakefile:3:in `block in <top (required)>'",
                1,
                3,
            )
        ],
    ),
    (
        """\
Failure:
TestTill#test_: a till should add up.  [/src/test/test_till.rb:40]:
Minitest::Assertion: Expected true to not be truthy.

""",
        [
            Failure(
                "minitest",
                "test",
                "Minitest::Assertion: Expected true to not be truthy.",
                1,
                3,
                Place("/src/test/test_till.rb", 40),
                test="TestTill#test_: a till should add up.",
            )
        ],
    ),
    (
        """\
Failing Scenarios:
cucumber features/till.feature:12 # Scenario: Adds

2 scenarios (1 failed, 1 passed)
""",
        [
            Failure(
                "cucumber",
                "test",
                "cucumber features/till.feature:12 # Scenario: Adds",
                2,
                2,
                Place("features/till.feature", 12),
                test="Scenario: Adds",
            ),
            Failure("cucumber", "test", "2 scenarios (1 failed, 1 passed)", 4, 4, summary=True),
        ],
    ),
    (
        """\
Error:
TillTest#test_pays:
ArgumentError: no till
    test/till_test.rb:9:in `test_pays'

rails test test/till_test.rb:8
""",
        [
            Failure(
                "minitest",
                "test",
                "ArgumentError: no till",
                1,
                4,
                Place("test/till_test.rb", 9),
                test="TillTest#test_pays",
            ),
            Failure(
                "minitest", "test", "rails test test/till_test.rb:8", 6, 6, Place("test/till_test.rb", 8), summary=True
            ),
        ],
    ),
    (
        """\
- ./_site/index.html
  *  External link http://till.example failed: 404 No error
HTML-Proofer found 1 failure!
""",
        [
            Failure("html-proofer", "docs", "External link http://till.example failed: 404 No error", 2, 2),
            Failure("html-proofer", "docs", "HTML-Proofer found 1 failure!", 3, 3, summary=True),
        ],
    ),
    (
        """\

An error occurred while loading ./spec/z_spec.rb. - Did you mean?
                    rspec ./spec/a_spec.rb

Failure/Error: require 'gateway_client'

LoadError:
  cannot load such file -- gateway_client
# ./spec/z_spec.rb:1:in `<top (required)>'

Finished in 0.00003 seconds (files took 0.09 seconds to load)
0 examples, 0 failures, 1 error occurred outside of examples
""",
        [
            Failure(
                "rspec",
                "package",
                "cannot load such file -- gateway_client",
                2,
                8,
                Place("./spec/z_spec.rb"),
                code="LoadError",
            ),
            Failure(
                "rspec", "test", "0 examples, 0 failures, 1 error occurred outside of examples", 12, 12, summary=True
            ),
        ],
    ),
    (
        """\
  Scenario: wrong password      # features/z.feature:38
    Given a user                # features/step_definitions/s.rb:1
    Then the page says "Denied" # features/step_definitions/s.rb:2
      expected Denied got Hello (RuntimeError)
      ./features/step_definitions/s.rb:2:in `/^the page says "(.*)"$/'
      features/z.feature:40:in `Then the page says "Denied"'

Failing Scenarios:
cucumber features/z.feature:38 # Scenario: wrong password

13 scenarios (1 failed, 12 passed)
""",
        [
            Failure(
                "cucumber",
                "test",
                "expected Denied got Hello (RuntimeError)",
                4,
                6,
                Place("features/z.feature", 40),
                test='Then the page says "Denied"',
            ),
            Failure(
                "cucumber",
                "test",
                "cucumber features/z.feature:38 # Scenario: wrong password",
                9,
                9,
                Place("features/z.feature", 38),
                test="Scenario: wrong password",
                summary=True,
            ),
            Failure("cucumber", "test", "13 scenarios (1 failed, 12 passed)", 11, 11, summary=True),
        ],
    ),
    (
        """\
ruby db/seed.rb
db/seed.rb:2:in `fetch': key not found: :users (KeyError)
\tfrom db/seed.rb:2:in `seed'
\tfrom db/seed.rb:3:in `<main>'
-- create_table(:t0)
rake aborted!
Command failed with status (1): [ruby db/seed.rb...]
/app/Rakefile:3:in `block in <top (required)>'
""",
        [
            Failure("ruby", "crash", "key not found: :users (KeyError)", 2, 4, Place("db/seed.rb", 2), code="KeyError"),
            Failure(
                "rake",
                "build",
                "Command failed with status (1): [ruby db/seed.rb...] /app/Rakefile:3:in `block in <top (required)>'",
                6,
                8,
                summary=True,
            ),
        ],
    ),
]
GREEN = [
    """\
Till
  says Failure/Error when it fails
2 examples, 0 failures
2 runs, 3 assertions, 0 failures, 0 errors, 0 skips
1 file inspected, no offenses detected
""",
]
