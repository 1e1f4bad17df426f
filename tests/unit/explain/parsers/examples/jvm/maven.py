"""Logs of Maven."""

# ruff: noqa: W291  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
[INFO] -------------------------------------------------------------
[ERROR] COMPILATION ERROR : 
[INFO] -------------------------------------------------------------
[ERROR] /src/shop/Till.java:[12,5] cannot find symbol
  symbol:   variable missing
  location: class shop.Till
[INFO] 1 error
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.8.1:compile (default-compile) on project shop: Compilation failure
[ERROR] /src/shop/Till.java:[12,5] cannot find symbol
[ERROR]   symbol:   variable missing
[ERROR] -> [Help 1]
""",
        [
            Failure("mvn", "compile", "[ERROR] COMPILATION ERROR :", 2, 2, summary=True),
            Failure("javac", "compile", "cannot find symbol", 4, 6, Place("/src/shop/Till.java", 12, 5)),
            Failure("javac", "compile", "1 error", 7, 7, summary=True),
            Failure("mvn", "build", "BUILD FAILURE", 8, 8, summary=True),
            Failure(
                "mvn",
                "compile",
                "Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.8.1:compile (default-compile) on project shop: Compilation failure",
                9,
                9,
                summary=True,
            ),
            Failure(
                "javac", "compile", "cannot find symbol", 10, 11, Place("/src/shop/Till.java", 12, 5), summary=True
            ),
        ],
    ),
    (
        """\
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal on project shop: Could not resolve dependencies for project a:shop:jar:1: Could not find artifact no.such:till:jar:9 in central (https://repo.maven.apache.org/maven2) -> [Help 1]
[ERROR] 
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
""",
        [
            Failure("mvn", "build", "BUILD FAILURE", 1, 1, summary=True),
            Failure(
                "mvn",
                "package",
                "Failed to execute goal on project shop: Could not resolve dependencies for project a:shop:jar:1: Could not find artifact no.such:till:jar:9 in central (https://repo.maven.apache.org/maven2)",
                2,
                2,
            ),
        ],
    ),
    (
        """\
[ERROR] Plugin org.apache.maven.plugins:maven-resources-plugin:2.6 or one of its dependencies could not be resolved: Cannot access central (https://repo.maven.apache.org/maven2) in offline mode -> [Help 1]
""",
        [
            Failure(
                "mvn",
                "package",
                "Plugin org.apache.maven.plugins:maven-resources-plugin:2.6 or one of its dependencies could not be resolved: Cannot access central (https://repo.maven.apache.org/maven2) in offline mode",
                1,
                1,
            )
        ],
    ),
    (
        """\
[ERROR] src/main/java/shop/Till.java:[12,5] (sizes) LineLength: Line is longer than 100 characters (found 120).
[ERROR] /src/shop/Till.java:14: Line has trailing spaces. [RegexpSingleline]
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-checkstyle-plugin:3.1.1:check (default) on project shop: You have 2 Checkstyle violations. -> [Help 1]
""",
        [
            Failure(
                "checkstyle",
                "style",
                "Line is longer than 100 characters (found 120).",
                1,
                1,
                Place("src/main/java/shop/Till.java", 12, 5),
                code="LineLength",
            ),
            Failure(
                "checkstyle",
                "style",
                "Line has trailing spaces",
                2,
                2,
                Place("/src/shop/Till.java", 14),
                code="RegexpSingleline",
            ),
            Failure(
                "mvn",
                "style",
                "Failed to execute goal org.apache.maven.plugins:maven-checkstyle-plugin:3.1.1:check (default) on project shop: You have 2 Checkstyle violations.",
                3,
                3,
                summary=True,
            ),
        ],
    ),
    (
        """\
[WARNING] Rule 0: org.apache.maven.plugins.enforcer.RequireJavaVersion failed with message:
Detected JDK Version: 1.8.0 is not in the allowed range [11,).
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-enforcer-plugin:1.4.1:enforce (java) on project shop: Some Enforcer rules have failed. Look above for specific messages explaining why the rule failed. -> [Help 1]
""",
        [
            Failure(
                "mvn",
                "configuration",
                "Rule 0: org.apache.maven.plugins.enforcer.RequireJavaVersion failed with message:",
                1,
                2,
            ),
            Failure(
                "mvn",
                "configuration",
                "Failed to execute goal org.apache.maven.plugins:maven-enforcer-plugin:1.4.1:enforce (java) on project shop: Some Enforcer rules have failed. Look above for specific messages explaining why the rule failed.",
                3,
                3,
                summary=True,
            ),
        ],
    ),
    (
        """\
[FATAL] Non-resolvable parent POM for a:shop:1: Could not find artifact a:parent:pom:1 and 'parent.relativePath' points at wrong local POM @ line 5, column 11
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.12:test (default-test) on project shop: There are test failures.
""",
        [
            Failure(
                "mvn",
                "package",
                "Non-resolvable parent POM for a:shop:1: Could not find artifact a:parent:pom:1 and 'parent.relativePath' points at wrong local POM @ line 5, column 11",
                1,
                1,
            ),
            Failure(
                "mvn",
                "test",
                "Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.12:test (default-test) on project shop: There are test failures.",
                2,
                2,
                summary=True,
            ),
        ],
    ),
    (
        """\
[ERROR] /src/shop/Till.java:14: Undefined reference: java.nio.ByteBuffer java.nio.ByteBuffer.flip()
[ERROR] Failed to execute goal org.codehaus.mojo:animal-sniffer-maven-plugin:1.21:check (check) on project shop: Signature errors found. Verify them and ignore them with the proper annotation if needed. -> [Help 1]
""",
        [
            Failure(
                "mvn",
                "build",
                "Undefined reference: java.nio.ByteBuffer java.nio.ByteBuffer.flip()",
                1,
                1,
                Place("/src/shop/Till.java", 14),
            ),
            Failure(
                "mvn",
                "build",
                "Failed to execute goal org.codehaus.mojo:animal-sniffer-maven-plugin:1.21:check (check) on project shop: Signature errors found. Verify them and ignore them with the proper annotation if needed.",
                2,
                2,
            ),
        ],
    ),
    (
        """\
[ERROR] The build could not read 1 project -> [Help 1]
[ERROR]   The project a:shop:1 (/src/pom.xml) has 1 error
[ERROR]     Non-resolvable parent POM: Could not find artifact a:parent:pom:1 and 'parent.relativePath' points at no local POM @ line 5, column 11 -> [Help 2]
""",
        [
            Failure("mvn", "build", "The build could not read 1 project", 1, 1, summary=True),
            Failure("mvn", "configuration", "The project a:shop:1 (/src/pom.xml) has 1 error", 2, 2, summary=True),
            Failure(
                "mvn",
                "package",
                "Non-resolvable parent POM: Could not find artifact a:parent:pom:1 and 'parent.relativePath' points at no local POM @ line 5, column 11",
                3,
                3,
            ),
        ],
    ),
    (
        """\
$ mvn verify
[ant:checkstyle] [ERROR] /src/Till.java:12:5: '{' is not preceded with whitespace. [WhitespaceAround]
""",
        [
            Failure(
                "checkstyle",
                "style",
                "'{' is not preceded with whitespace",
                2,
                2,
                Place("/src/Till.java", 12, 5),
                code="WhitespaceAround",
            )
        ],
    ),
    (
        """\
[INFO] --- maven-pmd-plugin:3.21.2:check (x) @ logbook-core ---
[INFO] PMD version: 6.55.0
[INFO] PMD Failure: com.tide.core.Page:5 Rule:UnusedPrivateField Priority:3 Avoid unused private fields such as 'unused'..
""",
        [
            Failure(
                "pmd",
                "style",
                "Avoid unused private fields such as 'unused'..",
                3,
                3,
                Place("com.tide.core.Page", 5),
                code="UnusedPrivateField",
            )
        ],
    ),
    (
        """\
[INFO] --- license-maven-plugin:4.3:check (x) @ anchorage ---
[INFO] Checking licenses...
[WARNING] Missing header in: /src/main/java/com/tide/anchor/Chain.java
""",
        [
            Failure(
                "license",
                "style",
                "Missing header in: /src/main/java/com/tide/anchor/Chain.java",
                3,
                3,
                Place("/src/main/java/com/tide/anchor/Chain.java"),
            )
        ],
    ),
    (
        """\
[INFO] --- jacoco-maven-plugin:0.8.11:check (x) @ breakwater ---
[WARNING] Rule violated for bundle breakwater: lines covered ratio is 0.42, but expected minimum is 0.60
""",
        [
            Failure(
                "jacoco",
                "test",
                "Rule violated for bundle breakwater: lines covered ratio is 0.42, but expected minimum is 0.60",
                2,
                2,
            )
        ],
    ),
    (
        """\
$ mvn clean:wipe
[ERROR] Could not find goal 'wipe' in plugin org.apache.maven.plugins:maven-clean-plugin:2.5 among available goals clean, help -> [Help 1]
[ERROR]
""",
        [
            Failure(
                "mvn",
                "configuration",
                "Could not find goal 'wipe' in plugin org.apache.maven.plugins:maven-clean-plugin:2.5 among available goals clean, help",
                2,
                2,
            )
        ],
    ),
]
GREEN = [
    """\
[INFO] Scanning for projects...
[INFO] --- maven-compiler-plugin:3.8.1:compile (default-compile) @ shop ---
[WARNING] /src/shop/Error.java:[3,4] [deprecation] Error in Till has been deprecated
[INFO] BUILD SUCCESS
""",
]
