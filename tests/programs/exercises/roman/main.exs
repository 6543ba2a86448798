# Roman numerals, with clauses for errors.
Code.require_file("roman.ex", __DIR__)
Code.require_file("roman_test.exs", __DIR__)
