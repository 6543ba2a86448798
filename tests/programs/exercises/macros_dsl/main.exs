# A router made of macros, and macros of all kinds.
Code.require_file("dsl.ex", __DIR__)
Code.require_file("dsl_test.exs", __DIR__)
