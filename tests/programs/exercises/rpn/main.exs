# A calculator with exceptions of its own, and assertions about exceptions.
Code.require_file("rpn_calculator.ex", __DIR__)
Code.require_file("rpn_calculator_test.exs", __DIR__)
