"""Languages with one interpreter each: Lua, Tcl, R, Julia, OCaml, Erlang and others."""
