# Strings in all scripts.
Code.require_file("strings.exs", __DIR__)
