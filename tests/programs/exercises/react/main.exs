# Cells that depend on each other, in a server.
Code.require_file("react.ex", __DIR__)
Code.require_file("react_test.exs", __DIR__)
