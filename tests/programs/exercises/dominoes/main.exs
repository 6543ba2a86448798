# Stones in a chain, found by going back.
Code.require_file("dominoes.exs", __DIR__)
Code.require_file("dominoes_test.exs", __DIR__)
