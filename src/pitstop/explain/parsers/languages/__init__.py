"""Languages with compilers or runtimes of their own: .NET, Swift, Haskell, OCaml, the BEAM, Lisps, Prolog, R and Julia, TeX, rarer ones."""
