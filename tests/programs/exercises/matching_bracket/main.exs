# Brackets that match.
Code.require_file("matching_bracket.ex", __DIR__)
Code.require_file("matching_bracket_test.exs", __DIR__)
