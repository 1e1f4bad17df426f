"""Languages with compilers or interpreters of their own: .NET, Swift, Haskell, the BEAM, Ruby, PHP, Perl."""
