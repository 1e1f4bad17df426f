"""Logs of Perl."""

# ruff: noqa: W291  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
t/a.t .. 
#   Failed test 'adds'
#   at t/a.t line 2.
#          got: '2'
#     expected: '3'
# Looks like you failed 1 test of 2.
Failed 1/2 subtests 

Test Summary Report
-------------------
t/a.t (Wstat: 256 (exited 1) Tests: 2 Failed: 1)
  Failed test:  1
  Non-zero exit status: 1
""",
        [
            Failure("prove", "test", "got: '2' expected: '3'", 2, 5, Place("t/a.t", 2), test="adds"),
            Failure("prove", "test", "Looks like you failed 1 test of 2.", 6, 6, summary=True),
            Failure("prove", "test", "Failed 1/2 subtests", 7, 7, summary=True),
            Failure(
                "prove", "test", "t/a.t (Wstat: 256 (exited 1) Tests: 2 Failed: 1)", 11, 13, test="t/a.t", summary=True
            ),
        ],
    ),
    (
        """\
Can't locate Till/Missing.pm in @INC (you may need to install the Till::Missing module) (@INC contains: /etc/perl /usr/share/perl5) at t/b.t line 1.
BEGIN failed--compilation aborted at t/b.t line 1.
""",
        [
            Failure(
                "perl",
                "package",
                "Can't locate Till/Missing.pm in @INC (you may need to install the Till::Missing module)",
                1,
                1,
                Place("t/b.t", 1),
            ),
            Failure("perl", "compile", "BEGIN failed--compilation aborted at t/b.t line 1.", 2, 2, summary=True),
        ],
    ),
    (
        """\
Global symbol "$x" requires explicit package name (did you forget to declare "my $x"?) at x.pl line 1.
Execution of x.pl aborted due to compilation errors.
""",
        [
            Failure(
                "perl",
                "compile",
                'Global symbol "$x" requires explicit package name (did you forget to declare "my $x"?)',
                1,
                1,
                Place("x.pl", 1),
            ),
            Failure("perl", "compile", "Execution of x.pl aborted due to compilation errors.", 2, 2, summary=True),
        ],
    ),
    (
        """\
Use IO::Interactive::is_interactive() instead of -t at line 69, column 28.  See page 218 of PBP.  (Severity: 5)
""",
        [],
    ),
    (
        """\
ok 3 - nothing is zero
ok
Can't use an undefined value as an ARRAY reference at t/21-sum.t line 1.
# Looks like your test exited with 255 just after 2.
t/21-sum.t ..
1..5
ok 1 - opens
ok 2 - reads
Dubious, test returned 255 (wstat 65280, 0xff00)
Failed 3/5 subtests
""",
        [
            Failure("perl", "test", "Can't use an undefined value as an ARRAY reference", 3, 3, Place("t/21-sum.t", 1)),
            Failure("prove", "test", "Looks like your test exited with 255 just after 2.", 4, 4, summary=True),
            Failure("prove", "test", "Failed 3/5 subtests", 10, 10, summary=True),
        ],
    ),
    (
        """\
Checking if your kit is complete...
Warning: prerequisite Inn::Keeper 3 not found.
MakeMaker FATAL: prerequisites not found.
    Inn::Keeper not installed

Please install these modules first and rerun 'perl Makefile.PL'.
""",
        [Failure("perl", "package", "prerequisites not found.", 3, 4)],
    ),
    (
        """\
lib/Dock.pm syntax OK
*** ERROR: Unterminated L<...> sequence at line 11 in file lib/Dock.pm
*** ERROR: You forgot a '=back' before '=head2' at line 13 in file lib/Dock.pm
lib/Dock.pm has 2 pod syntax errors.
""",
        [
            Failure("podchecker", "docs", "Unterminated L<...> sequence", 2, 2, Place("lib/Dock.pm", 11)),
            Failure("podchecker", "docs", "You forgot a '=back' before '=head2'", 3, 3, Place("lib/Dock.pm", 13)),
        ],
    ),
]
GREEN = [
    """\
$ prove t
t/a.t .. ok
#   Failed (TODO) test 'later'
All tests successful.
Files=1, Tests=2
""",
]
