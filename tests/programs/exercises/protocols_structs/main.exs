# Protocols with derived and other implementations.
Code.require_file("shapes.ex", __DIR__)
Code.require_file("shapes_test.exs", __DIR__)
