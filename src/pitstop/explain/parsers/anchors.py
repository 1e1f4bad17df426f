"""Which words a log must hold for a parser to be loaded, and which it wants to find: data only, read for every log."""

# ruff: noqa: RUF001  signs that tools print

from __future__ import annotations

ANCHORS: dict[str, tuple[str, str]] = {
    # Module in this folder: (words of which one must occur for it to be loaded, more words whose positions it asks for).
    # Lower case, as `words.words_of` cuts them: `src/lib.rs:3` is `src`, `lib`, `rs`, `3`; `ERR_PNPM_X` is one word.
    "rust.rustc": ("rs rustc cargo", "error"),
    "rust.cargo": ("cargo rustup rustfmt rustc crates custom rcgu linker toolchain", "error diff"),
    "rust.tests": (
        "panicked cargo nextest overflowed",
        "stdout stderr failed fail sigabrt sigsegv sigkill sigill sigbus abort timeout",
    ),
    "native.compilers": (
        (
            "c cc cpp cxx h hh hpp hxx m mm cu cuh inl tcc ipp inc s asm pyx xs y l generated gcc clang cl "
            "addresssanitizer leaksanitizer memorysanitizer undefinedbehaviorsanitizer threadsanitizer assertion killed terminate terminating"
        ),
        "error errors warnings summary total",
    ),
    "native.link": (
        "ld lld mold wasm link lnk1120 reference definition duplicate architecture",
        "undefined symbol symbols find returned error region section",
    ),
    "native.valgrind": (
        "valgrind memcheck helgrind",
        "invalid conditional uninitialised syscall mismatched overlap lost race terminating summary",
    ),
    "native.cmake": (
        "cmake configure meson aclocal automake autoconf autoreconf autom4te libtoolize autopoint libtool",
        "configuring ac am m4",
    ),
    "native.make": (
        "make gmake mingw32 bmake nmake ninja bazel bzl stop scons",
        "makefile mk failed fail build test_suite timeout complete tests not",
    ),
    "native.tests": (
        "gtest ctest catch2 testsuite ms boost doctest detected cases test require check meson qttest lit fail",
        "failed failure error errors tests xpass timeout f e c cc cpp",
    ),
    "jvm.javac": (
        "buildfile java kt kts scala groovy gradle sbt lint",
        (
            "error errors failed test found unresolved resolveexception download testsfailedexception compilation xml "
            "falsified exception munitexception munit failexception comparisonfailexception current formatted"
        ),
    ),
    "jvm.maven": (
        "maven mvn pom goal",
        (
            "java kt groovy scala xml properties non parent resolvable project reading model malformed poms compilation "
            "rule bug spotbugs findbugs pmd cpd header build checkstyle help"
        ),
    ),
    "jvm.surefire": (
        "surefire failsafe junit testng run java kt scala groovy gradle",
        "failure error failed failures errors forked",
    ),
    "jvm.launchers": (
        "java groovy junit testng testcase methodsource thread caught",
        "failed failures failure tests fatal",
    ),
    "jvm.gradle": ("gradle gradlew wrong", "failed failure"),
    "javascript.typescript": ("js ts tsx jsx mjs cjs mts cts vue svelte coffee tsc tsconfig tserror", "error errors"),
    "javascript.lint": (
        (
            "js ts tsx jsx mjs cjs mts cts vue svelte coffee css scss json md yml html ✖ prettier biome eslint tslint "
            "✗ jshint flow"
        ),
        "╭─ couldn format unused unlisted unresolved error line col code style syntaxerror lint problems problem scanned files file",
    ),
    "javascript.bundlers": (
        (
            "js ts tsx jsx mjs cjs mts cts vue svelte coffee css scss sass webpack rollup vite esbuild gulp gulpfile "
            "grunt gruntfile babel"
        ),
        (
            "plugin error ╭─ syntaxerror fatal loading tasks files file rolluperror failed resolve exported parse "
            "errored after task aborted due warnings compiled compile"
        ),
    ),
    "javascript.dialects": ("svelte rescript res resi sol parcel graphql", "error bug found failed progress"),
    "javascript.jest": ("● vitest jest fail × threshold", "failed tests test suites coverage found uncaught unhandled"),
    "javascript.mocha": (
        "mocha failing failures karma executed jasmine specs launcher testcase",
        "failure failed disconnected captured browser error testcase test files found",
    ),
    "javascript.tap": ("tap not ✖ ✘ fail dubious bail prove", "failed failing tests test result out"),
    "javascript.browsers": ("› playwright cypress browsertype", "failed executable doesn exist spec"),
    "javascript.packages": (
        (
            "bower nvm npm yarn pnpm lerna turbo nx gyp elifecycle ➤ yn0001 yn0028 yn0018 yn0002 yn0009 yn0035 yn0081 "
            "yn0082 err_pnpm_outdated_lockfile err_pnpm_fetch_401 err_pnpm_fetch_403 err_pnpm_fetch_404 "
            "err_pnpm_no_matching_version err_pnpm_peer_dep_issues err_pnpm_no_importer_manifest_found "
            "err_pnpm_lockfile_config_mismatch err_pnpm_unsupported_engine err_pnpm_no_script "
            "err_pnpm_no_script_or_server err_pnpm_meta_fetch_fail err_pnpm_tarball_integrity "
            "err_pnpm_broken_lockfile err_pnpm_lockfile_breaking_change err_pnpm_lockfile_missing_dependency "
            "err_pnpm_workspace_pkg_not_found err_pnpm_no_matching_version_inside_workspace err_pnpm_ignored_builds "
            "err_pnpm_unexpected_store err_pnpm_no_offline_tarball err_pnpm_no_offline_meta err_pnpm_bad_pm_version "
            "err_pnpm_invalid_package_name err_pnpm_spec_not_supported_by_any_resolver err_pnpm_patch_not_applied "
            "err_pnpm_catalog_entry_not_found_for_spec err_pnpm_unexpected_pkg_content_in_store err_pnpm_no_lockfile "
            "err_pnpm_recursive_exec_first_fail err_pnpm_no_pkg_manifest err_pnpm_link_bad_workspace"
        ),
        "version installed error command err err_pnpm_recursive_run_first_fail failed unsupported",
    ),
    "javascript.runtime": (
        "js ts tsx jsx mjs cjs mts cts vue svelte coffee node heap",
        (
            "unhandledpromiserejectionwarning error typeerror referenceerror syntaxerror rangeerror assertionerror "
            "urierror evalerror unhandled"
        ),
    ),
    "python.traceback": ("traceback syntaxerror indentationerror taberror usage", "error"),
    "python.pytest": ("py pytest conftest usageerror internalerror coverage", "failed error interrupted __main__ e"),
    "python.unittest": (
        "py tox nox unittest doctest behave scenarios robot xml stestr",
        "interpreter failed test exit seconds code fail invocationerror commands error example",
    ),
    "python.lint": (
        "py pyi ipynb pyx pxd pxi mypy rst sphinx extension extensionerror black isort ruff flake8 pylint pyright bandit interrogate",
        (
            "original error reformat would reformatted parse format imports incorrectly errors found file rated code "
            "warnings build finished warning treated module severe fixable oh issue result"
        ),
    ),
    "python.packages": (
        (
            "pip uv poetry conda pipenv setuptools setup requirements requirement satisfies matching egg wheel "
            "egg_info solverproblemerror solving condahttperror unsatisfiableerror packagesnotfounderror "
            "resolvepackagenotfound resolutionimpossible twine py"
        ),
        (
            "version distribution found conflicting install because open hashes installable supported platform python "
            "package requires incompatible externally wheels subprocess exited errored out exit solution when lock "
            "lockfile needs suitable installed but required command failed retries packages oserror environmenterror "
            "file"
        ),
    ),
    "golang.build": (
        "go golang golangci gofmt goroutine",
        (
            "vet provides required module found packages package cannot load diff imported used level msg issues dep "
            "gopkg lock panic fatal race mismatch"
        ),
    ),
    "golang.test": ("go ginkgo gotestsum gocheck", "fail done panicked action run name cont"),
    "system.shell": (
        (
            "archive argument cannot command computed directory dyld env exec executable execute exists failed flag "
            "found fullyqualifiederrorid gzip interpreter many option parameter permission program recognized shared "
            "sudo syntax tar unbound unexpected unrecognized xcrun"
        ),
        (
            "arguments bad central currently defined denied external file files format installed internal list "
            "loading open provided term too variable warning while"
        ),
    ),
    "system.git": (
        (
            "apply budget conflict dirty error fatal gh host identification kex_exchange_identification lfs libcrypto "
            "merge overwritten patch pathspec publickey push rejected remote rpc ssh submodule"
        ),
        (
            "access automatic denied detected dubious failed http key load match read repository some unable "
            "verification"
        ),
    ),
    "system.network": (
        (
            "bottle brew certificate certificate_verify_failed choco curl dial download dpkg e econnrefused "
            "econnreset error etimedout formula gateway getaddrinfo gpg handshake hash keyserver limit lookup match "
            "mirrors nothing provides refused requests resolution resolve resolving service sha256 ssl_error_syscall "
            "tls unavailable unreachable unsatisfiable urlopen wget x509"
        ),
        "constraints failed failure installed mismatch name package ssl sum tcp",
    ),
    "system.containers": (
        (
            "aborting add authenticate authorize cache chart checksum compose connect connection container copy "
            "crashloopbackoff daemon denied dockerfile errimagepull error exit fatal helm imagepullbackoff "
            "installation kubernetes manifest platform pull returned server service solve terraform tf "
            "toomanyrequests unauthorized unhealthy upgrade"
        ),
        "command complete compute docker failed match non process response unable",
    ),
    "system.signing": (
        (
            "code codesign errsecinternalcomponent identity interaction keychain notarized notarytool profiles "
            "provisioning security signature signing signtool staple status"
        ),
        "action object signed validate were",
    ),
    "system.exits": (
        (
            "1073740791 1073740940 1073741515 1073741571 1073741819 11 132 134 135 136 137 139 141 143 3221225477 6 9 "
            "abort bad_alloc bus disk dumped enospc illegal killed memory oom oomkilled quota segmentation sigkill "
            "signal sigsegv space terminated"
        ),
        "fault left trap",
    ),
    "system.runner": (
        (
            "aborted action agent archive artifact artifacts build canceled canceling command communication completed "
            "container credentials deprecated done exceeded exited finished hudson input integration job log output "
            "preparation process provisioned runner script stopped unable workflow"
        ),
        (
            "accessible automatically code execution exit failed last marked maximum out received request required "
            "returned since status step supplied system timed"
        ),
    ),
    "languages.dotnet": (
        "dotnet msbuild csproj fsproj vbproj sln nunit xunit netsdk nuget cs fs vb",
        "unhandled error errors failed failure invalid fail build total unable resolve find",
    ),
    "languages.swift": (
        "swift xcodebuild xctest xcpretty podfile cocoapods carthage swiftlint xcode ✗ ❌",
        "error failed failures m mm executed recorded testing sign signing provisioning certificate package pod fatal shell",
    ),
    "languages.haskell": (
        "hs lhs hsc chs cabal ghc stack hspec tasty hunit prelude callstack exhaustive encountered indefinitely",
        "failed constructing building exited suite examples example tests failure error fail falsifiable falsified werror",
    ),
    "languages.ocaml": (
        "ml mli mll mly opam dune ocaml alcotest ounit ocamlfind exception",
        "file fail error failures failure errors cases package packages failed",
    ),
    "languages.logic": (
        "pl plt pro prolog swipl plunit agda lagda v coqc coq",
        "error goal tests test",
    ),
    "languages.beam": (
        "ex exs mix exunit erl hrl yrl xrl rebar3 eunit elixir erlang escript",
        (
            "error compileerror syntaxerror tokenmissingerror mismatcheddelimitererror compilation dependency dependencies "
            "doctests tests properties compiling compile hex unable fetch package failed failures suite credo formatted warning scm test "
            "timed failure xref exception terminating uncaught callback"
        ),
    ),
    "scripts.gems": ("gemfile gem gems bundler bundle gemspec", "locally native extension deployment frozen ruby"),
    "scripts.ruby": (
        "rb rspec minitest rubocop gemfile rake rakefile gemspec bundle examples cucumber scenarios proofer",
        (
            "failure error spec ru offenses offense example errors runs tests assertions syntaxerror syntax scenario steps "
            "rails loading feature external internally alt linking"
        ),
    ),
    "scripts.php": (
        "php phpunit behat composer phpstan psalm phpcs phpt",
        (
            "parse syntax fatal requirements lock exception runtimeexception logicexception invalidargumentexception "
            "errorexception unexpectedvalueexception transportexception domainexception badmethodcallexception script "
            "failures failure errors error tests found file feature scenarios scenario ✘"
        ),
    ),
    "scripts.perl": (
        "perl prove pm pl cpanm wstat locate",
        "failed syntax symbol aborted require subtests looks dubious installing severity prerequisites error",
    ),
    "languages.lisps": (
        "clj cljc cljs lein clojure el ert emacs condition unexpected midje buttercup specs debugger",
        ("fail error failures errors artifact artifacts failed symbol void load syntax execution performing"),
    ),
    "languages.schemes": (
        "sbcl sb guile scm rkt racket raco rackunit unexpected",
        (
            "unhandled debugger caught encountered procedure unbound module sld ss location failures failure collection context"
        ),
    ),
    "scripts.lua": (
        "lua luarocks busted luacheck vim vader tcl tcltest",
        "failure error failures errors total detected found x satisfy exception expected pattern failed executing",
    ),
    "languages.science": (
        "testthat rscript cran halted namespace collate jl loaderror unsatisfiable julia lintr",
        ("failure error fail running checking status package packages dependency dependencies failed during tests r"),
    ),
    "languages.tex": (
        "tex latex pdftex xetex luatex pdflatex xelatex lualatex latexmk biber sty cls ltx dtx",
        (
            "found error undefined missing extra emergency paragraph runaway illegal double misplaced too capacity "
            "dimension argument use display file font incomplete bib fatal"
        ),
    ),
    "scripts.shell": ("shellcheck sh bash bats shunit2 ps1 pester", "line assert failures failed expected"),
    "languages.rare": (
        "elm zig nim di pas lpr f90 f95 f03 f08 cr adb ads dart proto dub ldc gdc dmd asserterror gfortran fpc lean hx vala purs psql nix",
        "d pp f for ftn inc e v sql builder unhandled modules test failed runtime raised",
    ),
    "system.linters": (
        (
            "body dockerfile exceeded hook in license line lint md misspelling sh sql subject type unknown yaml yml codespell generated"
        ),
        "limit size word",
    ),
    "system.documents": (
        (
            "broken csssyntaxerror dead error expected http https internally json latex less link links mapping parse sass "
            "scss site strict token undefined"
        ),
        "aborted building line linking warning",
    ),
}

RUNNERS = ("turbo pnpm lerna concurrently", "")
"""The same of `prefixes`, which takes from each line what these tools write before it."""
