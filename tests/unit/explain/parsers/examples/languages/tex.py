"""Logs of TeX."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
! LaTeX Error: File `till.sty' not found.

Type X to quit or <RETURN> to proceed,
l.12 \\usepackage{amsmath}
                         ^^M
!  ==> Fatal error occurred, no output PDF file produced!
""",
        [
            Failure("tex", "package", "File `till.sty' not found.", 1, 1),
            Failure("tex", "compile", "==> Fatal error occurred, no output PDF file produced!", 6, 6, summary=True),
        ],
    ),
    (
        """\
This is pdfTeX
! Undefined control sequence.
l.12 \\missing
             {till}
""",
        [Failure("tex", "compile", "Undefined control sequence.", 2, 4)],
    ),
    (
        """\
./till.tex:12: Undefined control sequence.
Latexmk: Errors, so I did not complete making targets
""",
        [
            Failure("tex", "compile", "Undefined control sequence.", 1, 1, Place("./till.tex", 12)),
            Failure("latexmk", "compile", "Latexmk: Errors, so I did not complete making targets", 2, 2, summary=True),
        ],
    ),
    (
        """\
! LaTeX Error: File `tillpaper.sty' not found.

Type X to quit or <RETURN> to proceed,
or enter new name. (Default extension: sty)

Enter file name:
! Emergency stop.
<read *>

l.3 \\begin
          {document}^^M
!  ==> Fatal error occurred, no output PDF file produced!
""",
        [
            Failure("tex", "package", "File `tillpaper.sty' not found.", 1, 1),
            Failure("tex", "compile", "Emergency stop.", 7, 11, summary=True),
            Failure("tex", "compile", "==> Fatal error occurred, no output PDF file produced!", 12, 12, summary=True),
        ],
    ),
]
GREEN = [
    """\
This is pdfTeX
LaTeX Warning: Reference `error' on page 1 undefined on input line 12.
Output written on till.pdf (1 page, 12 bytes).
""",
]
