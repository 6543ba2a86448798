# What is typed and printed, captured.
Code.require_file("io_things.ex", __DIR__)
Code.require_file("io_things_test.exs", __DIR__)
