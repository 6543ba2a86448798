# Numbers taken apart by named captures; the rest of what regular expressions can do.
Code.require_file("phone_number.ex", __DIR__)
Code.require_file("phone_number_test.exs", __DIR__)
