"""Languages of scripts: Ruby with its gems, PHP, Perl, Lua and Vim, shells."""
