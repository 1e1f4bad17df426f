"""The Java virtual machine: javac, Kotlin, Scala, Maven, Gradle, and their tests."""
