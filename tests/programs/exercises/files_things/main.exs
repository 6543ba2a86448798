# Files in a directory of the test.
Code.require_file("files.ex", __DIR__)
Code.require_file("files_test.exs", __DIR__)
