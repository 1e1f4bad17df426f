"""Languages with compilers or runtimes of their own: .NET, Swift, Haskell, the BEAM, Lisps, R and Julia, TeX, rarer ones."""
